//! What a vendor's API description leaves out, and is wrong only where documents are read strictly.

use serde_json::Value;

use crate::dialects::lens::Members;
use crate::error::{Reason, Violation, pointer};

/// The texts that a vendor's API description lists for a record; none if it lists none.
pub(in crate::dialects) type Listed<R> = fn(&R) -> &'static [&'static str];

/// Looks at a value of the right shape, once the members before it are read; the last are the members behind it.
pub(in crate::dialects) type Check<R> = fn(&R, &Value, &Members) -> Result<(), Reason>;

/// What else may be wrong with a value of the right shape.
pub(in crate::dialects) enum Strict<R> {
    /// The text, or each in a list, must be one of those that are listed for the record, if any are.
    Listed(Listed<R>),
    /// Anything else.
    Check(Check<R>),
    /// For some records it must be there, and not empty.
    Needed(fn(&R) -> bool),
}

/// How many elements of one list are found to be wrong. Each lists what is allowed, so they must be few.
pub(super) const FINDINGS: usize = 10;

impl<R> Clone for Strict<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Strict<R> {}

impl<R> Strict<R> {
    /// What is wrong with a member at `path` of this record; `shown` is what is shown there for the one that is replaced,
    /// and `behind` are the members behind it.
    pub(super) fn violations(
        &self,
        record: &R,
        path: &str,
        received: Option<&Value>,
        shown: Option<&Value>,
        behind: &Members,
    ) -> Vec<Violation> {
        let refused = |reason| vec![Violation::new(path, reason)];
        match (self, received) {
            (Self::Needed(when), received) => {
                if received.is_none_or(is_empty) && when(record) {
                    refused(Reason::Missing)
                } else {
                    Vec::new()
                }
            }
            (Self::Check(check), Some(received)) => {
                check(record, received, behind).err().map(refused).unwrap_or_default()
            }
            (Self::Listed(texts), Some(received)) => unlisted(texts(record), path, received, shown),
            _ => Vec::new(),
        }
    }
}

/// The texts that are not listed, if any are.
fn unlisted(allowed: &[&'static str], path: &str, received: &Value, shown: Option<&Value>) -> Vec<Violation> {
    let is_unlisted = |text: &str| !allowed.is_empty() && !allowed.contains(&text);
    let refuse = |place: String| Violation::new(place, Reason::NotAllowed(allowed.to_vec()));
    match received {
        Value::Array(elements) => {
            let shown = shown.and_then(Value::as_array);
            let is_wrong = |element: &Value| {
                element.as_str().is_some_and(is_unlisted)
                    && !shown.is_some_and(|shown| shown.contains(element))
            };
            let wrong = elements.iter().enumerate().filter(|(_, element)| is_wrong(element));
            wrong.take(FINDINGS).map(|(at, _)| refuse(pointer::element(path, at))).collect()
        }
        Value::String(text) if is_unlisted(text) => vec![refuse(path.to_owned())],
        _ => Vec::new(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        _ => false,
    }
}
