//! Calls about the groups and users that are assigned to applications.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Sort, groups, kept, unknown};
use crate::dialects::document::Reading;
use crate::dialects::lens::Members;
use crate::dialects::okta::documents::assignment::{CREDENTIALS, GROUP, PRIORITY, USER, USER_NAME};
use crate::dialects::okta::{applications, ids, paging, users};
use crate::error::{Error, Reason, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::{Id, User, VendorRecord};
use crate::service::sorted_by;

static GROUPS: Sort = Sort { kind: "okta.assignment.group", prefix: "00g", document: &GROUP };
static USERS: Sort = Sort { kind: "okta.assignment.user", prefix: ids::USER, document: &USER };

impl Sort {
    /// The record by which something is assigned to an application.
    fn between(&self, call: &Call<'_>, app: Id, other: Id) -> Result<VendorRecord> {
        let found = call.service.vendor_record_named(self.kind, &name(app, other))?;
        found.ok_or_else(|| unknown(&ids::spell_as(self.prefix, other)))
    }

    /// Assigns something to an application, as `document` says.
    fn assign(&self, call: &Call<'_>, app: Id, other: Id, document: &Members) -> Result<Response> {
        let made = call.service.put_vendor_record(self.kind, &name(app, other), |record, _| {
            let record = VendorRecord { owners: vec![app, other], ..record };
            self.document.read(document.clone(), Reading::new(record))
        })?;
        self.shown(call, &made)
    }

    /// What is assigned to an application, in pages.
    fn page(&self, call: &Call<'_>, mut records: Vec<VendorRecord>) -> Result<Response> {
        let limit = paging::limit(call)?;
        let id = |record: &VendorRecord| record.owners.get(1).map(|id| ids::spell_as(self.prefix, *id));
        if let Some(after) = paging::after(call)
            && let Some(last) = records.iter().position(|record| id(record).as_ref() == Some(&after))
        {
            records.drain(..=last);
        }
        let has_more = records.len() > limit;
        records.truncate(limit);
        let next = records.last().filter(|_| has_more).and_then(id);
        let mut response = self.list(call, &records)?;
        paging::link(call, &mut response, next.as_deref())?;
        Ok(response)
    }

    fn end(&self, call: &Call<'_>, app: Id, other: Id) -> Result<Response> {
        call.service.delete_vendor_record(self.between(call, app, other)?.id)?;
        Ok(body::no_content())
    }
}

/// By what an assignment is found.
fn name(app: Id, other: Id) -> String {
    format!("{app}.{other}")
}

/// The document that was sent; nothing is the same as an empty one.
fn sent(call: &Call<'_>) -> Result<Members> {
    if call.request.body().is_empty() { Ok(Map::new()) } else { body::json_object(call) }
}

/// Assigns a group. One without a priority keeps what it has, or comes last.
pub(in crate::dialects::okta) fn assign_group(call: &Call<'_>) -> Result<Response> {
    let (app, group) = (applications::named(call)?.id, groups::named(call)?.id);
    let mut document = sent(call)?;
    if document.get(PRIORITY).is_none_or(Value::is_null) {
        let all = call.service.vendor_records_of(app, GROUPS.kind)?;
        let old = all.iter().find(|record| record.owners.contains(&group)).map(priority);
        let last = || all.iter().map(priority).max().map_or(0, |last| last.saturating_add(1));
        document.insert(PRIORITY.to_owned(), old.unwrap_or_else(last).into());
    }
    GROUPS.assign(call, app, group, &document)
}

fn priority(record: &VendorRecord) -> i64 {
    kept(record, PRIORITY).and_then(Value::as_i64).unwrap_or_default()
}

pub(in crate::dialects::okta) fn get_group(call: &Call<'_>) -> Result<Response> {
    let (app, group) = (applications::named(call)?.id, groups::named(call)?.id);
    GROUPS.shown(call, &GROUPS.between(call, app, group)?)
}

pub(in crate::dialects::okta) fn list_groups(call: &Call<'_>) -> Result<Response> {
    let records = call.service.vendor_records_of(applications::named(call)?.id, GROUPS.kind)?;
    GROUPS.page(call, sorted_by(records, |one, other| priority(one).cmp(&priority(other))))
}

pub(in crate::dialects::okta) fn unassign_group(call: &Call<'_>) -> Result<Response> {
    GROUPS.end(call, applications::named(call)?.id, groups::named(call)?.id)
}

/// The applications that a group is assigned to.
pub(in crate::dialects::okta) fn list_applications(call: &Call<'_>) -> Result<Response> {
    let (org, mut shown) = (call.service.tenant()?, List::default());
    for record in call.service.vendor_records_of(groups::named(call)?.id, GROUPS.kind)? {
        if let Some(app) = record.owners.first() {
            applications::push(call, &org, call.service.application(*app)?, &mut shown)?;
        }
    }
    let mut response = shown.answer(StatusCode::OK);
    paging::link(call, &mut response, None)?;
    Ok(response)
}

/// Assigns the user that the document names.
pub(in crate::dialects::okta) fn assign_user(call: &Call<'_>) -> Result<Response> {
    let (app, document) = (applications::named(call)?.id, body::json_object(call)?);
    let id =
        document.get("id").and_then(Value::as_str).ok_or_else(|| Error::invalid("/id", Reason::Missing))?;
    let user = ids::read_as(ids::USER, id).ok_or_else(|| Error::not_found(Resource::User, id))?;
    assign(call, app, &call.service.user(user)?, document)
}

/// Changes how a user is assigned.
pub(in crate::dialects::okta) fn update_user(call: &Call<'_>) -> Result<Response> {
    let (app, user) = (applications::named(call)?.id, users::named(call, "userId")?);
    USERS.between(call, app, user.id)?;
    assign(call, app, &user, body::json_object(call)?)
}

/// A user who gets no name for the application has the login there, too.
fn assign(call: &Call<'_>, app: Id, user: &User, mut document: Members) -> Result<Response> {
    let old = call.service.vendor_record_named(USERS.kind, &name(app, user.id))?;
    let old = old.and_then(|old| kept(&old, CREDENTIALS).cloned());
    let has_name = document.get(CREDENTIALS).is_some_and(|given| given.get(USER_NAME).is_some());
    if !has_name {
        let usual = || json!({USER_NAME: user.login});
        document.insert(CREDENTIALS.to_owned(), old.unwrap_or_else(usual));
    }
    USERS.assign(call, app, user.id, &document)
}

pub(in crate::dialects::okta) fn get_user(call: &Call<'_>) -> Result<Response> {
    let (app, user) = (applications::named(call)?.id, users::named(call, "userId")?.id);
    USERS.shown(call, &USERS.between(call, app, user)?)
}

pub(in crate::dialects::okta) fn list_users(call: &Call<'_>) -> Result<Response> {
    let records = call.service.vendor_records_of(applications::named(call)?.id, USERS.kind)?;
    USERS.page(call, records)
}

pub(in crate::dialects::okta) fn unassign_user(call: &Call<'_>) -> Result<Response> {
    USERS.end(call, applications::named(call)?.id, users::named(call, "userId")?.id)
}
