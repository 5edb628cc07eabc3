//! Okta's documents of keys, of certification requests, and of what is wanted of them.

use serde_json::{Value, json};

use crate::dialects::document::{
    Document, Line, Record, Shown, Spell, list, object, server, set, texts, words,
};
use crate::dialects::lens::Members;
use crate::dialects::okta::{time, wire};
use crate::error::Reason;
use crate::model::Key;
use crate::pki::{DistinguishedName, Jwk, NameAttribute};

/// The member that names a key.
pub(in crate::dialects::okta) const KID: &str = "kid";

/// The member with the certificates of a key.
pub(in crate::dialects::okta) const CHAIN: &str = "x5c";

/// The URL of a key's request.
pub(in crate::dialects::okta) struct Url(pub(in crate::dialects::okta) String);

impl Spell for Url {}

/// A key. Trusted keys name their key type a second time, as `alg`.
pub(in crate::dialects::okta) static KEY: Document<Key, ()> = Document::of(
    wire::NAME,
    &[
        server("kty", |key: &Key, ()| key.jwk.kty().into()),
        server("created", |key, ()| time(key.created).into()),
        server("lastUpdated", |key, ()| time(key.updated).into()),
        server("expiresAt", |key, ()| Shown::Json(key.expires.map(time).into())),
        server("alg", |key, ()| (!key.is_signing()).then(|| key.jwk.kty()).into()),
        server(KID, |key, ()| key.kid.as_str().into()),
        server("use", |_, ()| "sig".into()),
        server(CHAIN, |key, ()| Shown::Json(key.chain.as_slice().into())),
        server("x5t#S256", |key, ()| Shown::Json(key.certificate_digest().into())),
        server("e", |key, ()| part(key, |jwk| rsa(jwk).map(|(_, e)| e))),
        server("n", |key, ()| part(key, |jwk| rsa(jwk).map(|(n, _)| n))),
        server("crv", |key, ()| curve(&key.jwk).into()),
        server("x", |key, ()| {
            part(key, |jwk| match jwk {
                Jwk::Ec { x, .. } | Jwk::Okp { x, .. } => Some(x),
                Jwk::Rsa { .. } => None,
            })
        }),
        server("y", |key, ()| {
            part(key, |jwk| match jwk {
                Jwk::Ec { y, .. } => Some(y),
                _ => None,
            })
        }),
    ],
);

fn part(key: &Key, of: fn(&Jwk) -> Option<&String>) -> Shown<'_> {
    of(&key.jwk).map(String::as_str).into()
}

fn rsa(jwk: &Jwk) -> Option<(&String, &String)> {
    match jwk {
        Jwk::Rsa { n, e } => Some((n, e)),
        _ => None,
    }
}

fn curve(jwk: &Jwk) -> Option<Value> {
    match jwk {
        Jwk::Rsa { .. } => None,
        Jwk::Ec { crv, .. } => Some(crv.to_string().into()),
        Jwk::Okp { crv, .. } => Some(crv.to_string().into()),
    }
}

/// A key's pending request.
pub(in crate::dialects::okta) static REQUEST: Document<Key, Url> = Document::of(
    wire::NAME,
    &[
        server("id", |key: &Key, _| key.request.as_ref().map(|request| request.id.as_str()).into()),
        server("created", |key, _| time(key.created).into()),
        server("csr", |key, _| key.request.as_ref().map(|request| Value::from(request.der.clone())).into()),
        server("kty", |key, _| key.jwk.kty().into()),
        server("_links", |_, Url(url)| {
            json!({
                "publish": {"href": format!("{url}/lifecycle/publish"), "hints": {"allow": ["POST"]}},
                "self": {"href": url, "hints": {"allow": ["GET", "DELETE"]}},
            })
            .into()
        }),
    ],
);

/// What is wanted of a key or of a request.
#[derive(Clone, Default, PartialEq)]
pub(in crate::dialects::okta) struct Wanted {
    pub(in crate::dialects::okta) chain: Vec<String>,
    pub(in crate::dialects::okta) subject: DistinguishedName,
    pub(in crate::dialects::okta) dns_names: Vec<String>,
}

impl Record for Wanted {}

/// A new trusted key. Other members are ignored.
pub(in crate::dialects::okta) static WANTED_KEY: Document<Wanted, ()> = Document::of(
    wire::NAME,
    &[list(CHAIN).required().core(set("chain", |wanted: &mut Wanted, received| {
        wanted.chain = each(received.as_ref());
        None
    }))],
);

/// A new request.
pub(in crate::dialects::okta) static WANTED_REQUEST: Document<Wanted, ()> = Document::of(
    wire::NAME,
    &[
        object("subject", SUBJECT),
        object(
            "subjectAltNames",
            &[texts("dnsNames").core(set("dns_names", |wanted: &mut Wanted, received| {
                wanted.dns_names = each(received.as_ref());
                None
            }))],
        ),
    ],
);

/// The parts of a subject, in the order in which they stand in the certification request.
const SUBJECT: &[Line<Wanted, ()>] = &[
    attribute("countryName", |wanted, text| named(wanted, NameAttribute::Country, text)),
    attribute("stateOrProvinceName", |wanted, text| named(wanted, NameAttribute::StateOrProvince, text)),
    attribute("localityName", |wanted, text| named(wanted, NameAttribute::Locality, text)),
    attribute("organizationName", |wanted, text| named(wanted, NameAttribute::Organization, text)),
    attribute("organizationalUnitName", |wanted, text| {
        named(wanted, NameAttribute::OrganizationalUnit, text)
    }),
    attribute("commonName", |wanted, text| named(wanted, NameAttribute::CommonName, text)),
];

const fn attribute(
    name: &'static str,
    put: fn(&mut Wanted, Option<Value>) -> Option<Value>,
) -> Line<Wanted, ()> {
    words(name).check(has_no_controls).core(set("subject", put))
}

fn named(wanted: &mut Wanted, attribute: NameAttribute, received: Option<Value>) -> Option<Value> {
    if let Some(Value::String(text)) = received {
        wanted.subject = std::mem::take(&mut wanted.subject).with(attribute, text);
    }
    None
}

fn has_no_controls(_: &Wanted, text: &Value, _: &Members) -> Result<(), Reason> {
    let has_control = text.as_str().is_some_and(|text| text.contains(char::is_control));
    if has_control { Err(Reason::Other("has a control character".to_owned())) } else { Ok(()) }
}

/// The texts in a list.
fn each(received: Option<&Value>) -> Vec<String> {
    let texts = received.and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}
