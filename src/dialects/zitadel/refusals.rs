//! Requests that the host refuses: what is told before that, what is served all the same, and why it was refused.

use http::header::AUTHORIZATION;

use super::failure::Failure;
use super::{calls, service_provider};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Request;

/// The error to answer. Routes and JSON are looked at before tokens, and the pages of our side of SAML need none.
pub(super) fn refuse(refusal: Error, request: &Request, operation: Option<&'static str>) -> Result<()> {
    let for_want_of_a_token = matches!(refusal.kind(), ErrorKind::Unauthorized);
    match operation {
        None => return Ok(()),
        Some(service_provider::METADATA | service_provider::CERTIFICATE) if for_want_of_a_token => {
            return Ok(());
        }
        Some(service_provider::METADATA | service_provider::CERTIFICATE) => {}
        Some(operation) => drop(calls::read(request, operation)?),
    }
    Err(if for_want_of_a_token { unauthenticated(request).map_or(refusal, Error::from) } else { refusal })
}

/// What is wrong with the header itself; nothing if it has a token.
fn unauthenticated(request: &Request) -> Option<Failure> {
    let header = request.headers().get(AUTHORIZATION).map_or(&b""[..], |header| header.as_bytes());
    if header.is_empty() {
        return Some(Failure::unauthenticated("auth header missing", None));
    }
    let is_bearer = header.get(..BEARER.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(BEARER));
    (!is_bearer).then(|| Failure::unauthenticated("invalid auth header", Some("AUTH-toLo1")))
}

/// The one scheme, and what follows it (RFC 6750, section 2.1).
const BEARER: &[u8] = b"Bearer ";
