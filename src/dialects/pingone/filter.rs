//! The filters of keys: SCIM's (RFC 7644, section 3.4.2.2), as far as PingOne knows them.

use super::key_lens::Document;
use crate::error::{Error, Reason, Result};
use crate::http::Call;

/// One condition: a member has this value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Algorithm(String),
    Status(String),
}

impl Condition {
    /// Whether a key meets it.
    pub(super) fn holds(&self, key: &Document) -> bool {
        match self {
            Self::Algorithm(wanted) => key.algorithm == wanted,
            Self::Status(wanted) => key.status == wanted,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (attribute, rest) = text.trim().split_once(' ')?;
        let (operator, value) = rest.trim_start().split_once(' ')?;
        let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
        if !operator.eq_ignore_ascii_case("eq") || value.contains('"') {
            return None;
        }
        match attribute.to_ascii_lowercase().as_str() {
            "algorithm" => Some(Self::Algorithm(value.to_owned())),
            "status" => Some(Self::Status(value.to_owned())),
            _ => None,
        }
    }
}

/// The conditions that a call asks for, all of which must be met.
pub(super) fn of(call: &Call<'_>) -> Result<Vec<Condition>> {
    let Some(text) = call.query("filter") else { return Ok(Vec::new()) };
    let refuse = || Error::invalid("?filter", Reason::Other(format!("is not a known filter: `{text}`")));
    text.split(" and ").map(|condition| Condition::read(condition).ok_or_else(refuse)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_equality_of_two_members_is_known() {
        assert_eq!(Condition::read("status eq \"VALID\""), Some(Condition::Status("VALID".to_owned())));
        assert_eq!(Condition::read(" algorithm EQ  \"EC\" "), Some(Condition::Algorithm("EC".to_owned())));
        for text in [
            "",
            "status",
            "status eq",
            "status eq VALID",
            "status ne \"VALID\"",
            "name eq \"x\"",
            "status eq \"a\"b\"",
        ] {
            assert_eq!(Condition::read(text), None, "{text}");
        }
    }
}
