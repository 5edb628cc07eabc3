//! The one token that `serve --token` asks for.

use http::header::AUTHORIZATION;
use http::request::Parts;
use idpstore::{Authorizer, ErrorKind};
use subtle::ConstantTimeEq;

/// The schemes that the vendors' clients use. Okta's own is `SSWS`; its Python SDK leaves out the space
/// after it, so none is asked for. `Bearer` (RFC 6750) needs one.
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

    /// The token that callers must present.
    pub(crate) fn new(token: String) -> Self {
        Self(token)
    }
}

impl Authorizer for Token {
    fn authorize(&self, request: &Parts) -> idpstore::Result<()> {
        let presented = request.headers.get(AUTHORIZATION).and_then(|value| credentials(value.as_bytes()));
        // The time tells at most the token's length, never how much of a guess was right.
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
        Token::new("s3cret".to_owned()).authorize(&request.into_parts().0).is_ok()
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
        let error = Token::new("s3cret".to_owned()).authorize(&bare).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unauthorized);
    }

    #[test]
    fn refuses_tokens_that_no_header_carries() {
        assert!(Token::parse("s3cret").is_ok());
        for text in ["", "two words", "naïve", "line\n"] {
            assert!(Token::parse(text).is_err(), "{text:?}");
        }
    }
}
