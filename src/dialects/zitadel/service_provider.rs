//! What we are to a SAML partner: metadata and certificate, which anyone may read.

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use super::{ids, metadata};
use crate::dialects::if_there;
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{IdentityProvider, Key, Protocol};
use crate::pki::pem;

/// The names of the operations, for which ZITADEL has none.
pub(super) const METADATA: &str = "samlMetadata";
pub(super) const CERTIFICATE: &str = "samlCertificate";

pub(super) fn metadata(call: &Call<'_>) -> Result<Response> {
    let (provider, key) = found(call)?;
    let for_login = call.query("internalUI").as_deref() == Some("true");
    let now = call.service.env().clock.now();
    let xml = metadata::service_provider(&provider, &key, call.base_url, for_login, now)?;
    Ok(body::with_body(StatusCode::OK, HeaderValue::from_static("application/samlmetadata+xml"), xml))
}

pub(super) fn certificate(call: &Call<'_>) -> Result<Response> {
    let (_, key) = found(call)?;
    let der = key.certificate_der()?;
    // ZITADEL's server sends the request's media type back.
    let media_type = call.headers().get(CONTENT_TYPE).cloned();
    let media_type = media_type.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream"));
    let mut response = body::with_body(StatusCode::OK, media_type, pem::encode("CERTIFICATE", &der));
    let attachment = HeaderValue::from_static("attachment; filename=idp.crt");
    response.headers_mut().insert(CONTENT_DISPOSITION, attachment);
    Ok(response)
}

/// The provider in the path, of any owner, and the key with which we sign what it gets. One that was made through
/// another API may have none: then it is made here.
fn found(call: &Call<'_>) -> Result<(IdentityProvider, Key)> {
    let text = call.param("id");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ErrorKind::NoRoute.into());
    }
    let id = ids::read(text).ok_or_else(|| Error::not_found(Resource::IdentityProvider, text))?;
    let service = call.service.for_tenant(call.service.tenant_of_provider(id)?);
    let provider = if_there(service.provider(id))?;
    let provider = provider.filter(|provider| matches!(provider.protocol, Protocol::Saml(_)));
    let provider = provider.ok_or(ErrorKind::Unsupported)?;
    let key = service.partner_key(id)?;
    Ok((provider, key))
}
