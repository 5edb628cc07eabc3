//! Signing keys rotated with an overlap.

use idpstore::env::Generator;
use idpstore::model::{Application, IdentityProvider, Key, Role, Saml};
use idpstore::pki::{
    DistinguishedName, EcCurve, Hash, Issuance, KeySpec, NameAttribute, Profile, Timestamp, issue,
};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{ChangeKind, ErrorKind, IdpStore, NewRequest, NewSigningKey, Owner, Result};

const START: i64 = 1_800_000_000;

fn store() -> (IdpStore, FixedClock) {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(START));
    (IdpStore::builder().clock(clock.clone()).keys(CannedKeys::default()).open().unwrap(), clock)
}

fn new() -> NewSigningKey {
    NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, ..NewSigningKey::default() }
}

fn partner(store: &IdpStore, name: &str) -> Owner {
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    Owner::Provider(store.providers().create(IdentityProvider::named(name, saml)).unwrap().id)
}

/// The roles of an owner's keys, in their order, each with the number of the key among those given.
fn roles(store: &IdpStore, owner: Owner, kids: &[&str]) -> String {
    let number = |kid: &str| kids.iter().position(|known| *known == kid).unwrap();
    let keys = store.rotation().status(owner).unwrap().keys;
    let roles = keys.iter().map(|owned| format!("{} {}", owned.role.name(), number(&owned.key.kid)));
    roles.collect::<Vec<_>>().join(", ")
}

/// The changes after this one: what, and after how many seconds it was due if the clock has brought it.
fn log(store: &IdpStore, after: u64) -> Vec<(u64, ChangeKind, Option<i64>)> {
    let due = |due: Timestamp| due.unix_seconds() - START;
    let changes = store.service().changes(after, 100).unwrap();
    changes.into_iter().map(|it| (it.sequence - after, it.kind, it.due.map(due))).collect()
}

fn is_refused<T>(outcome: Result<T>, words: &str) {
    let error = outcome.err().unwrap();
    assert_eq!(error.kind(), &ErrorKind::WrongState);
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn a_key_is_prepared_promoted_and_retired_by_the_clock() {
    let (store, clock) = store();
    let owner = partner(&store, "Partner");
    let first = store.rotation().prepare(&[owner], &new()).unwrap().kid;
    assert_eq!(roles(&store, owner, &[&first]), "next 0");
    store.rotation().promote(&first, &[], 60).unwrap();
    let second = store.rotation().prepare(&[owner], &new()).unwrap().kid;
    let kids = [&*first, &*second];
    assert_eq!(roles(&store, owner, &kids), "active 0, next 1");
    store.rotation().promote(&second, &[owner], 60).unwrap();
    assert_eq!(roles(&store, owner, &kids), "active 1, previous 0");
    let Owner::Provider(id) = owner else { unreachable!() };
    assert_eq!(store.providers().get(id).unwrap().signing_key.as_ref(), Some(&second));
    let published: Vec<_> =
        store.rotation().status(owner).unwrap().published().map(|key| key.kid.clone()).collect();
    assert_eq!(published, kids.map(str::to_owned).iter().rev().cloned().collect::<Vec<_>>());

    // Reading shows what the clock has brought, and writes nothing. It is logged before the next change, with the time at which it
    // was due.
    let last = store.service().last_change().unwrap();
    clock.advance(59);
    assert_eq!(roles(&store, owner, &kids), "active 1, previous 0");
    clock.advance(1);
    assert_eq!(roles(&store, owner, &kids), "active 1, retired 0");
    assert_eq!(store.service().last_change().unwrap(), last);
    clock.advance(60);
    store.providers().deactivate(id).unwrap();
    assert_eq!(
        log(&store, last),
        [(1, ChangeKind::SigningKeyRetired, Some(60)), (2, ChangeKind::ProviderDeactivated, None)]
    );
    assert_eq!(store.advance().unwrap(), 0, "once");
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn metadata_has_the_certificates_of_the_active_the_next_and_the_previous_key() {
    let (store, clock) = store();
    let owner = partner(&store, "Partner");
    let make = || {
        let key = store.rotation().prepare(&[owner], &new()).unwrap();
        (key.kid.clone(), key.chain[0].clone())
    };
    let certificates = || {
        let xml = store.saml_metadata(owner).unwrap();
        let parts = xml.split("<X509Certificate>").skip(1);
        parts.map(|part| part.split('<').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (first, first_certificate) = make();
    assert_eq!(certificates(), [&*first_certificate]);
    store.rotation().promote(&first, &[], 0).unwrap();
    let (second, second_certificate) = make();
    assert_eq!(certificates(), [first_certificate.clone(), second_certificate.clone()]);
    store.rotation().promote(&second, &[], 60).unwrap();
    assert_eq!(certificates(), [second_certificate.clone(), first_certificate.clone()]);
    let (_, third_certificate) = make();
    assert_eq!(certificates(), [second_certificate.clone(), third_certificate.clone(), first_certificate]);
    clock.advance(60);
    assert_eq!(certificates(), [second_certificate, third_certificate]);

    let Owner::Provider(id) = owner else { unreachable!() };
    let expected = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"http://localhost/saml/{id}\">"
    );
    assert!(
        store.saml_metadata(owner).unwrap().contains(&expected),
        "{}",
        store.saml_metadata(owner).unwrap()
    );
    let application = Application::named("Wiki");
    let application = Owner::Application(store.applications().create(application).unwrap().id);
    for owner in [application, Owner::Tenant] {
        assert_eq!(store.saml_metadata(owner).unwrap_err().kind(), &ErrorKind::Unsupported);
    }
}

#[test]
fn a_key_that_several_owners_share_is_rotated_everywhere_at_once() {
    let (store, clock) = store();
    let provider = partner(&store, "Partner");
    let application = Owner::Application(store.applications().create(Application::named("Wiki")).unwrap().id);
    let owners = [provider, application, Owner::Tenant];
    let first = store.rotation().prepare(&owners, &new()).unwrap().kid;
    store.rotation().promote(&first, &[], 0).unwrap();
    let second = store.rotation().prepare(&owners, &new()).unwrap().kid;
    let last = store.service().last_change().unwrap();
    store.rotation().promote(&second, &[], 60).unwrap();
    let promoted = log(&store, last);
    assert!(promoted.iter().all(|(number, ..)| *number == 1), "one transaction: {promoted:?}");
    assert_eq!(promoted.iter().filter(|(_, kind, _)| *kind == ChangeKind::SigningKeyPromoted).count(), 3);
    for owner in owners {
        assert_eq!(roles(&store, owner, &[&first, &second]), "active 1, previous 0");
    }
    assert_eq!(store.service().tenant().unwrap().default_signing_key.as_ref(), Some(&second));

    // One of them goes back, and forth again.
    store.rotation().roll_back(&[application]).unwrap();
    assert_eq!(roles(&store, application, &[&first, &second]), "active 0, next 1");
    assert_eq!(roles(&store, provider, &[&first, &second]), "active 1, previous 0");
    is_refused(store.rotation().roll_back(&[application]), "has no previous key");
    is_refused(store.rotation().prepare(&[application], &new()), "has a next key already");
    let third = store.rotation().prepare(&[provider], &new()).unwrap().kid;
    is_refused(store.rotation().roll_back(&[provider]), "has a next key already");
    store.rotation().retire(&third, &[provider]).unwrap();
    store.rotation().promote(&second, &[], 60).unwrap();
    assert_eq!(roles(&store, application, &[&first, &second]), "active 1, previous 0");
    clock.advance(60);
    assert_eq!(store.advance().unwrap(), 3);
    is_refused(store.rotation().roll_back(&[provider]), "has no previous key");
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn the_certificate_of_a_request_is_published_as_the_next_one() {
    let (store, _) = store();
    let owner = partner(&store, "Partner");
    let spec = KeySpec::Ec { curve: EcCurve::P256 };
    let subject = DistinguishedName::new();
    let new = NewRequest { subject, dns_names: vec!["sp.example.com".to_owned()], spec };
    let request = store.signing_keys(owner).request(&new).unwrap();
    let waiting = store.rotation().status(owner).unwrap();
    assert_eq!((waiting.keys.len(), waiting.requested[0].kid.as_str()), (0, request.kid.as_str()));
    let certificate = issued(&request);
    let id = request.request.unwrap().id;
    let installed = store.rotation().publish(owner, &id, &certificate).unwrap();
    assert_eq!(roles(&store, owner, &[&installed.kid]), "next 0");
    assert!(store.rotation().status(owner).unwrap().requested.is_empty());
}

#[test]
fn what_does_not_fit_the_roles_is_refused_and_changes_nothing() {
    let (store, _) = store();
    let (owner, other) = (partner(&store, "Partner"), partner(&store, "Other"));
    let first = store.rotation().prepare(&[owner], &new()).unwrap().kid;
    let last = store.service().last_change().unwrap();
    is_refused(store.rotation().prepare(&[owner], &new()), "has a next key already");
    is_refused(store.rotation().prepare(&[], &new()), "no owner is named");
    assert!(
        matches!(store.rotation().promote(&first, &[other], 0), Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }))
    );
    let unknown = store.rotation().promote("unknown", &[], 0).unwrap_err();
    assert!(matches!(unknown.kind(), ErrorKind::NotFound { .. }));
    let unused = store.signing_keys(Owner::Tenant).generate(&new()).unwrap();
    is_refused(store.rotation().promote(&unused.kid, &[], 0), "no owner has the key");
    store.service().delete_signing_key(unused.id).unwrap();
    let last = last + 2;
    is_refused(store.rotation().roll_back(&[owner]), "has no previous key");
    assert_eq!(store.service().last_change().unwrap(), last);

    store.rotation().promote(&first, &[], 0).unwrap();
    is_refused(store.rotation().retire(&first, &[owner]), "signs with the key");
    is_refused(store.rotation().prepare_existing(&first, &[owner]), "signs with the key already");
    store.rotation().prepare_existing(&first, &[other]).unwrap();
    store.rotation().retire(&first, &[]).unwrap();
    assert_eq!(store.rotation().status(other).unwrap().keys[0].role, Role::Retired);
    // A key that was retired can be the next one again.
    store.rotation().prepare_existing(&first, &[other]).unwrap();
    assert_eq!(store.rotation().status(other).unwrap().keys[0].role, Role::Next);
}

/// The certificate that an authority issues for the key of a request.
fn issued(request: &Key) -> Vec<u8> {
    let authority = CannedKeys::key(1).unwrap();
    let name = DistinguishedName::new().with(NameAttribute::CommonName, "Authority");
    let now = Timestamp::from_unix_seconds(START);
    let issuance = Issuance {
        serial_number: 1.into(),
        not_before: now,
        not_after: now.plus_calendar_years(1),
        issuer: &name,
        subject: &name,
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    let entropy = CountedEntropy::default();
    issue(&issuance, &request.jwk, &authority, &mut Generator(&entropy)).unwrap()
}

#[test]
fn a_key_that_becomes_active_in_another_way_has_no_other_role_left() {
    let (store, clock) = store();
    let owner = partner(&store, "Partner");
    let Owner::Provider(id) = owner else { unreachable!() };
    let first = store.rotation().prepare(&[owner], &new()).unwrap().kid;
    store.rotation().promote(&first, &[], 0).unwrap();
    let second = store.rotation().prepare(&[owner], &new()).unwrap().kid;
    store.rotation().promote(&second, &[], 60).unwrap();
    let sign = |kid: &str| {
        let change = |provider: &mut IdentityProvider| provider.signing_key = Some(kid.to_owned());
        store.providers().update(id, change).unwrap()
    };
    sign(&first);
    clock.advance(60);
    assert_eq!(store.advance().unwrap(), 0, "the active key is not retired");
    sign(&second);
    assert_eq!(roles(&store, owner, &[&first, &second]), "active 1, spare 0");
}

#[test]
fn a_published_key_is_in_use() {
    let (store, clock) = store();
    let owner = partner(&store, "Partner");
    let next = store.rotation().prepare(&[owner], &new()).unwrap();
    assert_eq!(store.service().unused_keys().unwrap(), []);
    let refused = store.service().delete_signing_key(next.id).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::InUse { by: vec!["Partner".to_owned()] });
    store.rotation().retire(&next.kid, &[]).unwrap();
    clock.advance(1);
    assert_eq!(store.service().unused_keys().unwrap().len(), 1);
    store.service().delete_signing_key(next.id).unwrap();
}
