//! Calls about keys, their certification requests and the answers to those.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::environment::Environment;
use super::filter::Condition;
use super::key_lens::{self, Collection, Document, is_rotated, saying, show};
use super::{answers, applications, default_keys, files, filter, ids, key_rules, paging};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::multipart::Form;
use crate::http::{Call, Response, body, negotiate};
use crate::model::{Id, Key, Remainders};
use crate::pki::{Certificate, pem, pkcs7, pkcs12};
use crate::service::{KeyMaterial, NewKey, Owner, SigningKeyQuery};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let conditions = Condition::of(call, &filter::KEYS)?;
    let fits = |document: &Document| {
        conditions.holds(&|member| {
            Some(if member == "status" { document.status } else { document.algorithm }.to_owned())
        })
    };
    let keys = paging::all(|after, limit| {
        environment.service.signing_keys(&SigningKeyQuery { after, limit, ..SigningKeyQuery::default() })
    });
    let keys = keys.filter(|key| !key.as_ref().is_ok_and(is_rotated));
    let shown = keys.map(|key| show(&environment, Collection::Keys, &key?));
    paging::listed(call, "keys", shown.filter(|document| document.as_ref().map_or(true, fits)))
}

/// A document describes a key to be made, a form brings one along.
pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let key = if negotiate::content_type(call.headers()).as_deref() == Some("multipart/form-data") {
        import(call, &environment)?
    } else {
        let wanted = key_rules::read(body::json_object(call)?, call.request.body())?;
        environment.service.create_signing_key(Owner::Tenant, |draft| {
            let new = wanted.at(draft.now());
            let usage = default_keys::usage(&new.remainders).to_owned();
            let is_default = wanted.default && usage == default_keys::SIGNING;
            if wanted.default && !is_default {
                let mut tenant = draft.tenant()?;
                default_keys::keep(&mut tenant, &usage, draft.id());
                draft.set_tenant(tenant)?;
            }
            Ok(NewKey { is_default, ..new })
        })?
    };
    answer(call, StatusCode::CREATED, &key)
}

fn import(call: &Call<'_>, environment: &Environment) -> Result<Key> {
    let form = Form::of(call)?;
    let usage = key_rules::usage_of(form.text("usageType"))?;
    let file = files::of(&form)?;
    let password = form.text("password").unwrap_or_default();
    let host = environment.service.env().derivation.as_deref();
    let contents = pkcs12::read_with(file, password, host).map_err(|error| {
        if error.violations().iter().any(|it| it.pointer.is_empty()) { error.at("/file") } else { error }
    })?;
    let own = contents.certificates.first().map(|der| Certificate::from_der(der)).transpose();
    let own = own.map_err(|error| error.at("/file"))?;
    if own.is_none_or(|own| *own.jwk() != contents.private.public_jwk()) {
        let words = "holds a private key without its certificate";
        return Err(Error::invalid("/file", Reason::Other(words.to_owned())));
    }
    let remainders = saying(&Remainders::new(), [("usageType", usage.into())]);
    environment.service.create_signing_key(Owner::Tenant, |_| {
        let material = KeyMaterial::Imported(contents.private.clone(), contents.certificates.clone());
        Ok(NewKey { remainders: remainders.clone(), ..material.into() })
    })
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let (environment, key) = named(call)?;
    represented(call, &environment, Collection::Keys, &key)
}

/// A key as JSON, or its certificate as PEM or PKCS #7, as the caller asks for by name.
pub(super) fn represented(
    call: &Call<'_>,
    environment: &Environment,
    collection: Collection,
    key: &Key,
) -> Result<Response> {
    let certificate = key_lens::certificate(key)?;
    if negotiate::names(call.headers(), "application/x-x509-ca-cert") {
        let text = pem::encode("CERTIFICATE", certificate.der());
        return Ok(body::with_body(StatusCode::OK, PEM_CERTIFICATE, text));
    }
    if negotiate::names(call.headers(), "application/x-pkcs7-certificates") {
        let message = pkcs7::write(&[certificate.der().to_vec()])?;
        return Ok(body::with_body(StatusCode::OK, PKCS7, message));
    }
    answers::json(call, StatusCode::OK, &show(environment, collection, key)?)
}

const PEM_CERTIFICATE: HeaderValue = HeaderValue::from_static("application/x-x509-ca-cert");
const PKCS7: HeaderValue = HeaderValue::from_static("application/x-pkcs7-certificates");
const PEM_REQUEST: HeaderValue = HeaderValue::from_static("application/x-pem-file");
const PKCS10: HeaderValue = HeaderValue::from_static("application/pkcs10");

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let (environment, key) = named(call)?;
    let change = key_rules::read_change(body::json_object(call)?)?;
    let made = environment.service.update_signing_key(key.id, |old, draft| {
        if key_lens::status(&key_lens::certificate(old)?, draft.now()) == "EXPIRED" {
            return Err(Error::invalid("/status", Reason::Immutable));
        }
        let mut remainders = old.remainders.clone();
        if let Some(usage) = change.usage {
            remainders = saying(&remainders, [("usageType", usage.into())]);
        }
        if let Some(issuer) = &change.issuer {
            remainders = saying(&remainders, [("issuerDN", issuer.as_str().into())]);
        }
        let mut tenant = draft.tenant()?;
        let default = change.default.unwrap_or_else(|| default_keys::is_default(&tenant, old));
        let new = Key { remainders, ..old.clone() };
        default_keys::set(&mut tenant, &new, default);
        draft.set_tenant(tenant)?;
        Ok(new)
    })?;
    answer(call, StatusCode::OK, &made)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    missing(call, &environment, "keyID", Resource::SigningKey, |id| {
        environment.service.delete_signing_key(id)
    })?;
    Ok(body::no_content())
}

pub(super) fn list_applications(call: &Call<'_>) -> Result<Response> {
    let (environment, key) = named(call)?;
    applications::of_key(call, &environment, &key)
}

/// The request to certify a key: DER, or PEM if the caller asks for that by name.
pub(super) fn get_request(call: &Call<'_>) -> Result<Response> {
    let (environment, key) = named(call)?;
    let der = environment.service.signing_key_request(key.id)?;
    if negotiate::names(call.headers(), "application/x-pem-file") {
        let text = pem::encode("CERTIFICATE REQUEST", &der);
        return Ok(body::with_body(StatusCode::OK, PEM_REQUEST, text));
    }
    Ok(body::with_body(StatusCode::OK, PKCS10, der))
}

/// The answer of an authority to the request. The key keeps its subject, whatever the authority has certified, and
/// goes by its name and that of the authority.
pub(super) fn import_response(call: &Call<'_>) -> Result<Response> {
    let (environment, key) = named(call)?;
    let form = Form::of(call)?;
    let chain = files::certificates(files::of(&form)?)?;
    let made = environment.service.update_signing_key(key.id, |old, _| {
        let (name, subject) = key_lens::name_and_subject(old)?;
        let issued = key_lens::issued(old, &chain)?;
        let name = match (issued.subject().common_name(), issued.issuer().common_name()) {
            (Some(subject), Some(issuer)) => Some(format!("{subject} ({issuer})")),
            _ => name,
        };
        let said = [("name", name.into()), ("subjectDN", subject.into()), ("issuerDN", Value::Null)];
        let chain = chain.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
        Ok(Key { chain, remainders: saying(&old.remainders, said), ..old.clone() })
    })?;
    answer(call, StatusCode::OK, &made)
}

/// The key that the path names, and its environment.
fn named(call: &Call<'_>) -> Result<(Environment, Key)> {
    let environment = Environment::of(call)?;
    let key = missing(call, &environment, "keyID", Resource::SigningKey, |id| own(&environment, id))?;
    Ok((environment, key))
}

/// The key with this id, if it is the environment's own and not that of a policy.
fn own(environment: &Environment, id: Id) -> Result<Key> {
    let key = environment.service.signing_key(id)?;
    if is_rotated(&key) { Err(Error::not_found(Resource::SigningKey, id.number())) } else { Ok(key) }
}

/// What `find` does with what the path names. If that is missing, PingOne's error names the environment besides the id.
pub(super) fn missing<T>(
    call: &Call<'_>,
    environment: &Environment,
    parameter: &str,
    what: Resource,
    find: impl FnOnce(Id) -> Result<T>,
) -> Result<T> {
    let text = call.param(parameter);
    ids::named(what, text).and_then(find).map_err(|error| match error.kind() {
        ErrorKind::NotFound { .. } => {
            Error::not_found(what, format!("{text} and environmentId: {}", environment.id))
        }
        _ => error,
    })
}

/// The document of a key, with the environment as it is now.
fn answer(call: &Call<'_>, status: StatusCode, key: &Key) -> Result<Response> {
    let shown: Document = show(&Environment::of(call)?, Collection::Keys, key)?;
    answers::json(call, status, &shown)
}
