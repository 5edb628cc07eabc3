//! The `filter` of lists of applications: clauses `attribute eq "value"`, joined by `and`.

use serde_json::Value;

use crate::dialects::okta::ids;
use crate::error::{Error, Reason, Result};
use crate::model::State;
use crate::service::ApplicationQuery;

/// What a filter says about one attribute.
struct Clause<'f> {
    attribute: &'f str,
    value: String,
}

/// What a filter leaves of a query.
#[derive(Debug)]
pub(super) struct Narrowed {
    /// What the store has indexes for.
    pub(super) query: ApplicationQuery,
    /// Whether people are logged out of the applications that are wanted, if the filter says so.
    pub(super) logs_out: Option<bool>,
}

/// Narrows a query as a filter says; `None` if nothing can fit.
///
/// # Errors
///
/// [`Invalid`](crate::error::ErrorKind::Invalid) at `?filter` if the filter cannot be read or names an unknown
/// attribute.
pub(super) fn narrow(mut query: ApplicationQuery, filter: &str) -> Result<Option<Narrowed>> {
    let (mut possible, mut logs_out) = (true, None);
    for Clause { attribute, value } in clauses(filter)? {
        possible &= match attribute {
            "id" => ids::read(&value).is_some_and(|id| agree(&mut query.id, id)),
            "name" => agree(&mut query.alias, value),
            "status" => state(&value).is_some_and(|state| agree(&mut query.state, state)),
            "credentials.signing.kid" => agree(&mut query.signing_key, value),
            "settings.slo.enabled" => value.parse().is_ok_and(|enabled| agree(&mut logs_out, enabled)),
            // No users or groups are assigned to applications here.
            "user.id" | "group.id" => false,
            _ => return Err(unreadable()),
        };
    }
    Ok(Some(Narrowed { query, logs_out }).filter(|_| possible))
}

/// Requires a value; whether that agrees with what was required before.
fn agree<T: PartialEq>(asked: &mut Option<T>, value: T) -> bool {
    let fits = asked.as_ref().is_none_or(|asked| *asked == value);
    *asked = Some(value);
    fits
}

fn state(value: &str) -> Option<State> {
    match value {
        "ACTIVE" => Some(State::Active),
        "INACTIVE" => Some(State::Inactive),
        _ => None,
    }
}

fn clauses(filter: &str) -> Result<Vec<Clause<'_>>> {
    let mut clauses = Vec::new();
    let mut rest = filter;
    loop {
        let (attribute, after) = word(rest)?;
        let (operator, after) = word(after)?;
        let (value, after) = value(after.trim_start())?;
        if !operator.eq_ignore_ascii_case("eq") {
            return Err(unreadable());
        }
        clauses.push(Clause { attribute, value });
        if after.trim().is_empty() {
            return Ok(clauses);
        }
        let (operator, after) = word(after)?;
        if !operator.eq_ignore_ascii_case("and") {
            return Err(unreadable());
        }
        rest = after;
    }
}

/// The first word, and what follows it.
fn word(text: &str) -> Result<(&str, &str)> {
    text.trim_start().split_once(' ').ok_or_else(unreadable)
}

/// The text in quotation marks, with escapes as in JSON, or the word `true` or `false`, and what follows it.
fn value(text: &str) -> Result<(String, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = match values.next() {
        Some(Ok(Value::String(text))) => text,
        Some(Ok(Value::Bool(word))) => word.to_string(),
        _ => return Err(unreadable()),
    };
    Ok((value, text.get(values.byte_offset()..).unwrap_or_default()))
}

fn unreadable() -> Error {
    Error::invalid("?filter", Reason::Other("is no readable filter".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(filter: &str) -> Option<Narrowed> {
        narrow(ApplicationQuery::default(), filter).expect(filter)
    }

    #[test]
    fn clauses_are_joined_and_values_are_unescaped() {
        let query =
            narrowed(r#"  name eq "a \"b\" and c"  AND status EQ "ACTIVE" "#).expect("possible").query;
        assert_eq!(query.alias.as_deref(), Some(r#"a "b" and c"#));
        assert_eq!(query.state, Some(State::Active));
        let query = narrowed(r#"credentials.signing.kid eq "k" and credentials.signing.kid eq "k""#);
        assert_eq!(query.expect("possible").query.signing_key.as_deref(), Some("k"));
        for (filter, wanted) in
            [("settings.slo.enabled eq true", true), (r#"settings.slo.enabled eq "false""#, false)]
        {
            assert_eq!(narrowed(filter).expect("possible").logs_out, Some(wanted));
        }
    }

    #[test]
    fn what_contradicts_itself_or_nothing_is_fits_nothing() {
        for filter in [
            r#"status eq "ACTIVE" and status eq "INACTIVE""#,
            r#"name eq "a" and name eq "b""#,
            r#"id eq "00u000000000000011ds""#,
            r#"status eq "DELETED""#,
            r#"user.id eq "00u000000000000011ds""#,
            "settings.slo.enabled eq true and settings.slo.enabled eq false",
            r#"settings.slo.enabled eq "yes""#,
        ] {
            assert!(narrowed(filter).is_none(), "{filter}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for filter in [
            "",
            "name",
            "name eq",
            "name eq a",
            r#"name eq "a"#,
            r#"name eq "a" status eq "ACTIVE""#,
            r#"name eq "a" or name eq "b""#,
            r#"name eq "a" and"#,
            r#"name ne "a""#,
            r#"label eq "a""#,
            r#"status eq"ACTIVE""#,
            "settings.slo.enabled eq 1",
        ] {
            let refused = narrow(ApplicationQuery::default(), filter).expect_err(filter);
            assert_eq!(
                refused.violations().first().map(|violation| violation.pointer.as_str()),
                Some("?filter")
            );
        }
    }
}
