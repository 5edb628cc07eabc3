//! OpenID Connect discovery, taken into a provider.

use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Saml, Source};
use idpstore::oidc::{KeySet, ProviderMetadata};
use idpstore::{ErrorKind, IdpStore, MetadataImport};
use serde_json::{Value, json};

use super::{cautious, store};

const URL: &str = "https://op.example/.well-known/openid-configuration";

fn document() -> Value {
    json!({
        "issuer": "https://op.example",
        "authorization_endpoint": "https://op.example/authorize",
        "token_endpoint": "https://op.example/token",
        "userinfo_endpoint": "https://op.example/me",
        "jwks_uri": "https://op.example/keys",
        "scopes_supported": ["openid"],
        "claims_supported": ["sub"],
    })
}

fn read(document: &Value) -> ProviderMetadata {
    ProviderMetadata::read(document.to_string().as_bytes()).unwrap()
}

/// What its keys are found to be, too.
fn with_keys(document: &Value, keys: &Value) -> idpstore::Result<ProviderMetadata> {
    let keys = keys.to_string().into_bytes();
    ProviderMetadata::discover(URL, document.to_string().as_bytes(), |url| {
        assert_eq!(url, "https://op.example/keys");
        Ok(keys)
    })
}

fn from_url(url: &str) -> MetadataImport {
    MetadataImport { source: Some(Source::at(url)), ..cautious() }
}

fn partner() -> IdentityProvider {
    let client = Client { pkce: Some(true), ..Client::new("us", "secret") };
    IdentityProvider::named("Partner", OpenIdConnect { client, ..OpenIdConnect::default() })
}

fn settings(provider: &IdentityProvider) -> &OpenIdConnect {
    let Protocol::OpenIdConnect(oidc) = &provider.protocol else { panic!("{provider:?}") };
    oidc
}

#[test]
fn endpoints_are_taken_and_everything_else_is_named() {
    let store = store();
    // The key of RFC 7517, appendix A.1, one that is too short, and one of a type that is not known.
    let strong: Value = serde_json::from_str(include_str!("../vectors/rfc7517-a1.json")).unwrap();
    let strong = strong["keys"][1].clone();
    let mut weak = json!({"kty": "RSA", "n": "", "e": "AQAB", "kid": "weak"});
    let modulus = [&[0xc1_u8][..], &[0x5b; 126], &[0x35]].concat();
    weak["n"] = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, modulus).into();
    let keys = json!({"keys": [strong, weak, {"kty": "OKP", "crv": "Ed448", "x": "AQ"}]});
    let metadata = with_keys(&document(), &keys).unwrap();
    let made = store.service().create_from_discovery(&partner(), &metadata, &from_url(URL)).unwrap();
    let expected = OpenIdConnect {
        issuer: Some("https://op.example".to_owned()),
        client: settings(&partner()).client.clone(),
        ..OpenIdConnect::default()
    }
    .authorization_endpoint("https://op.example/authorize")
    .token_endpoint("https://op.example/token")
    .userinfo_endpoint("https://op.example/me")
    .jwks_uri("https://op.example/keys");
    assert_eq!(settings(&made.provider), &expected);
    assert_eq!(made.provider.source.as_ref().map(|source| source.url.as_str()), Some(URL));
    let names: Vec<_> = made.keys.iter().map(|key| key.kid.as_deref().unwrap()).collect();
    assert_eq!(names, ["2011-04-29", "weak"]);
    let (about_keys, rest) = (made.warnings[1..].to_vec(), &made.warnings[0]);
    assert_eq!(rest, "these members of the document are not kept: `scopes_supported`, `claims_supported`");
    assert!(about_keys[0].starts_with("key 3 cannot be read: "), "{about_keys:?}");
    assert!(
        about_keys.iter().any(|it| it.starts_with("key `weak`: rsawarnings/too_small: ")),
        "{about_keys:?}"
    );
    assert!(!about_keys.iter().any(|it| it.contains("2011-04-29")), "{about_keys:?}");
}

#[test]
fn a_document_that_was_not_fetched_leads_nowhere() {
    let made = store().service().create_from_discovery(&partner(), &read(&document()), &cautious()).unwrap();
    assert_eq!(made.provider.source, None);
    assert_eq!(made.warnings[1..], ["the keys at the `jwks_uri` were not read"]);
    let empty = with_keys(&document(), &json!({"keys": []})).unwrap();
    let made = store().service().create_from_discovery(&partner(), &empty, &from_url(URL)).unwrap();
    assert_eq!(made.warnings[1..], ["no key is published with which a token could be verified"]);
    let mut inside = document();
    inside["jwks_uri"] = "http://127.0.0.1:9/admin".into();
    let fetched =
        ProviderMetadata::discover(URL, inside.to_string().as_bytes(), |url| panic!("{url} was fetched"));
    assert_eq!(fetched.unwrap().keys, None::<KeySet>);
    let plain = store().service().create_from_discovery(&partner(), &read(&inside), &cautious()).unwrap();
    assert!(plain.warnings.contains(&"the `jwks_uri` is reached without TLS".to_owned()), "{plain:?}");
}

#[test]
fn an_import_of_discovery_fails_closed() {
    let store = store();
    let service = store.service();
    let made = service.create_from_discovery(&partner(), &read(&document()), &cautious()).unwrap().provider;
    let update = |document: &Value, import: &MetadataImport| {
        let refused =
            service.update_from_discovery(made.id, &read(document), import).unwrap_err().to_string();
        assert_eq!(service.provider(made.id).unwrap(), made);
        refused
    };
    let changed = |name: &str, value: Value| {
        let mut document = document();
        document[name] = value;
        document
    };
    let other = changed("issuer", "https://evil.example".into());
    assert_eq!(
        update(&other, &cautious()),
        "invalid document; `core:open_id_connect.issuer` cannot be changed: the document is that of `https://evil.example`"
    );
    assert_eq!(
        update(&document(), &from_url("https://evil.example/.well-known/openid-configuration")),
        "invalid document; `core:open_id_connect.issuer` does not publish at this URL: `https://op.example`"
    );
    for (name, place) in [("jwks_uri", "jwks_uri"), ("authorization_endpoint", "authorization_endpoint")] {
        let refused = update(&changed(name, Value::Null), &cautious());
        assert_eq!(refused, format!("invalid document; `core:open_id_connect.{place}` is missing"));
    }
    assert!(
        update(&changed("token_endpoint", "javascript:alert(1)".into()), &cautious())
            .contains("must be a URL")
    );
    for private in ["d", "k"] {
        let key = json!({"kty": "RSA", "n": "AQ", "e": "AQAB", private: "c2VjcmV0"});
        let refused = with_keys(&document(), &json!({"keys": [key]})).unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::Malformed);
        assert!(!refused.in_full().contains("c2VjcmV0"), "{refused}");
    }
    let saml = store.providers().create(IdentityProvider::named("SAML", Saml::default())).unwrap();
    let refused = service.update_from_discovery(saml.id, &read(&document()), &cautious()).unwrap_err();
    assert_eq!(refused.to_string(), "not supported: the provider does not speak OpenID Connect");
}

#[test]
fn another_issuer_or_place_is_taken_if_it_may_be() {
    let store = store();
    let made =
        store.service().create_from_discovery(&partner(), &read(&document()), &cautious()).unwrap().provider;
    let elsewhere = "https://elsewhere.example/configuration";
    let import = MetadataImport { changes_entity_id: true, ..from_url(elsewhere) };
    let mut moved = document();
    moved["issuer"] = "https://op.example/v2".into();
    moved["userinfo_endpoint"] = Value::Null;
    let call = |store: &IdpStore| store.service().update_from_discovery(made.id, &read(&moved), &import);
    let plan = store.plan(call).unwrap();
    let members =
        ["/protocol/discovery_endpoint", "/protocol/issuer", "/protocol/userinfo_endpoint", "/source"];
    let mut changed = plan.changes[0].members.clone();
    changed.sort();
    assert_eq!(changed, members);
    let moved = store.apply(&plan, call).unwrap().provider;
    assert_eq!(settings(&moved).discovery_endpoint.as_deref(), Some(elsewhere));
    assert_eq!(settings(&moved).client, settings(&made).client, "what we are there stays");
    let mut again = document();
    again["issuer"] = "https://op.example/v2".into();
    let read_there_again =
        store.service().update_from_discovery(made.id, &read(&again), &from_url(elsewhere)).unwrap();
    assert!(settings(&read_there_again.provider).userinfo_endpoint.is_some());
}
