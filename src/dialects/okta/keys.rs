//! Calls about keys: the key store (trusted keys) and the signing keys of a provider or an application.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use super::documents::key::{KEY, WANTED_KEY, Wanted};
use super::policy::certificate;
use super::providers::named;
use super::{applications, ids, paging};
use crate::dialects::document::Reading;
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::{Id, Key};
use crate::service::{Cursor, Owner, Paging};

/// For how many years the certificate of a generated key may be valid.
const VALIDITY_YEARS: std::ops::RangeInclusive<i64> = 2..=10;

pub(super) fn list_trusted(call: &Call<'_>) -> Result<Response> {
    let after = paging::after(call).map(|kid| Id::from_uuid(&kid).ok_or(ErrorKind::BadCursor)).transpose()?;
    let page =
        call.service.trusted_keys(&Paging { after: after.map(Cursor::Id), limit: paging::limit(call)? })?;
    let next = page.next.and_then(|next| match next {
        Cursor::Id(id) => Some(id.to_uuid()),
        Cursor::Name(_) => None,
    });
    let mut response = list(&page.items)?;
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

pub(super) fn create_trusted(call: &Call<'_>) -> Result<Response> {
    shown(&call.service.create_trusted_key(&chain(call)?)?)
}

pub(super) fn get_trusted(call: &Call<'_>) -> Result<Response> {
    shown(&call.service.trusted_key(call.param("kid"))?)
}

pub(super) fn replace_trusted(call: &Call<'_>) -> Result<Response> {
    let chain = chain(call)?;
    shown(&call.service.replace_trusted_key(call.param("kid"), &chain)?)
}

pub(super) fn delete_trusted(call: &Call<'_>) -> Result<Response> {
    call.service.delete_trusted_key(call.param("kid"))?;
    Ok(body::no_content())
}

/// The certificates of the key that the call describes.
fn chain(call: &Call<'_>) -> Result<Vec<String>> {
    Ok(WANTED_KEY.read(body::json_object(call)?, Reading::new(Wanted::default()))?.chain)
}

pub(super) fn list_signing(call: &Call<'_>) -> Result<Response> {
    list(&call.service.signing_keys(&owner(call)?.into())?.items)
}

pub(super) fn active_signing(call: &Call<'_>) -> Result<Response> {
    let provider = named(call)?;
    match &provider.signing_key {
        Some(kid) => list(&[call.service.signing_key((Owner::Provider(provider.id), kid.as_str()))?]),
        None => Ok(body::no_content()),
    }
}

pub(super) fn generate_signing(call: &Call<'_>) -> Result<Response> {
    let owner = owner(call)?;
    if call.query("validityYears").is_none_or(|years| years.is_empty()) {
        return Err(Error::invalid("?validityYears", Reason::Missing));
    }
    let years = valid_years(call.number("validityYears")?)?;
    let key = call
        .service
        .create_signing_key(owner, |draft| Ok(certificate(&draft.tenant()?.name, draft.now(), years)))?;
    created(call, owner, &key)
}

/// For how many years a certificate is to be valid, within Okta's bounds.
pub(super) fn valid_years(years: Option<i64>) -> Result<u32> {
    let years =
        years.filter(|years| VALIDITY_YEARS.contains(years)).and_then(|years| u32::try_from(years).ok());
    years.ok_or_else(|| Error::invalid("?validityYears", Reason::OutOfRange(2, 10)))
}

pub(super) fn get_signing(call: &Call<'_>) -> Result<Response> {
    shown(&call.service.signing_key((owner(call)?, kid(call)))?)
}

pub(super) fn clone_signing(call: &Call<'_>) -> Result<Response> {
    let owner = owner(call)?;
    let (parameter, target): (_, fn(&str) -> Result<Owner>) = match owner {
        Owner::Application(_) => ("targetAid", |id| ids::application(id).map(Owner::Application)),
        Owner::Provider(_) | Owner::Tenant | Owner::Record(_) => {
            ("targetIdpId", |id| ids::provider(id).map(Owner::Provider))
        }
    };
    let target = match call.query(parameter).filter(|target| !target.is_empty()) {
        Some(id) => target(&id)?,
        None => return Err(Error::invalid(format!("?{parameter}"), Reason::Missing)),
    };
    let key = call.service.clone_signing_key(owner, kid(call), target)?;
    created(call, target, &key)
}

/// Whose keys the path speaks of.
pub(super) fn owner(call: &Call<'_>) -> Result<Owner> {
    match call.param("appId") {
        "" => Ok(Owner::Provider(named(call)?.id)),
        _ => Ok(Owner::Application(applications::named(call)?.id)),
    }
}

/// The key that the path speaks of: each kind of owner has its own word for it.
fn kid<'c>(call: &'c Call<'_>) -> &'c str {
    match call.param("appId") {
        "" => call.param("kid"),
        _ => call.param("keyId"),
    }
}

/// The URL of the credentials of an owner.
pub(super) fn credentials(call: &Call<'_>, owner: Owner) -> String {
    let (collection, id) = match owner {
        Owner::Application(id) => ("apps", ids::spell(id)),
        Owner::Provider(id) => ("idps", ids::spell(id)),
        Owner::Tenant | Owner::Record(_) => ("idps", String::new()),
    };
    format!("{}/api/v1/{collection}/{id}/credentials", call.base_url)
}

/// The answer with the URL of a new signing key of this owner.
pub(super) fn created(call: &Call<'_>, owner: Owner, key: &Key) -> Result<Response> {
    let url = format!("{}/keys/{}", credentials(call, owner), key.kid);
    at(&url, body::with_body(StatusCode::CREATED, body::JSON, KEY.show(key, &())?))
}

/// Adds a `Location` header.
pub(super) fn at(url: &str, mut response: Response) -> Result<Response> {
    let value =
        HeaderValue::try_from(url).map_err(|cause| Error::new(ErrorKind::Malformed).caused_by(cause))?;
    response.headers_mut().insert(LOCATION, value);
    Ok(response)
}

fn shown(key: &Key) -> Result<Response> {
    Ok(body::with_body(StatusCode::OK, body::JSON, KEY.show(key, &())?))
}

fn list(keys: &[Key]) -> Result<Response> {
    let mut shown = List::default();
    for key in keys {
        shown.push_json(&KEY.show(key, &())?);
    }
    Ok(shown.answer(StatusCode::OK))
}
