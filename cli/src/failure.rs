//! Why a subcommand could not do its work, in one line.

use std::error::Error;
use std::fmt;
use std::iter::successors;
use std::process::ExitCode;

use idpstore::{ErrorKind, chain};

/// The exit code of what may succeed if it is tried again (`EX_TEMPFAIL` of `sysexits.h`).
const TRY_AGAIN: u8 = 75;

/// What stands in the way.
pub(crate) type Cause = dyn Error + 'static;

/// What was being attempted, and what stood in the way.
#[derive(Debug)]
pub(crate) struct Failure {
    line: String,
    is_temporary: bool,
}

impl Failure {
    /// The failure of `attempt` (lower case, no final period) because of `cause` and of what is behind it.
    pub(crate) fn new(attempt: impl Into<String>, cause: &Cause) -> Self {
        let words = Self::of(format!("{}: {}", attempt.into(), chain(cause)));
        Self { is_temporary: is_temporary(cause), ..words }
    }

    /// The same, which may succeed if it is tried again.
    pub(crate) fn temporary(self) -> Self {
        Self { is_temporary: true, ..self }
    }

    /// The failure with these words.
    pub(crate) fn of(words: impl Into<String>) -> Self {
        Self { line: words.into().replace(['\r', '\n'], " "), is_temporary: false }
    }

    /// Prints the failure, and returns the exit code to end with.
    #[expect(clippy::print_stderr, reason = "a command prints why it failed")]
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("idpstore: {self}");
        if self.is_temporary { TRY_AGAIN.into() } else { ExitCode::FAILURE }
    }
}

/// Whether the storage is unavailable.
fn is_temporary(cause: &Cause) -> bool {
    let is_unavailable = |error: &idpstore::Error| matches!(error.kind(), ErrorKind::Unavailable { .. });
    successors(Some(cause), |cause| (*cause).source())
        .any(|cause| cause.downcast_ref().is_some_and(is_unavailable))
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn tells_the_attempt_and_every_cause_in_one_line() {
        let inner = io::Error::other("page 7\nis torn");
        let outer = idpstore::Error::new(idpstore::ErrorKind::Corrupt).caused_by(inner);
        let failure = Failure::new("cannot open `a.redb`", &outer);
        assert_eq!(failure.to_string(), "cannot open `a.redb`: damaged store: page 7 is torn");
        assert!(!failure.is_temporary);
    }

    #[test]
    fn an_unavailable_store_may_be_tried_again() {
        let unavailable = idpstore::Error::from(ErrorKind::Unavailable { retry_after: 1 });
        let outer = idpstore::Error::new(ErrorKind::Storage).caused_by(unavailable);
        assert!(Failure::new("cannot read `a`", &outer).is_temporary);
        assert!(Failure::of("cannot read `a`").temporary().is_temporary);
    }
}
