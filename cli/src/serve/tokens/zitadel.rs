//! ZITADEL's endpoint, at which the key of a service user stands for its authorization (the "JWT profile"), or its secret; and
//! the document that leads clients there.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use super::form::Form;
use super::refusal::Refusal;
use super::vendor::Vendor;
use super::{Site, TokenServer, dpop};

const PATH: &str = "/oauth/v2/token";

/// RFC 7523, section 2.1.
const ASSERTION: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The answer to a request for a token.
pub(super) fn token(
    server: &TokenServer,
    request: &Request<Bytes>,
    site: &Site,
) -> Result<Response<Bytes>, Refusal> {
    let form = Form::read(request, false)?;
    let party = match form.need("grant_type")? {
        ASSERTION => {
            let is_ours = |audience: &str| {
                dpop::is_at(audience, &server.hosts(&site.host), |path| matches!(path, "" | "/" | PATH))
            };
            server.by_assertion(form.need("assertion")?, is_ours).map_err(Refusal::grant)?
        }
        "client_credentials" => {
            let credentials = form.credentials(request)?;
            let party = credentials.and_then(|it| server.by_secret(&it.id, &it.secret));
            party.ok_or_else(|| Refusal::client("the client id or the client secret is wrong"))?
        }
        _ => return Err(Refusal::grant_type("the grant type is not supported")),
    };
    if party.needs_dpop {
        return Err(Refusal::client("the client gets tokens from Okta's endpoint alone"));
    }
    server.issue(Vendor::Zitadel, party, form.get("scope"), None, site)
}

/// What is known of the server (OpenID Connect Discovery 1.0, section 3). Clients need the member for an endpoint at which users
/// sign in, although nothing is there.
pub(super) fn discovery(site: &Site) -> Value {
    let base = &site.base_url;
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/oauth/v2/authorize"),
        "token_endpoint": format!("{base}{PATH}"),
        "jwks_uri": format!("{base}/oauth/v2/keys"),
        "grant_types_supported": [ASSERTION, "client_credentials"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    })
}
