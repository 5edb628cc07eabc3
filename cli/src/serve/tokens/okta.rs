//! Okta's endpoint, at which clients prove who they are by an assertion, and may have to hold a key of their own. What it
//! refuses is worded as Okta words it where that is known.

use std::sync::PoisonError;

use bytes::Bytes;
use http::{Request, Response};

use super::dpop::{self, Target};
use super::form::Form;
use super::refusal::Refusal;
use super::vendor::Vendor;
use super::{Site, TokenServer, is_first, now};

const PATH: &str = "/oauth2/v1/token";

/// RFC 7523, section 2.2.
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The answer to a request for a token. Older clients have the parameters in the query.
pub(super) fn token(
    server: &TokenServer,
    request: &Request<Bytes>,
    site: &Site,
) -> Result<Response<Bytes>, Refusal> {
    let form = Form::read(request, true)?;
    if form.need("grant_type")? != "client_credentials" {
        let words = "The authorization grant type is not supported by the authorization server.";
        return Err(Refusal::grant_type(words));
    }
    let assertion =
        form.get("client_assertion").filter(|_| form.get("client_assertion_type") == Some(ASSERTION));
    let assertion = assertion.ok_or_else(|| {
        Refusal::client("The client must authenticate by `private_key_jwt`, with a `client_assertion`.")
    })?;
    // It is used up also where the proof is missing yet: clients make another one.
    let is_ours = |audience: &str| dpop::is_at(audience, &server.hosts(&site.host), |path| path == PATH);
    let party = server.by_assertion(assertion, is_ours).map_err(Refusal::client)?;
    if form.get("client_id").is_some_and(|id| id != party.id) {
        return Err(Refusal::client("The `client_id` is not that of the assertion."));
    }
    let jkt = party.needs_dpop.then(|| server.proven(request, site)).transpose()?;
    server.issue(Vendor::Okta, party, form.get("scope"), jkt, site)
}

impl TokenServer {
    /// The thumbprint of the key that the sender of a request for a token has proven to hold.
    fn proven(&self, request: &Request<Bytes>, site: &Site) -> Result<String, Refusal> {
        let now = now();
        let target = Target {
            method: request.method().as_str(),
            hosts: &self.hosts(&site.host),
            path: request.uri().path(),
            token: None,
        };
        let proof = dpop::read(request.headers(), &target, now).map_err(Refusal::proof)?;
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        if !proof.nonce.is_some_and(|nonce| nonces.accepts(&nonce, now, &self.mint.entropy)) {
            return Err(Refusal::nonce(nonces.current(now, &self.mint.entropy)));
        }
        if !is_first(&self.proofs, &proof.id, proof.end, now) {
            return Err(Refusal::proof("The DPoP proof JWT has already been used."));
        }
        Ok(proof.jkt)
    }
}
