//! Which requests come in: those with a token of ours that is good here, and those with a token that the operator has listed.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Response};
use idpstore::{ApiName, Authorizer, Error, ErrorKind, Grant, Result};

use super::super::entrance::Entrance;
use super::clients::Client;
use super::dpop::{self, Target};
use super::mint::{Claims, Found};
use super::{TokenServer, host_of, is_first, jws, now};

/// Lets requests in.
pub(in crate::serve) struct Access {
    entrance: Entrance,
    server: Arc<TokenServer>,
}

/// Why a request with a proof is refused.
#[derive(Debug)]
struct Challenge {
    error: &'static str,
    words: &'static str,
}

impl Access {
    /// By the listed tokens, if tokens are required, and by those that the server gives.
    pub(in crate::serve) fn new(entrance: Entrance, server: Arc<TokenServer>) -> Self {
        Self { entrance, server }
    }
}

impl Authorizer for Access {
    fn authorize(&self, request: &Parts) -> Result<Grant> {
        let header = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        if let Some((scheme, token)) = header.and_then(|header| header.split_once(' ')) {
            let token = token.trim();
            match self.server.mint.find(token) {
                Found::Foreign => {}
                Found::Forged => return Err(ErrorKind::Unauthorized.into()),
                Found::Ours(claims) => return self.server.admit(&claims, scheme, token, request),
            }
        }
        self.entrance.authorize(request)
    }
}

impl TokenServer {
    /// What the bearer of a token of ours may do.
    fn admit(&self, claims: &Claims, scheme: &str, token: &str, request: &Parts) -> Result<Grant> {
        let unauthorized = || Error::new(ErrorKind::Unauthorized);
        let is_for_here = request.extensions.get::<ApiName>().is_some_and(|api| api.0 == claims.aud);
        if !is_for_here || claims.exp <= self.clock.now().unix_seconds() {
            return Err(unauthorized());
        }
        let (wanted, jkt) = match &claims.cnf {
            Some(confirmation) => ("DPoP", Some(&confirmation.jkt)),
            None => ("Bearer", None),
        };
        if !scheme.eq_ignore_ascii_case(wanted) {
            return Err(unauthorized());
        }
        if let Some(jkt) = jkt {
            self.check_proof(jkt, token, request).map_err(|challenge| unauthorized().caused_by(challenge))?;
        }
        // One that is listed no more, or in another way, loses its tokens, too.
        let Some(clients) = self.clients.get() else { return Ok(Grant::full()) };
        let client = Client::find(&clients, &claims.sub);
        let client = client.filter(|client| claims.listing.as_ref() == Some(&self.mint.listing(client)));
        client.map(|client| client.grant.clone()).ok_or_else(unauthorized)
    }

    /// Whether a request proves that its sender holds the key with this thumbprint.
    fn check_proof(&self, jkt: &str, token: &str, request: &Parts) -> std::result::Result<(), Challenge> {
        let invalid = |words| Challenge { error: "invalid_dpop_proof", words };
        let target = Target {
            method: request.method.as_str(),
            hosts: &self.hosts(host_of(request)),
            path: request.uri.path(),
            token: Some(token),
        };
        let now = now();
        let proof = dpop::read(&request.headers, &target, now).map_err(invalid)?;
        if proof.jkt != jkt {
            let words = "The DPoP proof JWT is not signed by the key that the token is bound to.";
            return Err(Challenge { error: "invalid_token", words });
        }
        if !is_first(&self.proofs, &proof.id, proof.end, now) {
            return Err(invalid("The DPoP proof JWT has already been used."));
        }
        Ok(())
    }
}

/// Adds to a refusal what was wrong with the proof (RFC 9449, section 7.1).
pub(in crate::serve) fn challenge(response: &mut Response<Bytes>) {
    let error = response.extensions().get::<Arc<Error>>();
    let challenge =
        error.and_then(|error| error.source()?.downcast_ref::<Challenge>()).map(ToString::to_string);
    if let Some(value) = challenge.and_then(|challenge| HeaderValue::from_str(&challenge).ok()) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { error, words } = self;
        let algorithms = jws::algorithms().join(" ");
        write!(out, r#"DPoP algs="{algorithms}", error="{error}", error_description="{words}""#)
    }
}

impl std::error::Error for Challenge {}
