//! The requests that make a provider at PingOne.

use super::documents::provider::{PROVIDER, TYPE};
use super::lens::PingOneLens;
use crate::dialects::document::Sent;
use crate::dialects::lens::Lens as _;
use crate::dialects::making::{ID, Inactive, Making};
use crate::dialects::{CrossingRequest, FormPart};
use crate::pki::pem;

/// How they are made.
pub(super) static MAKING: Making = Making {
    scheme: "Bearer",
    variables: &[("ENVIRONMENT_ID", "the id of the environment that gets the providers")],
    document: |record, shown| PROVIDER.anew(record, shown, &SENT, &|_| false),
    in_base64: &[],
    check: |cx, _, document| PingOneLens.put(cx, None, document.clone()).map(drop),
    certificate: Some(|certificate| {
        let usage = FormPart { name: "usageType", file: None, content: "SIGNING".to_owned() };
        let content = pem::encode("CERTIFICATE", &pem::base64_any(certificate)?);
        let file = FormPart { name: "file", file: Some("certificate.pem"), content };
        let import = CrossingRequest::post("/v1/environments/${ENVIRONMENT_ID}/certificates", None);
        Ok(CrossingRequest { form: vec![usage, file], ..import.giving(ID) })
    }),
    path: |_, _| "/v1/environments/${ENVIRONMENT_ID}/identityProviders".to_owned(),
    inactive: Inactive::ByDocument,
};

const SENT: Sent = Sent { servers: &[TYPE], state: true };
