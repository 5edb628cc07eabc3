//! What Okta's API description leaves out, and is refused for that reason: values that an enumeration does not list,
//! endpoints that are no URLs, and members that a type does not have. `docs/okta.md` says what shows each refusal; for
//! most no recording does, so a switch turns them off. May import what the folder above may.

use serde_json::Value;

use super::urls::is_url;
use crate::dialects::lens::Members;
use crate::error::{Reason, Violation};

/// A member, and the values that it may have. In its path `*` stands for every element of a list.
pub(super) type Enumeration = (&'static str, &'static [&'static str]);

/// What is wrong, and the value that is, if one is there.
pub(super) type Finding<'v> = (Violation, Option<&'v Value>);

/// How many values of one list are found to be wrong. Each lists what is allowed, so they must be few.
const FINDINGS: usize = 10;

/// What is not in the document that is replaced: what a client has read may be sent back.
pub(super) fn new_ones(found: Vec<Finding<'_>>, shown: &[Finding<'_>]) -> Vec<Violation> {
    found.into_iter().filter(|finding| !shown.contains(finding)).map(|(violation, _)| violation).collect()
}

/// The texts that an enumeration does not list.
pub(super) fn unlisted<'v>((path, allowed): &Enumeration, document: &'v Members) -> Vec<Finding<'v>> {
    let is_listed = |text: &str| allowed.contains(&text);
    refused(path, document, is_listed, || Reason::NotAllowed(allowed.to_vec()))
}

/// The texts that should be URLs of a server and are not. Whether one may be empty is another question.
pub(super) fn unreachable<'v>(path: &str, document: &'v Members) -> Vec<Finding<'v>> {
    let reason = || Reason::Other("must be an http or https URL".to_owned());
    refused(path, document, |text| text.is_empty() || is_url(text), reason)
}

fn refused<'v>(
    path: &str,
    document: &'v Members,
    fits: impl Fn(&str) -> bool,
    reason: impl Fn() -> Reason,
) -> Vec<Finding<'v>> {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let rest: Vec<&str> = rest.split('/').filter(|step| !step.is_empty()).collect();
    let mut texts = Vec::new();
    if let Some(value) = document.get(first) {
        visit(value, &rest, format!("/{first}"), &mut |pointer, value, text| {
            if !fits(text) && texts.len() < FINDINGS {
                texts.push((Violation::new(pointer, reason()), Some(value)));
            }
        });
    }
    texts
}

/// Calls `see` with the pointer of each text at a path, with its value and with the text itself.
fn visit<'v>(
    value: &'v Value,
    path: &[&str],
    pointer: String,
    see: &mut impl FnMut(String, &'v Value, &'v str),
) {
    match (path.split_first(), value) {
        (None, Value::String(text)) => see(pointer, value, text),
        (Some((&"*", rest)), Value::Array(elements)) => {
            for (position, element) in elements.iter().enumerate() {
                visit(element, rest, format!("{pointer}/{position}"), see);
            }
        }
        (Some((step, rest)), Value::Object(members)) => {
            if let Some(member) = members.get(*step) {
                visit(member, rest, format!("{pointer}/{step}"), see);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_listed_is_found_wherever_it_is() {
        let Value::Object(document) =
            json!({"a": {"b": [{"c": "x"}, {"c": "y"}, {"c": 5}, null, "x"]}, "d": "x"})
        else {
            unreachable!()
        };
        let pointers = |path| {
            let found = unlisted(&(path, &["y"]), &document);
            found.into_iter().map(|(violation, _)| violation.pointer).collect::<Vec<_>>()
        };
        assert_eq!(pointers("a/b/*/c"), ["/a/b/0/c"]);
        assert_eq!(pointers("a/b/*"), ["/a/b/4"]);
        assert_eq!(pointers("d"), ["/d"]);
        assert_eq!(pointers("a/c"), [""; 0]);
    }

    #[test]
    fn what_was_shown_is_not_new() {
        let document = |text: &str| Members::from_iter([("a".to_owned(), json!(text))]);
        let (old, same, other) = (document("x"), document("x"), document("z"));
        let found = |document| unlisted(&("a", &["y"]), document);
        assert_eq!(new_ones(found(&same), &found(&old)), []);
        assert_eq!(new_ones(found(&other), &found(&old)).len(), 1);
    }
}
