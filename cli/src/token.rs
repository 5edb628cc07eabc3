//! The tokens that `serve` requires, and where they come from.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::failure::Failure;
use crate::secret;

/// The environment variable that may hold a token.
pub(crate) const VARIABLE: &str = "IDPSTORE_TOKEN";

/// Reads a token from the command line.
///
/// A token that no header could carry is refused here, where a person reads the answer.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("a token is one or more visible ASCII characters without spaces".to_owned())
    }
}

/// The token of the command line, there or in a file, or else of the environment, if there is one.
pub(crate) fn given(argument: Option<&str>, file: Option<&Path>) -> Result<Option<String>, Failure> {
    first_of(argument, file, std::env::var_os(VARIABLE))
}

fn first_of(
    argument: Option<&str>,
    file: Option<&Path>,
    variable: Option<OsString>,
) -> Result<Option<String>, Failure> {
    match (argument, file, variable) {
        (Some(text), None, _) => checked("--token", text),
        (None, Some(path), _) => {
            let failure =
                |error: io::Error| Failure::new(format!("cannot read `{}`", path.display()), &error);
            checked("--token-file", &File::open(path).and_then(secret::read).map_err(failure)?)
        }
        (None, None, Some(text)) => checked(VARIABLE, &text.to_string_lossy()),
        (None, None, None) => Ok(None),
        (Some(_), Some(_), _) => {
            Err(Failure::of("the token is given twice: use `--token` or `--token-file`"))
        }
    }
}

fn checked(source: &str, text: &str) -> Result<Option<String>, Failure> {
    parse(text).map(Some).map_err(|words| Failure::of(format!("`{source}`: {words}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_tokens_that_no_header_carries() {
        assert!(parse("s3cret").is_ok());
        for text in ["", "two words", "naïve", "line\n"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let from = |argument, file, variable: Option<&str>| {
            first_of(argument, file, variable.map(OsString::from)).map_err(|failure| failure.to_string())
        };
        let token = Ok(Some("s3cret".to_owned()));
        assert_eq!(from(None, None, None), Ok(None));
        assert_eq!(from(Some("s3cret"), None, None), token);
        assert_eq!(from(Some("s3cret"), None, Some("other")), token);
        assert_eq!(from(None, None, Some("s3cret")), token);
        for content in ["s3cret", "s3cret\n", "s3cret\r\n"] {
            std::fs::write(&file, content).unwrap();
            assert_eq!(from(None, Some(&file), None), token, "{content:?}");
            assert_eq!(from(None, Some(&file), Some("other")), token, "{content:?}");
        }
        for content in ["", "\n", "s3cret\n\n", " s3cret", &"s".repeat(4097)] {
            std::fs::write(&file, content).unwrap();
            assert!(from(None, Some(&file), None).is_err(), "{content:?}");
        }
        assert!(from(None, Some(folder.path()), None).unwrap_err().contains("cannot read"));
        assert!(from(None, None, Some("")).unwrap_err().contains(VARIABLE), "an empty variable is no token");
        assert!(from(Some("s"), Some(&*file), None).unwrap_err().contains("twice"));
    }
}
