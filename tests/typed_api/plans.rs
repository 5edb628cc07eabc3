//! Calls that are planned before they are made.

use idpstore::model::{Application, Client, IdentityProvider, OpenIdConnect, Saml};
use idpstore::pki::{EcCurve, KeySpec, Timestamp};
use idpstore::testing::{CannedKeys, FixedClock};
use idpstore::{ErrorKind, IdpStore, NewSigningKey, Owner};

fn store() -> IdpStore {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    IdpStore::builder().clock(clock).keys(CannedKeys::default()).open().unwrap()
}

fn partner(store: &IdpStore) -> IdentityProvider {
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    store.providers().create(IdentityProvider::named("Partner", saml)).unwrap()
}

fn new() -> NewSigningKey {
    NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, years: 1, ..NewSigningKey::default() }
}

#[test]
fn a_plan_shows_what_a_promotion_changes_and_changes_nothing() {
    let store = store();
    let provider = partner(&store);
    let owner = Owner::Provider(provider.id);
    let first = store.rotation().prepare(&[owner], &new()).unwrap().kid;
    let before = store.snapshot().unwrap();

    let promote = |store: &IdpStore| store.rotation().promote(&first, &[], 3600);
    let plan = store.plan(promote).unwrap();
    assert_eq!(store.snapshot().unwrap(), before);
    let changes: Vec<_> = plan.changes.iter().map(|it| (it.table, it.members.join(" "))).collect();
    let planned = [("providers", "/signing_key".to_owned()), ("keys of owners", "/planned".to_owned())];
    let mut sorted = changes.clone();
    sorted.sort_unstable_by_key(|(table, _)| std::cmp::Reverse(*table));
    assert_eq!(sorted, planned);

    let documents: Vec<_> =
        plan.documents.iter().map(|it| (it.dialect, it.record, it.members.join(" "))).collect();
    let planned = [
        ("okta", provider.id, "/protocol/credentials/signing".to_owned()),
        ("pingone", provider.id, "/spSigning".to_owned()),
    ];
    assert_eq!(documents, planned);
    let okta = plan.documents.iter().find(|it| it.dialect == "okta").unwrap();
    let kid = |document: &Option<serde_json::Value>| {
        document.as_ref().unwrap().pointer("/protocol/credentials/signing/kid").cloned()
    };
    assert_eq!(kid(&okta.after), Some(first.as_str().into()));
    assert_eq!(kid(&okta.before), None);
    assert_eq!(
        plan.warnings,
        [
            "Okta shows one signing certificate: users cannot sign in through `Partner` until the partner has the new one"
        ]
    );

    store.apply(&plan, promote).unwrap();
    assert_eq!(store.providers().get(provider.id).unwrap().signing_key, Some(first));
}

#[test]
fn a_plan_shows_the_documents_of_applications_and_providers() {
    let store = store();
    let provider = partner(&store);
    let application = store.applications().create(Application::named("Wiki").entity_id("urn:wiki")).unwrap();
    let owners = [Owner::Provider(provider.id), Owner::Application(application.id)];
    let kid = store.rotation().prepare(&owners, &new()).unwrap().kid;
    let plan = store.plan(|store| store.rotation().promote(&kid, &[], 3600)).unwrap();
    let documents: Vec<_> =
        plan.documents.iter().map(|it| (it.dialect, it.table, it.record, it.members.join(" "))).collect();
    let planned = [
        ("okta", "providers", provider.id, "/protocol/credentials/signing".to_owned()),
        ("pingone", "providers", provider.id, "/spSigning".to_owned()),
        ("okta", "applications", application.id, "/credentials/signing/kid".to_owned()),
        ("pingone", "applications", application.id, "/idpSigning".to_owned()),
    ];
    assert_eq!(documents, planned);
}

#[test]
fn a_plan_does_not_rest_on_what_the_clock_brings() {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    let store = IdpStore::builder().clock(clock.clone()).keys(CannedKeys::default()).open().unwrap();
    let provider = partner(&store);
    let owner = [Owner::Provider(provider.id)];
    for _ in 0..2 {
        let kid = store.rotation().prepare(&owner, &new()).unwrap().kid;
        store.rotation().promote(&kid, &owner, 3600).unwrap();
    }
    let rename = |store: &IdpStore| store.providers().update(provider.id, |it| it.name = "New".to_owned());
    let early = store.plan(rename).unwrap();
    clock.advance(7200);
    let late = store.plan(rename).unwrap();
    assert_eq!(late.changes.len(), 1, "the end of the overlap is no part of it");
    store.apply(&early, rename).unwrap();
}

#[test]
fn a_plan_is_not_applied_to_what_has_changed_since() {
    let store = store();
    let provider = partner(&store);
    let rename = |store: &IdpStore| store.providers().update(provider.id, |it| it.name = "New".to_owned());
    let plan = store.plan(rename).unwrap();
    // Changes elsewhere do not matter.
    partner(&store);
    store.providers().deactivate(provider.id).unwrap();
    let before = store.snapshot().unwrap();
    let error = store.apply(&plan, rename).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Conflict);
    assert!(error.to_string().contains("what the plan rests on has changed"), "{error}");
    assert_eq!(store.snapshot().unwrap(), before);
    // A call that would change other records is not the one that was planned.
    let plan = store.plan(rename).unwrap();
    let other = partner(&store);
    let error = store.apply(&plan, |store| store.providers().deactivate(other.id)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Conflict);
}

#[test]
fn a_plan_warns_of_certificates_that_partners_cannot_use() {
    let store = store();
    let owner = Owner::Provider(partner(&store).id);
    let spare = store.signing_keys(owner).generate(&new()).unwrap().kid;
    let years = 2 * 366 * 24 * 3600;
    let plan = store.plan(|store| store.rotation().promote(&spare, &[owner], years)).unwrap();
    let [first, second, _] = &plan.warnings[..] else { panic!("{:?}", plan.warnings) };
    assert_eq!(first, "the certificate of the key expires at 2028-01-15T08:00:00.000Z");
    assert_eq!(second, "partners of `Partner` have not seen the certificate: it was not published");
}

#[test]
fn what_is_refused_is_refused_when_it_is_planned() {
    let store = store();
    let error = store.plan(|store| store.rotation().promote("unknown", &[], 0)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound { .. }));
    assert_eq!(store.plan(|_| Ok(())).unwrap().changes, []);
}

#[test]
fn a_partners_certificates_are_trusted_side_by_side() {
    let store = store();
    let provider = partner(&store);
    let certificate = || store.signing_keys(Owner::Tenant).generate(&new()).unwrap().chain.remove(0);
    let (first, second, third) = (certificate(), certificate(), certificate());
    let trust = |certificate: &str| store.providers().trust(provider.id, certificate).unwrap().trusted_keys;
    let kid = trust(&first).remove(0);
    assert_eq!(trust(&first), [&*kid], "the same certificate once");
    assert_eq!(trust(&second).len(), 2);
    let plan = store.plan(|store| store.providers().trust(provider.id, &third)).unwrap();
    assert_eq!(plan.warnings, ["Okta shows 2 of the 3 certificates of the partner"]);
    let two = format!("-----BEGIN CERTIFICATE-----\n{first}\n-----END CERTIFICATE-----\n").repeat(2);
    let two = two.replacen(&first, &second, 1);
    let refused = store.providers().trust(provider.id, &two).unwrap_err();
    assert_eq!(refused.violations()[0].pointer, "core:certificate");

    let left = store.providers().distrust(provider.id, &kid).unwrap().trusted_keys;
    assert_eq!((left.len(), left.contains(&kid)), (1, false));
    let missing = store.providers().distrust(provider.id, &kid).unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::NotFound { .. }));
    assert!(store.trusted_keys().get(&kid).is_ok(), "the key stays");
}

#[test]
fn a_plan_holds_no_secrets() {
    let store = store();
    let client = Client::new("we", "hush-hush");
    let oidc = OpenIdConnect::new("https://op.example.com", client)
        .authorization_endpoint("https://op.example.com/a");
    let provider = store.providers().create(IdentityProvider::named("OP", oidc)).unwrap();
    let plan =
        store.plan(|store| store.providers().update(provider.id, |it| it.name = "New".to_owned())).unwrap();
    assert!(plan.documents.len() > 1 && !format!("{plan:?}").contains("hush"), "{plan:?}");
}

#[test]
fn several_changes_one_after_the_other_cannot_be_planned() {
    let store = store();
    let twice = |store: &IdpStore| {
        partner(store);
        store.tenants().create("Acme")
    };
    assert_eq!(store.plan(twice).unwrap_err().kind(), &ErrorKind::Unsupported);
}
