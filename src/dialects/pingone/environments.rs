//! Calls about environments: PingOne's tenants.

use http::StatusCode;
use serde_json::{Value, json};

use super::wire::NAME;
use super::{ids, links, paging};
use crate::dialects::lens::{Members, default};
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violation};
use crate::http::{Call, Response, body};
use crate::model::{Id, Remainder, Tenant};
use crate::service::{Cursor, Service};

/// The environment that a call is about.
pub(super) struct Environment {
    /// The rules for its records.
    pub(super) service: Service,
    /// Its id.
    pub(super) id: String,
    /// Where it lies.
    pub(super) url: String,
    /// The `kid` of the key with which is signed where no key is named.
    pub(super) default_key: Option<String>,
}

impl Environment {
    /// The environment that the path names, if it is there.
    pub(super) fn of(call: &Call<'_>) -> Result<Self> {
        let id = ids::named(Resource::Tenant, call.param("envID"))?;
        let service = call.service.for_tenant(id);
        let default_key = service.tenant()?.default_signing_key;
        Ok(Self { service, id: id.to_uuid(), url: url(call, id), default_key })
    }
}

fn url(call: &Call<'_>, id: Id) -> String {
    format!("{}/v1/environments/{}", call.base_url, id.to_uuid())
}

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let after = match paging::Place::of(call)? {
        paging::Place::Start => None,
        paging::Place::After(id) => Some(id),
        paging::Place::Before(_) | paging::Place::At(_) => return Err(ErrorKind::BadCursor.into()),
    };
    let page = call.service.tenants(after, paging::limit(call)?)?;
    let next = page.next.and_then(|next| match next {
        Cursor::Id(id) => Some(paging::Place::After(id)),
        Cursor::Name(_) => None,
    });
    let shown = page.items.into_iter().map(|tenant| show(call, tenant)).collect();
    paging::page(call, "environments", shown, None, next)
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let (name, remainder) = read(document)?;
    let made = call.service.create_tenant(|draft| {
        let mut tenant = Tenant::new(draft.id(), draft.now(), name.clone());
        tenant.remainders.insert(NAME.to_owned(), Remainder(remainder.clone()));
        Ok(tenant)
    })?;
    body::json(StatusCode::CREATED, &show(call, made))
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let tenant = Environment::of(call)?.service.tenant()?;
    body::json(StatusCode::OK, &show(call, tenant))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    Environment::of(call)?.service.delete_tenant()?;
    Ok(body::no_content())
}

/// The name of an environment, and what else PingOne keeps of it.
fn read(mut document: Members) -> Result<(String, Members)> {
    let mut violations = Vec::new();
    let name = match document.shift_remove("name") {
        Some(Value::String(name)) if !name.is_empty() => Some(name),
        said => {
            let reason = match said {
                None | Some(Value::Null) => Reason::Missing,
                Some(Value::String(_)) => Reason::Empty,
                Some(_) => Reason::WrongType("string"),
            };
            violations.push(Violation::new("/name", reason));
            None
        }
    };
    for (member, allowed) in
        [("type", &["PRODUCTION", "SANDBOX"] as &[_]), ("region", &["NA", "CA", "EU", "AU", "SG", "AP"])]
    {
        let said = document.get(member).filter(|said| !said.is_null());
        if said.is_some_and(|said| said.as_str().is_none_or(|said| !allowed.contains(&said))) {
            violations.push(Violation::new(format!("/{member}"), Reason::NotAllowed(allowed.to_vec())));
        }
    }
    document.retain(|member, said| KEPT.contains(&member.as_str()) && !said.is_null());
    match name {
        Some(name) if violations.is_empty() => Ok((name, document)),
        _ => Err(Error::new(ErrorKind::Invalid { violations })),
    }
}

/// The members of an environment that are kept as they were said.
const KEPT: [&str; 5] = ["description", "type", "region", "license", "icon"];

fn show(call: &Call<'_>, mut tenant: Tenant) -> Value {
    let said = tenant.remainders.remove(NAME).unwrap_or_default().0;
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
