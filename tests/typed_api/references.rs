//! Who uses a key, which keys no owner uses, and who lacks one.

use idpstore::model::{Application, Id, IdentityProvider, Key, Saml, Tenant};
use idpstore::{IdpStore, KeyUse, NewSigningKey, Owner, Reference};
use serde_json::Value;

use super::{protocol, stores};

/// A partner's certificate, in base64.
fn certificate() -> String {
    let jwk: Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].as_str().unwrap().to_owned()
}

/// The references, each as its tenant, owner, name and uses.
fn told(references: &[Reference]) -> Vec<(Id, Owner, &str, Vec<&str>)> {
    let uses = |reference: &Reference| reference.uses.iter().map(|used: &KeyUse| used.name()).collect();
    references.iter().map(|it| (it.tenant, it.owner, &*it.name, uses(it))).collect()
}

fn saml(store: &IdpStore, name: &str) -> IdentityProvider {
    store.providers().create(IdentityProvider::named(name, Saml::new(format!("urn:{name}")))).unwrap()
}

fn key(store: &IdpStore, owner: Owner) -> Key {
    store.signing_keys(owner).generate(&NewSigningKey::default()).unwrap()
}

#[test]
fn every_use_of_a_key_is_found() {
    for store in stores() {
        let tenant = store.service().tenant().unwrap();
        let [one, other] = ["One", "Other"].map(|name| saml(&store, name));
        let wiki = store.applications().create(Application::named("Wiki").entity_id("urn:wiki")).unwrap();
        let key = key(&store, Owner::Provider(one.id));
        let keys = store.signing_keys(Owner::Provider(one.id));
        keys.share(&key.kid, Owner::Provider(other.id)).unwrap();
        keys.share(&key.kid, Owner::Application(wiki.id)).unwrap();
        let sign = |provider: &mut IdentityProvider| provider.signing_key = Some(key.kid.clone());
        store.providers().update(other.id, sign).unwrap();

        let trusted = store.trusted_keys().import(certificate()).unwrap();
        let trust = |provider: &mut IdentityProvider| provider.trusted_keys = vec![trusted.kid.clone()];
        store.providers().update(one.id, trust).unwrap();
        let encrypt = |it: &mut Application| it.encryption_key = Some(trusted.kid.clone());
        store.applications().update(wiki.id, encrypt).unwrap();

        let (one, other, wiki) = (
            (tenant.id, Owner::Provider(one.id), "One"),
            (tenant.id, Owner::Provider(other.id), "Other"),
            (tenant.id, Owner::Application(wiki.id), "Wiki"),
        );
        let of = |(tenant, owner, name), uses: &[&'static str]| (tenant, owner, name, uses.to_vec());
        let found = store.references(&key.kid).unwrap();
        let expected = [of(one, &["attached"]), of(other, &["signing", "attached"]), of(wiki, &["attached"])];
        assert_eq!(told(&found), expected);
        assert_eq!(
            told(&store.references(&trusted.kid).unwrap()),
            [of(one, &["trusted"]), of(wiki, &["encryption"])]
        );
        assert_eq!(store.references("nothing").unwrap(), []);
        assert_eq!(told(&store.owners_without_key().unwrap()), [of(one, &[]), of(wiki, &[])]);

        // Another tenant has nothing to do with it.
        let acme = store.for_tenant(store.tenants().create("Acme").unwrap().id);
        let theirs = saml(&acme, "Theirs");
        assert_eq!(acme.references(&key.kid).unwrap(), []);
        let their_key = self::key(&acme, Owner::Provider(theirs.id));
        let everywhere = store.references_everywhere(&their_key.kid).unwrap();
        assert_eq!(told(&everywhere), told(&acme.references(&their_key.kid).unwrap()));
        assert_eq!(everywhere.len(), 1);
    }
}

#[test]
fn the_tenant_uses_its_default_key() {
    for store in stores() {
        let key = key(&store, Owner::Tenant);
        assert_eq!(store.unused_keys().unwrap(), std::slice::from_ref(&key));
        let make = store.service().create_provider(|draft| {
            let default_signing_key = Some(key.kid.clone());
            draft.set_tenant(Tenant { default_signing_key, ..draft.tenant()? })?;
            Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", protocol()))
        });
        make.unwrap();
        let tenant = store.service().tenant().unwrap();
        let found = store.references(&key.kid).unwrap();
        assert_eq!(told(&found), [(tenant.id, Owner::Tenant, &*tenant.name, vec!["attached", "default"])]);
        assert_eq!(store.unused_keys().unwrap(), []);
    }
}

#[test]
fn keys_that_no_owner_refers_to_are_unused() {
    for store in stores() {
        let partner = saml(&store, "Partner");
        let [used, unused] = [(); 2].map(|()| key(&store, Owner::Provider(partner.id)));
        let trusted = store.trusted_keys().import(certificate()).unwrap();
        let sign = |provider: &mut IdentityProvider| provider.signing_key = Some(used.kid.clone());
        store.providers().update(partner.id, sign).unwrap();
        assert_eq!(store.unused_keys().unwrap(), [unused.clone(), trusted.clone()]);
        let trust = |provider: &mut IdentityProvider| provider.trusted_keys.push(trusted.kid.clone());
        store.providers().update(partner.id, trust).unwrap();
        assert_eq!(store.unused_keys().unwrap(), [unused]);
        // A provider that does not speak SAML needs no key.
        store.providers().create(IdentityProvider::named("Elsewhere", protocol())).unwrap();
        assert_eq!(store.owners_without_key().unwrap(), []);
    }
}
