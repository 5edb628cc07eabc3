//! Calls about the features of applications: provisioning, of which no more is kept than its settings.

use http::StatusCode;
use serde_json::Value;

use super::unknown;
use crate::dialects::okta::{applications, ids};
use crate::dialects::template::filled;
use crate::error::Result;
use crate::http::{Call, Response, body};
use crate::model::{Id, VendorRecord};

const KIND: &str = "okta.feature";

const CAPABILITIES: &str = "capabilities";

/// The names of the features, and what they are.
const FEATURES: [(&str, &str); 2] = [
    ("USER_PROVISIONING", "User provisioning settings from Okta to a downstream application"),
    ("INBOUND_PROVISIONING", "In-bound provisioning settings from app to Okta"),
];

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?.id;
    let all = FEATURES.map(|(name, _)| feature(call, app, name));
    body::json(StatusCode::OK, &all.into_iter().collect::<Result<Vec<_>>>()?)
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?.id;
    body::json(StatusCode::OK, &feature(call, app, call.param("featureName"))?)
}

/// Sets the capabilities that are sent; others stay.
pub(in crate::dialects::okta) fn update(call: &Call<'_>) -> Result<Response> {
    let (app, name) = (applications::named(call)?.id, call.param("featureName"));
    feature(call, app, name)?;
    let sent = Value::Object(body::json_object(call)?);
    call.service.put_vendor_record(KIND, &of(app, name), |record, _| {
        let mut capabilities = record.kept(CAPABILITIES).cloned().unwrap_or_else(|| defaults(name));
        merge(&mut capabilities, &sent);
        let mut record = VendorRecord { owners: vec![app], ..record };
        record.keep(CAPABILITIES, capabilities);
        Ok(record)
    })?;
    get(call)
}

fn merge(whole: &mut Value, sent: &Value) {
    match (whole, sent) {
        (Value::Object(whole), Value::Object(sent)) => {
            for (name, sent) in sent {
                merge(whole.entry(name.clone()).or_insert(Value::Null), sent);
            }
        }
        (whole, sent) => *whole = sent.clone(),
    }
}

/// By what a feature is found.
fn of(app: Id, name: &str) -> String {
    format!("{app}.{name}")
}

fn feature(call: &Call<'_>, app: Id, name: &str) -> Result<Value> {
    let (_, description) = FEATURES.iter().find(|(known, _)| *known == name).ok_or_else(|| unknown(name))?;
    let record = call.service.vendor_record_named(KIND, &of(app, name))?;
    let capabilities = record.and_then(|record| record.kept(CAPABILITIES).cloned());
    let href = format!("{}/api/v1/apps/{}/features/{name}", call.base_url, ids::spell(app));
    let values = [
        ("name", name.into()),
        ("status", if capabilities.is_some() { "ENABLED" } else { "DISABLED" }.into()),
        ("description", (*description).into()),
        (CAPABILITIES, capabilities.unwrap_or_else(|| defaults(name))),
        ("self", href.into()),
    ];
    Ok(filled(FEATURE, &values))
}

const FEATURE: &str = r#"{
    "name": "{name}", "status": "{status}", "description": "{description}", "capabilities": "{capabilities}",
    "_links": {"self": {"href": "{self}", "hints": {"allow": ["GET", "PUT"]}}}
}"#;

/// What a feature does before it is set up: nothing.
fn defaults(name: &str) -> Value {
    filled(if name == FEATURES[0].0 { OUTBOUND } else { INBOUND }, &[])
}

const OUTBOUND: &str = r#"{
    "create": {"lifecycleCreate": {"status": "DISABLED"}},
    "update": {
        "profile": {"status": "DISABLED"},
        "lifecycleDeactivate": {"status": "DISABLED"},
        "password": {"status": "DISABLED", "seed": "RANDOM", "change": "KEEP_EXISTING"}
    }
}"#;

const INBOUND: &str = r#"{
    "importRules": {"userCreateAndMatch": {
        "exactMatchCriteria": "USERNAME", "allowPartialMatch": true, "autoConfirmPartialMatch": false,
        "autoConfirmExactMatch": false, "autoConfirmNewUsers": false, "autoActivateNewUsers": false
    }},
    "importSettings": {
        "username": {"usernameFormat": "EMAIL", "usernameExpression": ""},
        "schedule": {"status": "DISABLED"}
    }
}"#;
