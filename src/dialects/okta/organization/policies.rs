//! Calls about access policies, and which of them an application has.

use serde_json::Value;

use super::RecordKind;
use crate::dialects::okta::applications::ASSIGNED_POLICY;
use crate::dialects::okta::documents::hook::{STATUS, STATUSES};
use crate::dialects::okta::documents::policy::{ACCESS, DEFAULT, DESCRIPTION, POLICY};
use crate::dialects::okta::{applications, ids, paging};
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::{Tenant, VendorRecord};

static RECORDS: RecordKind = RecordKind { kind: "okta.policy", prefix: "rst", document: &POLICY };

/// How clients call the policy in a path.
const ID: &str = "policyId";

pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    RECORDS.create(call)
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    RECORDS.shown(call, &named(call)?)
}

pub(in crate::dialects::okta) fn replace(call: &Call<'_>) -> Result<Response> {
    refuse_default(call)?;
    RECORDS.replace(call, ID)
}

/// Removes a policy; its applications have the default one from then on.
pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    refuse_default(call)?;
    RECORDS.delete(call, ID)
}

pub(in crate::dialects::okta) fn activate(call: &Call<'_>) -> Result<Response> {
    set_status(call, 0)
}

pub(in crate::dialects::okta) fn deactivate(call: &Call<'_>) -> Result<Response> {
    set_status(call, 1)
}

fn set_status(call: &Call<'_>, status: usize) -> Result<Response> {
    refuse_default(call)?;
    RECORDS.set_member(call, ID, STATUS, STATUSES.get(status).copied().unwrap_or_default())?;
    Ok(body::no_content())
}

/// Refuses changes of the org's own policy, which is not kept.
fn refuse_default(call: &Call<'_>) -> Result<()> {
    if named(call)?.kind == DEFAULT { Err(ErrorKind::Forbidden.into()) } else { Ok(()) }
}

/// All policies in one list, which is how Okta answers.
pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    match call.query("type").as_deref() {
        None | Some("") => return Err(Error::invalid("?type", Reason::Missing)),
        Some(ACCESS) => {}
        Some(_) => return Err(Error::invalid("?type", Reason::NotAllowed(vec![ACCESS]))),
    }
    let mut policies = vec![default(&call.service.tenant()?)];
    policies.extend(call.service.vendor_records(RECORDS.kind, "", None, usize::MAX)?);
    let mut response = RECORDS.list(call, &policies)?;
    paging::link(call, &mut response, None)?;
    Ok(response)
}

/// Assigns a policy to an application, in place of its current one.
pub(in crate::dialects::okta) fn assign(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?.id;
    // The policies for enrollment are not kept: every application has the org's.
    let [_, enrollment] = ids::policies(call.service.tenant()?.id);
    if ids::read_as(RECORDS.prefix, call.param(ID)) == Some(enrollment) {
        return Ok(body::no_content());
    }
    let policy = named(call)?;
    let name = app.to_string();
    if policy.kind != DEFAULT {
        call.service.put_vendor_record(ASSIGNED_POLICY, &name, |record, _| {
            Ok(VendorRecord { owners: vec![app, policy.id], ..record })
        })?;
    } else if let Some(assigned) = call.service.vendor_record_named(ASSIGNED_POLICY, &name)? {
        call.service.delete_vendor_record(assigned.id)?;
    }
    Ok(body::no_content())
}

/// The policy that the path names.
fn named(call: &Call<'_>) -> Result<VendorRecord> {
    let org = call.service.tenant()?;
    let default = default(&org);
    if ids::read_as(RECORDS.prefix, call.param(ID)) == Some(default.id) {
        return Ok(default);
    }
    RECORDS.named(call, ID)
}

/// The policy of each application that has no other.
fn default(org: &Tenant) -> VendorRecord {
    let [id, _] = ids::policies(org.id);
    let (created, updated) = (org.created, org.created);
    let named = VendorRecord::named(DEFAULT, "Any two factors");
    let mut policy = VendorRecord { id, created, updated, ..named };
    policy.keep(DESCRIPTION, Value::from("Require two factors to access."));
    policy.keep("type", ACCESS.into());
    policy
}
