//! The `filter` of lists of applications: clauses `attribute eq "value"`, joined by `and`.

use crate::dialects::okta::ids;
use crate::error::{Error, Reason, Result};
use crate::model::State;
use crate::service::ApplicationQuery;

/// What a filter says about one attribute.
struct Clause<'f> {
    attribute: &'f str,
    value: String,
}

/// Narrows a query as a filter says; `None` if nothing can fit.
///
/// # Errors
///
/// [`Invalid`](crate::error::ErrorKind::Invalid) at `?filter` if the filter cannot be read or names an unknown
/// attribute.
pub(super) fn narrow(mut query: ApplicationQuery, filter: &str) -> Result<Option<ApplicationQuery>> {
    let mut possible = true;
    for Clause { attribute, value } in clauses(filter)? {
        possible &= match attribute {
            "id" => ids::read(&value).is_some_and(|id| agree(&mut query.id, id)),
            "name" => agree(&mut query.alias, value),
            "status" => state(&value).is_some_and(|state| agree(&mut query.state, state)),
            "credentials.signing.kid" => agree(&mut query.signing_key, value),
            _ => return Err(unreadable()),
        };
    }
    Ok(Some(query).filter(|_| possible))
}

/// Asks for a value; whether that is not against what was asked for before.
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
        let (value, after) = text(after.trim_start())?;
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

/// The text in quotation marks, with escapes as in JSON, and what follows it.
fn text(quoted: &str) -> Result<(String, &str)> {
    let mut values = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
    let value = values.next().and_then(std::result::Result::ok).ok_or_else(unreadable)?;
    Ok((value, quoted.get(values.byte_offset()..).unwrap_or_default()))
}

fn unreadable() -> Error {
    Error::invalid("?filter", Reason::Other("is no readable filter".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(filter: &str) -> Option<ApplicationQuery> {
        narrow(ApplicationQuery::default(), filter).expect(filter)
    }

    #[test]
    fn clauses_are_joined_and_values_are_unescaped() {
        let query = narrowed(r#"  name eq "a \"b\" and c"  AND status EQ "ACTIVE" "#).expect("possible");
        assert_eq!(query.alias.as_deref(), Some(r#"a "b" and c"#));
        assert_eq!(query.state, Some(State::Active));
        let query = narrowed(r#"credentials.signing.kid eq "k" and credentials.signing.kid eq "k""#);
        assert_eq!(query.expect("possible").signing_key.as_deref(), Some("k"));
    }

    #[test]
    fn what_contradicts_itself_or_nothing_is_fits_nothing() {
        for filter in [
            r#"status eq "ACTIVE" and status eq "INACTIVE""#,
            r#"name eq "a" and name eq "b""#,
            r#"id eq "00u000000000000011ds""#,
            r#"status eq "DELETED""#,
        ] {
            assert_eq!(narrowed(filter), None, "{filter}");
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
        ] {
            let refused = narrow(ApplicationQuery::default(), filter).expect_err(filter);
            assert_eq!(
                refused.violations().first().map(|violation| violation.pointer.as_str()),
                Some("?filter")
            );
        }
    }
}
