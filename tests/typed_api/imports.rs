//! What a partner publishes, taken into a provider.

use idpstore::model::{Client, IdentityProvider, Protocol, Saml, Social, social};
use idpstore::pki::{EcCurve, KeySpec, Timestamp};
use idpstore::saml::{Endpoint, Metadata};
use idpstore::testing::{CannedKeys, FixedClock};
use idpstore::{ErrorKind, IdpStore, MetadataImport, NewSigningKey, Owner, Reason};

fn store() -> (IdpStore, FixedClock) {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    (IdpStore::builder().clock(clock.clone()).keys(CannedKeys::default()).open().unwrap(), clock)
}

/// A new certificate that is valid for so many years.
fn certificate(store: &IdpStore, years: u32) -> String {
    let spec = KeySpec::Ec { curve: EcCurve::P256 };
    let new = NewSigningKey { spec, years, ..NewSigningKey::default() };
    store.signing_keys(Owner::Tenant).generate(&new).unwrap().chain.remove(0)
}

fn metadata(entity_id: &str, certificates: &[&str]) -> Metadata {
    let at = |binding: &str, location: &str| Endpoint {
        binding: format!("urn:oasis:names:tc:SAML:2.0:bindings:{binding}"),
        location: location.to_owned(),
        response_location: None,
    };
    Metadata {
        entity_id: Some(entity_id.to_owned()),
        is_identity_provider: true,
        single_sign_on: vec![
            at("HTTP-POST", "https://idp.example/post"),
            at("HTTP-Redirect", "https://idp.example/get"),
        ],
        certificates: certificates.iter().map(ToString::to_string).collect(),
        ..Metadata::default()
    }
}

#[test]
fn an_import_says_what_becomes_of_each_certificate() {
    let (store, clock) = store();
    let (short, long, next) = (certificate(&store, 1), certificate(&store, 10), certificate(&store, 10));
    let service = store.service();
    let named = |name: &str| IdentityProvider::named(name, Saml::default());
    let cautious = MetadataImport::default();
    let create = |new: &IdentityProvider, metadata: &Metadata| {
        service.create_from_metadata(new, metadata, &cautious).unwrap()
    };
    let made = create(&named("Partner"), &metadata("urn:p", &[&short, &long]));
    let other = create(&named("Other"), &metadata("urn:o", &[&long])).provider;
    assert_eq!(made.provider.trusted_keys.len(), 2);
    let Protocol::Saml(saml) = &made.provider.protocol else { panic!("SAML") };
    let sso = saml.single_sign_on.as_ref().unwrap();
    assert_eq!((sso.location.as_str(), sso.alternatives.len()), ("https://idp.example/get", 1));

    clock.advance(366 * 24 * 3600);
    let (id, new) = (made.provider.id, metadata("urn:p", &[&next, &long]));
    let outcomes = |import: &MetadataImport, service: &idpstore::Service| {
        let imported = service.update_from_metadata(id, &new, import).unwrap();
        let shown = imported
            .certificates
            .iter()
            .map(|it| (it.outcome.name(), it.is_expired, it.trusted_by.join(", ")));
        (shown.collect::<Vec<_>>(), imported.provider.trusted_keys.len())
    };
    let mut planned = None;
    let plan = store.plan(|store| {
        planned = Some(outcomes(&cautious, &store.service()));
        Ok(())
    });
    let none = String::new();
    let expected = (
        vec![
            ("added", false, none.clone()),
            ("kept", false, "Other".to_owned()),
            ("left", true, none.clone()),
        ],
        3,
    );
    assert_eq!(planned.as_ref(), Some(&expected));
    assert_eq!(plan.unwrap().warnings[0], "the metadata is not signed");
    assert_eq!(store.providers().get(id).unwrap().trusted_keys.len(), 2, "a plan changes nothing");
    assert_eq!(outcomes(&cautious, &service), expected);
    let dropping = MetadataImport { drops_certificates: true, ..cautious.clone() };
    let (certificates, trusted) = outcomes(&dropping, &service);
    assert_eq!((certificates[2].0, trusted), ("dropped", 2));
    assert_eq!(service.provider(other.id).unwrap(), other, "another provider is not touched");
    let last = service.last_change().unwrap();
    outcomes(&dropping, &service);
    assert_eq!(service.last_change().unwrap(), last, "what is there already is not written again");
}

#[test]
fn an_import_fails_closed() {
    let (store, _) = store();
    let service = store.service();
    let saml = IdentityProvider::named("Partner", Saml::new("urn:p"));
    let made = store.providers().create(saml).unwrap();
    let update = |metadata: &Metadata, import: &MetadataImport| {
        service.update_from_metadata(made.id, metadata, import)
    };
    let refused = update(&metadata("urn:q", &[]), &MetadataImport::default()).unwrap_err();
    assert_eq!(refused.violations()[0].reason, Reason::Immutable);
    let import = MetadataImport { changes_entity_id: true, ..MetadataImport::default() };
    let changed = update(&metadata("urn:q", &[]), &import).unwrap();
    assert!(
        matches!(&changed.provider.protocol, Protocol::Saml(saml) if saml.entity_id.as_deref() == Some("urn:q"))
    );
    let service_provider = Metadata { is_identity_provider: false, ..metadata("urn:q", &[]) };
    let refused = update(&service_provider, &import).unwrap_err();
    assert!(refused.to_string().contains("is not that of an identity provider"), "{refused}");
    let google = Social::new(social::GOOGLE, Client::default());
    let google = store.providers().create(IdentityProvider::named("Google", google)).unwrap();
    let refused = service.update_from_metadata(google.id, &metadata("urn:q", &[]), &import).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::Unsupported);
    let once = certificate(&store, 1);
    let twice = metadata("urn:q", &[&once, &once]);
    assert_eq!(update(&twice, &import).unwrap().provider.trusted_keys.len(), 1);
    let dropping = MetadataImport { drops_certificates: true, ..import.clone() };
    let kept = update(&metadata("urn:q", &[]), &dropping).unwrap();
    assert_eq!(
        kept.certificates[0].outcome.name(),
        "left",
        "metadata without certificates takes no trust away"
    );
    let before = service.last_change().unwrap();
    let broken = metadata("urn:q", &["AAAA"]);
    assert!(matches!(update(&broken, &import).unwrap_err().kind(), ErrorKind::Invalid { .. }));
    assert_eq!(service.last_change().unwrap(), before, "no certificate is imported by what fails");
}
