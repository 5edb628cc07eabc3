//! What PingOne's server adds to a document.

use serde_json::json;

use super::wire::{Core, Kind};
use crate::dialects::lens::{Members, default};

/// Makes a document of this type complete. Doing it again changes nothing.
pub(super) fn complete(kind: &Kind, document: &mut Members) {
    match kind.core {
        Core::Saml => default(document, &["authnRequestSigned"], json!(false)),
        Core::OpenIdConnect => {
            default(document, &["tokenEndpointAuthMethod"], json!("CLIENT_SECRET_BASIC"));
            default(document, &["pkceMethod"], json!("NONE"));
        }
        Core::Social(_) | Core::Foreign => {}
    }
}
