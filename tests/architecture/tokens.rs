//! Rust source as words, marks and texts; comments are left out.

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// An identifier, a keyword or a number.
    Word(String),
    /// A single character that is none of the others.
    Mark(char),
    /// The inside of a string literal.
    Text(String),
}

impl Token {
    pub(crate) fn is(&self, what: &str) -> bool {
        match self {
            Self::Word(word) => word == what,
            Self::Mark(mark) => what.chars().eq([*mark]),
            Self::Text(_) => false,
        }
    }
}

pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/").map_or(rest.len(), |end| end + 2)..];
        } else if let Some((text, after)) = raw_string(rest).or_else(|| string(rest)) {
            found.push(Token::Text(text.to_owned()));
            rest = after;
        } else if let Some(after) = character(rest) {
            rest = after;
        } else if word > 0 {
            found.push(Token::Word(rest[..word].to_owned()));
            rest = &rest[word..];
        } else {
            if !first.is_whitespace() {
                found.push(Token::Mark(first));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// A string literal at the start, and what follows it.
fn string(rest: &str) -> Option<(&str, &str)> {
    let inside = rest.strip_prefix('"').or_else(|| rest.strip_prefix("b\""))?;
    let mut escaped = false;
    let end = inside.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some((&inside[..end], &inside[end + 1..]))
}

/// The same for `r"…"`, `r#"…"#` and so on.
fn raw_string(rest: &str) -> Option<(&str, &str)> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let inside = after.trim_start_matches('#');
    let hashes = &after[..after.len() - inside.len()];
    let end = format!("\"{hashes}");
    inside.strip_prefix('"')?.split_once(&end)
}

/// A character literal at the start; gives what follows it. A lifetime has no quote after its first letter.
fn character(rest: &str) -> Option<&str> {
    let inside = rest.strip_prefix('\'').or_else(|| rest.strip_prefix("b'"))?;
    if inside.starts_with('\\') {
        let end = inside.get(2..)?.find('\'')?;
        return inside.get(2 + end + 1..);
    }
    inside.get(inside.chars().next()?.len_utf8()..)?.strip_prefix('\'')
}

#[test]
fn source_is_taken_apart() {
    let source = r##"/* not crate::a */ use crate::b; // nor crate::c
        let x: &'a str = "crate::\"d"; let y = r#"a "quote" b"#; let z = ('"', '\'', b'x', '\u{7f}', e);"##;
    let expected = [
        "use",
        "crate",
        ":",
        ":",
        "b",
        ";",
        "let",
        "x",
        ":",
        "&",
        "'",
        "a",
        "str",
        "=",
        "\"crate::\\\"d\"",
        ";",
        "let",
        "y",
        "=",
        "\"a \"quote\" b\"",
        ";",
        "let",
        "z",
        "=",
        "(",
        ",",
        ",",
        ",",
        ",",
        "e",
        ")",
        ";",
    ];
    let found: Vec<_> = tokens(source)
        .iter()
        .map(|token| match token {
            Token::Word(word) => word.clone(),
            Token::Mark(mark) => mark.to_string(),
            Token::Text(text) => format!("\"{text}\""),
        })
        .collect();
    assert_eq!(found, expected);
}
