//! Calls about environments: PingOne's tenants.

use http::StatusCode;
use serde_json::{Value, json};

use super::environment::{Environment, url};
use super::members::{self, Form, Member, optional, required, unless};
use super::wire::NAME;
use super::{answers, default_keys, ids, links, paging};
use crate::dialects::lens::{Members, default};
use crate::error::Result;
use crate::http::{Call, Response, body};
use crate::model::{Remainder, Tenant};
use crate::service::{Cursor, Paging};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let after = paging::after(call)?.map(Cursor::Id);
    let page = call.service.tenants(&Paging { after, limit: paging::limit(call)? })?;
    paging::forward(call, "environments", page, |tenant| Ok(show(call, tenant)))
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let (name, remainder) = read(document)?;
    let made = call.service.create_tenant(|draft| {
        let mut tenant = Tenant::new(draft.id(), draft.now(), name.clone());
        tenant.remainders.insert(NAME.to_owned(), Remainder::from(remainder.clone()));
        Ok(tenant)
    })?;
    answers::json(call, StatusCode::CREATED, &show(call, made))
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    answers::json(call, StatusCode::OK, &show(call, Environment::named(call)?.tenant))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    Environment::named(call)?.service.delete_tenant()?;
    Ok(body::no_content())
}

const ENVIRONMENT: &[Member] = &[
    required(&["name"], Form::Text),
    optional(&["type"], Form::OneOf(&["PRODUCTION", "SANDBOX"])),
    optional(&["region"], Form::OneOf(&["NA", "CA", "EU", "AU", "SG", "AP"])),
];

/// The name of an environment, and what else PingOne keeps of it.
fn read(mut document: Members) -> Result<(String, Members)> {
    let mut violations = Vec::new();
    let said = members::read(&document, ENVIRONMENT, &mut violations);
    document.retain(|member, said| KEPT.contains(&member.as_str()) && !said.is_null());
    unless(violations, (members::text(&said, "name").unwrap_or_default().to_owned(), document))
}

/// The members of an environment that are kept as they were said.
const KEPT: [&str; 5] = ["description", "type", "region", "license", "icon"];

fn show(call: &Call<'_>, mut tenant: Tenant) -> Value {
    let mut said = tenant.remainders.remove(NAME).unwrap_or_default().into_members();
    default_keys::leave_out(&mut said);
    let mut document = Members::from_iter([
        ("_links".to_owned(), links::to(&[("self", &url(call, tenant.id))])),
        ("id".to_owned(), tenant.id.to_uuid().into()),
        ("name".to_owned(), tenant.name.into()),
    ]);
    document.extend(said);
    default(&mut document, &["type"], "SANDBOX".into());
    default(&mut document, &["region"], "NA".into());
    document.insert("organization".to_owned(), json!({"id": ids::organization()}));
    document.insert("createdAt".to_owned(), tenant.created.to_string().into());
    document.insert("updatedAt".to_owned(), tenant.updated.to_string().into());
    Value::Object(document)
}
