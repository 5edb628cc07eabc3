//! The requests that make a provider at Okta.

use serde_json::json;

use super::documents::key::{CHAIN, KID};
use super::documents::provider::{PROVIDER, TYPE};
use super::lens::read;
use crate::dialects::CrossingRequest;
use crate::dialects::document::Sent;
use crate::dialects::making::{Inactive, Making};

/// How they are made. A new provider is active, whatever its document says of its status.
pub(super) static MAKING: Making = Making {
    scheme: "SSWS",
    variables: &[],
    document: |record, shown| PROVIDER.anew(record, shown, &SENT, &|_| false),
    in_base64: &[],
    check: |cx, _, document| read(cx, None, document.clone(), true).map(drop),
    certificate: Some(|certificate| {
        let body = json!({ CHAIN: [certificate] });
        Ok(CrossingRequest::post("/api/v1/idps/credentials/keys", Some(body)).giving(KID))
    }),
    path: |_, _| "/api/v1/idps".to_owned(),
    inactive: Inactive::ByCall("/lifecycle/deactivate"),
};

/// `type` names the protocol, too.
const SENT: Sent = Sent { servers: &[TYPE], state: false };
