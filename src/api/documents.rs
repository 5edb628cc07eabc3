//! What the answers hold: records without their secrets and what only one vendor understands, ids as texts, times by RFC 3339.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::names::ids;
use crate::dialects::{Crossing, showing};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Application, Change, Id, IdentityProvider, Key, KeyDate, Link, Role, Tenant, User};
use crate::oidc::PublishedKey;
use crate::pki::Timestamp;
use crate::service::{
    Expiring, ImportedAggregate, ImportedMetadata, KeyFinding, OwnedKey, Owner, Problem, RecordWarning,
    Reference, Report, Revision, Rotation, compared, spell_times,
};
use crate::store::{Plan, RefreshOutcome, Refreshed};

/// The members of records that are ids, and those that are times, as JSON Pointers.
const IDS: [&str; 2] = ["/id", "/request/owner"];
const TIMES: [&str; 6] = ["/created", "/updated", "/activated", "/expires", "/source/read", "/trust_ends/*"];

/// A record as it is stored, in the spelling of documents, without what only a vendor understands.
pub(super) fn image(mut record: Value) -> Value {
    for at in IDS {
        if let Some(member) = record.pointer_mut(at)
            && let Some(number) = member.as_u64()
        {
            *member = number.to_string().into();
        }
    }
    spell_times(&TIMES, &mut record);
    if let Some(members) = record.as_object_mut() {
        members.retain(|name, _| name != "remainders");
    }
    record
}

/// A value in JSON.
pub(super) fn json_of(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))
}

/// A record with its id as each vendor's API spells it.
fn record(id: Id, record: &impl Serialize) -> Result<Value> {
    let mut value = image(json_of(record)?);
    if let Some(members) = value.as_object_mut() {
        members.shift_insert(1, "ids".to_owned(), ids(id));
    }
    Ok(value)
}

fn time(time: Timestamp) -> Value {
    time.to_string().into()
}

/// A page of a list.
pub(super) fn page(items: Vec<Value>, next: Option<String>) -> Value {
    let mut members = Map::from_iter([("items".to_owned(), Value::from(items))]);
    members.extend(next.map(|next| ("next".to_owned(), next.into())));
    members.into()
}

pub(super) fn tenant(tenant: &Tenant) -> Result<Value> {
    record(tenant.id, tenant)
}

pub(super) fn provider(provider: &IdentityProvider) -> Result<Value> {
    let mut value = record(provider.id, provider)?;
    if let Some(members) = value.as_object_mut() {
        members.shift_insert(2, "kind".to_owned(), provider.protocol.kind().into());
        members.shift_insert(3, "shown_by".to_owned(), showing(provider).collect());
    }
    Ok(value)
}

pub(super) fn application(application: &Application) -> Result<Value> {
    record(application.id, application)
}

pub(super) fn user(user: &User) -> Result<Value> {
    record(user.id, user)
}

/// A user who is linked to a provider.
pub(super) fn link((link, user): &(Link, User)) -> Value {
    json!({
        "user": user.id.to_string(),
        "ids": ids(user.id),
        "login": user.login,
        "external_id": link.external_id,
        "created": time(link.created),
        "updated": time(link.updated),
    })
}

/// What a key is for.
fn purpose(key: &Key) -> &'static str {
    match (&key.request, key.is_signing()) {
        (Some(_), _) => "requested",
        (None, true) => "signing",
        (None, false) => "trusted",
    }
}

/// A key, and what is wrong with it.
pub(super) fn key(key: &Key, now: Timestamp) -> Result<Value> {
    let mut value = record(key.id, key)?;
    if let Some(members) = value.as_object_mut() {
        members.insert("use".to_owned(), purpose(key).into());
        members.insert("findings".to_owned(), findings(key, now));
        if let Some(summary) = key.certificate_summary() {
            members.insert("subject".to_owned(), summary.subject.into());
            members.insert("fingerprint".to_owned(), summary.fingerprint.into());
            members.insert("valid_from".to_owned(), time(summary.valid_from));
        }
    }
    Ok(value)
}

fn findings(key: &Key, now: Timestamp) -> Value {
    key.findings(now).iter().map(ToString::to_string).collect()
}

/// A key in a line of a list.
pub(super) fn listed_key(tenant: Id, key: &Key, now: Timestamp) -> Value {
    json!({
        "tenant": tenant.to_string(),
        "kid": key.kid,
        "use": purpose(key),
        "kty": key.jwk.kty(),
        "bits": key.jwk.bits(),
        "expires": key.expires.map(time),
        "findings": findings(key, now),
    })
}

pub(super) fn expiring(it: &Expiring, now: Timestamp) -> Value {
    let what = match it.what {
        KeyDate::Certificate => "certificate",
        KeyDate::Issuer => "issuer",
        KeyDate::Request => "request",
    };
    json!({"at": time(it.at), "what": what, "key": listed_key(it.tenant, &it.key, now)})
}

pub(super) fn reference(it: &Reference) -> Value {
    let (what, id) = match it.owner {
        Owner::Tenant => ("tenant", it.tenant),
        Owner::Provider(id) => ("provider", id),
        Owner::Application(id) => ("application", id),
        Owner::Record(id) => ("record", id),
    };
    json!({
        "tenant": it.tenant.to_string(),
        "owner": what,
        "id": id.to_string(),
        "ids": ids(id),
        "name": it.name,
        "uses": it.uses.iter().map(|used| used.name()).collect::<Vec<_>>(),
    })
}

pub(super) fn rotation(it: &Rotation) -> Value {
    let until = |role| match role {
        Role::Previous(until) => Some(time(until)),
        _ => None,
    };
    let key = |OwnedKey { role, key, .. }: &OwnedKey| json!({"role": role.name(), "until": until(*role), "kid": key.kid, "expires": key.expires.map(time)});
    let requests = it.requested.iter().filter_map(|key| Some(key.request.as_ref()?.id.clone()));
    json!({
        "name": it.name,
        "keys": it.keys.iter().map(key).collect::<Vec<_>>(),
        "requests": requests.collect::<Vec<_>>(),
    })
}

pub(super) fn metadata(it: &ImportedMetadata) -> Result<Value> {
    let certificates = it.certificates.iter().map(|it| {
        json!({
            "outcome": it.outcome.name(),
            "kid": it.kid,
            "expires": it.expires.map(time),
            "expired": it.is_expired,
            "subject": it.certificate.as_ref().map(|it| it.subject.clone()),
            "fingerprint": it.certificate.as_ref().map(|it| it.fingerprint.clone()),
            "valid_from": it.certificate.as_ref().map(|it| time(it.valid_from)),
            "findings": it.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "trusted_by": it.trusted_by,
        })
    });
    Ok(json!({
        "provider": provider(&it.provider)?,
        "certificates": certificates.collect::<Vec<_>>(),
        "keys": it.keys.iter().map(published_key).collect::<Vec<_>>(),
        "warnings": it.warnings,
    }))
}

/// A key that a partner publishes, and what is wrong with it.
fn published_key(it: &PublishedKey) -> Value {
    json!({
        "kid": it.kid,
        "thumbprint": it.thumbprint(),
        "kty": it.jwk.kty(),
        "bits": it.jwk.bits(),
        "use": it.usage,
        "alg": it.alg,
        "findings": it.findings().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// What became of the entities of a federation.
pub(super) fn aggregate(it: &ImportedAggregate) -> Result<Value> {
    Ok(json!({
        "created": it.created.iter().map(metadata).collect::<Result<Vec<_>>>()?,
        "known": it.known.iter().map(Id::to_string).collect::<Vec<_>>(),
        "others": it.others,
    }))
}

pub(super) fn change(it: &Change) -> Value {
    json!({
        "number": it.sequence,
        "time": time(it.time),
        "tenant": it.tenant.to_string(),
        "actor": it.actor,
        "kind": it.kind,
        "subject": it.subject.to_string(),
        "ids": ids(it.subject),
        "kid": it.kid,
        "due": it.due.map(time),
        "days": it.days,
        "undoes": it.undoes,
    })
}

/// One change of a record. What only a vendor understands is not shown, but where it has changed.
pub(super) fn revision(it: &Revision) -> Value {
    json!({
        "number": it.sequence,
        "time": time(it.time),
        "actor": it.actor,
        "before": it.before.clone().map(image),
        "after": it.after.clone().map(image),
        "members": compared(it.before.as_ref(), it.after.as_ref()),
    })
}

/// What a call would change, and what it would answer.
pub(super) fn plan(it: &Plan, answer: Option<&Value>) -> Value {
    let mut plan = it.to_json();
    if let Some(members) = plan.as_object_mut() {
        members.insert("answer".to_owned(), json!(answer));
    }
    plan
}

/// What became of a provider that was read anew.
pub(super) fn refreshed(it: &Refreshed) -> Result<Value> {
    let (changes, reason) = match &it.outcome {
        RefreshOutcome::Changed { plan: changes, imported } => {
            (Some(plan(changes, Some(&metadata(imported)?))), None)
        }
        RefreshOutcome::Failed(error) => (None, Some(error.in_full())),
        RefreshOutcome::Unchanged => (None, None),
    };
    Ok(json!({
        "provider": it.provider.to_string(),
        "name": it.name,
        "url": it.url,
        "outcome": it.outcome.name(),
        "plan": changes,
        "reason": reason,
    }))
}

/// What of a provider crosses to another vendor.
pub(super) fn crossing(crossing: &Crossing) -> Result<Value> {
    json_of(crossing)
}

pub(super) fn report(it: &Report) -> Value {
    let problem = |it: &Problem| json!({"kind": it.kind.name(), "place": it.place, "words": it.words});
    let finding =
        |it: &KeyFinding| json!({"place": it.place, "kid": it.kid, "words": it.finding.to_string()});
    let warning = |it: &RecordWarning| json!({"place": it.place, "words": it.words});
    json!({
        "sound": it.is_sound(),
        "records": it.records,
        "entries": it.entries,
        "problems": it.problems.iter().map(problem).collect::<Vec<_>>(),
        "findings": it.findings.iter().map(finding).collect::<Vec<_>>(),
        "warnings": it.warnings.iter().map(warning).collect::<Vec<_>>(),
        "omitted": it.omitted,
        "not_compared": it.not_compared,
    })
}
