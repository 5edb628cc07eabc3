//! Why a subcommand could not do its work, in one line.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use idpstore::chain;

/// What was being attempted, and what stood in the way.
#[derive(Debug)]
pub(crate) struct Failure {
    line: String,
}

impl Failure {
    /// The failure of `attempt` (lower case, no final period) because of `cause` and of what is behind it.
    pub(crate) fn new(attempt: impl Into<String>, cause: &dyn Error) -> Self {
        Self::of(format!("{}: {}", attempt.into(), chain(cause)))
    }

    /// The failure with these words.
    pub(crate) fn of(words: impl Into<String>) -> Self {
        Self { line: words.into().replace(['\r', '\n'], " ") }
    }

    /// Prints the failure, and returns the exit code to end with.
    #[expect(clippy::print_stderr, reason = "a command prints why it failed")]
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("idpstore: {self}");
        ExitCode::FAILURE
    }
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
    }
}
