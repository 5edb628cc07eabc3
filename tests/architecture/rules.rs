//! The rules of the house. Each takes a file and gives a complaint for everything that breaks it.

use crate::tokens::{Token, tokens};

/// The modules, each of which may use only those before it. `testing` stands outside and may use all; `lib.rs`
/// names all.
const ARROW: [&str; 14] = [
    "error", "pki", "saml", "oidc", "env", "model", "engine", "service", "http", "harness", "dialects",
    "store", "api", "answer",
];

/// The vendors, in small letters.
const VENDORS: [&str; 3] = ["okta", "pingone", "zitadel"];

/// How many lines a file may have.
const LINES: usize = 400;

/// The path of a module below `src/`, such as `["engine", "redb"]`.
pub(crate) fn module(path: &str) -> Vec<&str> {
    let inside = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    inside.trim_end_matches("/mod").split('/').collect()
}

/// Every module uses only those to its left.
pub(crate) fn arrow(path: &str, source: &str) -> Vec<String> {
    let module = module(path);
    let room = module[0];
    let Some(place) = ARROW.iter().position(|known| *known == room) else {
        let known = ["lib", "testing"].contains(&room);
        return if known { Vec::new() } else { vec![format!("{path} has no place in the arrow")] };
    };
    let mut complaints = Vec::new();
    for used in used_modules(&tokens(source), module.len()) {
        // Names that the root only passes on, such as `crate::Result`, are to be taken from where they are.
        match ARROW.iter().position(|known| *known == used) {
            Some(there) if there <= place => {}
            _ => complaints.push(format!("{path} uses `{used}`, which is not to the left of `{room}`")),
        }
    }
    complaints
}

/// What is named through `crate::`, or through so many `super::` that they lead to the root.
fn used_modules(tokens: &[Token], depth: usize) -> Vec<String> {
    let mut used = Vec::new();
    let mut supers = 0;
    for (at, token) in tokens.iter().enumerate() {
        let path_goes_on =
            tokens.get(at + 1..at + 3).is_some_and(|next| next.iter().all(|mark| mark.is(":")));
        match token {
            Token::Mark(':') => continue,
            _ if token.is("super") && path_goes_on => supers += 1,
            _ => supers = 0,
        }
        if path_goes_on && (token.is("crate") || supers >= depth && token.is("super")) {
            used.extend(first_names(&tokens[at + 3..]));
        }
    }
    used.retain(|name| name != "super");
    used
}

/// The name with which a path begins, or the names with which the paths in braces do.
fn first_names(path: &[Token]) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    let mut begins = true;
    for token in path {
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => depth -= 1,
            Token::Mark(',') if depth == 1 => begins = true,
            Token::Word(name) if begins && depth <= 1 => {
                names.push(name.clone());
                begins = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// No vendor is named to the left of `dialects`, and no dialect names another, in code or texts. Comments may.
pub(crate) fn vendors(path: &str, source: &str) -> Vec<String> {
    let module = module(path);
    let allowed: &[&str] = match module[..] {
        ["dialects"] | ["lib" | "store" | "testing", ..] => &VENDORS,
        ["dialects", own, ..] if VENDORS.contains(&own) => &[own],
        _ => &[],
    };
    let mut complaints = Vec::new();
    for token in tokens(source) {
        let (Token::Word(text) | Token::Text(text)) = token else { continue };
        let lower = text.to_lowercase();
        let named = VENDORS.iter().filter(|vendor| !allowed.contains(vendor) && lower.contains(**vendor));
        complaints.extend(named.map(|vendor| format!("{path} names {vendor}: `{text}`")));
    }
    complaints
}

/// The one file that may: who may read a new file can be said on some systems alone.
const KNOWS_THE_TARGET: &str = "src/engine/file.rs";

/// Nothing else depends on the target: only features and tests are asked for.
pub(crate) fn conditions(path: &str, source: &str) -> Vec<String> {
    if path == KNOWS_THE_TARGET {
        return Vec::new();
    }
    let tokens = tokens(source);
    let mut complaints = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if !["cfg", "cfg_attr"].iter().any(|name| token.is(name)) {
            continue;
        }
        let inside = in_parentheses(&tokens[at + 1..]);
        // What `cfg_attr` adds is no condition.
        let condition = if token.is("cfg_attr") { up_to_comma(inside) } else { inside };
        for token in condition {
            if let Token::Word(word) = token
                && !["feature", "test", "doctest", "not", "any", "all", "docsrs"].contains(&word.as_str())
            {
                complaints.push(format!("{path} asks for `{word}`"));
            }
        }
    }
    complaints
}

/// What stands in the parentheses that begin here, or after one more mark as in `cfg!(…)`.
fn in_parentheses(tokens: &[Token]) -> &[Token] {
    let Some(start) = tokens.iter().take(2).position(|token| token.is("(")) else { return &[] };
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') => depth -= 1,
            _ => {}
        }
        if at >= start && depth == 0 {
            return &tokens[start + 1..at];
        }
    }
    &[]
}

fn up_to_comma(tokens: &[Token]) -> &[Token] {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is(",")
    });
    &tokens[..end.unwrap_or(tokens.len())]
}

/// Crates that only one place may use.
const CRATES: [(&str, &str); 2] = [("redb", "src/engine/redb/"), ("quick_xml", "src/saml/")];

/// Some crates are known to one place.
pub(crate) fn crates(path: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let is_crate = |at: usize, name: &str| {
        // `engine::redb` is our own module; `redb`, `::redb` and `use redb` are the crate.
        let own = at >= 3 && tokens[at - 1].is(":") && matches!(tokens[at - 3], Token::Word(_));
        let declared = at >= 1 && tokens[at - 1].is("mod");
        tokens[at].is(name) && !own && !declared
    };
    let used = CRATES
        .iter()
        .filter(|(name, home)| !path.starts_with(home) && (0..tokens.len()).any(|at| is_crate(at, name)));
    used.map(|(name, _)| format!("{path} uses {name}")).collect()
}

/// No file is too long to be read in one go.
pub(crate) fn length(path: &str, source: &str) -> Vec<String> {
    let lines = source.lines().count();
    if lines > LINES { vec![format!("{path} has {lines} lines")] } else { Vec::new() }
}

/// Every exception to a lint has its reason.
pub(crate) fn exceptions(path: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut complaints = Vec::new();
    for at in 1..tokens.len() {
        // A call would follow a dot, a space or a parenthesis.
        let in_attribute = tokens[at - 1].is("[") || tokens[at - 1].is(",");
        if in_attribute && ["allow", "expect"].iter().any(|name| tokens[at].is(name)) {
            let inside = in_parentheses(&tokens[at + 1..]);
            let has_reason = inside.windows(3).any(|last| {
                last[0].is("reason") && matches!(&last[2], Token::Text(reason) if !reason.trim().is_empty())
            });
            if !has_reason && !inside.is_empty() {
                complaints.push(format!("{path} has an exception without a reason: {inside:?}"));
            }
        }
    }
    complaints
}

/// Every forbidden method and type in `clippy.toml` has its reason.
pub(crate) fn prohibitions(path: &str, source: &str) -> Vec<String> {
    let forbidden = source.lines().skip_while(|line| !line.starts_with("disallowed")).filter(|line| {
        let line = line.trim();
        !line.is_empty()
            && !line.starts_with("disallowed")
            && !["]", "#"].iter().any(|start| line.starts_with(start))
    });
    let has_reason = |line: &str| {
        let reason = line.split_once("reason = \"").map_or("", |(_, reason)| reason);
        reason.split('"').next().is_some_and(|reason| !reason.trim().is_empty())
    };
    forbidden.filter(|line| !has_reason(line)).map(|line| format!("{path} gives no reason: {line}")).collect()
}

/// Every folder says what it may import.
pub(crate) fn folders(path: &str, source: &str) -> Vec<String> {
    let says =
        source.lines().take_while(|line| line.starts_with("//!")).any(|line| line.contains("ay import"));
    if path.ends_with("/mod.rs") && !says {
        vec![format!("{path} does not say what the folder may import")]
    } else {
        Vec::new()
    }
}
