//! Calls about inline hooks.

use serde_json::{Map, Value};

use super::RecordKind;
use crate::dialects::lens::Members;
use crate::dialects::okta::documents::Scene;
use crate::dialects::okta::documents::hook::{HOOK, SECRETS, STATUS, STATUSES, is_active};
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Response, body};
use crate::model::VendorRecord;
use crate::service::Draft;

static RECORDS: RecordKind = RecordKind { kind: "okta.hook", prefix: "cal", document: &HOOK };

/// What is never shown of a hook.
const SECRET: [&str; 2] = ["/channel/config/authScheme/value", "/channel/config/clientSecret"];

pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call.service.create_vendor_record(|draft| read(draft, None, document.clone()))?;
    RECORDS.shown(call, &made)
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    RECORDS.get(call, "inlineHookId")
}

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    let wanted = call.query("type").filter(|wanted| !wanted.is_empty());
    let mut hooks = call.service.vendor_records(RECORDS.kind, "", None, usize::MAX)?;
    hooks.retain(|hook| {
        wanted.as_deref().is_none_or(|wanted| hook.kept("type").is_some_and(|it| it == wanted))
    });
    RECORDS.list(call, &hooks)
}

pub(in crate::dialects::okta) fn replace(call: &Call<'_>) -> Result<Response> {
    change(call, |_, document| document)
}

/// As a replacement, but members that are left out stay.
pub(in crate::dialects::okta) fn update(call: &Call<'_>) -> Result<Response> {
    change(call, |old, document| {
        let mut whole = HOOK.members(old, &Scene::default());
        whole.extend(document);
        whole
    })
}

fn change(call: &Call<'_>, whole: fn(&VendorRecord, Members) -> Members) -> Result<Response> {
    let (old, document) = (RECORDS.named(call, "inlineHookId")?, body::json_object(call)?);
    let made = call
        .service
        .update_vendor_record(old.id, |old, draft| read(draft, Some(old), whole(old, document.clone())))?;
    RECORDS.shown(call, &made)
}

/// The hook that a document describes. Secrets that it leaves out stay as they are.
fn read(draft: &Draft<'_, '_>, old: Option<&VendorRecord>, document: Members) -> Result<VendorRecord> {
    let mut secrets = old.and_then(|old| old.kept(SECRETS)?.as_object().cloned()).unwrap_or_default();
    let mut document = Value::Object(document);
    for at in SECRET {
        if let Some((parent, name)) = at.rsplit_once('/')
            && let Some(members) = document.pointer_mut(parent).and_then(Value::as_object_mut)
            && let Some(secret) = members.shift_remove(name)
        {
            secrets.insert(at.to_owned(), secret);
        }
    }
    let document = if let Value::Object(document) = document { document } else { Map::new() };
    let mut hook = RECORDS.read(draft, old, document)?;
    if !secrets.is_empty() {
        hook.keep(SECRETS, secrets.into());
    }
    Ok(hook)
}

/// Removes a hook that is out of use.
pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    let id = RECORDS.named(call, "inlineHookId")?.id;
    call.service.delete_vendor_record_that(id, &|hook, _| {
        if is_active(hook) { Err(ErrorKind::WrongState.into()) } else { Ok(()) }
    })?;
    Ok(body::no_content())
}

pub(in crate::dialects::okta) fn activate(call: &Call<'_>) -> Result<Response> {
    set_status(call, 0)
}

pub(in crate::dialects::okta) fn deactivate(call: &Call<'_>) -> Result<Response> {
    set_status(call, 1)
}

fn set_status(call: &Call<'_>, status: usize) -> Result<Response> {
    RECORDS.set_member(call, "inlineHookId", STATUS, STATUSES.get(status).copied().unwrap_or_default())
}
