//! The org itself, the caller, and the one type of users that there is.

use http::StatusCode;
use serde_json::{Value, json};

use super::unknown;
use crate::dialects::okta::{ids, time};
use crate::dialects::template::filled;
use crate::error::Result;
use crate::http::{Call, Response, body};
use crate::model::{Id, Tenant};

/// What clients look at before anything else: `idx` is Identity Engine, whose applications have an access policy.
pub(in crate::dialects::okta) fn well_known(call: &Call<'_>) -> Result<Response> {
    let id = ids::spell_as("00o", call.service.tenant()?.id);
    body::json(StatusCode::OK, &filled(WELL_KNOWN, &[("id", id.into()), ("base", call.base_url.into())]))
}

const WELL_KNOWN: &str = r#"{
    "id": "{id}", "cell": "op1", "_links": {"organization": {"href": "{base}"}}, "pipeline": "idx",
    "settings": {
        "analyticsCollectionEnabled": false, "bugReportingEnabled": true, "omEnabled": false,
        "pssoEnabled": false, "desktopMFAEnabled": false, "itpEnabled": false
    }
}"#;

pub(in crate::dialects::okta) fn list_user_types(call: &Call<'_>) -> Result<Response> {
    body::json(StatusCode::OK, &json!([user_type(call, &call.service.tenant()?)]))
}

pub(in crate::dialects::okta) fn get_user_type(call: &Call<'_>) -> Result<Response> {
    let org = call.service.tenant()?;
    let id = call.param("typeId");
    if id != "default" && ids::read_as(USER_TYPE, id) != Some(org.id) {
        return Err(unknown(id));
    }
    body::json(StatusCode::OK, &user_type(call, &org))
}

/// How the ids of types of users start.
pub(super) const USER_TYPE: &str = "oty";

/// The schema and the type of all users: they differ in how their ids start.
pub(super) fn user_links(base_url: &str, org: Id) -> [String; 2] {
    let at =
        |path: &str, prefix| format!("{base_url}/api/v1/meta/{path}/user/{}", ids::spell_as(prefix, org));
    [at("schemas", "osc"), at("types", USER_TYPE)]
}

fn user_type(call: &Call<'_>, org: &Tenant) -> Value {
    let [schema, own] = user_links(call.base_url, org.id);
    let values = [
        ("id", ids::spell_as(USER_TYPE, org.id)),
        ("someone", ids::spell_as(ids::USER, org.id)),
        ("created", time(org.created)),
        ("schema", schema),
        ("self", own),
    ];
    filled(TYPE, &values.map(|(name, value)| (name, value.into())))
}

const TYPE: &str = r#"{
    "id": "{id}", "displayName": "User", "name": "user",
    "description": "Okta user profile template with default permission settings",
    "createdBy": "{someone}", "lastUpdatedBy": "{someone}", "created": "{created}", "lastUpdated": "{created}",
    "default": true,
    "_links": {
        "schema": {"rel": "schema", "href": "{schema}", "method": "GET"},
        "self": {"rel": "self", "href": "{self}", "method": "GET"}
    }
}"#;
