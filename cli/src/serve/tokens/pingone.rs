//! PingOne's endpoint, at which clients have secrets. What it refuses is not in PingOne's own words: its SDK for Go takes them
//! for a failure that passes, and repeats the request for a minute.

use bytes::Bytes;
use http::{Request, Response};

use super::form::Form;
use super::refusal::Refusal;
use super::vendor::{Vendor, is_uuid};
use super::{Site, TokenServer};

/// The answer to a request for a token.
pub(super) fn token(
    server: &TokenServer,
    request: &Request<Bytes>,
    site: &Site,
) -> Result<Response<Bytes>, Refusal> {
    let form = Form::read(request, false)?;
    if form.need("grant_type")? != "client_credentials" {
        return Err(Refusal::grant_type("the grant type must be `client_credentials`"));
    }
    let credentials = form.credentials(request)?;
    let credentials =
        credentials.filter(|credentials| server.clients.get().is_some() || is_uuid(&credentials.id));
    let party = credentials.and_then(|credentials| server.by_secret(&credentials.id, &credentials.secret));
    let party = party.filter(|party| !party.needs_dpop);
    let party = party.ok_or_else(|| Refusal::client("Request denied: invalid client id or client secret"))?;
    server.issue(Vendor::PingOne, party, form.get("scope"), None, site)
}
