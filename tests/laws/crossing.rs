//! What crosses to another dialect: a member that is reported as lost is really lost if a client makes the provider anew of
//! the document that is shown, and one that is not reported is there.
//!
//! The provider is made by the lens as any other document is read, and not by the code that finds out what crosses.

use std::cell::Cell;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::model::{IdentityProvider, Remainder};
use idpstore::pki::Timestamp;
use idpstore::saml::{EncodingStandard, Metadata};
use idpstore::testing::CountedEntropy;
use idpstore::testing::inside::laws::{Breach, Verdict};
use idpstore::testing::inside::lens::{Context, Members};
use idpstore::testing::inside::{DIALECTS, Dialect, crossing, dialect};
use idpstore::{Lost, Why};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::generated::record;
use super::{okta, try_all, zitadel};

#[test]
fn what_crosses_from_okta() {
    let types = prop_oneof![Just(okta::TYPES[0]), Just(okta::TYPES[1]), select(okta::TYPES.to_vec())];
    hold("okta", types.prop_flat_map(|(kind, protocol)| okta::document(kind, protocol)));
}

#[test]
fn what_crosses_from_zitadel() {
    let kinds = prop_oneof![Just(zitadel::KINDS[0]), select(zitadel::KINDS.to_vec())];
    hold("zitadel", kinds.prop_flat_map(zitadel::document));
}

#[test]
fn what_crosses_from_pingone() {
    let pingone = dialect("pingone").unwrap();
    let shown = record().prop_filter_map("of a kind that PingOne has", |record| {
        let mut document = pingone.lens.show(&record, "")?;
        document.insert("description".to_owned(), "ours".into());
        Some(document)
    });
    hold("pingone", shown);
}

/// Holds the crossings of providers to the laws that are made of these documents of one dialect.
fn hold(source: &str, documents: impl Strategy<Value = Members>) {
    let source = dialect(source).unwrap();
    let made = Cell::new(0);
    try_all(&documents, |document| {
        let Some(record) = put(source, None, document) else { return Ok(()) };
        for to in DIALECTS {
            made.set(made.get() + usize::from(crosses(source, &record, to)?));
        }
        Ok(())
    });
    assert!(made.get() > 200, "only {} providers were made anew", made.get());
}

/// Whether a provider could be made anew of the target's document; if so, what is reported as lost must be what it lacks.
fn crosses(source: &Dialect, record: &IdentityProvider, to: &'static Dialect) -> Result<bool, Breach> {
    let lost = crossing(record, to).unwrap().lost;
    let Some(shown) = to.lens.show(record, "https://example.com") else {
        let whole = lost.iter().map(|lost| lost.member.as_str()).eq([""]);
        return if whole { Ok(false) } else { Err(Breach::NotShown) };
    };
    if to.name == source.name && !lost.is_empty() {
        return Err(Breach::Differs(lost.into_iter().map(|lost| lost.member).collect()));
    }
    let Some(mut made) = put(to, Some(record), to.lens.update_from(&shown).into_owned()) else {
        return Ok(false);
    };
    if to.name == "zitadel" && matches!(made.protocol, idpstore::model::Protocol::Saml(_)) {
        made.trusted_keys.clone_from(&record.trusted_keys); // which the metadata holds, and not the lens
    }
    let shown = |record: &IdentityProvider| {
        source.lens.update_from(&source.lens.show(record, "https://example.com").unwrap()).into_owned()
    };
    let (before, after) = (Value::Object(shown(record)), Value::Object(shown(&made)));
    reported_is_lost(&lost, record, &before, &after)?;
    let defaults = crossing(record, dialect(source.name).unwrap()).unwrap().added;
    let mut unreported = Vec::new();
    leaves(&before, &mut String::new(), &mut |member, value| {
        let is_reported =
            |lost: &Lost| member == lost.member || member.starts_with(&format!("{}/", lost.member));
        let is_off = *value == false && after.pointer(member).is_none();
        let is_same =
            after.pointer(member) == Some(value) || is_metadata(member, value, after.pointer(member));
        if !is_same
            && !is_off
            && !is_secret(member)
            && !member.starts_with("/_links/") // the server's own
            && !lost.iter().any(is_reported)
            && !defaults.iter().any(|added| added.member == member)
        {
            unreported.push(format!("{member} to {}", to.name));
        }
    });
    if unreported.is_empty() { Ok(true) } else { Err(Breach::Differs(unreported)) }
}

fn reported_is_lost(lost: &[Lost], record: &IdentityProvider, before: &Value, after: &Value) -> Verdict {
    // What the vendor would refuse is read here all the same: this lens is lenient.
    let is_refused = |lost: &Lost| {
        let detail = lost.detail.as_deref().unwrap_or_default();
        lost.why == Why::ValueNotTaken && !detail.ends_with("` shows nothing of it")
    };
    let is_there = |lost: &&Lost| {
        let kept = record.remainders.get(lost.of).map(|kept| Value::Object(kept.clone().into_members()));
        let value =
            before.pointer(&lost.member).or(kept.as_ref().and_then(|kept| kept.pointer(&lost.member)));
        value.is_none_or(|value| after.pointer(&lost.member) == Some(value))
    };
    let false_reports: Vec<_> =
        lost.iter().filter(|lost| !is_refused(lost) && !is_secret(&lost.member)).filter(is_there).collect();
    if false_reports.is_empty() {
        return Ok(());
    }
    Err(Breach::Differs(false_reports.iter().map(|lost| format!("{lost:?} is reported")).collect()))
}

/// A provider as a client makes it; of the same id and age as another one.
fn put(dialect: &Dialect, like: Option<&IdentityProvider>, document: Members) -> Option<IdentityProvider> {
    let entropy = CountedEntropy::default();
    let id = like.map_or(idpstore::model::Id::from_number(1_850_000_000_000_000_000), |like| like.id);
    let now = Timestamp::from_unix_seconds(1_768_471_200);
    dialect
        .lens
        .put(Context { id, now, entropy: &entropy, character_sets: &EncodingStandard }, None, document)
        .ok()
}

/// ZITADEL never returns secrets, so no client can copy them; they are taken over by the store alone.
fn is_secret(member: &str) -> bool {
    let name = member.to_lowercase();
    ["secret", "privatekey", "password"].iter().any(|word| name.contains(word))
}

/// Whether metadata says the same in other bytes.
fn is_metadata(member: &str, value: &Value, other: Option<&Value>) -> bool {
    let read = |value: &Value| {
        let xml = BASE64_STANDARD.decode(value.as_str()?).ok()?;
        let metadata = Metadata::read(&xml, &EncodingStandard).ok()?;
        Some((metadata.entity_id, metadata.single_sign_on, metadata.single_logout))
    };
    member == "/metadataXml" && other.is_some_and(|other| read(value) == read(other))
}

/// Calls `see` with each value that is no object, and says something.
fn leaves(value: &Value, at: &mut String, see: &mut dyn FnMut(&str, &Value)) {
    let Value::Object(members) = value else {
        if !value.is_null() {
            see(at, value);
        }
        return;
    };
    for (name, value) in members {
        let length = at.len();
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        leaves(value, at, see);
        at.truncate(length);
    }
}

#[test]
fn a_member_that_no_one_knows_is_lost() {
    let (okta, to) = (dialect("okta").unwrap(), dialect("pingone").unwrap());
    let record = put(
        okta,
        None,
        serde_json::from_value(serde_json::json!({
            "type": "GOOGLE", "name": "x", "policy": {}, "new": {"a": 1},
            "protocol": {"credentials": {"client": {"client_id": "id", "client_secret": "hush"}}},
        }))
        .unwrap(),
    )
    .unwrap();
    assert!(record.remainders.contains_key("okta") && Remainder::default() != record.remainders["okta"]);
    let lost: Vec<_> = crossing(&record, to).unwrap().lost.into_iter().map(|lost| lost.member).collect();
    assert_eq!(lost, ["/new"]);
}
