//! A partner's certificate that is trusted until a time is dropped then: once, by the clock, with the time at which it was due.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use http::Request;
use idpstore::model::{Id, IdentityProvider, Saml};
use idpstore::pki::Timestamp;
use idpstore::saml::{EncodingStandard, Metadata};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{Change, ChangeKind, ErrorKind, IdpStore, MetadataImport, Outcome, Secrets};
use serde_json::{Value, json};

use crate::expiry::{DAY, NOW, certificate};

/// The certificate of another key of the partner.
fn next(number: usize) -> String {
    let key = CannedKeys::key(number).unwrap();
    BASE64_STANDARD.encode(certificate(&key, "partner", (&key, "partner"), 400))
}

/// A provider that trusts two certificates, and their `kid`s.
fn store() -> (IdpStore, FixedClock, Id, [String; 2]) {
    let clock = FixedClock::at(NOW);
    let builder = IdpStore::builder().clock(clock.clone()).entropy(CountedEntropy::default());
    let store = builder.keys(CannedKeys::default()).open().unwrap();
    let keys = [6, 7].map(|number| store.trusted_keys().import(next(number)).unwrap());
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    let partner = IdentityProvider::named("Partner", saml).trusting(&keys[0]).trusting(&keys[1]);
    let id = store.providers().create(partner).unwrap().id;
    (store, clock, id, keys.map(|key| key.kid))
}

fn after(days: i64) -> Timestamp {
    NOW.plus_seconds(days * DAY)
}

fn trusted(store: &IdpStore, id: Id) -> Vec<String> {
    store.providers().get(id).unwrap().trusted_keys
}

fn ended(store: &IdpStore) -> Vec<Change> {
    let mut changes = store.service().changes(0, usize::MAX).unwrap();
    changes.retain(|change| change.kind == ChangeKind::ProviderTrustEnded);
    changes
}

#[test]
fn a_certificate_is_dropped_when_its_time_has_come() {
    let (store, clock, id, [old, new]) = store();
    let planned = store.providers().distrust_at(id, &old, after(14)).unwrap();
    assert_eq!((planned.trusted_keys.len(), planned.trust_ends[&old]), (2, after(14)));
    clock.advance(14 * DAY - 1);
    assert_eq!(store.advance().unwrap(), 0);
    clock.advance(1);
    assert_eq!(store.advance().unwrap(), 1);
    let provider = store.providers().get(id).unwrap();
    assert_eq!((provider.trusted_keys, provider.trust_ends[&old]), (vec![new], after(14)));
    let [change] = &*ended(&store) else { panic!("once") };
    assert_eq!((&*change.actor, change.subject, change.kid.as_ref()), ("clock", id, Some(&old)));
    assert_eq!((change.due, change.time), (Some(after(14)), after(14)));
    assert_eq!(provider.sequence, change.sequence);
    assert_eq!(store.trusted_keys().get(&old).unwrap().kid, old, "others may trust it");
    assert_eq!((store.advance().unwrap(), store.check().unwrap().problems), (0, vec![]));
    let refused = store.undo(change.sequence).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::WrongState);
}

#[test]
fn the_next_change_drops_it_first() {
    let (store, clock, id, [old, new]) = store();
    store.providers().distrust_at(id, &old, after(14)).unwrap();
    clock.advance(20 * DAY);
    let replaced = store.providers().update(id, |provider| provider.name = "Renamed".to_owned()).unwrap();
    assert_eq!(replaced.trusted_keys, std::slice::from_ref(&new));
    assert_eq!(ended(&store)[0].due, Some(after(14)));
    let request = Request::get("https://example.okta.com/api/v1/idps").body(Bytes::new()).unwrap();
    let list: Value = serde_json::from_slice(store.handle(request).body()).unwrap();
    let trust = &list[0]["protocol"]["credentials"]["trust"];
    assert_eq!(trust["kid"], new.as_str());
    assert!(trust.get("additionalKids").is_none(), "{trust}");
}

#[test]
fn what_was_planned_is_taken_back_with_the_trust() {
    let (store, clock, id, [old, new]) = store();
    store.providers().distrust_at(id, &old, after(14)).unwrap();
    store.providers().distrust_at(id, &old, after(20)).unwrap();
    assert!(store.providers().trust(id, next(6)).unwrap().trust_ends.is_empty());
    store.providers().distrust_at(id, &new, after(3)).unwrap();
    assert_eq!(store.providers().distrust(id, &new).unwrap().trust_ends[&new], NOW);
    assert!(store.providers().trust(id, next(7)).unwrap().trust_ends.is_empty());
    store.providers().distrust_at(id, &new, after(5)).unwrap();
    // A vendor's API lists those that are trusted, and knows no ends.
    store.providers().update(id, |provider| provider.trusted_keys.retain(|kid| *kid == old)).unwrap();
    clock.advance(30 * DAY);
    assert_eq!((store.advance().unwrap(), trusted(&store, id)), (0, vec![old.clone()]));
    store.providers().update(id, |provider| provider.trusted_keys.push(new.clone())).unwrap();
    assert!(store.providers().get(id).unwrap().trust_ends.is_empty(), "it is trusted again");
    assert_eq!((store.advance().unwrap(), trusted(&store, id)), (0, vec![old, new]));
    assert_eq!(store.check().unwrap().problems, []);
}

#[test]
fn what_cannot_be_planned_changes_nothing() {
    let (store, _, id, [old, _]) = store();
    let before = store.snapshot().unwrap();
    for end in [0, -1] {
        let error = store.providers().distrust_at(id, &old, after(end)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid { .. }), "{error}");
        assert_eq!(error.to_string(), "invalid document; `core:trust_ends` must be in the future");
    }
    let error = store.providers().distrust_at(id, "none", after(1)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound { .. }), "{error}");
    assert_eq!(store.snapshot().unwrap(), before);
}

#[test]
fn a_plan_warns_if_no_certificate_is_left() {
    let (store, _, id, [old, new]) = store();
    let drop = |kid: &str| store.plan(|store| store.providers().distrust_at(id, kid, after(14))).unwrap();
    assert_eq!(drop(&old).warnings, [""; 0]);
    store.providers().distrust_at(id, &old, after(30)).unwrap();
    let words = "no certificate of the partner is trusted when the last one of them is dropped";
    assert_eq!(drop(&new).warnings, [words]);
}

#[test]
fn ends_are_copied_and_exported_and_come_back() {
    let (store, clock, id, [old, _]) = store();
    store.providers().distrust_at(id, &old, after(14)).unwrap();
    let acme = store.tenants().create("Acme").unwrap().id;
    let copy = store.providers().clone_to(id, acme, None).unwrap();
    assert_eq!(copy.trust_ends.values().collect::<Vec<_>>(), [&after(14)]);
    assert!(copy.trusted_keys.contains(copy.trust_ends.keys().next().unwrap()));

    let mut document = Vec::new();
    store.export(Secrets::LeftOut, &mut document, |_| ()).unwrap();
    let text = String::from_utf8(document).unwrap();
    let mut read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["providers"][0]["trust_ends"], json!({ &old: after(14).to_string() }));
    let other = IdpStore::builder().clock(clock.clone()).open().unwrap();
    let plan = |text: &str| other.plan_import(text, false, |_| ()).unwrap();
    other.import(&plan(&text), |_| ()).unwrap();
    assert_eq!(plan(&text).planned(), [], "it is unchanged");
    clock.advance(14 * DAY);
    for store in [&store, &other] {
        assert_eq!(store.advance().unwrap(), 2);
        assert_eq!((trusted(store, id).len(), store.check().unwrap().problems), (1, vec![]));
    }

    read["providers"][0]["trust_ends"] = json!({ &old: after(20).to_string() });
    let again = json!([{
        "pointer": format!("/trust_ends/{old}"), "before": after(14).to_string(), "after": after(20).to_string(),
    }]);
    let changed =
        plan(&read.to_string()).planned().iter().find(|planned| planned.noun == "provider").unwrap().clone();
    assert_eq!(serde_json::to_value(&changed.members[1..]).unwrap(), again);
    let mut refused = |ends: Value| {
        read["providers"][0]["trust_ends"] = ends;
        let plan = plan(&read.to_string());
        let refused = plan.planned().iter().find(|planned| planned.outcome == Outcome::Refused).unwrap();
        (refused.place.clone(), refused.reason.clone().unwrap())
    };
    let (place, reason) = refused(json!({ "none": after(20).to_string() }));
    assert_eq!((&*place, &*reason), ("/providers/0/trust_ends/none", "must be one of the trusted keys"));
    assert_eq!(refused(json!({ &old: "tomorrow" })).0, format!("/providers/0/trust_ends/{old}"));
}

fn published(certificates: &[String]) -> Metadata {
    let key = |certificate: &String| {
        format!(
            "<KeyDescriptor use='signing'><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'><X509Data>\
             <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
        )
    };
    let keys: String = certificates.iter().map(key).collect();
    let xml = format!(
        "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='urn:partner'><IDPSSODescriptor \
         protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>{keys}<SingleSignOnService \
         Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect' Location='https://idp.example.com/sso'/>\
         </IDPSSODescriptor></EntityDescriptor>"
    );
    Metadata::of_only_provider(xml.as_bytes(), &EncodingStandard).unwrap()
}

#[test]
fn an_import_does_not_trust_again_what_was_dropped() {
    let (store, clock, id, [old, new]) = store();
    store.providers().distrust_at(id, &old, after(14)).unwrap();
    clock.advance(14 * DAY);
    store.advance().unwrap();
    let metadata = published(&[next(6), next(7), next(8)]);
    let mut import = MetadataImport::default();
    let imported = store.service().update_from_metadata(id, &metadata, &import).unwrap();
    let outcomes: Vec<_> = imported.certificates.iter().map(|it| it.outcome.name()).collect();
    assert_eq!(outcomes, ["withheld", "kept", "added"]);
    assert!(!imported.provider.trusted_keys.contains(&old));
    import.accepts_dropped = true;
    let imported = store.service().update_from_metadata(id, &metadata, &import).unwrap();
    let outcomes: Vec<_> = imported.certificates.iter().map(|it| it.outcome.name()).collect();
    assert_eq!(outcomes, ["added", "kept", "kept"]);
    assert!(imported.provider.trust_ends.is_empty() && imported.provider.trusted_keys.contains(&new));
    assert_eq!(store.check().unwrap().problems, []);
}

#[test]
fn the_last_hundred_that_were_dropped_are_remembered() {
    let (store, clock, id, [old, _]) = store();
    store.providers().distrust(id, &old).unwrap();
    store
        .providers()
        .update(id, |it| it.trust_ends.extend((1..=100).map(|day| (format!("gone {day}"), after(day)))))
        .unwrap();
    let ends = store.providers().get(id).unwrap().trust_ends;
    assert_eq!((ends.len(), ends.contains_key(&old)), (100, false));
    clock.advance(200 * DAY);
    assert_eq!(store.advance().unwrap(), 0);
}

#[test]
fn an_end_long_ago_comes_with_the_next_change() {
    let (store, _, id, [old, new]) = store();
    let early = Timestamp::from_unix_seconds(-1000);
    store.providers().update(id, |it| it.trust_ends.extend([(old.clone(), early)])).unwrap();
    store.providers().deactivate(id).unwrap();
    assert_eq!((trusted(&store, id), store.advance().unwrap()), (vec![new], 0));
}
