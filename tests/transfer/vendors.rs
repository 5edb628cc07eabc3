//! What vendors' APIs have stored is in the document, and they answer from an imported store as from the first.

use bytes::Bytes;
use idpstore::{IdpStore, Secrets};
use serde_json::{Value, json};

use super::{export, import, plan, store};

fn call(store: &IdpStore, method: &str, path: &str, body: Option<Value>) -> Value {
    let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
    let request =
        http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    let response = store.handle(request.body(body).unwrap());
    assert!(response.status().is_success(), "{path}: {:?}", response.body());
    serde_json::from_slice(response.body()).unwrap()
}

fn without_sequences(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(members) => {
            members.retain(|name, _| !["sequence", "processedSequence"].contains(&&**name));
            members.values_mut().for_each(|member| *member = without_sequences(member.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_sequences(item.take())),
        _ => {}
    }
    answer
}

#[test]
fn each_api_answers_as_before() {
    let (first, _) = store();
    let google = json!({
        "type": "GOOGLE", "name": "Google",
        "protocol": {"type": "OIDC", "scopes": ["profile", "email", "openid"],
            "credentials": {"client": {"client_id": "id", "client_secret": "hush"}}},
        "policy": {"provisioning": {"action": "AUTO"}, "accountLink": {"action": "AUTO"}, "subject": {"matchType": "USERNAME"},
            "maxClockSkew": 7}
    });
    call(&first, "POST", "/api/v1/idps", Some(google));
    let environment = idpstore::pingone::id(idpstore::model::Tenant::DEFAULT);
    let providers = format!("/v1/environments/{environment}/identityProviders");
    let facebook =
        json!({"type": "FACEBOOK", "name": "Facebook", "enabled": true, "appId": "id", "appSecret": "hush"});
    call(&first, "POST", &providers, Some(facebook));
    call(
        &first,
        "POST",
        "/admin/v1/idps/github",
        Some(json!({"name": "GitHub", "clientId": "id", "clientSecret": "hush"})),
    );

    let document = export(&first, Secrets::InTheClear);
    let bare = export(&first, Secrets::LeftOut);
    assert!(document.contains("hush") && !bare.contains("hush"));
    for document in [&document, &bare] {
        assert_eq!(plan(&first, document, true), [""; 0]);
    }
    let (second, _) = store();
    import(&second, &document, false);
    for (method, path, body) in [
        ("GET", "/api/v1/idps", None),
        ("GET", &*providers, None),
        ("POST", "/admin/v1/idps/templates/_search", Some(json!({}))),
    ] {
        let [first, second] = [&first, &second].map(|store| call(store, method, path, body.clone()));
        // All records of the second store come from one change.
        assert_eq!(without_sequences(second), without_sequences(first), "{path}");
    }
}
