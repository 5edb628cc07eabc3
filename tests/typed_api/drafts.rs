//! Under which key a record lies is never for a closure to decide.

use std::path::Path;

use idpstore::model::{Application, Id, IdentityProvider, Remainders, State, Tenant, User, UserState};
use idpstore::pki::{DistinguishedName, Hash, KeySpec, NameAttribute, Profile, Timestamp};
use idpstore::testing::CannedKeys;
use idpstore::{
    ApplicationQuery, CertificatePlan, IdpStore, NewKey, Owner, Paging, ProviderQuery, Reason, Service,
};

use super::{protocol, provider, provider_names};

fn open(path: &Path) -> Service {
    IdpStore::builder().file(path).unwrap().keys(CannedKeys::default()).open().unwrap().service()
}

fn application(service: &Service, name: &str) -> Application {
    service.create_application(|draft| Ok(Application::new(draft.id(), draft.now(), name))).unwrap()
}

fn user(service: &Service, login: &str) -> User {
    let make = service.create_user(|draft| {
        Ok(User {
            id: draft.id(),
            created: draft.now(),
            updated: draft.now(),
            login: login.to_owned(),
            state: UserState::Active,
            activated: None,
            remainders: Remainders::new(),
        })
    });
    make.unwrap()
}

fn plan(now: Timestamp) -> CertificatePlan {
    let name = DistinguishedName::new().with(NameAttribute::CommonName, "us");
    CertificatePlan {
        subject: name.clone(),
        issuer: name,
        serial_number: 1.into(),
        not_before: now,
        not_after: now.plus_calendar_years(2),
        spec: KeySpec::Rsa { bits: 2048 },
        hash: Hash::Sha256,
        profile: Profile::Bare,
    }
}

fn application_names(service: &Service, query: ApplicationQuery) -> Vec<String> {
    let page = service.applications(&ApplicationQuery { limit: 20, ..query }).unwrap();
    page.items.into_iter().map(|application| application.name).collect()
}

fn subjects(service: &Service) -> Vec<Id> {
    service.changes(0, 100).unwrap().into_iter().map(|change| change.subject).collect()
}

#[test]
fn a_provider_drafted_from_another_has_an_id_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let service = open(&path);
    let a = provider(&service, "Alpha");
    let b = service.create_provider(|_| Ok(IdentityProvider { name: "Beta".into(), ..a.clone() })).unwrap();
    assert_ne!(a.id, b.id);
    assert_eq!(service.provider(a.id).unwrap(), a);
    assert_eq!(service.provider(b.id).unwrap(), b);
    assert!(b.sequence > a.sequence);
    assert_eq!(subjects(&service), [a.id, b.id]);
    assert_eq!(service.changes(1, 1).unwrap()[0].sequence, b.sequence);
    let c = service.update_provider(b.id, |_, _| Ok(IdentityProvider { name: "Gamma".into(), ..a.clone() }));
    assert_eq!((c.as_ref().unwrap().id, c.unwrap().created), (b.id, b.created));
    service.delete_provider(a.id).unwrap();
    drop(service);
    let service = open(&path);
    assert_eq!(provider_names(&service, None), ["Gamma"]);
    assert_eq!(provider_names(&service, Some("a")), ["Gamma"]);
    let alpha = ProviderQuery { name: Some("Alpha".to_owned()), ..ProviderQuery::default() };
    assert_eq!(service.providers(&alpha).unwrap().items, []);
    service.delete_provider(b.id).unwrap();
    assert_eq!(provider_names(&service, Some("a")), [""; 0]);
}

#[test]
fn an_application_drafted_from_another_has_an_id_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let service = open(&path);
    let a = application(&service, "Alpha");
    let b = service.create_application(|_| Ok(Application { name: "Beta".into(), ..a.clone() })).unwrap();
    assert_ne!(a.id, b.id);
    assert_eq!(subjects(&service), [a.id, b.id]);
    service.update_application(b.id, |_, _| Ok(Application { name: "Gamma".into(), ..a.clone() })).unwrap();
    service.delete_application(a.id).unwrap();
    drop(service);
    let service = open(&path);
    let starting = |text: &str| ApplicationQuery { name_starts: Some(text.into()), ..Default::default() };
    assert_eq!(application_names(&service, ApplicationQuery::default()), ["Gamma"]);
    assert_eq!(application_names(&service, starting("g")), ["Gamma"]);
    assert_eq!(application_names(&service, starting("")), ["Gamma"]);
    let active = ApplicationQuery { state: Some(State::Active), ..Default::default() };
    assert_eq!(application_names(&service, active), ["Gamma"]);
    service.delete_application(b.id).unwrap();
    assert_eq!(application_names(&service, starting("")), [""; 0]);
}

#[test]
fn a_user_drafted_from_another_has_an_id_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let service = open(&path);
    let a = user(&service, "ada@example.com");
    let b = service.create_user(|_| Ok(User { login: "bob@example.com".into(), ..a.clone() })).unwrap();
    assert_ne!(a.id, b.id);
    assert_eq!(service.user(a.id).unwrap(), a);
    service.delete_user(a.id).unwrap();
    drop(service);
    let service = open(&path);
    assert_eq!(service.user("BOB").unwrap(), b);
    assert!(service.user("ada").is_err());
}

#[test]
fn a_tenant_drafted_from_another_has_an_id_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let service = open(&path);
    let a = service.create_tenant(|draft| Ok(Tenant::new(draft.id(), draft.now(), "Alpha"))).unwrap();
    let of_a = service.for_tenant(a.id);
    provider(&of_a, "of Alpha");
    let b = service.create_tenant(|_| Ok(Tenant { name: "Beta".into(), ..a.clone() })).unwrap();
    assert_ne!(a.id, b.id);
    of_a.delete_tenant().unwrap();
    drop((of_a, service));
    let service = open(&path);
    let names: Vec<_> =
        service.tenants(&Paging::all()).unwrap().items.into_iter().map(|tenant| tenant.name).collect();
    assert_eq!(names, ["idpstore", "Beta"]);
    assert_eq!(provider_names(&service.for_tenant(b.id), Some("a")), [""; 0]);
}

#[test]
fn a_tenant_has_no_default_key_that_is_not_its_own() {
    let service = IdpStore::builder().keys(CannedKeys::default()).open().unwrap().service();
    let make = service.create_signing_key(Owner::Tenant, |draft| {
        // Neither of these is the closure's to decide.
        let tenant = Tenant { id: Id::from_number(77), created: Timestamp::default(), ..draft.tenant()? };
        draft.set_tenant(tenant)?;
        Ok(NewKey { is_default: true, ..plan(draft.now()).into() })
    });
    let key = make.unwrap();
    let tenant = service.tenant().unwrap();
    assert_eq!((tenant.id, tenant.default_signing_key.as_ref()), (Tenant::DEFAULT, Some(&key.kid)));
    assert_ne!(tenant.created, Timestamp::default());
    let twin = service.create_tenant(|_| Ok(Tenant { name: "Beta".into(), ..tenant.clone() }));
    assert!(matches!(twin.unwrap_err().violations()[0].reason, Reason::Unknown(_)));
    let changed = service.update_signing_key(key.id, |old, draft| {
        let default_signing_key = Some("no key's".to_owned());
        draft.set_tenant(Tenant { id: Id::from_number(77), default_signing_key, ..draft.tenant()? })?;
        Ok(old.clone())
    });
    assert!(matches!(changed.unwrap_err().violations()[0].reason, Reason::Unknown(_)));
    assert_eq!(service.tenants(&Paging::all()).unwrap().items, [tenant]);
    assert_eq!(service.signing_key(key.id).unwrap(), key);
    service.delete_signing_key(key.id).unwrap();
    assert_eq!(service.tenant().unwrap().default_signing_key, None);
}

#[test]
fn a_default_key_stays_when_its_provider_goes() {
    let store = IdpStore::builder().keys(CannedKeys::default()).open().unwrap();
    let service = store.service();
    let owner = provider(&service, "Partner");
    let key = service.create_signing_key(Owner::Provider(owner.id), |draft| Ok(plan(draft.now()))).unwrap();
    let choose = service.update_signing_key(key.id, |old, draft| {
        draft.set_tenant(Tenant { default_signing_key: Some(old.kid.clone()), ..draft.tenant()? })?;
        Ok(old.clone())
    });
    choose.unwrap();
    service.delete_provider(owner.id).unwrap();
    assert_eq!(service.signing_key(key.id).unwrap().kid, key.kid);
    assert_eq!(store.check().unwrap().problems, []);
}

#[test]
fn an_application_refers_to_no_key_that_is_not_there() {
    let service = IdpStore::in_memory().unwrap().service();
    let encrypting = service.create_application(|draft| {
        let new = Application::new(draft.id(), draft.now(), "Wiki");
        Ok(Application { encryption_key: Some(draft.id().to_uuid()), ..new })
    });
    assert!(matches!(encrypting.unwrap_err().violations()[0].reason, Reason::Unknown(_)));
}

#[test]
fn a_record_never_takes_the_id_of_a_tenant() {
    // A clock before 1970 gives the smallest ids.
    let clock = idpstore::testing::FixedClock::at(Timestamp::from_unix_millis(-1));
    let service = IdpStore::builder().clock(clock).open().unwrap().service();
    let tenant = service.for_tenant(Id::from_number(2));
    tenant.found_tenant("Two").unwrap();
    assert_eq!(provider(&tenant, "of Two").id, Id::from_number(3));
    // From the last id on there are no others.
    service.for_tenant(Id::from_number(u64::MAX)).found_tenant("The last").unwrap();
    let one_more = service
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), "More", protocol())));
    let two_more = service
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), "More", protocol())));
    assert!(one_more.is_err() || two_more.is_err(), "an id is given once");
}
