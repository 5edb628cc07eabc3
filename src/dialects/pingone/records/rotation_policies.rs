//! Calls about key rotation policies. Their keys are rotated when a policy is looked at and the time has come.

use http::StatusCode;
use serde_json::{Value, json};

use super::{RecordKind, all, within};
use crate::dialects::lens::Members;
use crate::dialects::pingone::documents::record::Within;
use crate::dialects::pingone::documents::rotation_policy::{
    DN, LENGTH, POLICY, ROTATED, ROTATION, ROTATION_DEFAULT, VALIDITY, VALIDITY_DEFAULT, in_time, rotated,
};
use crate::dialects::pingone::environment::Environment;
use crate::dialects::pingone::filter::{Condition, NAMED};
use crate::dialects::pingone::{answers, default_records, key_lens, names, paging, wire};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Call, Response, body};
use crate::model::{Id, Remainders, Role, VendorRecord};
use crate::pki::{Hash, KeySpec, Profile, Timestamp};
use crate::service::{ApplicationQuery, CertificatePlan, Draft, OwnedKey, Owner};

const KIND: &str = "pingone.keyRotationPolicy";

static RECORDS: RecordKind = RecordKind { kind: KIND, parameter: "keyRotationPolicyID", document: &POLICY };

/// The environment of a call. The policy that each has is made, with its keys, when any is looked for.
fn environment(call: &Call<'_>) -> Result<Environment> {
    let environment = Environment::of(call)?;
    if default_records::of(&environment.tenant, KIND).is_some() {
        return Ok(environment);
    }
    let made = environment.service.create_vendor_record(|draft| {
        let mut tenant = draft.tenant()?;
        if default_records::of(&tenant, KIND).is_some() {
            return Err(ErrorKind::WrongState.into());
        }
        let name = names::escaped(&tenant.name);
        default_records::set(&mut tenant, KIND, draft.id());
        draft.set_tenant(tenant)?;
        let document = json!({
            "name": "Default", "algorithm": "RSA", DN: format!("CN={name}, OU=Ping Identity, O=Ping Identity, C=US"),
            LENGTH: 2048, "signatureAlgorithm": "SHA256withRSA", "usageType": "SIGNING",
        });
        begun(draft, document.as_object().cloned().unwrap_or_default())
    });
    match made {
        // Another call was faster, or the caller may only read.
        Err(error) if matches!(error.kind(), ErrorKind::WrongState | ErrorKind::Forbidden) => {}
        made => drop(made?),
    }
    Environment::of(call)
}

/// How many policies an environment has at most.
const MOST: usize = 5;

const DAY: i64 = 24 * 60 * 60;

pub(in crate::dialects::pingone) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = environment(call)?;
    let condition = Condition::of(call, &NAMED)?;
    let found = all(&environment.service, KIND).filter(|policy| {
        policy.as_ref().map_or(true, |policy| {
            condition.holds(&|member| match member {
                "id" => Some(policy.id.to_uuid()),
                member => policy.kept(member)?.as_str().map(str::to_owned),
            })
        })
    });
    let shown = found.map(|policy| shown(&environment, &turned(&environment, policy?)?));
    paging::listed(call, "keyRotationPolicies", shown)
}

pub(in crate::dialects::pingone) fn create(call: &Call<'_>) -> Result<Response> {
    let (environment, document) = (environment(call)?, body::json_object(call)?);
    let made = environment.service.create_vendor_record(|draft| {
        if draft.vendor_records(KIND, MOST)?.len() == MOST {
            let words = format!("an environment has {MOST} key rotation policies at most");
            return Err(Error::new(ErrorKind::WrongState).context(words));
        }
        begun(draft, document.clone())
    })?;
    answers::json(call, StatusCode::CREATED, &shown(&environment, &made)?)
}

pub(in crate::dialects::pingone) fn get(call: &Call<'_>) -> Result<Response> {
    let (environment, policy) = named(call)?;
    answers::json(call, StatusCode::OK, &shown(&environment, &policy)?)
}

/// Changes apply to keys made from now on.
pub(in crate::dialects::pingone) fn replace(call: &Call<'_>) -> Result<Response> {
    let ((environment, policy), document) = (named(call)?, body::json_object(call)?);
    let made =
        environment.service.update_vendor_record(policy.id, |old, _| read(Some(old), document.clone()))?;
    answers::json(call, StatusCode::OK, &shown(&environment, &made)?)
}

pub(in crate::dialects::pingone) fn delete(call: &Call<'_>) -> Result<Response> {
    let (environment, policy) = named(call)?;
    let id = policy.id.to_uuid();
    let uses = |said: &Members| {
        said.get("signing").and_then(|signing| signing.pointer("/keyRotationPolicy/id")) == Some(&json!(id))
    };
    let applications = paging::all(|after, limit| {
        environment.service.applications(&ApplicationQuery { after, limit, ..ApplicationQuery::default() })
    });
    for application in applications {
        let application = application?;
        if application.remainders.get(wire::NAME).is_some_and(|said| uses(said)) {
            return Err(ErrorKind::InUse { by: vec![application.name] }.into());
        }
    }
    environment.service.delete_vendor_record_that(policy.id, &|policy, draft| {
        let is_default = default_records::of(&draft.tenant()?, KIND) == Some(policy.id);
        let stays = match (draft.vendor_records(KIND, 2)?.len(), is_default) {
            (..2, _) => "the last one stays",
            (_, true) => "the default one stays",
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::WrongState).context(stays))
    })?;
    Ok(body::no_content())
}

/// The public keys of a policy: those that sign, will sign and have signed.
pub(in crate::dialects::pingone) fn keys(call: &Call<'_>) -> Result<Response> {
    let (environment, policy) = named(call)?;
    let rotation = environment.service.rotation_of(Owner::Record(policy.id))?;
    let keys = rotation.published().map(|key| {
        let own = json!({"use": "sig", "kid": key.id.to_uuid(), "x5c": key.chain});
        [serde_json::to_value(&key.jwk).unwrap_or_default(), own]
            .iter()
            .filter_map(Value::as_object)
            .flat_map(Members::clone)
            .collect::<Members>()
    });
    answers::json(call, StatusCode::OK, &json!({"keys": keys.collect::<Vec<_>>()}))
}

/// The policy that the path names, rotated if the time has come, and its environment.
fn named(call: &Call<'_>) -> Result<(Environment, VendorRecord)> {
    let environment = environment(call)?;
    let policy = RECORDS.named(call, &environment)?;
    let policy = turned(&environment, policy)?;
    Ok((environment, policy))
}

fn shown(environment: &Environment, policy: &VendorRecord) -> Result<Members> {
    let rotation = environment.service.rotation_of(Owner::Record(policy.id))?;
    let id_of = |role| {
        let mut keys = rotation.keys.iter();
        keys.find(|OwnedKey { role: has, .. }| *has == role).map(|OwnedKey { key, .. }| key.id.to_uuid())
    };
    let keys = [Role::Active, Role::Next].map(id_of);
    Ok(POLICY.members(policy, &Within { keys, ..within(environment, "keyRotationPolicies", policy.id) }))
}

/// The policy that a document describes, in place of `old`. A period that is not sent, too, must end in time.
fn read(old: Option<&VendorRecord>, document: Members) -> Result<VendorRecord> {
    let policy = RECORDS.read(old, document)?;
    let in_time = in_time(days(&policy, ROTATION), days(&policy, VALIDITY));
    in_time.map_err(|reason| Error::invalid(format!("/{ROTATION}"), reason))?;
    Ok(policy)
}

/// The new policy that a document describes, with its first keys.
fn begun(draft: &mut Draft<'_, '_>, document: Members) -> Result<VendorRecord> {
    let mut policy = read(None, document)?;
    policy.name = draft.id().to_uuid();
    rotate(draft, &mut policy, 0)?;
    policy.keep(ROTATED, draft.now().unix_millis().into());
    Ok(policy)
}

/// A policy whose keys are rotated if the time has come. If it came several times since anyone looked, both keys are new.
/// A caller who may only read sees it as it is.
fn turned(environment: &Environment, policy: VendorRecord) -> Result<VendorRecord> {
    if periods(&policy, environment.service.env().clock.now()).0 == 0 {
        return Ok(policy);
    }
    let made = environment.service.update_vendor_record(policy.id, |old, draft| {
        let mut policy = old.clone();
        let (passed, last) = periods(&policy, draft.now());
        if passed > 1 {
            rotate(draft, &mut policy, 0)?;
        }
        if passed > 0 {
            let left =
                last.plus_seconds(days(&policy, ROTATION) * DAY).unix_seconds() - draft.now().unix_seconds();
            rotate(draft, &mut policy, left)?;
            policy.keep(ROTATED, last.unix_millis().into());
        }
        Ok(policy)
    });
    match made {
        Err(error) if *error.kind() == ErrorKind::Forbidden => Ok(policy),
        made => made,
    }
}

/// How many rotation periods have passed since the last rotation, and when the last of them ended.
fn periods(policy: &VendorRecord, now: Timestamp) -> (i64, Timestamp) {
    let (since, period) = (rotated(policy).unwrap_or(now), days(policy, ROTATION).max(1) * DAY);
    let passed = (now.unix_seconds() - since.unix_seconds()).max(0) / period;
    (passed, since.plus_seconds(passed * period))
}

/// Rotates the keys of a policy. The one that has signed stays published for so many seconds.
fn rotate(draft: &mut Draft<'_, '_>, policy: &mut VendorRecord, overlap: i64) -> Result<()> {
    let now = draft.now().truncated_to_seconds();
    let subject = policy.kept(DN).and_then(Value::as_str).unwrap_or_default();
    let subject = names::read(subject).unwrap_or_default();
    let bits = policy.kept(LENGTH).and_then(Value::as_u64).and_then(|bits| u32::try_from(bits).ok());
    let remainders =
        key_lens::saying(&Remainders::new(), [(key_lens::ROTATED_BY, draft.id().to_uuid().into())]);
    let not_after = now.plus_seconds(days(policy, VALIDITY) * DAY);
    let plan = |id: Id| {
        let plan = CertificatePlan {
            subject: subject.clone(),
            issuer: subject.clone(),
            serial_number: u128::from(id.number()).into(),
            not_before: now,
            not_after,
            spec: KeySpec::Rsa { bits: bits.unwrap_or(2048) },
            hash: Hash::Sha256,
            profile: Profile::Bare,
        };
        (plan, remainders.clone())
    };
    let active = policy.signing_key.as_deref();
    let overlap = u32::try_from(overlap).unwrap_or(u32::MAX);
    policy.signing_key = Some(draft.rotate_keys(active, overlap, &plan)?);
    Ok(())
}

fn days(policy: &VendorRecord, member: &str) -> i64 {
    let default = if member == ROTATION { ROTATION_DEFAULT } else { VALIDITY_DEFAULT };
    policy.kept(member).and_then(Value::as_i64).unwrap_or(default)
}
