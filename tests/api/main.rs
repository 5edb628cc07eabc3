//! The neutral API, as its clients see it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

mod access;
mod description;
mod pages;
mod documents;
mod past;
mod problems;
mod providers;
mod random;
mod scenario;
mod sources;

use std::sync::OnceLock;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use idpstore::env::{Fetcher, Generator};
use idpstore::pki::{
    Certificate, CertificationRequest, DistinguishedName, Hash, Issuance, NameAttribute, Profile, Timestamp,
    issue, pem,
};
use idpstore::saml::{Endpoint, Metadata};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{Builder, Error, ErrorKind, IdpStore, Response};
use serde_json::{Value, json};

const START: i64 = 1_800_000_000;

const BASE_URL: &str = "https://sp.example.com";

/// Where the partner publishes its metadata.
const PUBLISHED: &str = "https://idp.example.com/metadata";

/// An issuer, and where it publishes its metadata and its keys.
const ISSUER: &str = "https://issuer.example.com";
const DISCOVERY: &str = "https://issuer.example.com/.well-known/openid-configuration";
const KEYS: &str = "https://issuer.example.com/keys";

/// What the issuer publishes there.
fn discovery() -> String {
    json!({"issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "jwks_uri": KEYS})
        .to_string()
}

/// The keys of the issuer.
const KEY_SET: &str = include_str!("../vectors/rfc7517-a1.json");

/// What the partner publishes there.
fn published() -> String {
    metadata("urn:partner", vec![certificate()]).replace("/slo", "/logout")
}

/// How a store is opened that answers the same each time, and its clock.
fn builder() -> (Builder, FixedClock) {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(START));
    let builder = IdpStore::builder().clock(clock.clone()).entropy(CountedEntropy::default());
    (builder.keys(CannedKeys::default()).fetcher(Partner).base_url(BASE_URL), clock)
}

/// Publishes metadata of a partner and of an issuer, and nothing elsewhere.
#[derive(Debug)]
struct Partner;

impl Fetcher for Partner {
    fn get(&self, url: &str) -> idpstore::Result<Vec<u8>> {
        match url {
            PUBLISHED => Ok(published().into()),
            DISCOVERY => Ok(discovery().into()),
            KEYS => Ok(KEY_SET.into()),
            _ => Err(Error::new(ErrorKind::WrongState).context("no document came from there")),
        }
    }
}

fn store() -> IdpStore {
    builder().0.open().unwrap()
}

/// A body and its media type.
#[derive(Clone, Debug)]
enum Body {
    None,
    Json(Value),
    File(&'static str, Vec<u8>),
}

/// Sends a request: a method and a path below `/_idpstore`.
fn send(store: &IdpStore, call: &str, body: &Body, token: Option<&str>) -> Response {
    let (method, path) = call.split_once(' ').unwrap();
    let mut request = http::Request::builder().method(method).uri(format!("/_idpstore{path}"));
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let (media_type, bytes) = match body {
        Body::None => (None, Bytes::new()),
        Body::Json(value) => (Some("application/json"), value.to_string().into()),
        Body::File(media_type, bytes) => (Some(*media_type), bytes.clone().into()),
    };
    if let Some(media_type) = media_type {
        request = request.header(CONTENT_TYPE, media_type);
    }
    store.handle(request.body(bytes).unwrap())
}

/// The status and the document that is answered.
fn ask(store: &IdpStore, call: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { Body::None } else { Body::Json(body) };
    let response = send(store, call, &body, None);
    (response.status().as_u16(), document(&response))
}

/// The document that is answered, null if there is none.
fn document(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap_or_default()
}

/// The API's own description, which lists what there is.
fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| ask(&store(), "GET /v1/openapi.json", Value::Null).1)
}

/// All operations: method, path and description.
fn operations() -> impl Iterator<Item = (String, &'static str, &'static Value)> {
    description()["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, it)| (method.to_uppercase(), &**path, it))
    })
}

/// The operation to which a call belongs.
fn operation_of(call: &str) -> &'static Value {
    let (method, path) = call.split_once(' ').unwrap();
    let path = format!("/_idpstore{}", path.split('?').next().unwrap());
    let fits = |pattern: &str| {
        let (pattern, path) = (pattern.split('/'), path.split('/'));
        pattern.clone().count() == path.clone().count()
            && pattern.zip(path).all(|(wanted, segment)| wanted.starts_with('{') || wanted == segment)
    };
    operations().find(|(known, pattern, _)| known == method && fits(pattern)).unwrap().2
}

/// A certificate of the partner, in base64: RFC 7517, appendix B.
fn certificate() -> String {
    let jwk: Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].as_str().unwrap().to_owned()
}

/// The metadata of a partner.
fn metadata(entity_id: &str, certificates: Vec<String>) -> String {
    let endpoint = |end: &str| Endpoint {
        binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect".to_owned(),
        location: format!("https://idp.example.com/{end}"),
        response_location: None,
    };
    let metadata = Metadata {
        entity_id: Some(entity_id.to_owned()),
        is_identity_provider: true,
        single_sign_on: vec![endpoint("sso")],
        single_logout: vec![endpoint("slo")],
        certificates,
        ..Metadata::default()
    };
    String::from_utf8(metadata.write().unwrap()).unwrap()
}

/// The metadata of two partners.
fn federation() -> String {
    let entities = ["urn:a", "urn:b"].map(|id| metadata(id, vec![])).concat();
    format!(
        r#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{entities}</EntitiesDescriptor>"#
    )
}

/// The certificate that an authority issues for a request in PEM.
fn issued(request: &str) -> String {
    let body: String = request.lines().filter(|line| !line.starts_with('-')).collect();
    let request = CertificationRequest::from_der(&pem::base64_any(&body).unwrap()).unwrap();
    request.verify().unwrap();
    let name = DistinguishedName::new().with(NameAttribute::CommonName, "Authority");
    let now = Timestamp::from_unix_seconds(START);
    let issuance = Issuance {
        serial_number: 1.into(),
        not_before: now,
        not_after: now.plus_calendar_years(1),
        issuer: &name,
        subject: request.subject(),
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    let (authority, entropy) = (CannedKeys::key(7).unwrap(), CountedEntropy::default());
    let der = issue(&issuance, request.jwk(), &authority, &mut Generator(&entropy)).unwrap();
    Certificate::from_der(&der).unwrap();
    pem::encode("CERTIFICATE", &der)
}
