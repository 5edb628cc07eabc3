//! A store in which there is something of everything, the same at each making.
//!
//! Every table, kind of change and member of a record must occur here: `completeness` checks that.

use std::sync::Arc;

use idpstore::engine::{Arrivals, Engine, MemoryEngine, OneOwner, RawRead, RawWrite};
use idpstore::model::{
    Application, Foreign, Id, IdentityProvider, Key, Linking, MutualTls, Permission, Protocol, Saml, Source,
    State, Tenant, User, UserMatch, UserState, VendorRecord,
};
use idpstore::pki::{EcCurve, Timestamp};
use idpstore::testing::inside::{DefaultKey, Policy, with_policy};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{
    CertificatePlan, Draft, IdpStore, KeyMaterial, NewKey, NewTrustedKey, Owner, Paging, ProviderQuery,
    Result, Service, SigningKeyQuery,
};
use serde_json::json;

use crate::material::{
    NOW, RSA, base64, certificate_of, common_name, edwards_certificate, issued_certificate_of,
    openid_connect, partner_certificate, plan, plan_on, said, saml, social,
};

/// An engine that one keeps a hand on while a store uses it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<MemoryEngine>);

impl OneOwner for Shared {
    fn arrivals(&self) -> &Arrivals {
        self.0.arrivals()
    }

    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        self.0.raw_read()
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        self.0.raw_write()
    }
}

/// Opens a store whose time, randomness and keys are the same each time; also gives the hand of its clock.
pub(crate) fn open_with_clock(engine: impl Engine + 'static) -> Result<(IdpStore, FixedClock)> {
    let clock = FixedClock::at(NOW);
    let store = IdpStore::builder()
        .engine(engine)
        .clock(clock.clone())
        .entropy(CountedEntropy::default())
        .keys(CannedKeys::default())
        .open()?;
    Ok((store, clock))
}

pub(crate) fn open(engine: impl Engine + 'static) -> Result<IdpStore> {
    Ok(open_with_clock(engine)?.0)
}

/// Does everything once that can be done, and leaves something in each table.
pub(crate) fn fill(engine: impl Engine + 'static) {
    let (store, clock) = open_with_clock(engine).unwrap();
    let service = store.service();
    fill_tenant(&service, &clock);
    let environment = service.for_tenant(create_tenant(&service));
    held_keys(&environment, &clock);
    create_provider(&environment, "Über-Partner", &Protocol::Saml(saml()), |_| ());
    service.for_tenant(Id::from_number(2)).found_tenant("organization").unwrap();
    service.for_tenant(create_tenant(&service)).delete_tenant().unwrap();
    let seed =
        json!({"providers": [{"name": "Seed", "protocol": {"type": "saml", "entity_id": "urn:seed"}}]});
    let plan = store.plan_import(&seed.to_string(), false, |_| ()).unwrap();
    store.import(&plan, |_| ()).unwrap();
    let seed = ProviderQuery { name: Some("Seed".to_owned()), ..ProviderQuery::default() };
    store.providers().delete(store.providers().list(&seed).unwrap().items[0].id).unwrap();
    store.restore(&store.snapshot().unwrap()).unwrap();
    let trusted = service.trusted_keys(&Paging::default()).unwrap().items;
    let published =
        create_provider(&service, "Published", &Protocol::Saml(Saml::new("urn:published")), |provider| {
            provider.trusted_keys = trusted[..2].iter().map(|key| key.kid.clone()).collect();
            let end = |(key, seconds): (&Key, i64)| (key.kid.clone(), provider.created.plus_seconds(seconds));
            provider.trust_ends = trusted.iter().zip([1, 3600]).map(end).collect();
            let version = Some("\"1\"".to_owned());
            let source = Source::at("https://idp.example.com/metadata").version(version);
            provider.source = Some(Source { read: Some(NOW), ..source });
        });
    ends(&store, &clock);
    vendor_records(&service, published);
}

/// Certificates that end in 60 days or have ended, of keys that are deleted afterwards, and trust that ends.
fn ends(store: &IdpStore, clock: &FixedClock) {
    let service = store.service();
    let made = [1, 60 * 24 * 3600 + 1].map(|seconds| {
        let key = generate(&service, Owner::Tenant, |tenant, now| CertificatePlan {
            not_after: now.plus_seconds(seconds),
            ..plan_on(EcCurve::P256)(tenant, now)
        });
        let trusted = service.create_trusted_key(key.chain[0].clone()).unwrap();
        (key.id, trusted.kid)
    });
    clock.advance(1);
    assert_eq!(store.advance().unwrap(), 5);
    for (id, kid) in made {
        service.delete_signing_key(id).unwrap();
        service.delete_trusted_key(&kid).unwrap();
    }
}

pub(crate) fn create_tenant(service: &Service) -> Id {
    let remainders = said("pingone", &json!({"description": "A place to try", "type": "SANDBOX"}));
    let made = service.create_tenant(|draft| {
        Ok(Tenant { remainders: remainders.clone(), ..Tenant::new(draft.id(), draft.now(), "environment") })
    });
    made.unwrap().id
}

/// Does everything once that can be done inside of a tenant.
pub(crate) fn fill_tenant(service: &Service, clock: &FixedClock) {
    let trusted = trusted_keys(service, clock);
    let [saml, social] = providers(service, &trusted);
    clock.advance(1);
    signing_keys(service, [saml, social]);
    clock.advance(1);
    requests(service, saml);
    clock.advance(1);
    held_keys(service, clock);
    clock.advance(1);
    applications(service, clock, &trusted);
    clock.advance(1);
    users(service, clock, [saml, social]);
    clock.advance(1);
    rotations(service, clock, social);
    clock.advance(1);
    let gone = create_provider(service, "gone", &Protocol::Saml(Saml::default()), |_| ());
    service.delete_provider(gone).unwrap();
}

/// The `kid` of the one that providers and applications trust.
fn trusted_keys(service: &Service, clock: &FixedClock) -> String {
    let trusted = service.create_trusted_key(partner_certificate()).unwrap();
    let replaced = service.create_trusted_key(base64(&certificate_of(5))).unwrap();
    let usage = said("pingone", &json!({"usageType": "SIGNING"}));
    let chain = NewTrustedKey::from_ders(&[edwards_certificate(), certificate_of(1)]);
    service.create_trusted_key(NewTrustedKey { remainders: usage, ..chain }).unwrap();
    clock.advance(1);
    service.replace_trusted_key(&replaced.kid, base64(&certificate_of(6))).unwrap();
    let gone = service.create_trusted_key(base64(&certificate_of(7))).unwrap();
    service.delete_trusted_key(&gone.kid).unwrap();
    trusted.kid
}

/// Providers of all protocols; the ids of two.
fn providers(service: &Service, trusted: &str) -> [Id; 2] {
    let saml = create_provider(service, "Über-Partner", &Protocol::Saml(saml()), |provider| {
        provider.alias = Some("über-partner".to_owned());
        provider.trusted_keys = vec![trusted.to_owned()];
        provider.linking = Linking {
            creation: Some(Permission { allowed: true, automatic: false }),
            link: Some(Permission::AUTOMATIC),
            matched_by: Some(UserMatch::Email),
            updates: Some(true),
        };
        provider.warnings =
            vec!["`X509Certificate` 2 of the metadata is not a readable certificate".to_owned()];
        let policy = json!({"maxClockSkew": 120, "list": [null, 1.5]});
        provider.remainders = said("okta", &json!({"issuerMode": "DYNAMIC", "policy": policy}));
        let attributes =
            json!([{"name": "email", "value": "${providerAttributes.mail}", "update": "ALWAYS"}]);
        provider.remainders.extend(said("pingone", &json!({"attributes": attributes})));
    });
    create_provider(service, "OIDC", &Protocol::OpenIdConnect(openid_connect()), |_| ());
    let social = create_provider(service, "S", &Protocol::Social(social()), |_| ());
    let mutual_tls = MutualTls { issuer: Some("CN=Cards".to_owned()) };
    let cards = create_provider(service, "X", &Protocol::MutualTls(mutual_tls), |_| ());
    let foreign = Foreign { dialect: "zitadel".to_owned(), kind: "LDAP".to_owned() };
    create_provider(&with_policy(service, &LENIENT), "", &Protocol::Foreign(foreign), |_| ());

    service.set_provider_state(social, State::Inactive).unwrap();
    service.set_provider_state(cards, State::Inactive).unwrap();
    service.set_provider_state(cards, State::Active).unwrap();
    [saml, social]
}

fn create_provider(
    service: &Service,
    name: &str,
    protocol: &Protocol,
    add: impl Fn(&mut IdentityProvider),
) -> Id {
    let made = service.create_provider(|draft| {
        let mut provider = IdentityProvider::new(draft.id(), draft.now(), name, protocol.clone());
        add(&mut provider);
        Ok(provider)
    });
    made.unwrap().id
}

fn generate(service: &Service, owner: Owner, plan: impl Fn(&str, Timestamp) -> CertificatePlan) -> Key {
    let make = service.create_signing_key(owner, |draft| Ok(plan(&draft.tenant()?.name, draft.now())));
    make.unwrap()
}

/// A policy that takes providers without a name, and lets those that name no key sign with the tenant's.
static LENIENT: Policy = Policy {
    name_length: 0..=100,
    provider_key: |provider, is_new| match (&provider.protocol, is_new) {
        (Protocol::Saml(_), false) => DefaultKey::Tenants,
        _ => DefaultKey::None,
    },
    certificate: |it| plan(it.tenant, it.now),
    ..Policy::NEUTRAL
};

/// Keys made for one owner and lent to another, on every curve; and the key that is everybody's.
fn signing_keys(service: &Service, [saml, social]: [Id; 2]) {
    let generated = generate(service, Owner::Provider(saml), plan);
    service.clone_signing_key(Owner::Provider(saml), &generated.kid, Owner::Provider(social)).unwrap();
    generate(service, Owner::Provider(social), plan_on(EcCurve::P256));
    generate(service, Owner::Tenant, plan_on(EcCurve::P384));
    with_policy(service, &LENIENT).update_provider(saml, |old, _| Ok(old.clone())).unwrap();
}

/// Requests that are answered, revoked and pending.
fn requests(service: &Service, saml: Id) {
    let owner = Owner::Provider(saml);
    let dns_names = ["sp.example.com".to_owned()];
    let request = || service.create_request(owner, &common_name("sp.example.com"), &dns_names, RSA).unwrap();
    let answered = request();
    let certificate = issued_certificate_of(&answered.jwk);
    service.install_certificate(owner, &answered.request.unwrap().id, &certificate).unwrap();
    service.delete_request(owner, &request().request.unwrap().id).unwrap();
    request();
}

/// A rotation with each of its steps. At the end one key is the next, one a previous one, and two are retired.
fn rotations(service: &Service, clock: &FixedClock, provider: Id) {
    let owners = [Owner::Provider(provider)];
    let prepare = || {
        let plan = |draft: &mut Draft<'_, '_>| Ok(plan_on(EcCurve::P256)("rotated", draft.now()));
        service.prepare_key(&owners, plan).unwrap().kid
    };
    service.promote_key(&prepare(), &owners, 1).unwrap();
    let second = prepare();
    service.promote_key(&second, &owners, 1).unwrap();
    service.roll_back_key(&owners).unwrap();
    service.promote_key(&second, &[], 1).unwrap();
    clock.advance(1);
    service.promote_key(&prepare(), &owners, 3600).unwrap();
    let withdrawn = prepare();
    service.retire_key(&withdrawn, &[]).unwrap();
    prepare();
}

/// Keys of the tenant itself: one made, changed and certified, one imported, one imported again, one deleted.
fn held_keys(service: &Service, clock: &FixedClock) {
    let usage = said("pingone", &json!({"name": "held", "usageType": "SIGNING"}));
    let new = |material: KeyMaterial| NewKey { remainders: usage.clone(), ..material.into() };
    let generate = || {
        let make = service.create_signing_key(Owner::Tenant, |draft| {
            let plan = plan_on(EcCurve::P521)("held", draft.now());
            Ok(NewKey { is_default: true, ..new(KeyMaterial::Generated(plan)) })
        });
        make.unwrap()
    };
    let made = generate();
    let import = || {
        let chain = vec![certificate_of(7), certificate_of(1)];
        let material = KeyMaterial::Imported(CannedKeys::key(7).unwrap(), chain);
        service.create_signing_key(Owner::Tenant, |_| Ok(new(material.clone()))).unwrap()
    };
    let imported = import();
    let twin = import();
    assert_ne!(imported.kid, twin.kid);
    service.delete_signing_key(generate().id).unwrap();
    clock.advance(1);
    let replaced = service.update_signing_key(twin.id, |old, draft| {
        let mut tenant = draft.tenant()?;
        tenant.default_signing_key = Some(old.kid.clone());
        let kept = json!({"ENCRYPTION": imported.id.to_uuid()});
        tenant.remainders.entry("pingone".to_owned()).or_default().insert("defaultKeys".to_owned(), kept);
        draft.set_tenant(tenant)?;
        let remainders = said("pingone", &json!({"name": "held anew", "usageType": "SIGNING"}));
        Ok(Key { remainders, ..old.clone() })
    });
    replaced.unwrap();
    let certified = service.update_signing_key(made.id, |old, _| {
        let chain = vec![base64(&issued_certificate_of(&made.jwk)), base64(&certificate_of(7))];
        let remainders = said("pingone", &json!({"name": "held (authority)", "usageType": "SIGNING"}));
        Ok(Key { chain, remainders, ..old.clone() })
    });
    certified.unwrap();
}

fn applications(service: &Service, clock: &FixedClock, trusted: &str) {
    let lent = service.signing_keys(&SigningKeyQuery { limit: 1, ..Default::default() }).unwrap().items[0].id;
    let made = create_application(service);
    clock.advance(1);
    service
        .update_application(made, |old, draft| {
            let remainders = said("okta", &json!({"label": "Wiki", "signOnMode": "SAML_2_0"}));
            Ok(Application {
                alias: Some("WIKI_1".to_owned()),
                entity_id: Some("urn:wiki".to_owned()),
                signing_key: draft.lend_signing_key(lent)?.map(|key| key.kid),
                trusted_keys: vec![trusted.to_owned()],
                encryption_key: Some(trusted.to_owned()),
                remainders,
                ..old.clone()
            })
        })
        .unwrap();
    generate(service, Owner::Application(made), plan_on(EcCurve::P256));
    service.set_application_state(made, State::Inactive).unwrap();
    service.set_application_state(made, State::Active).unwrap();
    let inactive = create_application(service);
    service.set_application_state(inactive, State::Inactive).unwrap();
    service.undo(service.last_change().unwrap()).unwrap();
    service.set_application_state(inactive, State::Inactive).unwrap();
    service.delete_application(create_application(service)).unwrap();
}

fn create_application(service: &Service) -> Id {
    let made = service.create_application(|draft| Ok(Application::new(draft.id(), draft.now(), "Wïki")));
    made.unwrap().id
}

/// Users in every state, and links to providers that are made, made anew and undone.
fn users(service: &Service, clock: &FixedClock, [saml, social]: [Id; 2]) {
    let [isaac, ada] = [
        create_user(service, "Isaac@example.com", UserState::Staged),
        create_user(service, "ada@example.com", UserState::Active),
    ];
    let left = create_user(service, "left@example.com", UserState::Provisioned);
    create_user(service, "new@example.com", UserState::Provisioned);
    let gone = create_user(service, "gone@example.com", UserState::Active);
    for user in [isaac, ada, gone] {
        service.link_user(saml, user, "their name").unwrap();
    }
    service.link_user(social, ada, "001234").unwrap();
    clock.advance(1);
    service.link_user(saml, ada, "their new name").unwrap();
    service.unlink_user(saml, isaac).unwrap();
    service.deactivate_user(left).unwrap();
    service.delete_user(gone).unwrap();
}

/// Vendor records: one of no one's, one of a provider and of that one, one with keys that take turns, and some that are gone.
fn vendor_records(service: &Service, provider: Id) {
    let create = |name: &str, owners: Vec<Id>| {
        let made = service.create_vendor_record(|_| {
            let remainders =
                said("okta", &json!({"profile": {"description": name}, "secrets": {"/a": "hush"}}));
            Ok(VendorRecord { owners: owners.clone(), remainders, ..VendorRecord::named("okta.group", name) })
        });
        made.unwrap().id
    };
    let everyone = create("Everyöne", Vec::new());
    create("theirs", vec![provider, everyone]);
    let gone = create("gone", Vec::new());
    create("gone with it", vec![gone]);
    service.update_vendor_record(everyone, |old, _| Ok(old.clone())).unwrap();
    service.delete_vendor_record(gone).unwrap();
    let signs = service.create_vendor_record(|draft| {
        let plan = plan_on(EcCurve::P256)("turns", draft.now());
        let signing_key =
            draft.rotate_keys(None, 0, &|_| (plan.clone(), said("pingone", &json!({"x": 1}))))?;
        Ok(VendorRecord { signing_key: Some(signing_key), ..VendorRecord::named("pingone.x", "turns") })
    });
    signs.unwrap();
    let gone = service.for_tenant(create_tenant(service));
    gone.update_tenant(|old, _| Ok(old.clone())).unwrap();
    gone.delete_tenant().unwrap();
}

fn create_user(service: &Service, login: &str, state: UserState) -> Id {
    let made = service.create_user(|draft| {
        Ok(User {
            id: draft.id(),
            created: draft.now(),
            updated: draft.now(),
            login: login.to_owned(),
            state,
            activated: (state != UserState::Staged).then(|| draft.now()),
            remainders: said("okta", &json!({"profile": {"firstName": "Ada", "email": login}})),
        })
    });
    made.unwrap().id
}
