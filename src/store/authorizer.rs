//! Who may call, what they may do, and as whom the change log names them.

use std::fmt;

use http::header::AUTHORIZATION;
use http::request::Parts;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::{ErrorKind, Result};

/// The name of the API that a request is for, such as `okta`; that of the neutral one is `api`. An [`Authorizer`] finds it in
/// the extensions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiName(pub &'static str);

/// Decides whether a caller may come in, and what the caller may do. Called once for each request, before anything else.
///
/// ```
/// use idpstore::{Authorizer, ErrorKind, Grant, IdpStore};
///
/// struct RefuseAll;
///
/// impl Authorizer for RefuseAll {
///     fn authorize(&self, _: &http::request::Parts) -> idpstore::Result<Grant> {
///         Err(ErrorKind::Forbidden.into())
///     }
/// }
///
/// let store = IdpStore::builder().authorizer(RefuseAll).open()?;
/// let request = http::Request::get("/api/v1/idps").body(bytes::Bytes::new());
/// assert_eq!(store.handle(request.expect("a request")).status(), 403);
/// # Ok::<(), idpstore::Error>(())
/// ```
pub trait Authorizer: Send + Sync {
    /// Lets the request pass, or not. What is served without credentials is served although they are missing: ZITADEL's pages
    /// for SAML partners, PingOne's metadata for them and its files of images, and of the neutral API its health, its description, and our metadata and public keys. Return
    /// `Forbidden` to refuse these, too. ZITADEL also reports unknown routes and unreadable JSON before it looks at
    /// credentials.
    ///
    /// # Errors
    ///
    /// [`Unauthorized`](ErrorKind::Unauthorized) if credentials are missing or wrong, [`Forbidden`](ErrorKind::Forbidden) if
    /// they do not suffice; the API finds the words.
    fn authorize(&self, request: &Parts) -> Result<Grant>;
}

/// What a caller may do, and the name under which the change log has what the caller changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    pub(crate) actor: Option<String>,
    pub(crate) only_reads: bool,
}

impl Grant {
    /// Everything. In the change log stands the API, unless a [name](Grant::named) is given.
    #[must_use]
    pub fn full() -> Self {
        Self::default()
    }

    /// Whatever changes nothing: calls that would change a record are refused with [`Forbidden`](ErrorKind::Forbidden), and
    /// may only be planned.
    #[must_use]
    pub fn read_only() -> Self {
        Self { only_reads: true, ..Self::default() }
    }

    /// The same for a caller of this name.
    #[must_use]
    pub fn named(self, actor: impl Into<String>) -> Self {
        Self { actor: Some(actor.into()), ..self }
    }
}

/// The schemes that clients use. Okta's own is `SSWS`; its Python SDK leaves out the space after it, so none is required.
/// `Bearer` (RFC 6750) needs one.
const SCHEMES: [&str; 2] = ["SSWS", "Bearer "];

/// Lets in those who present one of several tokens, as `Authorization: Bearer TOKEN` or `SSWS TOKEN`.
///
/// ```
/// use idpstore::{Grant, IdpStore, Tokens};
///
/// let tokens = Tokens::default()
///     .allow("s3cret", Grant::full().named("alice"))
///     .allow("0pen", Grant::read_only().named("dashboard"));
/// let store = IdpStore::builder().authorizer(tokens).open()?;
/// let ask = |method, token: &str| {
///     let request = http::Request::builder().method(method).uri("/api/v1/idps");
///     let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
///     store.handle(request.body(bytes::Bytes::from_static(b"{}")).expect("a request")).status()
/// };
/// assert_eq!((ask("GET", "0pen"), ask("GET", "wrong")), (http::StatusCode::OK, http::StatusCode::UNAUTHORIZED));
/// assert_eq!(ask("POST", "0pen"), 403);
/// assert_eq!(ask("POST", "s3cret"), 400); // an empty document is no provider
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Tokens(Vec<(Zeroizing<String>, Grant)>);

impl Tokens {
    /// The same, with one more token.
    #[must_use]
    pub fn allow(mut self, token: impl Into<String>, grant: Grant) -> Self {
        self.0.push((Zeroizing::new(token.into()), grant));
        self
    }
}

impl Authorizer for Tokens {
    fn authorize(&self, request: &Parts) -> Result<Grant> {
        let presented = request.headers.get(AUTHORIZATION).and_then(|value| credentials(value.as_bytes()));
        let presented = presented.unwrap_or_default();
        // All are compared. The time reveals at most the lengths of tokens, never how much of a guess was right.
        let mut found = None;
        for (token, grant) in &self.0 {
            if bool::from(presented.ct_eq(token.as_bytes())) && !presented.is_empty() {
                found = Some(grant);
            }
        }
        found.cloned().ok_or_else(|| ErrorKind::Unauthorized.into())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.0.iter().map(|(_, grant)| grant)).finish()
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

    fn granted(header: &str) -> Option<Grant> {
        let tokens = Tokens::default()
            .allow("s3cret", Grant::full().named("alice"))
            .allow("", Grant::full())
            .allow("0pen", Grant::read_only());
        let request = http::Request::builder().header(AUTHORIZATION, header).body(()).unwrap();
        tokens.authorize(&request.into_parts().0).ok()
    }

    #[test]
    fn accepts_the_vendors_spellings() {
        for header in ["SSWS s3cret", "SSWSs3cret", "ssws s3cret", "Bearer s3cret", "bearer  s3cret"] {
            assert_eq!(granted(header), Some(Grant::full().named("alice")), "{header}");
        }
        assert_eq!(granted("Bearer 0pen"), Some(Grant::read_only()));
    }

    #[test]
    fn refuses_everything_else() {
        for header in [
            "",
            "SSWS",
            "SSWS ",
            "Bearer ",
            "SSWS s3cre",
            "SSWS s3cret2",
            "SSWS S3CRET",
            "s3cret",
            "Bearers3cret",
            "Basic s3cret",
        ] {
            assert_eq!(granted(header), None, "{header}");
        }
        let bare = http::Request::new(()).into_parts().0;
        let error = Tokens::default().authorize(&bare).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unauthorized);
    }

    #[test]
    fn debug_shows_no_token() {
        let shown = format!("{:?}", Tokens::default().allow("s3cret", Grant::full().named("alice")));
        assert!(shown.contains("alice") && !shown.contains("s3cret"), "{shown}");
    }
}
