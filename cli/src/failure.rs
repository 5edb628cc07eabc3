//! Why a subcommand could not do its work, in one line.

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

/// What was being attempted, and what stood in the way.
pub(crate) struct Failure {
    line: String,
}

impl Failure {
    /// The failure of `attempt` (lower case, no final period) because of `cause` and of what lies behind it.
    pub(crate) fn new(attempt: impl Into<String>, cause: &dyn Error) -> Self {
        let mut line = attempt.into();
        let mut next = Some(cause);
        while let Some(cause) = next {
            // Writing to a string cannot fail.
            let _ = write!(line, ": {cause}");
            next = cause.source();
        }
        Self { line: line.replace(['\r', '\n'], " ") }
    }

    /// Tells the user, and gives the exit code to end with.
    #[expect(clippy::print_stderr, reason = "a command tells its user why it failed")]
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("idpstore: {}", self.line);
        ExitCode::FAILURE
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
        assert_eq!(failure.line, "cannot open `a.redb`: damaged store: page 7 is torn");
    }
}
