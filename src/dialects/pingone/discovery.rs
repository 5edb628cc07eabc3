//! OpenID discovery (OpenID Connect Discovery 1.0, section 4): what a provider publishes, fetched for the caller
//! and not kept.

use http::StatusCode;
use serde_json::Value;

use super::answers;
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::http::{Call, Response, body};
use crate::oidc::ProviderMetadata;

/// The media type of a request for discovery.
pub(super) const MEDIA_TYPE: &str = "application/vnd.pingidentity.openid-configuration.discover+json";

/// Answers with the document at the URL that was sent.
pub(super) fn discover(call: &Call<'_>) -> Result<Response> {
    let document = body::object(call.request.body())?;
    let url = match document.get("url") {
        Some(Value::String(url)) if url.is_empty() => Err(Reason::Empty),
        Some(Value::String(url)) => Ok(url),
        None | Some(Value::Null) => Err(Reason::Missing),
        Some(_) => Err(Reason::WrongType("string")),
    };
    let url = url.map_err(|reason| Error::invalid("/url", reason))?;
    let refuse = |words: &str| Error::invalid("/url", Reason::Other(words.to_owned()));
    let env = call.service.env();
    let found = env.fetch(url).map_err(|error| match (&env.fetcher, error.kind()) {
        (None, _) | (_, ErrorKind::Pending(_)) => error,
        _ => refuse("could not be fetched").caused_by(error),
    })?;
    let metadata = ProviderMetadata::read(&found).map_err(|_| refuse("leads to no OpenID metadata"))?;
    answers::json(call, StatusCode::OK, &metadata.members)
}
