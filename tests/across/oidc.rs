//! OpenID Connect: an issuer is enough for ZITADEL, the other vendors require endpoints and scopes
//! (`docs/decisions/0072-what-is-derived-for-other-apis.md`).

use serde_json::{Value, json};

use super::{Store, with};

fn made_through_zitadel(issuer: &str) -> Store {
    let store = Store::open();
    let document = json!({"name": "Op", "issuer": issuer, "clientId": "id", "clientSecret": "secret"});
    store.send("POST", "/admin/v1/idps/generic_oidc", &document);
    store
}

fn made_through_pingone(discovery: Option<&str>) -> Store {
    let store = Store::open();
    let mut document = json!({
        "name": "Op", "type": "OPENID_CONNECT", "enabled": true, "clientId": "id", "clientSecret": "secret",
        "issuer": "https://op.example", "authorizationEndpoint": "https://op.example/a",
        "tokenEndpoint": "https://op.example/t", "jwksEndpoint": "https://op.example/j", "scopes": ["openid"],
        "userInfoEndpoint": "https://op.example/u",
    });
    document["discoveryEndpoint"] = discovery.into();
    store.send("POST", &store.providers(), &document);
    store
}

/// The endpoints that are shown: Okta's and PingOne's authorization, token and key set, then PingOne's discovery.
fn endpoints(store: &Store) -> Vec<Option<String>> {
    let (okta, pingone) = (store.okta(), store.pingone());
    let okta = ["authorization", "token", "jwks"].map(|name| &okta["protocol"]["endpoints"][name]["url"]);
    let pingone = ["authorizationEndpoint", "tokenEndpoint", "jwksEndpoint", "discoveryEndpoint"]
        .map(|name| &pingone[name]);
    okta.into_iter().chain(pingone).map(|value| value.as_str().map(str::to_owned)).collect()
}

fn derived(issuer: &str) -> Vec<Option<String>> {
    let ends = ["authorize", "token", "jwks"];
    let ends = ends.into_iter().chain(ends).chain([".well-known/openid-configuration"]);
    ends.map(|end| Some(format!("{issuer}/{end}"))).collect()
}

#[test]
fn an_issuer_alone_is_shown_with_all_that_others_require() {
    let store = made_through_zitadel("https://op.example/realm/");
    assert_eq!(endpoints(&store), derived("https://op.example/realm"));
    let (okta, pingone) = (store.okta(), store.pingone());
    assert_eq!(okta["protocol"]["issuer"]["url"], "https://op.example/realm/");
    assert_eq!(okta["protocol"]["scopes"], json!(["openid", "profile", "email"]));
    assert_eq!(pingone["issuer"], "https://op.example/realm/");
    assert_eq!(pingone["scopes"], json!(["openid", "profile", "email"]));
    assert_eq!(pingone["tokenEndpointAuthMethod"], "CLIENT_SECRET_BASIC");
    assert_eq!(pingone["userInfoEndpoint"], Value::Null);
    assert_eq!(store.zitadel()["config"]["oidc"]["scopes"], Value::Null);
}

#[test]
fn what_is_derived_is_not_kept_and_follows_the_issuer() {
    let store = made_through_zitadel("https://old.example");
    store.survives_clients_that_write_back_what_they_read("generic_oidc", "oidc");
    assert_eq!(store.zitadel()["config"]["oidc"], json!({"issuer": "https://old.example", "clientId": "id"}));
    let mut settings = store.zitadel()["config"]["oidc"].take();
    settings["issuer"] = "https://zitadel.example".into();
    store.put_to_zitadel("generic_oidc", &settings, &json!({}));
    assert_eq!(endpoints(&store), derived("https://zitadel.example"));
    let document = with(&store.okta(), "/protocol/issuer/url", json!("https://okta.example"));
    store.put_to_okta(&document);
    assert_eq!(endpoints(&store), derived("https://okta.example"));
    store.put_to_pingone(&with(&store.pingone(), "/issuer", json!("https://pingone.example")));
    assert_eq!(endpoints(&store), derived("https://pingone.example"));
    assert_eq!(store.zitadel()["config"]["oidc"]["issuer"], "https://pingone.example");
}

#[test]
fn an_endpoint_that_is_given_is_kept_beside_those_that_are_derived() {
    let store = made_through_zitadel("https://op.example");
    let token = json!("https://tokens.example");
    store.put_to_okta(&with(&store.okta(), "/protocol/endpoints/token/url", token.clone()));
    assert_eq!(store.pingone()["tokenEndpoint"], token);
    assert_eq!(store.pingone()["jwksEndpoint"], "https://op.example/jwks");
    store.survives_clients_that_write_back_what_they_read("generic_oidc", "oidc");
    let changed = with(&store.pingone(), "/scopes", json!(["openid"]));
    store.put_to_pingone(&changed);
    assert_eq!(store.pingone(), changed);
    assert_eq!(store.okta()["protocol"]["scopes"], json!(["openid"]));
    assert_eq!(store.zitadel()["config"]["oidc"]["scopes"], json!(["openid"]));
}

#[test]
fn nothing_is_derived_of_an_issuer_that_is_no_url() {
    for issuer in [
        "op.example",
        "urn:op",
        "https://",
        "https://op.example?x",
        "https://op.example/#y",
        "ftp://op.example",
    ] {
        assert_eq!(endpoints(&made_through_zitadel(issuer)), vec![None; 7], "{issuer}");
    }
}

#[test]
fn endpoints_of_another_issuer_are_forgotten_where_only_the_issuer_is_told() {
    let store = made_through_pingone(Some("https://op.example/discovery"));
    store.survives_clients_that_write_back_what_they_read("generic_oidc", "oidc");
    let mut settings = store.zitadel()["config"]["oidc"].take();
    settings["usePkce"] = true.into();
    store.put_to_zitadel("generic_oidc", &settings, &json!({}));
    assert_eq!(store.okta()["protocol"]["endpoints"]["userInfo"]["url"], "https://op.example/u");
    assert_eq!(store.pingone()["discoveryEndpoint"], "https://op.example/discovery");
    settings["issuer"] = "https://new.example".into();
    store.put_to_zitadel("generic_oidc", &settings, &json!({}));
    assert_eq!(endpoints(&store), derived("https://new.example"));
    assert_eq!(store.pingone()["userInfoEndpoint"], Value::Null);
}

#[test]
fn a_discovery_endpoint_belongs_to_its_issuer() {
    let discovery = "https://op.example/discovery";
    let store = made_through_pingone(Some(discovery));
    let moved = with(&store.pingone(), "/issuer", json!("https://same.example"));
    store.put_to_pingone(&moved);
    assert_eq!(store.pingone(), moved);
    // Okta's document cannot name one, so the one of another issuer would stay for ever.
    store.put_to_okta(&with(&store.okta(), "/protocol/issuer/url", json!("https://new.example")));
    assert_eq!(store.pingone()["discoveryEndpoint"], Value::Null);
    assert_eq!(store.pingone()["tokenEndpoint"], "https://op.example/t");
    // Where all endpoints are given nothing is discovered.
    let store = made_through_pingone(None);
    assert_eq!(store.pingone()["discoveryEndpoint"], Value::Null);
    let all = with(&store.pingone(), "/discoveryEndpoint", json!(discovery));
    store.put_to_pingone(&all);
    assert_eq!(store.pingone(), all);
    store.put_to_pingone(&with(&all, "/discoveryEndpoint", Value::Null));
    assert_eq!(store.pingone()["discoveryEndpoint"], Value::Null);
}
