//! The endpoints at which clients get tokens as they do from their vendors: `jws` and `mint` make and verify them, `clients` are
//! those who get some, `assertion` and `dpop` look at what they sign, and `access` lets requests in that carry one. No user
//! signs in here. May import everything.

mod access;
mod assertion;
mod clients;
mod dpop;
mod form;
mod jws;
mod memory;
mod mint;
mod okta;
mod pingone;
mod refusal;
mod vendor;
mod zitadel;

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, PRAGMA};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use idpstore::env::{Clock, SystemClock};
use serde_json::{Value, json};

pub(super) use self::access::{Access, challenge};
pub(super) use self::clients::{Client, Listed};
use self::memory::{Nonces, Used};
use self::mint::{Claims, Confirmation, Mint};
use self::refusal::Refusal;
pub(super) use self::vendor::Endpoint;
use self::vendor::Vendor;
use super::entrance::Clients;
use crate::failure::Failure;

/// The largest body of a request for a token: room for an assertion and all scopes of a vendor.
pub(super) const BODY: usize = 32 * 1024;

/// For how many seconds a token is good.
const LIFETIME: i64 = 3600;

/// What gives tokens to clients, and knows them again.
pub(super) struct TokenServer {
    mint: Mint,
    /// The clock by which tokens end: the store's. What clients sign is held against the time of the system, which is theirs.
    clock: Arc<dyn Clock>,
    clients: Clients,
    /// The host of `--base-url`, by which clients may know the server whatever their requests name.
    host: Option<String>,
    assertions: Mutex<Used>,
    proofs: Mutex<Used>,
    nonces: Mutex<Nonces>,
}

/// A client that may have a token.
struct Party {
    id: String,
    needs_dpop: bool,
    /// How it is listed, if clients are.
    listing: Option<String>,
}

/// The server by the name that a request has for it.
struct Site {
    /// Name and port.
    host: String,
    base_url: String,
}

impl TokenServer {
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        clients: Clients,
        base_url: Option<&str>,
    ) -> Result<Self, Failure> {
        let (assertions, proofs, nonces) = Default::default();
        let host = base_url.and_then(|url| url.split_once("://")).map(|(_, host)| host.to_owned());
        Ok(Self { mint: Mint::new()?, clock, clients, host, assertions, proofs, nonces })
    }

    /// The names that a client may have for the server where its request names this one.
    fn hosts<'s>(&'s self, of_request: &'s str) -> Vec<&'s str> {
        [of_request].into_iter().chain(self.host.as_deref()).collect()
    }

    /// The answer to a request for something at an endpoint of the server that the request knows by this URL.
    pub(super) fn answer(
        &self,
        endpoint: Endpoint,
        request: &Request<Bytes>,
        base_url: &str,
    ) -> Response<Bytes> {
        let allowed = endpoint.methods();
        if !allowed.contains(request.method()) {
            let names: Vec<_> = allowed.iter().map(Method::as_str).collect();
            let mut response = json(StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": "invalid_request" }));
            response
                .headers_mut()
                .extend(HeaderValue::from_str(&names.join(", ")).map(|names| (ALLOW, names)));
            return response;
        }
        let host = host(request.uri().authority(), request.headers()).to_owned();
        let site = Site { base_url: base_url.to_owned(), host };
        match endpoint {
            Endpoint::Discovery => json(StatusCode::OK, &zitadel::discovery(&site)),
            Endpoint::Keys => json(StatusCode::OK, &self.mint.keys()),
            Endpoint::Token(_) if request.body().len() > BODY => {
                Refusal::request("the body is too large").into_response()
            }
            Endpoint::Token(vendor) => {
                let token = match vendor {
                    Vendor::Okta => okta::token,
                    Vendor::PingOne => pingone::token,
                    Vendor::Zitadel => zitadel::token,
                };
                token(self, request, &site).unwrap_or_else(Refusal::into_response)
            }
        }
    }

    /// The client with this secret.
    fn by_secret(&self, id: &str, secret: &str) -> Option<Party> {
        let Some(clients) = self.clients.get() else {
            let is_well_formed = !id.is_empty() && !secret.is_empty();
            return is_well_formed.then(|| Party { id: id.to_owned(), needs_dpop: false, listing: None });
        };
        Some(self.party(Client::find(&clients, id).filter(|client| client.has_secret(secret))?))
    }

    fn party(&self, client: &Client) -> Party {
        let listing = Some(self.mint.listing(client));
        Party { id: client.id.clone(), needs_dpop: client.needs_dpop, listing }
    }

    /// The client that made an assertion, which is then used. An error says what is wrong with it.
    fn by_assertion(&self, text: &str, is_ours: impl Fn(&str) -> bool) -> Result<Party, &'static str> {
        let now = now();
        let assertion = assertion::Assertion::read(text, is_ours, now)?;
        let party = if let Some(clients) = self.clients.get() {
            let client = Client::find(&clients, &assertion.client);
            let signer = client.filter(|it| it.key().is_some_and(|key| assertion.jws.is_signed_by(key)));
            self.party(signer.ok_or("The assertion is not from a client that is known here.")?)
        } else {
            Party { id: assertion.client, needs_dpop: false, listing: None }
        };
        let is_first = assertion.id.is_none_or(|id| is_first(&self.assertions, &id, assertion.end, now));
        if !is_first {
            return Err("The client_assertion token has already been used.");
        }
        Ok(party)
    }

    /// The token for a client, bound to the key with this thumbprint if there is one.
    fn issue(
        &self,
        vendor: Vendor,
        party: Party,
        scope: Option<&str>,
        jkt: Option<String>,
        site: &Site,
    ) -> Result<Response<Bytes>, Refusal> {
        let iat = self.clock.now().unix_seconds();
        let kind = if jkt.is_some() { "DPoP" } else { "Bearer" };
        let claims = Claims {
            iss: site.base_url.clone(),
            sub: party.id,
            aud: vendor.name().to_owned(),
            iat,
            exp: iat.saturating_add(LIFETIME),
            listing: party.listing,
            cnf: jkt.map(|jkt| Confirmation { jkt }),
        };
        let token = self.mint.make(&claims).map_err(|_| Refusal::server())?;
        let mut body = json!({ "access_token": token, "token_type": kind, "expires_in": LIFETIME });
        if let (Some(scope), Some(members)) = (scope, body.as_object_mut()) {
            members.insert("scope".to_owned(), scope.into());
        }
        Ok(json(StatusCode::OK, &body))
    }
}

/// The time of those who sign.
fn now() -> i64 {
    SystemClock.now().unix_seconds()
}

fn is_first(used: &Mutex<Used>, id: &str, end: i64, now: i64) -> bool {
    used.lock().unwrap_or_else(PoisonError::into_inner).is_first(id, end, now)
}

/// The host that a request names.
fn host<'r>(authority: Option<&'r http::uri::Authority>, headers: &'r http::HeaderMap) -> &'r str {
    let header = || headers.get(HOST).and_then(|host| host.to_str().ok());
    authority.map(http::uri::Authority::as_str).or_else(header).unwrap_or_default()
}

/// The same of a request that has only begun.
fn host_of(request: &Parts) -> &str {
    host(request.uri.authority(), &request.headers)
}

fn json(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().extend([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (PRAGMA, HeaderValue::from_static("no-cache")),
    ]);
    response
}
