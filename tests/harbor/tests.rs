//! Harbor, used as its clients use it, and beside the other dialects.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, LOCATION};
use serde_json::{Value, json};

use super::documents::{CONNECTION, KINDS, Scene};
use crate::IdpStore;
use crate::dialects::document::laws::Subject;
use crate::dialects::kinds::ProviderKind as _;
use crate::http::Response;
use crate::model::{Id, IdentityProvider, Saml};
use crate::pki::Timestamp;

const HARBOR: &str = "acme.harbor.example:8443";
const OKTA: &str = "acme.okta.com";

fn store() -> IdpStore {
    IdpStore::in_memory().unwrap()
}

fn send(store: &IdpStore, host: &str, call: &str, body: &Value) -> Response {
    let (method, path) = call.split_once(' ').unwrap();
    let request = http::Request::builder().method(method).uri(path);
    let request = request.header(HOST, host).header(CONTENT_TYPE, "application/json");
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    store.handle(request.body(body).unwrap())
}

fn call(store: &IdpStore, call: &str, body: impl Into<Option<Value>>) -> (u16, Value) {
    let response = send(store, HARBOR, call, &body.into().unwrap_or_default());
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

fn saml(alias: &str) -> Value {
    let saml =
        json!({"entityId": "urn:partner", "ssoUrl": "https://idp.example.com/sso", "signRequests": true});
    json!({"alias": alias, "kind": "saml", "displayName": format!("Partner {alias}"), "saml": saml})
}

#[test]
fn a_connection_has_the_name_that_its_client_chooses() {
    let store = store();
    let response = send(&store, HARBOR, "POST /api/v1/connections", &saml("north & south"));
    assert_eq!(response.status(), 201);
    assert_eq!(
        response.headers()[LOCATION],
        "http://acme.harbor.example:8443/api/v1/connections/north%20%26%20south"
    );
    let path = "/api/v1/connections/north%20%26%20south";
    let (status, made) = call(&store, &format!("GET {path}"), None);
    assert_eq!((status, &made["alias"], &made["kind"]), (200, &json!("north & south"), &json!("saml")));
    assert_eq!((&made["enabled"], &made["hideOnLogin"]), (&json!(true), &json!(false)));

    let new = json!({"alias": "other", "kind": "saml", "displayName": "New", "enabled": false, "hideOnLogin": true, "saml": made["saml"]});
    let (status, replaced) = call(&store, &format!("PUT {path}"), new);
    assert_eq!(
        (status, &replaced["alias"], &replaced["enabled"]),
        (200, &json!("north & south"), &json!(false))
    );
    assert_eq!((&replaced["hideOnLogin"], &replaced["displayName"]), (&json!(true), &json!("New")));
    assert_eq!(call(&store, &format!("DELETE {path}"), None).0, 204);
    let (status, error) = call(&store, &format!("GET {path}"), None);
    assert_eq!((status, &error["error"]["code"]), (404, &json!("not_found")));
}

#[test]
fn a_list_is_paged_by_position_and_tells_how_many_there_are() {
    let store = store();
    for number in 0..25 {
        assert_eq!(call(&store, "POST /api/v1/connections", saml(&format!("c{number:02}"))).0, 201);
    }
    let page = |query: &str| {
        let (status, page) = call(&store, &format!("GET /api/v1/connections{query}"), None);
        let aliases = page["connections"].as_array().into_iter().flatten().map(|it| it["alias"].clone());
        (status, page["first"].clone(), page["total"].clone(), aliases.collect::<Value>())
    };
    let all = |from: usize, to: usize| (from..to).map(|number| format!("c{number:02}")).collect::<Value>();
    assert_eq!(page(""), (200, 0.into(), 25.into(), all(0, 20)));
    assert_eq!(page("?first=20"), (200, 20.into(), 25.into(), all(20, 25)));
    assert_eq!(page("?first=3&max=2"), (200, 3.into(), 25.into(), all(3, 5)));
    assert_eq!(page("?first=9999"), (200, 9999.into(), 25.into(), json!([])));
    for wrong in ["?first=-1", "?max=0", "?max=101", "?max=x"] {
        assert_eq!(page(wrong).0, 422, "{wrong}");
    }
}

#[test]
fn what_is_wrong_is_said_at_harbors_places() {
    let store = store();
    assert_eq!(call(&store, "POST /api/v1/connections", saml("one")).0, 201);
    let mut twin = saml("one");
    twin["displayName"] = "Another".into();
    let (status, error) = call(&store, "POST /api/v1/connections", twin);
    assert_eq!((status, &error["error"]["code"]), (409, &json!("taken")));
    assert_eq!(error["error"]["fields"][0]["field"], "alias");
    let (status, error) = call(&store, "POST /api/v1/connections", json!({"kind": "saml", "saml": {}}));
    let fields = error["error"]["fields"].as_array().unwrap().iter().map(|field| &field["field"]);
    assert_eq!(
        (status, fields.cloned().collect::<Value>()),
        (422, json!(["alias", "displayName", "saml.entityId", "saml.ssoUrl"]))
    );
    for (alias, status) in [("one", 200), ("two", 404), ("1", 404), ("", 404)] {
        assert_eq!(call(&store, &format!("GET /api/v1/connections/{alias}"), None).0, status, "{alias}");
    }
    assert_eq!(call(&store, "PATCH /api/v1/connections/one", json!({})).0, 405);
}

#[cfg(feature = "okta")]
#[test]
fn two_vendors_share_a_path_and_a_store() {
    let store = store();
    let chirp = json!({"alias": "chirp", "kind": "chirp", "displayName": "Chirp", "client": {"id": "we", "secret": "hush"}});
    for made in [saml("north"), chirp] {
        assert_eq!(call(&store, "POST /api/v1/connections", made).0, 201);
    }
    // The same path at another host is not Harbor's, and Harbor's host does not keep Okta's paths from it.
    assert_eq!(send(&store, OKTA, "GET /api/v1/connections/north", &Value::Null).status(), 404);
    let okta = send(&store, HARBOR, "GET /api/v1/idps", &Value::Null);
    let okta: Value = serde_json::from_slice(okta.body()).unwrap();
    assert_eq!((okta.as_array().unwrap().len(), &okta[0]["name"]), (1, &json!("Partner north")));

    // A service that only Harbor knows stays, and what others make has its id as its name.
    let (_, chirp) = call(&store, "GET /api/v1/connections/chirp", None);
    assert_eq!((&chirp["kind"], &chirp["client"]), (&json!("chirp"), &json!({"id": "we"})));
    let made = store
        .providers()
        .create(IdentityProvider::named("Other", Saml::new("urn:x").sign_on("https://x.example")))
        .unwrap();
    let path = format!("/api/v1/connections/{}", made.id);
    let (_, shown) = call(&store, &format!("GET {path}"), None);
    assert_eq!((&shown["alias"], &shown["displayName"]), (&json!(made.id.to_string()), &json!("Other")));
    assert_eq!(call(&store, &format!("PUT {path}"), shown.clone()), (200, shown));

    // A change through Okta is there, and does not touch what is Harbor's own.
    let mut hidden = saml("north");
    hidden["hideOnLogin"] = true.into();
    assert_eq!(call(&store, "PUT /api/v1/connections/north", hidden).0, 200);
    let path = format!("PUT /api/v1/idps/{}", okta[0]["id"].as_str().unwrap());
    let mut document = okta[0].clone();
    document["name"] = "Renamed".into();
    assert_eq!(send(&store, OKTA, &path, &document).status(), 200);
    let (_, north) = call(&store, "GET /api/v1/connections/north", None);
    assert_eq!((&north["displayName"], &north["hideOnLogin"]), (&json!("Renamed"), &json!(true)));
}

#[test]
fn the_laws_hold_for_connections_of_each_kind() {
    for kind in KINDS {
        let blank = &|| IdentityProvider::new(Id::from_number(7), Timestamp::default(), "", kind.blank());
        let fixed = json!({"client": {"secret": "hush"}});
        Subject { document: &CONNECTION, blank, scene: &Scene::default(), finish: |_| (), fixed }.hold();
    }
}
