//! Why a client gets no token (RFC 6749, section 5.2).

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{HeaderName, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

/// An error of an endpoint for tokens.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    words: Cow<'static, str>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, words: impl Into<Cow<'static, str>>) -> Self {
        Self { status, error, words: words.into(), header: None }
    }

    /// The request is not one for a token.
    pub(super) fn request(words: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", words)
    }

    /// The client is not known, or does not prove who it is.
    pub(super) fn client(words: impl Into<Cow<'static, str>>) -> Self {
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "invalid_client", words);
        refusal.with(WWW_AUTHENTICATE, Some(HeaderValue::from_static("Basic realm=\"tokens\"")))
    }

    /// The assertion with which a token is requested is not good for one.
    pub(super) fn grant(words: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", words)
    }

    /// Tokens are not given in this way.
    pub(super) fn grant_type(words: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", words)
    }

    /// The proof is missing, or proves nothing (RFC 9449, section 5).
    pub(super) fn proof(words: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_dpop_proof", words)
    }

    /// The proof must contain this (RFC 9449, section 8).
    pub(super) fn nonce(nonce: &str) -> Self {
        let words = "Authorization server requires nonce in DPoP proof.";
        let refusal = Self::new(StatusCode::BAD_REQUEST, "use_dpop_nonce", words);
        refusal.with(HeaderName::from_static("dpop-nonce"), HeaderValue::from_str(nonce).ok())
    }

    /// The server cannot make a token.
    pub(super) fn server() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the token cannot be made")
    }

    fn with(self, name: HeaderName, value: Option<HeaderValue>) -> Self {
        Self { header: value.map(|value| (name, value)), ..self }
    }

    #[cfg(test)]
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        let body = json!({ "error": self.error, "error_description": self.words });
        let mut response = super::json(self.status, &body);
        response.headers_mut().extend(self.header);
        response
    }
}
