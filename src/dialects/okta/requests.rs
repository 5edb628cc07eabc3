//! Calls about certification requests (CSRs) of a provider or an application.

use http::header::HeaderName;
use http::{HeaderValue, StatusCode};

use super::documents::key::{REQUEST, Url, WANTED_REQUEST, Wanted};
use super::keys::{at, created, credentials, owner};
use crate::dialects::document::Reading;
use crate::error::{ErrorKind, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body, negotiate};
use crate::model::Key;
use crate::pki::KeySpec;
use crate::service::Owner;

const CONTENT_TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// The media types in which a certificate is published.
const CERTIFICATES: [&str; 3] =
    ["application/pkix-cert", "application/x-x509-ca-cert", "application/x-pem-file"];

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let owner = owner(call)?;
    let mut shown = List::default();
    for key in call.service.requests(owner)? {
        shown.push_json(&REQUEST.show(&key, &url(call, owner, &key))?);
    }
    Ok(shown.answer(StatusCode::OK))
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let owner = owner(call)?;
    let document = body::json_object(call)?;
    let Wanted { subject, dns_names, .. } = WANTED_REQUEST.read(document, Reading::new(Wanted::default()))?;
    acceptable(call)?;
    let key = call.service.create_request(owner, &subject, &dns_names, KeySpec::Rsa { bits: 2048 })?;
    at(&url(call, owner, &key).0, shown(call, StatusCode::CREATED, owner, &key)?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let owner = owner(call)?;
    let key = call.service.request(owner, csr(call))?;
    shown(call, StatusCode::OK, owner, &key)
}

pub(super) fn revoke(call: &Call<'_>) -> Result<Response> {
    call.service.delete_request(owner(call)?, csr(call))?;
    Ok(body::no_content())
}

pub(super) fn publish(call: &Call<'_>) -> Result<Response> {
    let owner = owner(call)?;
    if !negotiate::content_type(call.headers()).is_some_and(|sent| CERTIFICATES.contains(&sent.as_str())) {
        return Err(ErrorKind::UnsupportedMediaType.into());
    }
    // PEM, base64 in either alphabet and DER are recognized by their bytes, whatever the headers say.
    let key = call.service.install_certificate(owner, csr(call), call.request.body())?;
    created(call, owner, &key)
}

/// The request that the path speaks of: each kind of owner has its own word for it.
fn csr<'c>(call: &'c Call<'_>) -> &'c str {
    match call.param("appId") {
        "" => call.param("idpCsrId"),
        _ => call.param("csrId"),
    }
}

fn url(call: &Call<'_>, owner: Owner, key: &Key) -> Url {
    let id = key.request.as_ref().map(|request| request.id.as_str()).unwrap_or_default();
    Url(format!("{}/csrs/{id}", credentials(call, owner)))
}

/// A request has two representations.
fn acceptable(call: &Call<'_>) -> Result<()> {
    let accepts = |media_type| negotiate::accepts(call.headers(), media_type);
    if accepts("application/json") || accepts("application/pkcs10") {
        Ok(())
    } else {
        Err(ErrorKind::NotAcceptable.into())
    }
}

/// A request as JSON or, if only that is accepted, as PKCS #10 in base64.
fn shown(call: &Call<'_>, status: StatusCode, owner: Owner, key: &Key) -> Result<Response> {
    acceptable(call)?;
    if negotiate::accepts(call.headers(), "application/json") {
        let document = REQUEST.show(key, &url(call, owner, key))?;
        return Ok(body::with_body(status, body::JSON, document));
    }
    let der = key.request.as_ref().map(|request| request.der.clone()).unwrap_or_default();
    let media_type = HeaderValue::from_static("application/pkcs10; filename=okta.p10");
    let mut response = body::with_body(status, media_type, der);
    response.headers_mut().insert(CONTENT_TRANSFER_ENCODING, HeaderValue::from_static("base64"));
    Ok(response)
}
