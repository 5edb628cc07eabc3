//! Calls about groups.

use serde_json::{Value, json};

use super::RecordKind;
use crate::dialects::okta::documents::group::{EVERYONE, GROUP, PROFILE};
use crate::dialects::okta::ids;
use crate::dialects::okta::paging::{self, Filtered};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{Tenant, VendorRecord};
use crate::service::Cursor;

static RECORDS: RecordKind = RecordKind { kind: "okta.group", prefix: "00g", document: &GROUP };

pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    refuse_everyone(call)?;
    RECORDS.create(call)
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    RECORDS.shown(call, &named(call)?)
}

pub(in crate::dialects::okta) fn replace(call: &Call<'_>) -> Result<Response> {
    refuse_built_in(call)?;
    refuse_everyone(call)?;
    RECORDS.replace(call, "groupId")
}

pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    refuse_built_in(call)?;
    RECORDS.delete(call, "groupId")
}

/// Refuses changes of the group that no one has made.
fn refuse_built_in(call: &Call<'_>) -> Result<()> {
    if named(call)?.kind == EVERYONE { Err(ErrorKind::Forbidden.into()) } else { Ok(()) }
}

/// Refuses a second group with the name of the one that no one has made.
fn refuse_everyone(call: &Call<'_>) -> Result<()> {
    let document = Value::Object(body::json_object(call)?);
    let name = document.pointer("/profile/name").and_then(Value::as_str);
    if name.is_some_and(|name| name.eq_ignore_ascii_case(EVERYONES_NAME)) {
        let id = EVERYONES_NAME.into();
        return Err(ErrorKind::AlreadyExists { what: Resource::Record, id }.into());
    }
    Ok(())
}

/// Groups whose names start with `q`, in the order of their names: one with this very name comes first. The group of all users is
/// before all others.
pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    let limit = paging::limit(call)?;
    let filtered = Filtered::of(call, ["q", "filter"], |_| None)?;
    let after = filtered.place()?.map(std::str::from_utf8).transpose().map_err(|_| ErrorKind::BadCursor)?;
    let [start, filter] = &filtered.by;
    let (start, kind) = (start.as_deref().unwrap_or_default(), filter.as_deref().map(type_of).transpose()?);
    let is_wanted = |other: &str| kind.as_deref().is_none_or(|kind| kind == other);
    let everyone = everyone(&call.service.tenant()?);
    let starts = || EVERYONES_NAME.to_lowercase().starts_with(&start.to_lowercase());
    let is_first = after.is_none() && is_wanted("BUILT_IN") && starts();
    let mut found: Vec<_> = is_first.then_some(everyone).into_iter().collect();
    if is_wanted("OKTA_GROUP") {
        let most = limit.saturating_add(1);
        found.extend(call.service.vendor_records(RECORDS.kind, start, after, most)?);
    }
    let has_more = found.len() > limit;
    found.truncate(limit);
    let name = |last: &VendorRecord| if last.kind == EVERYONE { String::new() } else { last.name.clone() };
    let mut response = RECORDS.list(call, &found)?;
    let next = found.last().filter(|_| has_more).map(|last| Cursor::Name(name(last).into_bytes()));
    let next = next.map(|next| filtered.next(next, ids::spell));
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

/// The type that a filter names.
fn type_of(filter: &str) -> Result<String> {
    let quoted = filter.trim().strip_prefix("type eq ").map(str::trim);
    let kind = quoted.and_then(|quoted| quoted.strip_prefix('"')?.strip_suffix('"'));
    kind.map(str::to_owned).ok_or_else(|| Error::invalid("?filter", Reason::NotAllowed(Vec::new())))
}

/// The group that the path names.
pub(super) fn named(call: &Call<'_>) -> Result<VendorRecord> {
    let org = call.service.tenant()?;
    if ids::read_as(RECORDS.prefix, call.param("groupId")) == Some(org.id) {
        return Ok(everyone(&org));
    }
    RECORDS.named(call, "groupId")
}

const EVERYONES_NAME: &str = "Everyone";

/// The group of all users, which every org has and no one has made. It has the id of the org.
fn everyone(org: &Tenant) -> VendorRecord {
    let (created, updated) = (org.created, org.created);
    let named = VendorRecord::named(EVERYONE, EVERYONES_NAME);
    let mut everyone = VendorRecord { id: org.id, created, updated, ..named };
    everyone.keep(PROFILE, json!({"description": "All users in your organization"}));
    everyone
}
