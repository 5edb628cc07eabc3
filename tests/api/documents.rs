//! Providers that are edited in the documents of vendors, over HTTP.

use idpstore::IdpStore;
use idpstore::ProviderQuery;
use idpstore::model::{IdentityProvider, MutualTls, OpenIdConnect, Protocol, Saml};
use serde_json::{Value, json};

use super::{Body, ask, certificate, document, metadata, send, store};

/// A store with a SAML provider that has all that Okta needs.
fn with_partner() -> IdpStore {
    let store = store();
    let new = json!({"name": "Partner", "alias": "partner", "metadata": metadata("urn:partner", vec![certificate()])});
    assert_eq!(ask(&store, "POST /v1/providers", new).0, 201);
    store
}

/// What a vendor's API made of a request.
fn vendors(store: &IdpStore, method: &str, path: &str, body: &Value) -> Value {
    let request =
        http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    let response = store.handle(request.body(body.to_string().into()).unwrap());
    assert!(response.status().is_success(), "{:?}", response.body());
    document(&response)
}

/// A store with a provider that a client of a vendor made, of a kind with a secret; the number of its provider.
fn with_google(vendor: &str) -> (IdpStore, String) {
    let store = store();
    match vendor {
        "okta" => {
            let credentials = json!({"client": {"client_id": "us", "client_secret": "hush"}});
            let protocol = json!({"type": "OIDC", "scopes": ["openid"], "credentials": credentials});
            let body = json!({"type": "GOOGLE", "name": "Google", "protocol": protocol, "policy": {
                "accountLink": {"action": "AUTO"}, "provisioning": {"action": "AUTO"},
                "subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"},
            }});
            vendors(&store, "POST", "/api/v1/idps", &body);
        }
        "pingone" => {
            let environment = "00000000-0000-7000-8010-69647073746f";
            let body = json!({"type": "GOOGLE", "name": "Google", "enabled": true, "clientId": "us", "clientSecret": "hush"});
            vendors(&store, "POST", &format!("/v1/environments/{environment}/identityProviders"), &body);
        }
        _ => {
            let body =
                json!({"name": "Google", "clientId": "us", "clientSecret": "hush", "scopes": ["openid"]});
            vendors(&store, "POST", "/admin/v1/idps/google", &body);
        }
    }
    let listed = ask(&store, "GET /v1/providers", Value::Null).1;
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    (store, id)
}

/// What a vendor's API shows of a provider.
fn shown(store: &IdpStore, id: &str, vendor: &str) -> Value {
    ask(store, &format!("GET /v1/providers/{id}/crossing?to={vendor}"), Value::Null).1["shown"].clone()
}

fn put(store: &IdpStore, id: &str, vendor: &str, document: &Value) -> (u16, Value) {
    ask(store, &format!("PUT /v1/providers/{id}/documents/{vendor}"), document.clone())
}

/// Where each vendor has the id of the client.
const CLIENT_IDS: [(&str, &str); 3] = [
    ("okta", "/protocol/credentials/client/client_id"),
    ("pingone", "/clientId"),
    ("zitadel", "/config/google/clientId"),
];

#[test]
fn an_edit_in_each_vendors_document_keeps_the_secret() {
    for (made_by, _) in CLIENT_IDS {
        for (vendor, place) in CLIENT_IDS {
            let (store, id) = with_google(made_by);
            let mut document = shown(&store, &id, vendor);
            assert!(!document.to_string().contains("hush"), "{document}");
            *document.pointer_mut(place).unwrap() = json!("others");
            let path = format!("PUT /v1/providers/{id}/documents/{vendor}");
            let (status, plan) = ask(&store, &format!("{path}?plan=true"), document.clone());
            assert_eq!(status, 200, "{made_by} {vendor}: {plan}");
            assert!(plan["changes"].to_string().contains("/protocol/client/id"), "{plan}");
            assert_eq!(plan["answer"]["protocol"]["client"]["id"], "others");
            let (status, changed) = put(&store, &id, vendor, &document);
            assert_eq!((status, &changed["protocol"]["client"]["id"]), (200, &json!("others")), "{changed}");
            let [provider] =
                store.providers().list(&ProviderQuery::default()).unwrap().items.try_into().unwrap();
            let Protocol::Social(social) = &provider.protocol else { panic!("{provider:?}") };
            assert_eq!(
                social.client.secret.as_ref().unwrap().reveal().unwrap(),
                "hush",
                "{made_by} {vendor}"
            );
            assert_eq!(shown(&store, &id, vendor), {
                let (now, mut wanted) = (shown(&store, &id, vendor), document);
                for member in ["lastUpdated", "updatedAt", "details"] {
                    if let Some(value) = now.get(member) {
                        wanted[member] = value.clone();
                    }
                }
                wanted
            });
            let last = store.service().last_change().unwrap();
            assert_eq!(put(&store, &id, vendor, &shown(&store, &id, vendor)).0, 200);
            assert_eq!(store.service().last_change().unwrap(), last, "nothing is written");
        }
    }
}

/// The places and reasons of what is refused of a document of this vendor once a member of it was replaced.
fn refused(store: &IdpStore, id: &str, vendor: &str, place: &str, value: Value) -> Vec<(String, String)> {
    let mut document = shown(store, id, vendor);
    *document.pointer_mut(place).unwrap() = value;
    let (status, problem) = put(store, id, vendor, &document);
    assert_eq!((status, &problem["type"]), (422, &json!("urn:idpstore:problem:invalid")), "{problem}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let violation = |it: &Value| (text(&it["pointer"]), text(&it["reason"]));
    problem["violations"].as_array().unwrap().iter().map(violation).collect()
}

#[test]
fn what_a_vendor_refuses_has_its_place_in_the_document() {
    let one = |place: &str, reason: &str| vec![(place.to_owned(), reason.to_owned())];
    for (vendor, place, value, reason) in [
        ("okta", "/name", json!(""), "is missing"),
        ("okta", "/protocol/type", json!("NEWS"), "is not one of SAML2"),
        ("pingone", "/name", Value::Null, "is missing"),
        ("pingone", "/enabled", json!("yes"), "is not of type boolean"),
        ("zitadel", "/config/saml/binding", json!(["x"]), "invalid value for enum field binding: ["),
        ("zitadel", "/config/saml/metadataXml", json!("QUJD"), "is no usable metadata"),
        (
            "zitadel",
            "/name",
            json!("n".repeat(201)),
            "value length must be between 1 and 200 runes, inclusive",
        ),
        ("zitadel", "/type", json!("PROVIDER_TYPE_LDAP"), "cannot be changed"),
    ] {
        assert_eq!(refused(&with_partner(), "partner", vendor, place, value), one(place, reason), "{vendor}");
    }
}

#[test]
fn what_the_rules_refuse_has_its_place_in_the_document() {
    let store = with_partner();
    let unknown = refused(&store, "partner", "okta", "/protocol/credentials/trust/kid", json!("nothing"));
    assert_eq!(unknown[0].0, "/protocol/credentials/trust/kid");
    let (store, id) = with_google("zitadel");
    let oidc = OpenIdConnect { issuer: Some("https://op.example".to_owned()), ..Default::default() };
    let made = store.providers().create(IdentityProvider::named("OP", oidc)).unwrap();
    let wrong = refused(&store, &made.id.to_string(), "zitadel", "/config/oidc/issuer", json!(" "));
    assert_eq!(wrong[0].0, "/config/oidc/issuer");
    let _ = id;
}

#[test]
fn only_a_vendor_that_shows_a_provider_takes_its_document() {
    let store = store();
    let made = store.providers().create(IdentityProvider::named("Card", MutualTls::default()));
    let id = made.unwrap().id.to_string();
    for (vendor, words) in [
        ("zitadel", "not supported: the API of `zitadel` does not show the provider"),
        ("nothing", "not supported: there is no dialect `nothing`"),
    ] {
        let (status, problem) = put(&store, &id, vendor, &json!({}));
        assert_eq!((status, &problem["detail"]), (422, &json!(words)), "{problem}");
    }
    assert_eq!(put(&store, "nothing", "okta", &json!({})).0, 404);
    let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:p"))).unwrap();
    let call = format!("PUT /v1/providers/{}/documents/okta", partner.id);
    assert_eq!(ask(&store, &call, json!([])).0, 400);
    assert_eq!(send(&store, &call, &Body::File("text/plain", Vec::new()), None).status(), 415);
}
