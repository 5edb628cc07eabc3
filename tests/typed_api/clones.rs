//! Copies of providers.

use idpstore::ChangeKind::{ProviderCreated, SigningKeyCloned, SigningKeyImported, TrustedKeyImported};
use idpstore::model::{Id, IdentityProvider, Role, Saml};
use idpstore::pki::{EcCurve, KeySpec, Timestamp};
use idpstore::testing::{CannedKeys, FixedClock};
use idpstore::{ChangeKind, ErrorKind, IdpStore, NewSigningKey, Owner, Paging};

fn new() -> NewSigningKey {
    NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, years: 1, ..NewSigningKey::default() }
}

/// A store with a second tenant, and a provider that trusts a key and signs with the second of two of its own.
fn sample() -> (IdpStore, IdpStore, IdentityProvider) {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    let store = IdpStore::builder().clock(clock).keys(CannedKeys::default()).open().unwrap();
    let acme = store.tenants().create("Acme").unwrap();
    let partners = store.signing_keys(Owner::Tenant).generate(&new()).unwrap();
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    let partner = IdentityProvider::named("Partner", saml).alias("partner").inactive();
    let partner = store.providers().create(partner).unwrap();
    store.providers().trust(partner.id, &partners.chain[0]).unwrap();
    let owner = Owner::Provider(partner.id);
    for _ in 0..2 {
        let key = store.rotation().prepare(&[owner], &new()).unwrap();
        store.rotation().promote(&key.kid, &[owner], 3600).unwrap();
    }
    let there = store.for_tenant(acme.id);
    let partner = store.providers().get(partner.id).unwrap();
    (store, there, partner)
}

/// The roles of the keys of a provider, each with the digest of its certificate.
fn roles(store: &IdpStore, provider: Id) -> Vec<(Role, Option<String>)> {
    let status = store.rotation().status(Owner::Provider(provider)).unwrap();
    status.keys.iter().map(|owned| (owned.role, owned.key.certificate_digest())).collect()
}

fn kinds(store: &IdpStore, after: u64) -> Vec<ChangeKind> {
    store.service().changes(after, 100).unwrap().iter().map(|change| change.kind).collect()
}

#[test]
fn a_copy_in_another_tenant_has_keys_of_its_own() {
    let (store, there, partner) = sample();
    let before = store.service().last_change().unwrap();
    let clone = |store: &IdpStore| store.providers().clone_to(partner.id, tenant(&there), None);
    let plan = store.plan(clone).unwrap();
    let tables: Vec<_> = plan.changes.iter().map(|it| it.table).collect();
    assert_eq!(tables.iter().filter(|table| **table == "providers").count(), 1, "{tables:?}");
    assert_eq!(store.service().last_change().unwrap(), before, "a plan changes nothing");

    let copy = store.apply(&plan, clone).unwrap();
    assert_eq!(there.providers().get(copy.id).unwrap(), copy);
    let mut same = partner.clone();
    (same.id, same.created, same.updated, same.sequence) =
        (copy.id, copy.created, copy.updated, copy.sequence);
    same.trusted_keys.clone_from(&copy.trusted_keys);
    same.signing_key.clone_from(&copy.signing_key);
    assert_eq!(copy, same, "all but ids, times and references is as it was");
    assert_ne!((copy.id, &copy.trusted_keys), (partner.id, &partner.trusted_keys));

    let digest = |store: &IdpStore, kid: &str| store.trusted_keys().get(kid).unwrap().certificate_digest();
    assert_eq!(digest(&there, &copy.trusted_keys[0]), digest(&store, &partner.trusted_keys[0]));
    assert_eq!(roles(&there, copy.id), roles(&store, partner.id));
    let key = there.service().signing_key(copy.signing_key.as_deref().unwrap()).unwrap();
    assert!(key.can_sign());
    assert!(store.check().unwrap().is_sound(), "{:?}", store.check().unwrap().problems);
    let done = [TrustedKeyImported, SigningKeyImported, SigningKeyImported, ProviderCreated];
    assert_eq!(kinds(&store, before), done);
    assert_eq!(store.service().last_change().unwrap(), before + 1, "one unit of work");

    // The original goes, and the copy stays whole.
    store.providers().delete(partner.id).unwrap();
    assert_eq!(roles(&there, copy.id).len(), 2);
}

#[test]
fn keys_that_are_there_are_used_again() {
    let (store, there, partner) = sample();
    let first = store.providers().clone_to(partner.id, tenant(&there), None).unwrap();
    there.providers().update(first.id, |it| it.alias = None).unwrap();
    let before = store.service().last_change().unwrap();
    let second = store.providers().clone_to(partner.id, tenant(&there), Some("Other")).unwrap();
    assert_eq!((&second.trusted_keys, &second.signing_key), (&first.trusted_keys, &first.signing_key));
    assert_eq!((second.name.as_str(), second.alias.as_deref()), ("Other", Some("partner")));
    assert_eq!(kinds(&store, before), [SigningKeyCloned, SigningKeyCloned, ProviderCreated]);
    assert_eq!(there.trusted_keys().list(&Paging::all()).unwrap().items.len(), 1);
}

#[test]
fn a_copy_beside_the_original_shares_its_keys_and_has_no_alias() {
    let (store, _, partner) = sample();
    let copy = store.providers().clone_to(partner.id, tenant(&store), None).unwrap();
    assert_eq!(
        (&copy.trusted_keys, &copy.signing_key, &copy.alias),
        (&partner.trusted_keys, &partner.signing_key, &None)
    );
    assert_eq!(roles(&store, copy.id), roles(&store, partner.id));
    store.providers().delete(partner.id).unwrap();
    assert_eq!(roles(&store, copy.id).len(), 2, "its keys stay");
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn what_is_taken_or_missing_is_refused_and_nothing_is_changed() {
    let (store, there, partner) = sample();
    store.providers().clone_to(partner.id, tenant(&there), None).unwrap();
    let before = store.snapshot().unwrap();
    let taken = store.providers().clone_to(partner.id, tenant(&there), None).unwrap_err();
    assert_eq!(taken.violations()[0].pointer, "core:alias");
    let empty = store.providers().clone_to(partner.id, tenant(&store), Some("")).unwrap_err();
    assert_eq!(empty.violations()[0].pointer, "core:name");
    let missing = store.providers().clone_to(partner.id, Id::from_number(7), None).unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::NotFound { .. }));
    let missing = there.providers().clone_to(partner.id, tenant(&store), None).unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::NotFound { .. }));
    assert_eq!(store.snapshot().unwrap(), before);
}

fn tenant(store: &IdpStore) -> Id {
    store.service().tenant().unwrap().id
}
