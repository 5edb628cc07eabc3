//! Owners of keys: what we publish for them, their requests, and the rotation of what they sign with.

use serde_json::{Map, Value, json};

use super::operation::Outcome;
use super::{Call, documents, names};
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::model::Key;
use crate::pki::{DistinguishedName, KeySpec, NameAttribute, pem};
use crate::service::Owner;
use crate::store::{NewRequest, NewSigningKey};

/// The attributes that the subject of a request may have, as certificates spell them.
const ATTRIBUTES: [NameAttribute; 7] = [
    NameAttribute::Country,
    NameAttribute::StateOrProvince,
    NameAttribute::Locality,
    NameAttribute::Organization,
    NameAttribute::OrganizationalUnit,
    NameAttribute::CommonName,
    NameAttribute::EmailAddress,
];

pub(super) fn metadata(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::Bytes(call.store.saml_metadata(named(call)?)?.into_bytes()))
}

/// The public keys with which what an owner gets is signed, has been signed, or will be.
pub(super) fn jwks(call: &Call<'_>) -> Result<Outcome> {
    let status = call.store.rotation().status(named(call)?)?;
    let keys = status.published().map(public).collect::<Result<Vec<_>>>()?;
    Ok(Outcome::Json(json!({"keys": keys})))
}

/// A key as a JWK (RFC 7517) for those who verify.
fn public(key: &Key) -> Result<Value> {
    let mut members = Map::new();
    if let Value::Object(jwk) = documents::json_of(&key.jwk)? {
        members.extend(jwk);
    }
    members.insert("use".to_owned(), "sig".into());
    members.insert("kid".to_owned(), key.kid.clone().into());
    if !key.chain.is_empty() {
        members.insert("x5c".to_owned(), key.chain.clone().into());
    }
    members.extend(key.certificate_digest().map(|digest| ("x5t#S256".to_owned(), digest.into())));
    Ok(members.into())
}

pub(super) fn rotation(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::Json(documents::rotation(&call.store.rotation().status(named(call)?)?)))
}

pub(super) fn prepare(call: &Call<'_>) -> Result<Outcome> {
    let owners = owners(call)?;
    if let Some(kid) = call.given.text("kid") {
        call.store.rotation().prepare_existing(kid, &owners)?;
        return Ok(kid_of(kid));
    }
    let years = u32::try_from(call.given.number("years")).unwrap_or(u32::MAX);
    let new = NewSigningKey { spec: spec(call)?, years, ..NewSigningKey::default() };
    Ok(kid_of(&call.store.rotation().prepare(&owners, &new)?.kid))
}

pub(super) fn promote(call: &Call<'_>) -> Result<Outcome> {
    let (kid, owners) = (call.given.required("kid"), owners(call)?);
    let overlap = u32::try_from(call.given.number("overlap")).unwrap_or(u32::MAX);
    call.store.rotation().promote(kid, &owners, overlap)?;
    Ok(kid_of(kid))
}

pub(super) fn roll_back(call: &Call<'_>) -> Result<Outcome> {
    call.store.rotation().roll_back(&owners(call)?)?;
    Ok(Outcome::Json(json!({"kid": null})))
}

pub(super) fn retire(call: &Call<'_>) -> Result<Outcome> {
    let kid = call.given.required("kid");
    call.store.rotation().retire(kid, &owners(call)?)?;
    Ok(kid_of(kid))
}

pub(super) fn requests(call: &Call<'_>) -> Result<Outcome> {
    let requests = call.store.signing_keys(named(call)?).requests()?;
    let items = requests.iter().map(request).collect::<Result<Vec<_>>>()?;
    Ok(Outcome::Json(documents::page(items, None)))
}

pub(super) fn get_request(call: &Call<'_>) -> Result<Outcome> {
    request(&call.store.service.request(named(call)?, call.param("request"))?).map(Outcome::Json)
}

pub(super) fn create_request(call: &Call<'_>) -> Result<Outcome> {
    let attribute = |name: &str| ATTRIBUTES.iter().find(|known| known.to_string() == name).cloned();
    let given = call.given.named("subject").filter_map(|(name, text)| Some((attribute(name)?, text)));
    let subject = given.fold(DistinguishedName::new(), |subject, (name, text)| subject.with(name, text));
    let dns_names = call.given.texts("dns_names").into_iter().map(str::to_owned).collect();
    let new = NewRequest { subject, dns_names, spec: spec(call)? };
    request(&call.store.signing_keys(named(call)?).request(&new)?).map(Outcome::Json)
}

pub(super) fn delete_request(call: &Call<'_>) -> Result<Outcome> {
    call.store.signing_keys(named(call)?).revoke(call.param("request"))?;
    Ok(Outcome::Nothing)
}

pub(super) fn publish(call: &Call<'_>) -> Result<Outcome> {
    let rotation = call.store.rotation();
    Ok(kid_of(&rotation.publish(named(call)?, call.param("request"), call.given.file())?.kid))
}

/// A key whose certificate has been requested.
fn request(key: &Key) -> Result<Value> {
    let without = || Error::new(ErrorKind::Corrupt).context("a key without its request");
    let request = key.request.as_ref().ok_or_else(without)?;
    let pem = pem::encode("CERTIFICATE REQUEST", &pem::base64_any(&request.der)?);
    Ok(json!({"id": request.id, "kid": key.kid, "created": key.created.to_string(), "pem": pem}))
}

fn kid_of(kid: &str) -> Outcome {
    Outcome::Json(json!({"kid": kid}))
}

fn named(call: &Call<'_>) -> Result<Owner> {
    names::owner(&call.store, call.param("owner"))
}

fn owners(call: &Call<'_>) -> Result<Vec<Owner>> {
    names::owners(&call.store, &call.given.texts("owners"))
}

/// Type and size of a new key.
fn spec(call: &Call<'_>) -> Result<KeySpec> {
    let Some(text) = call.given.text("key") else { return Ok(NewSigningKey::default().spec) };
    text.parse().map_err(|_| {
        let words = "is no kind of key, such as RSA-2048 or EC-P-256".to_owned();
        Error::invalid("/key", Reason::Other(words))
    })
}
