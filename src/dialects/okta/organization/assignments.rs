//! Calls about the groups and users that are assigned to applications.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{RecordKind, groups, unknown};
use crate::dialects::document::Reading;
use crate::dialects::if_there;
use crate::dialects::lens::Members;
use crate::dialects::okta::documents::assignment::{CREDENTIALS, GROUP, PRIORITY, USER, USER_NAME};
use crate::dialects::okta::paging::{self, Filtered};
use crate::dialects::okta::{applications, ids, users};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::{Id, Tenant, User, VendorRecord};
use crate::service::{Cursor, Draft, sorted_by};

static GROUPS: RecordKind = RecordKind { kind: "okta.assignment.group", prefix: "00g", document: &GROUP };
static USERS: RecordKind = RecordKind { kind: "okta.assignment.user", prefix: ids::USER, document: &USER };

impl RecordKind {
    /// The record by which something is assigned to an application.
    fn between(&self, call: &Call<'_>, app: Id, other: Id) -> Result<VendorRecord> {
        let found = call.service.vendor_record_named(self.kind, &name(app, other))?;
        found.ok_or_else(|| unknown(&ids::spell_as(self.prefix, other)))
    }

    /// Assigns something to an application, as the document says that `whole` makes of the assignment before.
    fn assign(
        &self,
        call: &Call<'_>,
        app: Id,
        other: Id,
        whole: &dyn Fn(&VendorRecord, &Draft<'_, '_>) -> Result<Members>,
    ) -> Result<Response> {
        let made = call.service.put_vendor_record(self.kind, &name(app, other), |record, draft| {
            let document = whole(&record, draft)?;
            let record = VendorRecord { owners: vec![app, other], ..record };
            self.document.read(document, Reading::new(record))
        })?;
        self.shown(call, &made)
    }

    /// What is assigned to an application, in pages that follow the positions.
    fn page(&self, call: &Call<'_>) -> Result<Response> {
        let records = call.service.vendor_records_of(applications::named(call)?.id, self.kind)?;
        let (records, next) = cut(call, records, &position)?;
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
    let sent = sent(call)?;
    GROUPS.assign(call, app, group, &|old, draft| {
        let mut document = sent.clone();
        if document.get(PRIORITY).is_none_or(Value::is_null) {
            let kept = old.kept(PRIORITY).cloned();
            let all = draft.vendor_records_of(app, GROUPS.kind)?;
            let last = || all.iter().map(priority).max().map_or(0, |last| last.saturating_add(1));
            document.insert(PRIORITY.to_owned(), kept.unwrap_or_else(|| last().into()));
        }
        Ok(document)
    })
}

fn priority(record: &VendorRecord) -> i64 {
    record.kept(PRIORITY).and_then(Value::as_i64).unwrap_or_default()
}

/// What assignments are sorted by: the priority, which users do not have and which is never negative, and the id.
fn position(record: &VendorRecord) -> [u64; 2] {
    [priority(record).unsigned_abs(), record.id.number()]
}

/// The records on the page, in the order of their positions, and the cursor of the next one.
fn cut(
    call: &Call<'_>,
    records: Vec<VendorRecord>,
    position: &dyn Fn(&VendorRecord) -> [u64; 2],
) -> Result<(Vec<VendorRecord>, Option<String>)> {
    let limit = paging::limit(call)?;
    let filtered = Filtered::of(call, ["", ""], |_| None)?;
    let place = |record: &VendorRecord| position(record).map(u64::to_be_bytes).concat();
    let mut records = sorted_by(records, |one, other| position(one).cmp(&position(other)));
    if let Some(after) = filtered.place()? {
        if after.len() != 16 {
            return Err(ErrorKind::BadCursor.into());
        }
        records.retain(|record| &place(record)[..] > after);
    }
    let has_more = records.len() > limit;
    records.truncate(limit);
    let next = records.last().filter(|_| has_more).map(|last| Cursor::Name(place(last)));
    Ok((records, next.map(|next| filtered.next(next, ids::spell))))
}

pub(in crate::dialects::okta) fn get_group(call: &Call<'_>) -> Result<Response> {
    let (app, group) = (applications::named(call)?.id, groups::named(call)?.id);
    GROUPS.shown(call, &GROUPS.between(call, app, group)?)
}

pub(in crate::dialects::okta) fn list_groups(call: &Call<'_>) -> Result<Response> {
    GROUPS.page(call)
}

pub(in crate::dialects::okta) fn unassign_group(call: &Call<'_>) -> Result<Response> {
    GROUPS.end(call, applications::named(call)?.id, groups::named(call)?.id)
}

/// The applications that a group is assigned to, as far as they are shown, in pages that follow their ids.
pub(in crate::dialects::okta) fn list_applications(call: &Call<'_>) -> Result<Response> {
    let records = call.service.vendor_records_of(groups::named(call)?.id, GROUPS.kind)?;
    let app = |record: &VendorRecord| record.owners.first().copied().unwrap_or(Tenant::DEFAULT);
    let (records, next) = cut(call, records, &|record| [0, app(record).number()])?;
    let (org, mut shown) = (call.service.tenant()?, List::default());
    for record in &records {
        if let Some(application) = if_there(call.service.application(app(record)))? {
            applications::push(call, &org, application, &mut shown)?;
        }
    }
    let mut response = shown.answer(StatusCode::OK);
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

/// Assigns the user that the document names.
pub(in crate::dialects::okta) fn assign_user(call: &Call<'_>) -> Result<Response> {
    let (app, document) = (applications::named(call)?.id, body::json_object(call)?);
    let id =
        document.get("id").and_then(Value::as_str).ok_or_else(|| Error::invalid("/id", Reason::Missing))?;
    let user = ids::read_as(ids::USER, id).ok_or_else(|| Error::not_found(Resource::User, id))?;
    assign(call, app, &call.service.user(user)?, &document)
}

/// Changes how a user is assigned.
pub(in crate::dialects::okta) fn update_user(call: &Call<'_>) -> Result<Response> {
    let (app, user) = (applications::named(call)?.id, users::named(call, "userId")?);
    USERS.between(call, app, user.id)?;
    assign(call, app, &user, &body::json_object(call)?)
}

/// A user who gets no name for the application has the login there, too.
fn assign(call: &Call<'_>, app: Id, user: &User, sent: &Members) -> Result<Response> {
    USERS.assign(call, app, user.id, &|old, _| {
        let mut document = sent.clone();
        if document.get(CREDENTIALS).is_none_or(|given| given.get(USER_NAME).is_none()) {
            let usual = || json!({USER_NAME: user.login});
            document.insert(CREDENTIALS.to_owned(), old.kept(CREDENTIALS).cloned().unwrap_or_else(usual));
        }
        Ok(document)
    })
}

pub(in crate::dialects::okta) fn get_user(call: &Call<'_>) -> Result<Response> {
    let (app, user) = (applications::named(call)?.id, users::named(call, "userId")?.id);
    USERS.shown(call, &USERS.between(call, app, user)?)
}

pub(in crate::dialects::okta) fn list_users(call: &Call<'_>) -> Result<Response> {
    USERS.page(call)
}

pub(in crate::dialects::okta) fn unassign_user(call: &Call<'_>) -> Result<Response> {
    USERS.end(call, applications::named(call)?.id, users::named(call, "userId")?.id)
}
