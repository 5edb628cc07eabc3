//! The rules, policy by policy.

use std::sync::Arc;

use super::super::{CertificateFor, CertificatePlan, Deletion, KeyTypes, Owner, ProviderQuery, Service};
use super::*;
use crate::engine::MemoryEngine;
use crate::engine::migrate;
use crate::env::{CertificateSettings, Clock, Environment, GeneratedKeys, Generator, SeededEntropy};
use crate::model::{Client, Key, MutualTls, Saml, Social, State, UserState};
use crate::pki::{DistinguishedName, EcCurve, Hash, KeySpec, NameAttribute, PrivateKey};
use crate::pki::{Issuance, Profile, issue};
use crate::saml::EncodingStandard;

const EC: KeySpec = KeySpec::Ec { curve: EcCurve::P256 };

/// Time stands, so that what ends at a given moment can be tested to the second.
#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_900_000_000)
    }
}

fn service() -> Service {
    let entropy = Arc::new(SeededEntropy::new([7; 32]));
    let env = Environment {
        clock: Arc::new(Standing),
        keys: Arc::new(GeneratedKeys(entropy.clone())),
        entropy,
        seal_entropy: None,
        signatures: None,
        derivation: None,
        fetcher: None,
        character_sets: Arc::new(EncodingStandard),
        certificates: CertificateSettings::default(),
    };
    let engine = Arc::new(MemoryEngine::default());
    migrate::open(&*engine, Timestamp::from_unix_seconds(0)).unwrap();
    Service::new(engine, env)
}

fn provider(service: &Service, protocol: &Protocol, trusted: &[&str]) -> Result<IdentityProvider> {
    service.create_provider(|draft| {
        let new = IdentityProvider::new(draft.id(), draft.now(), "Partner", protocol.clone());
        Ok(IdentityProvider { trusted_keys: trusted.iter().map(ToString::to_string).collect(), ..new })
    })
}

fn saml() -> Protocol {
    Protocol::Saml(Saml::default())
}

fn application(service: &Service, alias: &str) -> Result<Application> {
    service.create_application(|draft| {
        let new = Application::new(draft.id(), draft.now(), "Wiki");
        Ok(Application { alias: Some(alias.to_owned()), ..new })
    })
}

fn user(service: &Service) -> User {
    let made = service.create_user(|draft| {
        Ok(User {
            id: draft.id(),
            created: draft.now(),
            updated: draft.now(),
            login: "ada@example.com".to_owned(),
            state: UserState::Active,
            activated: None,
            remainders: crate::model::Remainders::new(),
        })
    });
    made.unwrap()
}

fn plan(it: &CertificateFor<'_>) -> CertificatePlan {
    CertificatePlan { spec: EC, ..(Policy::NEUTRAL.certificate)(it) }
}

/// A key of the tenant's with a certificate that is valid for so many days from so many days ago.
fn key(service: &Service, days_ago: i64, days: i64) -> Key {
    let make = service.create_signing_key(Owner::Tenant, |draft| {
        let settings = CertificateSettings::default();
        let it = CertificateFor { tenant: "us", owner: draft.id(), settings, now: draft.now() };
        let not_before = draft.now().truncated_to_seconds().plus_seconds(-days_ago * 86_400);
        Ok(CertificatePlan { not_before, not_after: not_before.plus_seconds(days * 86_400), ..plan(&it) })
    });
    make.unwrap()
}

fn only<T: std::fmt::Debug>(refused: Result<T>) -> (String, Reason) {
    let violation = refused.unwrap_err().violations().first().cloned().unwrap();
    (violation.pointer, violation.reason)
}

#[test]
fn names_and_aliases_are_unique_where_a_policy_says_so() {
    static NAMES: Policy = Policy { unique: &[Unique::ProviderName], ..Policy::NEUTRAL };
    static OWN: Policy =
        Policy { unique: &[Unique::Alias(|_, alias| alias.starts_with("own_"))], ..Policy::NEUTRAL };
    let service = service();
    let first = provider(&service, &saml(), &[]).unwrap();
    let second = provider(&service, &saml(), &[]).unwrap();
    let strict = service.with_policy(&NAMES);
    let by = first.id.number().into();
    assert_eq!(only(provider(&strict, &saml(), &[])), (place::NAME.to_owned(), Reason::Taken(by)));
    // A name that two providers have already may stay.
    strict.update_provider(second.id, |old, _| Ok(old.clone())).unwrap();

    let strict = service.with_policy(&OWN);
    let known = application(&strict, "own_1").unwrap();
    let taken = Reason::Taken(known.id.number().into());
    assert_eq!(only(application(&strict, "own_1")), (place::ALIAS.to_owned(), taken));
    application(&strict, "template").unwrap();
    application(&strict, "template").unwrap();
    application(&service, "own_1").unwrap();
}

#[test]
fn no_two_providers_of_a_tenant_share_an_alias() {
    let service = service();
    let create = |alias: &str| {
        service.create_provider(|_| Ok(IdentityProvider::named("Partner", Saml::default()).alias(alias)))
    };
    let long = "é".repeat(255);
    let made = create(&long).unwrap();
    assert_eq!(service.provider_with_alias(&long).unwrap(), made);
    let taken = Reason::Taken(made.id.number().into());
    assert_eq!(only(create(&long)), (place::ALIAS.to_owned(), taken));
    assert_eq!(only(create("")), (place::ALIAS.to_owned(), Reason::Empty));
    assert_eq!(only(create(&"é".repeat(256))), (place::ALIAS.to_owned(), Reason::OutOfRange(1, 255)));
    let other = create("Partner").unwrap();
    assert_ne!(create("partner").unwrap().id, other.id, "case counts");
    let rename = |id, alias: &str| service.update_provider(id, |old, _| Ok(old.clone().alias(alias)));
    assert_eq!(only(rename(other.id, &long)).0, place::ALIAS);
    rename(made.id, "renamed").unwrap();
    assert_eq!(rename(other.id, &long).unwrap().id, other.id);
    // What was renamed away from an alias does not get it back by an undo.
    assert!(service.undo(service.last_change().unwrap() - 1).is_err());
    service.delete_provider(other.id).unwrap();
    assert!(matches!(service.provider_with_alias(&long).unwrap_err().kind(), ErrorKind::NotFound { .. }));
}

#[test]
fn the_name_of_a_service_is_no_name_of_a_protocol() {
    let service = service();
    let create = |name: &str| provider(&service, &Social::new(name, Client::default()).into(), &[]);
    for wrong in ["", "saml", "open_id_connect", "mutual_tls", "other:kind", "Google", "new service"] {
        assert_eq!(only(create(wrong)).0, place::SERVICE, "{wrong}");
    }
    let made = create("service_of_2030").unwrap();
    let kinds = vec!["service_of_2030".to_owned()];
    let page = service.providers(&ProviderQuery { kinds, ..ProviderQuery::default() }).unwrap();
    assert_eq!(page.items, [made]);
}

#[test]
fn only_what_a_call_changes_is_refused() {
    static LENIENT: Policy = Policy { name_length: 0..=9, checks_urls: false, ..Policy::NEUTRAL };
    let service = service();
    let oidc = |issuer: &str| {
        let issuer = Some(issuer.to_owned());
        Protocol::OpenIdConnect(crate::model::OpenIdConnect { issuer, ..Default::default() })
    };
    let made = provider(&service.with_policy(&LENIENT), &oidc("partner"), &[]).unwrap();
    let update = |name: &str, issuer: &str| {
        service.update_provider(made.id, |old, _| {
            Ok(IdentityProvider { name: name.to_owned(), protocol: oidc(issuer), ..old.clone() })
        })
    };
    assert_eq!(update("New", "partner").unwrap().name, "New");
    assert_eq!(only(update("New", "another")).0, place::ISSUER);
    assert_eq!(only(update("", "partner")), (place::NAME.to_owned(), Reason::Empty));
}

#[test]
fn trusted_keys_fit_their_providers() {
    static RSA: Policy = Policy { trusted_keys: KeyTypes::RsaUnlessMutualTls, ..Policy::NEUTRAL };
    let service = service();
    let curve = service.create_trusted_key(&key(&service, 0, 9).chain).unwrap();
    let strict = service.with_policy(&RSA);
    let refused = (place::trusted_key(0), Reason::KeyTypeNotAllowed);
    assert_eq!(only(provider(&strict, &saml(), &[&curve.kid])), refused);
    provider(&strict, &Protocol::MutualTls(MutualTls::default()), &[&curve.kid]).unwrap();
    provider(&service, &saml(), &[&curve.kid]).unwrap();

    let rsa = service.create_trusted_key(include_str!("../../../benches/certificate.txt").trim()).unwrap();
    provider(&strict, &saml(), &[&rsa.kid]).unwrap();
    let other = key(&service, 0, 9).chain;
    let refused = (place::CERTIFICATE.to_owned(), Reason::KeyTypeNotAllowed);
    assert_eq!(only(strict.replace_trusted_key(&rsa.kid, &other)), refused);
    service.replace_trusted_key(&rsa.kid, &other).unwrap();
}

#[test]
fn certificates_are_imported_as_a_policy_says() {
    static VALID: Policy = Policy { unique: &[], imports_valid_only: true, ..Policy::NEUTRAL };
    let service = service();
    let (ended, present) = (key(&service, 9, 8).chain, key(&service, 9, 10).chain);
    let strict = service.with_policy(&VALID);
    assert_eq!(only(strict.create_trusted_key(&ended)).0, place::CERTIFICATE);
    let first = service.create_trusted_key(&ended).unwrap();
    let error = service.create_trusted_key(&ended).unwrap_err();
    let id = first.kid.as_str().into();
    assert_eq!(error.kind(), &ErrorKind::AlreadyExists { what: Resource::TrustedKey, id });
    let [one, two] = [(); 2].map(|()| strict.create_trusted_key(&present).unwrap());
    assert_ne!(one.kid, two.kid);
}

#[test]
fn an_issued_certificate_is_valid_for_as_long_as_a_policy_says() {
    static LONG: Policy = Policy { issued_for_days: Some(90), ..Policy::NEUTRAL };
    static ANY: Policy = Policy { issued_for_days: None, ..Policy::NEUTRAL };
    let service = service();
    let subject = DistinguishedName::new().with(NameAttribute::CommonName, "us");
    let install = |policy: &'static Policy, days: i64| {
        let request = service.create_request(Owner::Tenant, &subject, &[], EC).unwrap();
        let generator = &mut Generator(&*service.env.entropy);
        let authority = PrivateKey::generate(EC, generator).unwrap();
        let now = service.env.clock.now().truncated_to_seconds();
        let issuance = Issuance {
            serial_number: 1.into(),
            not_before: now.plus_seconds(-9 * 86_400),
            not_after: now.plus_seconds(days * 86_400),
            issuer: &subject,
            subject: &subject,
            hash: Hash::Sha256,
            profile: Profile::Bare,
        };
        let certificate = issue(&issuance, &request.jwk, &authority, generator).unwrap();
        let id = request.request.unwrap().id;
        service.with_policy(policy).install_certificate(Owner::Tenant, &id, &certificate)
    };
    let refused = |days| (place::CERTIFICATE.to_owned(), Reason::CertificateExpiresWithin(days));
    assert_eq!(only(install(&LONG, 90)), refused(90));
    install(&LONG, 91).unwrap();
    assert_eq!(only(install(&Policy::NEUTRAL, -1)), refused(0));
    install(&Policy::NEUTRAL, 1).unwrap();
    install(&ANY, -1).unwrap();
}

#[test]
fn records_are_deleted_in_the_states_that_a_policy_names() {
    static IF_INACTIVE: Policy = deleting(Deletion::IfInactive);
    static AFTERWARDS: Policy = deleting(Deletion::AfterDeactivation);
    const fn deleting(when: Deletion) -> Policy {
        Policy { application_deletion: when, user_deletion: when, ..Policy::NEUTRAL }
    }
    let service = service();
    for policy in [&Policy::NEUTRAL, &IF_INACTIVE, &AFTERWARDS] {
        let service = service.with_policy(policy);
        let (application, user) = (application(&service, "wiki").unwrap().id, user(&service).id);
        let deleted = [service.delete_application(application), service.delete_user(user)];
        for outcome in deleted {
            let is_refused = outcome.is_err_and(|error| *error.kind() == ErrorKind::WrongState);
            assert_eq!(is_refused, policy.user_deletion == Deletion::IfInactive);
        }
        let is_there = policy.user_deletion != Deletion::Always;
        assert_eq!(service.application(application).is_ok(), is_there);
        assert_eq!(service.user(user).is_ok(), is_there);
        if is_there {
            service.set_application_state(application, State::Inactive).unwrap();
            assert_eq!(service.deactivate_user(user).unwrap().state, UserState::Deprovisioned);
            service.delete_application(application).unwrap();
            service.delete_user(user).unwrap();
        }
        assert!(service.application(application).is_err() && service.user(user).is_err());
    }
}

#[test]
fn who_names_no_key_gets_the_one_of_the_policy() {
    const fn giving(provider_key: fn(&IdentityProvider, bool) -> DefaultKey) -> Policy {
        Policy { provider_key, certificate: plan, ..Policy::NEUTRAL }
    }
    static IF_ANY: Policy = giving(|_, _| DefaultKey::TenantsIfAny);
    static TENANTS: Policy = giving(|_, _| DefaultKey::Tenants);
    static LENT: Policy = giving(|_, _| DefaultKey::Lent);
    static OWN: Policy = giving(|_, is_new| if is_new { DefaultKey::Own } else { DefaultKey::None });
    let service = service();
    let make = |policy| {
        let made = provider(&service.with_policy(policy), &saml(), &[]).unwrap();
        let keys = service.signing_keys(&Owner::Provider(made.id).into()).unwrap().items;
        (made, keys.into_iter().map(|key| key.kid).collect::<Vec<_>>())
    };
    for policy in [&Policy::NEUTRAL, &IF_ANY] {
        let (made, keys) = make(policy);
        assert_eq!((made.signing_key, keys), (None, Vec::new()));
    }
    let (made, keys) = make(&TENANTS);
    let default = service.tenant().unwrap().default_signing_key;
    assert!(default.is_some() && made.signing_key == default && keys == default.as_slice());
    assert_eq!(make(&IF_ANY).0.signing_key, default);
    let (lent, keys) = make(&LENT);
    assert_eq!((lent.signing_key, &*keys), (None, default.as_slice()));
    let (own, keys) = make(&OWN);
    assert!(own.signing_key != default && keys == own.signing_key.as_slice());
    let without =
        service.update_provider(own.id, |old, _| Ok(IdentityProvider { signing_key: None, ..old.clone() }));
    let strict = service.with_policy(&OWN);
    let same = strict.update_provider(without.unwrap().id, |old, _| Ok(old.clone())).unwrap();
    assert_eq!(same.signing_key, None);
    assert_eq!(service.partner_key(own.id).unwrap().kid, keys[0]);
    assert_eq!(service.providers(&ProviderQuery::all()).unwrap().items.len(), 6);
}

#[test]
fn a_policy_says_who_may_be_linked_and_what_goes_with_a_key() {
    static STRICT: Policy = Policy {
        linkable: |_| Err(ErrorKind::Unsupported.into()),
        forget_key: |tenant, _| tenant.remainders.clear(),
        ..Policy::NEUTRAL
    };
    let service = service();
    let strict = service.with_policy(&STRICT);
    let (partner, ada) = (provider(&service, &saml(), &[]).unwrap().id, user(&service).id);
    assert_eq!(strict.link_user(partner, ada, "a").unwrap_err().kind(), &ErrorKind::Unsupported);
    service.link_user(partner, ada, "a").unwrap();

    let [one, two] = [(); 2].map(|()| key(&service, 0, 9).id);
    let keep = service.update_signing_key(one, |old, draft| {
        let mut tenant = draft.tenant()?;
        tenant.remainders.entry("vendor".to_owned()).or_default();
        draft.set_tenant(tenant)?;
        Ok(old.clone())
    });
    keep.unwrap();
    service.delete_signing_key(one).unwrap();
    assert_eq!(service.tenant().unwrap().remainders.len(), 1);
    strict.delete_signing_key(two).unwrap();
    assert_eq!(service.tenant().unwrap().remainders.len(), 0);
}
