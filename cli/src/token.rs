//! The one token that `serve` requires, and where it comes from.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use http::header::AUTHORIZATION;
use http::request::Parts;
use idpstore::{Authorizer, ErrorKind};
use subtle::ConstantTimeEq;

use crate::failure::Failure;

/// The environment variable that may hold the token.
const VARIABLE: &str = "IDPSTORE_TOKEN";

/// The longest token that is read from a file.
const LENGTH: u64 = 4096;

/// The schemes that the vendors' clients use. Okta's own is `SSWS`; its Python SDK leaves out the space
/// after it, so none is required. `Bearer` (RFC 6750) needs one.
const SCHEMES: [&str; 2] = ["SSWS", "Bearer "];

/// Lets those through who present the token.
pub(crate) struct Token(String);

impl Token {
    /// Reads the token from the command line.
    ///
    /// A token that no header could carry is refused here, where a person reads the answer.
    pub(crate) fn parse(text: &str) -> Result<String, String> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(text.to_owned())
        } else {
            Err("a token is one or more visible ASCII characters without spaces".to_owned())
        }
    }

    /// The token of the command line, of a file or of the environment, if there is one.
    pub(crate) fn given(argument: Option<&str>, file: Option<&Path>) -> Result<Option<Self>, Failure> {
        Self::one_of(argument, file, std::env::var_os(VARIABLE))
    }

    fn one_of(
        argument: Option<&str>,
        file: Option<&Path>,
        variable: Option<OsString>,
    ) -> Result<Option<Self>, Failure> {
        let (source, text) = match (argument, file, variable) {
            (None, None, None) => return Ok(None),
            (Some(text), None, None) => ("--token", text.to_owned()),
            (None, Some(path), None) => (
                "--token-file",
                read(path)
                    .map_err(|error| Failure::new(format!("cannot read `{}`", path.display()), &error))?,
            ),
            (None, None, Some(text)) => (VARIABLE, text.to_string_lossy().into_owned()),
            _ => {
                return Err(Failure::of(format!(
                    "the token is given twice: use one of `--token`, `--token-file` and `{VARIABLE}`"
                )));
            }
        };
        let token = Self::parse(&text).map_err(|words| Failure::of(format!("`{source}`: {words}")))?;
        Ok(Some(Self(token)))
    }
}

/// The content of a token's file, without the newline at its end.
fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LENGTH + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LENGTH {
        return Err(io::Error::other(format!("a token has at most {LENGTH} bytes")));
    }
    let end =
        text.strip_suffix('\n').map_or(text.len(), |text| text.strip_suffix('\r').unwrap_or(text).len());
    text.truncate(end);
    Ok(text)
}

impl Authorizer for Token {
    fn authorize(&self, request: &Parts) -> idpstore::Result<()> {
        let presented = request.headers.get(AUTHORIZATION).and_then(|value| credentials(value.as_bytes()));
        // The time reveals at most the token's length, never how much of a guess was right.
        match presented {
            Some(presented) if bool::from(presented.ct_eq(self.0.as_bytes())) => Ok(()),
            _ => Err(ErrorKind::Unauthorized.into()),
        }
    }
}

/// What follows the scheme, if the scheme is one of ours. Schemes are case-insensitive (RFC 9110, section 11.1).
fn credentials(header: &[u8]) -> Option<&[u8]> {
    SCHEMES.iter().find_map(|scheme| {
        let (start, rest) = header.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme.as_bytes()).then(|| rest.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(header: &str) -> bool {
        let request = http::Request::builder().header(AUTHORIZATION, header).body(()).unwrap();
        Token("s3cret".to_owned()).authorize(&request.into_parts().0).is_ok()
    }

    #[test]
    fn accepts_the_vendors_spellings() {
        for header in ["SSWS s3cret", "SSWSs3cret", "ssws s3cret", "Bearer s3cret", "bearer  s3cret"] {
            assert!(accepts(header), "{header}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for header in [
            "",
            "SSWS",
            "SSWS ",
            "SSWS s3cre",
            "SSWS s3cret2",
            "SSWS S3CRET",
            "s3cret",
            "Bearers3cret",
            "Basic s3cret",
        ] {
            assert!(!accepts(header), "{header}");
        }
        let bare = http::Request::new(()).into_parts().0;
        let error = Token("s3cret".to_owned()).authorize(&bare).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unauthorized);
    }

    #[test]
    fn refuses_tokens_that_no_header_carries() {
        assert!(Token::parse("s3cret").is_ok());
        for text in ["", "two words", "naïve", "line\n"] {
            assert!(Token::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn comes_from_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let from = |argument, file, variable: Option<&str>| {
            Token::one_of(argument, file, variable.map(OsString::from))
                .map(|token| token.map(|token| token.0))
                .map_err(|failure| failure.to_string())
        };
        let token = Ok(Some("s3cret".to_owned()));
        assert_eq!(from(None, None, None), Ok(None));
        assert_eq!(from(Some("s3cret"), None, None), token);
        assert_eq!(from(None, None, Some("s3cret")), token);
        for content in ["s3cret", "s3cret\n", "s3cret\r\n"] {
            std::fs::write(&file, content).unwrap();
            assert_eq!(from(None, Some(&file), None), token, "{content:?}");
        }
        for content in ["", "\n", "s3cret\n\n", " s3cret", &"s".repeat(4097)] {
            std::fs::write(&file, content).unwrap();
            assert!(from(None, Some(&file), None).is_err(), "{content:?}");
        }
        assert!(from(None, Some(folder.path()), None).unwrap_err().contains("cannot read"));
        assert!(from(None, None, Some("")).unwrap_err().contains(VARIABLE), "an empty variable is no token");
        for twice in
            [(Some("s"), Some(&*file), None), (Some("s"), None, Some("s")), (None, Some(&*file), Some("s"))]
        {
            assert!(from(twice.0, twice.1, twice.2).unwrap_err().contains("twice"));
        }
    }
}
