//! What a program does first: records are made, read, listed, changed and deleted without a closure that drafts them.

use std::slice::from_ref;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use http::Request;
use idpstore::model::{
    Application, Client, IdentityProvider, OpenIdConnect, Protocol, Saml, Social, State, User, UserState,
    social,
};
use idpstore::pki::{DistinguishedName, KeySpec, NameAttribute};
use idpstore::{
    ApplicationQuery, Cursor, ErrorKind, IdpStore, NewRequest, NewSigningKey, Owner, Paging, ProviderQuery,
    Resource, SigningKeyQuery,
};
use serde_json::{Value, json};

/// The certificate of RFC 7517, appendix B, in base64.
fn certificate() -> String {
    let jwk: Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].as_str().unwrap().to_owned()
}

fn pem() -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", certificate())
}

fn store() -> IdpStore {
    super::stores().remove(0)
}

fn partner() -> IdentityProvider {
    IdentityProvider::named(
        "Partner",
        Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso"),
    )
}

fn kinds(store: &IdpStore) -> Vec<String> {
    store.service().changes(0, 100).unwrap().iter().map(|change| format!("{:?}", change.kind)).collect()
}

#[test]
fn a_provider_is_made_read_changed_and_deleted() {
    let store = store();
    let providers = store.providers();
    let made = providers.create(partner()).unwrap();
    let Protocol::Saml(saml) = &made.protocol else { panic!("{made:?}") };
    assert_eq!(saml.entity_id.as_deref(), Some("https://idp.example.com"));
    assert_eq!(saml.single_sign_on.as_ref().unwrap().location, "https://idp.example.com/sso");
    assert!(made.id.number() > 1 && made.created.unix_millis() > 0 && made.sequence == 1, "{made:?}");
    assert_eq!(providers.get(made.id).unwrap(), made);

    let renamed = providers.update(made.id, |provider| provider.name = "New".to_owned()).unwrap();
    assert_eq!((renamed.name.as_str(), renamed.id, renamed.created), ("New", made.id, made.created));
    assert_eq!(providers.update(made.id, |_| ()).unwrap(), renamed);
    assert_eq!(providers.deactivate(made.id).unwrap().state, State::Inactive);
    assert_eq!(providers.activate(made.id).unwrap().state, State::Active);
    providers.delete(made.id).unwrap();
    let gone = ErrorKind::NotFound { what: Resource::IdentityProvider, id: made.id.number().into() };
    assert_eq!(providers.get(made.id).unwrap_err().kind(), &gone);
    let expected = [
        "ProviderCreated",
        "ProviderReplaced",
        "ProviderDeactivated",
        "ProviderActivated",
        "ProviderDeleted",
    ];
    assert_eq!(kinds(&store), expected);
}

#[test]
fn a_record_that_was_stored_already_becomes_another_one() {
    let providers = store().providers();
    let first = providers.create(partner()).unwrap();
    let second = providers.create(first.clone()).unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(first.protocol, second.protocol);
}

#[test]
fn providers_of_other_protocols_are_as_short() {
    let providers = store().providers();
    let client = || Client::new("id", "secret").scopes(["openid", "email"]);
    let oidc = OpenIdConnect::new("https://op.example.com", client())
        .authorization_endpoint("https://op.example.com/authorize")
        .token_endpoint("https://op.example.com/token")
        .userinfo_endpoint("https://op.example.com/userinfo")
        .jwks_uri("https://op.example.com/keys");
    let made = providers.create(IdentityProvider::named("OIDC", oidc).inactive()).unwrap();
    assert_eq!(made.state, State::Inactive);
    let Protocol::OpenIdConnect(oidc) = made.protocol else { panic!() };
    assert_eq!(oidc.issuer.as_deref(), Some("https://op.example.com"));
    assert_eq!(oidc.jwks_uri.as_deref(), Some("https://op.example.com/keys"));
    assert_eq!(oidc.client.secret.unwrap().reveal().unwrap(), "secret");
    assert_eq!(oidc.client.scopes.unwrap(), ["openid", "email"]);
    let social = Social::new(social::GOOGLE, client());
    let made = providers.create(IdentityProvider::named("Google", social)).unwrap();
    assert_eq!(made.protocol.kind(), "google");
}

#[test]
fn a_list_can_be_read_from_any_position() {
    let providers = store().providers();
    let create =
        |name: &str| providers.create(IdentityProvider { name: name.to_owned(), ..partner() }).unwrap();
    let portion = |offset, limit| {
        let portion = providers.list_from(offset, limit).unwrap();
        let names: Vec<_> = portion.items.into_iter().map(|provider| provider.name).collect();
        (names.join(" "), portion.total)
    };
    assert_eq!(portion(0, 9), (String::new(), 0));
    let made: Vec<_> = ["a", "b", "c", "d"].map(create).into();
    assert_eq!(portion(1, 2), ("b c".to_owned(), 4));
    assert_eq!(portion(3, usize::MAX), ("d".to_owned(), 4));
    assert_eq!(portion(usize::MAX, 1), (String::new(), 4));
    assert_eq!(portion(0, 0), (String::new(), 4));
    providers.delete(made[1].id).unwrap();
    create("e");
    assert_eq!(portion(1, 9), ("c d e".to_owned(), 4));
}

#[test]
fn lists_have_pages_of_twenty_and_one_kind_of_cursor() {
    let store = store();
    for number in 0..25 {
        let name = format!("Record {number:02}");
        store.providers().create(IdentityProvider { name: name.clone(), ..partner() }).unwrap();
        store.applications().create(Application::named(&name)).unwrap();
        store.tenants().create(&name).unwrap();
    }
    let first = store.providers().list(&ProviderQuery::default()).unwrap();
    assert_eq!(first.items.len(), 20);
    let rest = ProviderQuery { after: first.next, ..ProviderQuery::default() };
    let rest = store.providers().list(&rest).unwrap();
    assert_eq!((rest.items.len(), rest.items[0].name.as_str(), rest.next), (5, "Record 20", None));

    let first = store.applications().list(&ApplicationQuery::default()).unwrap();
    let rest = ApplicationQuery { after: first.next, ..ApplicationQuery::default() };
    assert_eq!((first.items.len(), store.applications().list(&rest).unwrap().items.len()), (20, 5));

    let first = store.tenants().list(&Paging::default()).unwrap();
    let rest = Paging { after: first.next, ..Paging::default() };
    assert_eq!((first.items.len(), store.tenants().list(&rest).unwrap().items.len()), (20, 6));
    let foreign = Paging { after: Some(Cursor::Name(vec![1])), ..Paging::default() };
    assert_eq!(store.tenants().list(&foreign).unwrap_err().kind(), &ErrorKind::BadCursor);
    assert_eq!(store.trusted_keys().list(&foreign).unwrap_err().kind(), &ErrorKind::BadCursor);
}

#[test]
fn a_certificate_is_imported_from_pem_base64_and_der() {
    let (pem, base64) = (pem(), certificate());
    let der = BASE64_STANDARD.decode(&base64).unwrap();
    for file in [pem.as_bytes(), base64.as_bytes(), &der] {
        let store = store();
        let key = store.trusted_keys().import(file).unwrap();
        assert_eq!(key.chain, from_ref(&base64));
        assert_eq!(store.trusted_keys().get(&key.kid).unwrap(), key);
        assert_eq!(store.trusted_keys().list(&Paging::default()).unwrap().items, from_ref(&key));
        let provider = store.providers().create(partner().trusting(&key)).unwrap();
        assert_eq!(provider.trusted_keys, from_ref(&key.kid));
        let in_use = ErrorKind::InUse { by: vec!["Partner".to_owned()] };
        assert_eq!(store.trusted_keys().delete(&key.kid).unwrap_err().kind(), &in_use);
        store.providers().delete(provider.id).unwrap();
        store.trusted_keys().delete(&key.kid).unwrap();
    }
    store().trusted_keys().import("no certificate").unwrap_err();
}

#[test]
fn a_signing_key_is_made_and_used() {
    let store = store();
    let provider = store.providers().create(partner()).unwrap();
    let keys = store.signing_keys(Owner::Provider(provider.id));
    let key = keys.generate(&NewSigningKey::default()).unwrap();
    assert_eq!(keys.list().unwrap(), from_ref(&key));
    assert_eq!(keys.get(&key.kid).unwrap(), key);
    assert_eq!(key.expires, Some(key.created.truncated_to_seconds().plus_calendar_years(10)));
    let used = store.providers().update(provider.id, |provider| provider.signing_key = Some(key.kid.clone()));
    assert_eq!(used.unwrap().signing_key.as_deref(), Some(key.kid.as_str()));

    let tenants = store.signing_keys(Owner::Tenant);
    let name = DistinguishedName::new().with(NameAttribute::CommonName, "sp.example.com");
    let other = NewSigningKey { subject: Some(name.clone()), years: 2, ..NewSigningKey::default() };
    let other = tenants.generate(&other).unwrap();
    let certificate =
        idpstore::pki::Certificate::from_der(&BASE64_STANDARD.decode(&other.chain[0]).unwrap()).unwrap();
    assert_eq!(certificate.subject(), &name);
    keys.share(&key.kid, Owner::Tenant).unwrap();
    assert_eq!(tenants.list().unwrap().len(), 2);
    let for_ever = NewSigningKey { years: u32::MAX, ..NewSigningKey::default() };
    let for_ever = tenants.generate(&for_ever).unwrap();
    assert_eq!(for_ever.expires.unwrap().to_string(), "9999-12-31T23:59:59.000Z"); // RFC 5280, section 4.1.2.5

    let new = NewRequest { dns_names: vec!["sp.example.com".to_owned()], ..NewRequest::new(name) };
    assert_eq!(new.spec, KeySpec::Rsa { bits: 2048 });
    let pending = keys.request(&new).unwrap();
    assert_eq!(keys.requests().unwrap(), from_ref(&pending));
    let id = pending.request.unwrap().id;
    keys.install(&id, pem()).unwrap_err(); // the certificate of another key
    keys.revoke(&id).unwrap();
    assert_eq!(keys.requests().unwrap(), []);
}

#[test]
fn a_page_of_an_owners_keys_follows_even_if_the_last_one_is_gone() {
    let store = store();
    let owner = Owner::Provider(store.providers().create(partner()).unwrap().id);
    let keys = store.signing_keys(owner);
    for _ in 0..4 {
        keys.generate(&NewSigningKey::default()).unwrap();
    }
    let all = keys.list().unwrap();
    let query = SigningKeyQuery { limit: 2, ..owner.into() };
    let first = store.service().signing_keys(&query).unwrap();
    assert_eq!(first.items, all[..2]);
    let rest =
        || store.service().signing_keys(&SigningKeyQuery { after: first.next.clone(), ..query.clone() });
    let expected = rest().unwrap();
    assert_eq!((&expected.items[..], &expected.next), (&all[2..], &None));
    store.service().delete_signing_key(first.items[1].id).unwrap();
    assert_eq!(rest().unwrap(), expected);
}

#[test]
fn applications_users_and_tenants_have_the_same_verbs() {
    let store = store();
    let applications = store.applications();
    let made = applications.create(Application::named("App").entity_id("urn:app")).unwrap();
    assert_eq!(made.entity_id.as_deref(), Some("urn:app"));
    let changed = applications.update(made.id, |application| application.name = "New".to_owned()).unwrap();
    assert_eq!(applications.get(made.id).unwrap(), changed);
    assert_eq!(applications.deactivate(made.id).unwrap().state, State::Inactive);
    assert_eq!(applications.activate(made.id).unwrap().state, State::Active);
    applications.delete(made.id).unwrap();
    applications.get(made.id).unwrap_err();

    let users = store.users();
    let made = users.create(User::named("alice@example.com")).unwrap();
    assert_eq!(users.with_login("ALICE@example.com").unwrap(), made);
    assert_eq!(users.deactivate(made.id).unwrap().state, UserState::Deprovisioned);
    users.delete(made.id).unwrap();
    users.get(made.id).unwrap_err();

    let acme = store.tenants().create("Acme").unwrap();
    assert_eq!(store.tenants().get(acme.id).unwrap().name, "Acme");
    let inside = store.for_tenant(acme.id);
    let provider = inside.providers().create(partner()).unwrap();
    store.providers().get(provider.id).unwrap_err();
    // Requests go to the tenant that they name, whichever this is.
    let request = Request::get("/api/v1/idps").body(Bytes::new()).unwrap();
    assert_eq!(&inside.handle(request).body()[..], b"[]");
    store.tenants().delete(acme.id).unwrap();
    inside.providers().get(provider.id).unwrap_err();
}

#[test]
fn what_a_dialect_keeps_is_dropped_if_a_change_contradicts_it() {
    let store = store();
    let metadata = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"urn:partner\"><IDPSSODescriptor>\
         <KeyDescriptor><KeyInfo><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"https://partner.example/old\"/></IDPSSODescriptor></EntityDescriptor>",
        certificate()
    );
    let ask = |method: &str, path: &str, body: &Value| -> Value {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let response = store.handle(request.body(Bytes::from(body.to_string())).unwrap());
        assert!(response.status().is_success(), "{response:?}");
        serde_json::from_slice(response.body()).unwrap()
    };
    let document = json!({"name": "Partner", "metadataXml": BASE64_STANDARD.encode(metadata)});
    ask("POST", "/admin/v1/idps/saml", &document);
    let provider = store.providers().list(&ProviderQuery::default()).unwrap().items.remove(0);
    store
        .providers()
        .update(provider.id, |provider| {
            let Protocol::Saml(saml) = &mut provider.protocol else { return };
            saml.single_sign_on.as_mut().unwrap().location = "https://partner.example/new".to_owned();
        })
        .unwrap();
    let shown = ask("GET", &format!("/admin/v1/idps/templates/{}", provider.id), &json!({}));
    let metadata = shown["idp"]["config"]["saml"]["metadataXml"].as_str().unwrap();
    let metadata = String::from_utf8(BASE64_STANDARD.decode(metadata).unwrap()).unwrap();
    assert!(metadata.contains("https://partner.example/new") && !metadata.contains("/old"), "{metadata}");
}
