//! Filters of collections: SCIM's (RFC 7644, section 3.4.2.2), as far as PingOne knows them.

use crate::error::{Error, Reason, Result};
use crate::http::Call;

/// What a collection can be filtered by.
#[derive(Debug)]
pub(super) struct Filterable {
    pub(super) attributes: &'static [&'static str],
    pub(super) operators: &'static [&'static str],
}

pub(super) static KEYS: Filterable = Filterable { attributes: &["algorithm", "status"], operators: &["eq"] };

/// Of what people find by its name.
pub(super) static NAMED: Filterable = Filterable { attributes: &["id", "name"], operators: &["eq", "sw"] };

/// How deeply conditions are nested at most.
const LEVELS: u8 = 8;

/// A condition of an element.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// All of these hold, so that none always holds.
    All(Vec<Self>),
    /// One of these holds.
    Any(Vec<Self>),
    /// A member has this value, or starts with it. Letters count in either case.
    Member { name: &'static str, value: String, is_start: bool },
}

impl Condition {
    /// The condition that a call asks for.
    pub(super) fn of(call: &Call<'_>, filterable: &'static Filterable) -> Result<Self> {
        let Some(text) = call.query("filter") else { return Ok(Self::All(Vec::new())) };
        let mut reader = Reader { rest: &text, filterable };
        let read = reader.any(LEVELS).filter(|_| reader.rest.trim().is_empty());
        read.ok_or_else(|| {
            Error::invalid("?filter", Reason::Other(format!("is not a known filter: `{text}`")))
        })
    }

    /// Whether it holds for an element with these members.
    pub(super) fn holds(&self, member: &dyn Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.holds(member)),
            Self::Any(any) => any.iter().any(|condition| condition.holds(member)),
            Self::Member { name, value, is_start } => {
                let found = member(name).map(|found| found.to_lowercase());
                found.is_some_and(|found| if *is_start { found.starts_with(value) } else { found == *value })
            }
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    filterable: &'static Filterable,
}

impl Reader<'_> {
    /// Conditions joined by `or`.
    fn any(&mut self, levels: u8) -> Option<Condition> {
        let mut any = vec![self.all(levels)?];
        while self.word("or") {
            any.push(self.all(levels)?);
        }
        Some(Condition::Any(any))
    }

    /// Conditions joined by `and`.
    fn all(&mut self, levels: u8) -> Option<Condition> {
        let mut all = vec![self.one(levels)?];
        while self.word("and") {
            all.push(self.one(levels)?);
        }
        Some(Condition::All(all))
    }

    fn one(&mut self, levels: u8) -> Option<Condition> {
        if !self.sign('(') {
            return self.member();
        }
        let inner = self.any(levels.checked_sub(1)?)?;
        self.sign(')').then_some(inner)
    }

    fn member(&mut self) -> Option<Condition> {
        let of =
            |names: &[&'static str], reader: &mut Self| names.iter().copied().find(|name| reader.word(name));
        let name = of(self.filterable.attributes, self)?;
        let operator = of(self.filterable.operators, self)?;
        let (value, rest) = self.rest.trim_start().strip_prefix('"')?.split_once('"')?;
        self.rest = rest;
        Some(Condition::Member { name, value: value.to_lowercase(), is_start: operator == "sw" })
    }

    /// Whether this word comes next, which is read then.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some((found, rest)) = rest.split_at_checked(word.len()) else { return false };
        let ends = rest.starts_with(|next: char| next.is_whitespace() || matches!(next, '(' | '"'));
        let is_next = ends && found.eq_ignore_ascii_case(word);
        if is_next {
            self.rest = rest;
        }
        is_next
    }

    fn sign(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, filterable: &'static Filterable) -> Option<Condition> {
        let mut reader = Reader { rest: text, filterable };
        reader.any(LEVELS).filter(|_| reader.rest.trim().is_empty())
    }

    #[test]
    fn conditions_are_joined_and_nested() {
        let holds = |text: &str, name: &str| {
            read(text, &NAMED).unwrap().holds(&|member| (member == "name").then(|| name.to_owned()))
        };
        assert!(holds("name eq \"Staff\"", "staff") && holds(" name SW  \"St\" ", "staff"));
        assert!(holds("(name eq \"a\") OR (name eq \"b\")", "b"));
        assert!(!holds("(name eq \"a\" or name eq \"b\") and name sw \"a\"", "b"));
        assert!(!holds("id eq \"a\"", "a"));
    }

    #[test]
    fn nothing_else_is_known() {
        let deep = format!("{}name eq \"x\"{}", "(".repeat(9), ")".repeat(9));
        for text in [
            "",
            "status",
            "status eq",
            "status eq VALID",
            "status ne \"VALID\"",
            "name eq \"x\"",
            "status eq \"a\"b\"",
            "status sw \"a\"",
            "(status eq \"a\"",
            "status eq \"a\" or",
        ] {
            assert_eq!(read(text, &KEYS), None, "{text}");
        }
        assert_eq!(read(&deep, &NAMED), None);
    }
}
