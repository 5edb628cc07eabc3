//! Services that several vendors know: a sandbox, a tenant, and names that may be missing.

use serde_json::{Value, json};

use super::{Store, with};

fn pingone(kind: &str, more: &[(&str, &str)]) -> Store {
    let store = Store::open();
    let mut document =
        json!({"name": "S", "type": kind, "enabled": true, "clientId": "id", "clientSecret": "secret"});
    for (member, value) in more {
        document[*member] = (*value).into();
    }
    store.send("POST", &store.providers(), &document);
    store
}

fn okta(kind: &str) -> Store {
    let store = Store::open();
    let client = json!({"client": {"client_id": "id", "client_secret": "secret"}});
    let document = json!({"type": kind, "name": "S", "protocol": {"credentials": client}, "policy": {}});
    store.send("POST", "/api/v1/idps", &document);
    store
}

fn azure(tenant: &Value) -> Store {
    let store = Store::open();
    let document = json!({"name": "S", "clientId": "id", "clientSecret": "secret", "tenant": tenant});
    store.send("POST", "/admin/v1/idps/azure", &document);
    store
}

#[test]
fn paypals_sandbox_is_a_type_at_okta_and_an_environment_at_pingone() {
    for (kind, environment, other) in
        [("PAYPAL", "live", "PAYPAL_SANDBOX"), ("PAYPAL_SANDBOX", "sandbox", "PAYPAL")]
    {
        let made_there = pingone("PAYPAL", &[("clientEnvironment", environment)]);
        for store in [made_there, okta(kind)] {
            assert_eq!(store.okta()["type"], kind);
            let shown = store.pingone();
            assert_eq!(
                (&shown["type"], &shown["clientEnvironment"]),
                (&json!("PAYPAL"), &json!(environment))
            );
            let of_kind = |kind| store.send("GET", &format!("/api/v1/idps?type={kind}"), &Value::Null);
            assert_eq!(of_kind(kind).as_array().unwrap().len(), 1);
            assert_eq!(of_kind(other), json!([]));
            let before = (store.okta(), shown);
            store.put_to_okta(&before.0);
            store.put_to_pingone(&before.1);
            assert_eq!((store.okta(), store.pingone()), before);

            let path = format!("/api/v1/idps/{}", before.0["id"].as_str().unwrap());
            let retyped = with(&before.0, "/type", json!(other));
            assert_eq!(store.attempt("PUT", &path, &retyped).0, 400, "Okta's types are for good");
            let moved = if environment == "live" { "sandbox" } else { "live" };
            store.put_to_pingone(&with(&before.1, "/clientEnvironment", json!(moved)));
            assert_eq!(store.okta()["type"], other);
            assert_eq!(of_kind(other).as_array().unwrap().len(), 1);
            assert_eq!(of_kind(kind), json!([]));
        }
    }
}

/// What PingOne has as `tenantId`, what ZITADEL has as `tenant`, and what it is in Okta's endpoints.
fn tenants() -> [(Option<&'static str>, Value, &'static str); 6] {
    let named = |end: &str| json!({"tenantType": format!("AZURE_AD_TENANT_TYPE_{end}")});
    [
        (None, named("COMMON"), "common"),
        (Some("common"), named("COMMON"), "common"),
        (Some("organizations"), named("ORGANISATIONS"), "organizations"),
        (Some("consumers"), named("CONSUMERS"), "consumers"),
        (Some("contoso.example"), json!({"tenantId": "contoso.example"}), "contoso.example"),
        (Some("a b/../c"), json!({"tenantId": "a b/../c"}), "a%20b%2F..%2Fc"),
    ]
}

#[test]
fn microsofts_tenant_is_shown_by_all() {
    for (id, tenant, segment) in tenants() {
        let made_there = pingone("MICROSOFT", id.map(|id| ("tenantId", id)).as_slice());
        for (store, at_pingone) in [(made_there, id), (azure(&tenant), id.filter(|id| *id != "common"))] {
            assert_eq!(store.pingone()["tenantId"].as_str(), at_pingone);
            assert_eq!(store.zitadel()["config"]["azureAd"]["tenant"], tenant);
            let endpoints = store.okta()["protocol"]["endpoints"].take();
            let base = format!("https://login.microsoftonline.com/{segment}/oauth2/v2.0");
            assert_eq!(endpoints["authorization"]["url"], format!("{base}/authorize"));
            assert_eq!(endpoints["token"]["url"], format!("{base}/token"));
            store.survives_clients_that_write_back_what_they_read("azure", "azureAd");
        }
    }
}

#[test]
fn microsofts_tenant_is_changed_by_those_who_can_name_it() {
    let store = okta("MICROSOFT");
    assert_eq!(store.pingone()["tenantId"], Value::Null);
    store.put_to_pingone(&with(&store.pingone(), "/tenantId", json!("first")));
    let azure = store.zitadel()["config"]["azureAd"].take();
    assert_eq!(azure["tenant"], json!({"tenantId": "first"}));
    let second = with(&azure, "/tenant", json!({"tenantId": "second"}));
    store.put_to_zitadel("azure", &second, &json!({}));
    assert_eq!(store.pingone()["tenantId"], "second");
    // Okta's endpoints are the server's own: a client that writes others changes nothing.
    let url = "/protocol/endpoints/token/url";
    store.put_to_okta(&with(
        &store.okta(),
        url,
        json!("https://login.microsoftonline.com/third/oauth2/v2.0/token"),
    ));
    assert_eq!(store.pingone()["tenantId"], "second");
    let second = "https://login.microsoftonline.com/second/oauth2/v2.0/token";
    assert_eq!(store.okta().pointer(url), Some(&json!(second)));
    store.put_to_zitadel("azure", &azure, &json!({}));
    store.put_to_pingone(&with(&store.pingone(), "/tenantId", Value::Null));
    assert_eq!(
        store.zitadel()["config"]["azureAd"]["tenant"],
        json!({"tenantType": "AZURE_AD_TENANT_TYPE_COMMON"})
    );
}

#[test]
fn a_provider_without_a_name_has_that_of_its_service() {
    let key = json!({"teamId": "0123456789", "keyId": "0123456789", "privateKey": "a2V5"});
    for (kind, name, more) in
        [("google", "Google", json!({})), ("github", "GitHub", json!({})), ("apple", "Apple", key)]
    {
        let store = Store::open();
        let mut document = json!({"clientId": "id", "clientSecret": "secret"});
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        store.send("POST", &format!("/admin/v1/idps/{kind}"), &document);
        assert_eq!(store.okta()["name"], name);
        assert_eq!(store.pingone()["name"], name);
        assert_eq!(store.zitadel()["name"], Value::Null);
        store.survives_clients_that_write_back_what_they_read(kind, kind);
        store.put_to_okta(&with(&store.okta(), "/name", json!("Mine")));
        assert_eq!(store.zitadel()["name"], "Mine");
    }
}
