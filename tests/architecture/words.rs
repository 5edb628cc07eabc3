//! Words that the project replaces by plainer ones, in what people read: Markdown, comments and texts of programs.

/// Words, and what stands in their place. Only those that have no other sense.
const REPLACED: &[(&[&str], &str)] = &[
    (&["tell", "tells", "telling", "told"], "say, show, report, return, describe"),
    (&["said"], "received, documented"),
    (&["asked"], "requested, called"),
    (&["nobody", "somebody", "anybody", "everybody"], "no one, no client, any caller, a user, all requests"),
    (&["whoever"], "the one that, a process that"),
    (&["lie", "lies", "lain", "lying"], "is stored, is kept, follows"),
    (&["mend", "mends", "mended", "mending"], "fix"),
    (&["door", "doors"], "API, dialect"),
];

/// What people read of a line: of a program its comments and texts, of anything else the whole line.
fn prose(line: &str, quotes: &[char]) -> String {
    if quotes.is_empty() || quotes.contains(&'`') && line.trim_start().starts_with('*') {
        return line.to_owned();
    }
    let (mut found, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(|c| quotes.contains(&c) || c == '/') {
        let (quote, inside) = (rest[at..].chars().next(), &rest[at + 1..]);
        if quote == Some('/') {
            if inside.starts_with(['/', '*']) {
                return found + inside;
            }
            rest = inside;
            continue;
        }
        let (text, after) = quote.and_then(|quote| inside.split_once(quote)).unwrap_or((inside, ""));
        found.push_str(text);
        found.push('\n');
        rest = after;
    }
    found
}

/// The replaced words in a file.
pub(crate) fn words(path: &str, source: &str) -> Vec<String> {
    let quotes: &[char] = match path.rsplit('.').next() {
        Some("rs") => &['"'],
        Some("ts") => &['"', '\'', '`'],
        _ => &[],
    };
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(source.lines()) {
        // Names in code are no words, nor are those that a text takes in.
        let text = prose(line, quotes);
        let words = text.split(|c: char| !c.is_alphanumeric() && !['_', '{', '$'].contains(&c));
        for word in words.map(str::to_lowercase) {
            let replaced = REPLACED.iter().find(|(words, _)| words.contains(&word.as_str()));
            complaints.extend(replaced.map(|(_, better)| format!("{path}:{number}: `{word}`: {better}")));
        }
    }
    complaints
}
