//! What an error may hold of what a caller has sent: a little, however much it was.

use std::borrow::Cow;

use super::{Error, ErrorKind, Identifier, Reason, Result, Violation};

/// How many characters of a caller's text stand in one place of an error.
const CHARACTERS: usize = 200;

/// How many violations an error has at most.
const VIOLATIONS: usize = 20;

/// The text, or the start of it and an ellipsis if it is longer than 200 characters.
#[must_use]
pub(crate) fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(CHARACTERS) {
        None => text.into(),
        Some(_) => text.chars().take(CHARACTERS - 1).chain(['…']).collect::<String>().into(),
    }
}

/// As [`excerpt`], in place.
pub(super) fn cut(text: &mut String) {
    if let Cow::Owned(short) = excerpt(text) {
        *text = short;
    }
}

impl ErrorKind {
    /// The same, with no more of a caller's text and violations than an error may hold.
    pub(super) fn bounded(mut self) -> Self {
        match &mut self {
            Self::NotFound { id: Identifier::Text(id), .. }
            | Self::AlreadyExists { id: Identifier::Text(id), .. }
            | Self::Inactive { id: Identifier::Text(id), .. } => cut(id),
            Self::Invalid { violations } => {
                violations.truncate(VIOLATIONS);
                violations.iter_mut().for_each(Violation::cut);
            }
            Self::InUse { by } => {
                by.truncate(VIOLATIONS);
                by.iter_mut().for_each(cut);
            }
            _ => {}
        }
        self
    }
}

impl Violation {
    fn cut(&mut self) {
        cut(&mut self.pointer);
        if let Reason::Other(words) | Reason::Taken(Identifier::Text(words)) = &mut self.reason {
            cut(words);
        }
    }
}

/// What is wrong with a document, gathered while it is read: the first twenty violations, and no more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    /// Adds one, unless there are enough.
    pub(crate) fn push(&mut self, violation: Violation) {
        if self.0.len() < VIOLATIONS {
            self.0.push(violation);
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The end of the reading.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if anything is wrong.
    pub(crate) fn end(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Invalid { violations: self.0 })) }
    }
}

impl Extend<Violation> for Violations {
    fn extend<I: IntoIterator<Item = Violation>>(&mut self, violations: I) {
        violations.into_iter().for_each(|violation| self.push(violation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Resource;

    /// More characters than an error may hold, of two bytes each.
    fn long() -> String {
        "ß".repeat(100_000)
    }

    #[test]
    fn an_excerpt_ends_between_characters() {
        let exact = "ß".repeat(CHARACTERS);
        assert_eq!(excerpt(&exact), exact);
        let short = excerpt(&long()).into_owned();
        assert_eq!(short.chars().count(), CHARACTERS);
        assert!(short.ends_with("ß…"), "{short}");
    }

    #[test]
    fn whatever_an_error_is_made_of_it_stays_small() {
        let violation = |reason| Violation::new(long(), reason);
        for kind in [
            ErrorKind::NotFound { what: Resource::User, id: long().into() },
            ErrorKind::AlreadyExists { what: Resource::User, id: long().into() },
            ErrorKind::Invalid { violations: vec![violation(Reason::Other(long())); 1000] },
            ErrorKind::Invalid { violations: vec![violation(Reason::Taken(long().into())); 1000] },
            ErrorKind::InUse { by: vec![long(); 1000] },
        ] {
            let error = Error::new(kind).context(long()).at(&long());
            for text in [error.to_string(), format!("{error:?}")] {
                assert!(text.chars().count() < VIOLATIONS * (2 * CHARACTERS + 100), "{text}");
                let run = text.split(|character| character != 'ß').map(|run| run.chars().count()).max();
                assert!(run < Some(CHARACTERS), "{text}");
            }
        }
    }

    #[test]
    fn a_document_has_no_more_violations_than_an_error_tells() {
        let mut violations = Violations::default();
        violations.extend((0..1_000_000).map(|at| Violation::new(format!("/names/{at}"), Reason::Empty)));
        assert_eq!(violations.end().unwrap_err().violations().len(), VIOLATIONS);
    }
}
