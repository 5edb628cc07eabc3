//! Calls about groups.

use serde_json::json;

use super::{Sort, keep};
use crate::dialects::okta::documents::group::{EVERYONE, GROUP, PROFILE};
use crate::dialects::okta::{ids, paging};
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response};
use crate::model::{Id, VendorRecord};

static SORT: Sort = Sort { kind: "okta.group", prefix: "00g", document: &GROUP };

pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    SORT.create(call)
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    SORT.shown(call, &named(call)?)
}

pub(in crate::dialects::okta) fn replace(call: &Call<'_>) -> Result<Response> {
    SORT.replace(call, "groupId")
}

pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    SORT.delete(call, "groupId")
}

/// Groups whose names start with `q`, in the order of their names: one with this very name comes first.
pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    let limit = paging::limit(call)?;
    let (start, kind, after) = match paging::after(call) {
        Some(cursor) => paging::read_cursor(&cursor)?,
        None => {
            let kind = call.query("filter").filter(|filter| !filter.is_empty());
            let kind = kind.map(|filter| type_of(&filter)).transpose()?;
            (call.query("q").unwrap_or_default(), kind, String::new())
        }
    };
    let is_wanted = |other: &str| kind.as_deref().is_none_or(|kind| kind == other);
    let mut found = if is_wanted("OKTA_GROUP") {
        let after = Some(&*after).filter(|after| !after.is_empty());
        call.service.vendor_records(SORT.kind, &start, after, limit.saturating_add(1))?
    } else {
        Vec::new()
    };
    let next = (found.len() > limit).then(|| found.truncate(limit)).and(found.last());
    let next = next.map(|last| paging::spell_cursor(&(&start, &kind, &last.name)));
    let everyone = everyone(call.service.tenant()?.id);
    let starts = || everyone.name.to_lowercase().starts_with(&start.to_lowercase());
    if after.is_empty() && is_wanted("BUILT_IN") && starts() {
        found.insert(0, everyone);
    }
    let mut response = SORT.list(call, &found)?;
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
    let org = call.service.tenant()?.id;
    if ids::read_as(SORT.prefix, call.param("groupId")) == Some(org) {
        return Ok(everyone(org));
    }
    SORT.named(call, "groupId")
}

/// The group of all users, which every org has and no one has made. It has the id of the org.
fn everyone(org: Id) -> VendorRecord {
    let mut everyone = VendorRecord { id: org, ..VendorRecord::named(EVERYONE, "Everyone") };
    keep(&mut everyone, PROFILE, json!({"description": "All users in your organization"}));
    everyone
}
