//! Calls about the schema of users: the members that all orgs have, and those that clients add.

use http::StatusCode;
use serde_json::{Value, json};

use super::{org, unknown};
use crate::dialects::lens::Members;
use crate::dialects::okta::{ids, time};
use crate::dialects::template::filled;
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::{Tenant, VendorRecord};

const KIND: &str = "okta.user-schema";

/// The two parts of a schema, under which what clients have sent is kept.
const PARTS: [&str; 2] = ["custom", "base"];

const PROPERTIES: &str = "properties";

/// The members of a user that all orgs have, with their titles.
const BASE: [(&str, &str); 31] = [
    ("login", "Username"),
    ("firstName", "First name"),
    ("lastName", "Last name"),
    ("middleName", "Middle name"),
    ("honorificPrefix", "Honorific prefix"),
    ("honorificSuffix", "Honorific suffix"),
    ("email", "Primary email"),
    ("title", "Title"),
    ("displayName", "Display name"),
    ("nickName", "Nickname"),
    ("profileUrl", "Profile Url"),
    ("secondEmail", "Secondary email"),
    ("mobilePhone", "Mobile phone"),
    ("primaryPhone", "Primary phone"),
    ("streetAddress", "Street address"),
    ("city", "City"),
    ("state", "State"),
    ("zipCode", "Zip code"),
    ("countryCode", "Country code"),
    ("postalAddress", "Postal Address"),
    ("preferredLanguage", "Preferred language"),
    ("locale", "Locale"),
    ("timezone", "Time zone"),
    ("userType", "User type"),
    ("employeeNumber", "Employee number"),
    ("costCenter", "Cost center"),
    ("organization", "Organization"),
    ("division", "Division"),
    ("department", "Department"),
    ("managerId", "ManagerId"),
    ("manager", "Manager"),
];

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    let org = named(call)?;
    shown(call, &org, stored(call)?.as_ref())
}

/// Sets members of the schema, and removes those that are null.
pub(in crate::dialects::okta) fn update(call: &Call<'_>) -> Result<Response> {
    let (org, document) = (named(call)?, body::json_object(call)?);
    let document = Value::Object(document);
    let made = call.service.put_vendor_record(KIND, "default", |mut record, _| {
        for part in PARTS {
            let mut properties = of(Some(&record), part);
            let at = format!("/definitions/{part}/properties");
            for (name, property) in document.pointer(&at).and_then(Value::as_object).into_iter().flatten() {
                match property {
                    Value::Null => drop(properties.shift_remove(name)),
                    Value::Object(_) if part == PARTS[1] && !is_base(name) => {
                        return Err(Error::invalid(format!("{at}/{name}"), Reason::NotAllowed(Vec::new())));
                    }
                    Value::Object(property) => {
                        drop(properties.insert(name.clone(), complete(property).into()));
                    }
                    _ => {
                        return Err(Error::invalid(format!("{at}/{name}"), Reason::WrongType("object")));
                    }
                }
            }
            record.keep(part, properties.into());
        }
        Ok(record)
    })?;
    shown(call, &org, Some(&made))
}

/// Whether users have a member of this name.
pub(super) fn has_member(schema: Option<&VendorRecord>, name: &str) -> bool {
    is_base(name) || of(schema, PARTS[0]).contains_key(name)
}

fn is_base(name: &str) -> bool {
    BASE.iter().any(|(known, _)| *known == name)
}

/// The org, if the path names the schema of its users.
fn named(call: &Call<'_>) -> Result<Tenant> {
    let (org, id) = (call.service.tenant()?, call.param("schemaId"));
    if id == "default" || ids::read_as("osc", id) == Some(org.id) { Ok(org) } else { Err(unknown(id)) }
}

/// What is kept of the schema, if a client has changed it.
pub(super) fn stored(call: &Call<'_>) -> Result<Option<VendorRecord>> {
    call.service.vendor_record_named(KIND, "default")
}

/// What clients have sent for a part.
fn of(record: Option<&VendorRecord>, part: &str) -> Members {
    record.and_then(|record| record.kept(part)?.as_object().cloned()).unwrap_or_default()
}

/// A member of a user as it is shown: with defaults, in Okta's order, and without null members and `required: false`.
fn complete(property: &Members) -> Members {
    let mut whole = members(filled(PROPERTY, &[("action", "READ_ONLY".into())]));
    whole.extend(property.clone());
    whole.retain(|name, value| !(value.is_null() || name == "required" && *value == false));
    whole
}

const PROPERTY: &str = r#"{
    "title": null, "description": null, "type": "string", "mutability": "READ_WRITE", "scope": "NONE",
    "minLength": null, "maxLength": null, "permissions": [{"principal": "SELF", "action": "{action}"}],
    "master": {"type": "PROFILE_MASTER"}
}"#;

/// One of the members that all orgs have.
fn base(name: &str, title: &str) -> Members {
    let (least, most) = match name {
        "login" | "email" => (Some(5), Some(100)),
        "firstName" | "lastName" => (Some(1), Some(50)),
        _ => (None, None),
    };
    let is_own = least.is_some() || matches!(name, "secondEmail" | "mobilePhone");
    let values = [
        ("title", title.into()),
        ("required", (least == Some(5)).into()),
        ("least", least.into()),
        ("most", most.into()),
        ("action", if is_own { "READ_WRITE" } else { "READ_ONLY" }.into()),
    ];
    complete(&members(filled(BASE_PROPERTY, &values)))
}

const BASE_PROPERTY: &str = r#"{
    "title": "{title}", "required": "{required}", "minLength": "{least}", "maxLength": "{most}",
    "permissions": [{"principal": "SELF", "action": "{action}"}]
}"#;

fn members(document: Value) -> Members {
    if let Value::Object(members) = document { members } else { Members::new() }
}

/// A part of the schema.
fn part(name: &str, properties: &Members) -> Value {
    let is_required = |(_, property): &(&String, &Value)| property["required"] == true;
    let required: Vec<_> = properties.iter().filter(is_required).map(|(name, _)| name.clone()).collect();
    let mut part = json!({"id": format!("#{name}"), "type": "object", "properties": properties});
    if let Some(members) = part.as_object_mut().filter(|members| members[PROPERTIES] != json!({})) {
        members.insert("required".to_owned(), required.into());
    }
    part
}

fn shown(call: &Call<'_>, org: &Tenant, record: Option<&VendorRecord>) -> Result<Response> {
    let [custom, changed] = PARTS.map(|part| of(record, part));
    let mut properties: Members =
        BASE.iter().map(|(name, title)| ((*name).to_owned(), base(name, title).into())).collect();
    properties.extend(changed);
    let [schema, user_type] = org::user_links(call.base_url, org.id);
    let values = [
        ("base", call.base_url.into()),
        ("created", time(org.created).into()),
        ("updated", time(record.map_or(org.created, |record| record.updated)).into()),
        (PARTS[0], part(PARTS[0], &custom)),
        ("base part", part(PARTS[1], &properties)),
        ("self", schema.into()),
        ("type", user_type.into()),
    ];
    body::json(StatusCode::OK, &filled(SCHEMA, &values))
}

const SCHEMA: &str = r##"{
    "id": "{base}/meta/schemas/user/default",
    "$schema": "http://json-schema.org/draft-04/schema#",
    "name": "user",
    "title": "User",
    "description": "Okta user profile template with default permission settings",
    "lastUpdated": "{updated}",
    "created": "{created}",
    "definitions": {"custom": "{custom}", "base": "{base part}"},
    "type": "object",
    "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
    "_links": {
        "self": {"rel": "self", "href": "{self}", "method": "GET"},
        "type": {"rel": "type", "href": "{type}", "method": "GET"}
    }
}"##;
