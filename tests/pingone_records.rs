//! What only PingOne has beside providers: populations, images and key rotation policies, through all that a store does with
//! records.
#![cfg(all(
    feature = "pingone",
    feature = "okta",
    feature = "zitadel",
    feature = "testing",
    feature = "api"
))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use http::StatusCode;
use idpstore::pki::Timestamp;
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{Authorizer, Grant, IdpStore, Secrets};
use serde_json::{Value, json};

const ENV: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f";
const DAY: i64 = 24 * 60 * 60;

/// What callers without a token may do; all others may do everything.
struct Strangers(Option<Grant>);

impl Authorizer for Strangers {
    fn authorize(&self, request: &http::request::Parts) -> idpstore::Result<Grant> {
        match request.headers.get("authorization") {
            Some(_) => Ok(Grant::full()),
            None => self.0.clone().ok_or_else(|| idpstore::ErrorKind::Unauthorized.into()),
        }
    }
}

fn clock() -> FixedClock {
    FixedClock::at(Timestamp::from_unix_seconds(1_768_471_200))
}

fn store(clock: &FixedClock) -> IdpStore {
    keyed(clock, &CannedKeys::default())
}

fn keyed(clock: &FixedClock, keys: &CannedKeys) -> IdpStore {
    let builder = IdpStore::builder().entropy(CountedEntropy::default()).keys(keys.clone());
    builder.clock(clock.clone()).open().unwrap()
}

fn ask(store: &IdpStore, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = http::Request::builder().method(method).uri(path);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = request.header("content-type", "application/json").body(body.into()).unwrap();
    let answer = store.handle(request);
    (answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

fn get(store: &IdpStore, path: &str) -> Value {
    ask(store, "GET", &format!("{ENV}{path}"), &Value::Null).1
}

fn policy(name: &str) -> Value {
    json!({
        "name": name, "algorithm": "RSA", "dn": "CN=x", "keyLength": 2048, "signatureAlgorithm": "SHA256withRSA",
        "usageType": "SIGNING", "rotationPeriod": 30,
    })
}

fn made(store: &IdpStore, path: &str, body: &Value) -> Value {
    let (status, made) = ask(store, "POST", &format!("{ENV}{path}"), body);
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap()
}

fn kids(store: &IdpStore, policy: &str) -> Vec<String> {
    let keys = get(store, &format!("/keyRotationPolicies/{policy}/jwks"));
    keys["keys"].as_array().unwrap().iter().map(|key| text(key, "kid").to_owned()).collect()
}

fn export(store: &IdpStore, secrets: Secrets) -> String {
    let mut document = Vec::new();
    store.export(secrets, &mut document, |_| {}).unwrap();
    String::from_utf8(document).unwrap()
}

#[test]
fn keys_take_turns_by_the_clock_and_leave_nothing_behind() {
    let clock = clock();
    let store = store(&clock);
    let id = text(&made(&store, "/keyRotationPolicies", &policy("Own")), "id").to_owned();
    let [first, second] = &kids(&store, &id)[..] else { panic!("two keys") };
    clock.advance(30 * DAY - 1);
    assert_eq!(kids(&store, &id), [first.as_str(), second]);
    clock.advance(1);
    let turned = kids(&store, &id);
    assert_eq!([&turned[0], &turned[2]], [second, first]);
    clock.advance(10 * 30 * DAY);
    let later = kids(&store, &id);
    assert!(later.len() == 3 && later.iter().all(|kid| kid != first && kid != second));
    let keys = store.service().signing_keys(&idpstore::SigningKeyQuery::all()).unwrap().items;
    // Those of the default policy, which were not looked at, are there as well.
    assert_eq!(keys.len(), 3 + 2);
    assert!(store.check().unwrap().is_sound());
    assert_eq!(ask(&store, "DELETE", &format!("{ENV}/keyRotationPolicies/{id}"), &Value::Null).0, 204);
    assert_eq!(store.service().signing_keys(&idpstore::SigningKeyQuery::all()).unwrap().items.len(), 2);
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn a_document_holds_policies_with_their_keys() {
    let clock = clock();
    // The second store goes on with other keys.
    let keys = CannedKeys::default();
    let (store, other) = (keyed(&clock, &keys), keyed(&clock, &keys));
    let id = text(&made(&store, "/keyRotationPolicies", &policy("Own")), "id").to_owned();
    clock.advance(31 * DAY);
    let shown = kids(&store, &id);
    let staff =
        text(&made(&store, "/populations", &json!({"name": "Staff", "default": true})), "id").to_owned();
    let document = export(&store, Secrets::InTheClear);
    let plan = other.plan_import(&document, false, |_| {}).unwrap();
    assert!(plan.is_possible(), "{:?}", plan.planned().iter().map(ToString::to_string).collect::<Vec<_>>());
    other.import(&plan, |_| {}).unwrap();
    assert!(other.check().unwrap().is_sound());
    // The import has changed the tenant.
    let records = |document: &str| document.split_once("\"providers\"").unwrap().1.to_owned();
    assert_eq!(records(&export(&other, Secrets::InTheClear)), records(&document));
    assert_eq!(kids(&other, &id), shown);
    assert_eq!(get(&other, &format!("/populations/{staff}"))["default"], true);
    // Rotation goes on there.
    clock.advance(30 * DAY);
    let [current, _, previous] = &kids(&other, &id)[..] else { panic!("three keys") };
    assert_eq!([current, previous], [&shown[1], &shown[0]]);
    assert!(!export(&store, Secrets::LeftOut).contains("\"private\": \"MII"));
}

#[test]
fn a_deleted_policy_does_not_come_back_because_its_private_keys_are_gone() {
    let store = store(&clock());
    let id = text(&made(&store, "/keyRotationPolicies", &policy("Own")), "id").to_owned();
    assert_eq!(ask(&store, "DELETE", &format!("{ENV}/keyRotationPolicies/{id}"), &Value::Null).0, 204);
    let refused = store.service().undo(store.service().last_change().unwrap()).unwrap_err();
    assert!(refused.to_string().contains("is not kept"));
    assert!(store.check().unwrap().is_sound());
    // What was made can be taken back while its keys have not been rotated.
    made(&store, "/keyRotationPolicies", &policy("Other"));
    store.service().undo(store.service().last_change().unwrap()).unwrap();
    assert_eq!(get(&store, "/keyRotationPolicies")["count"], 1);
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn the_keys_of_a_policy_are_its_own() {
    let store = store(&clock());
    let made_policy = made(&store, "/keyRotationPolicies", &policy("Own"));
    let current = text(&made_policy, "currentKeyId");
    // The neutral API knows who uses a key, and lets no one delete it.
    let id = idpstore::pingone::read_id(current).unwrap();
    let kid = store.service().signing_key(id).unwrap().kid;
    let (_, used) = ask(&store, "GET", &format!("/_idpstore/v1/keys/{kid}/references"), &Value::Null);
    assert_eq!(
        [&used["items"][0]["owner"], &used["items"][0]["ids"]["pingone"]],
        [&json!("record"), &made_policy["id"]]
    );
    assert_eq!(used["items"][0]["uses"], json!(["signing", "attached"]));
    assert_eq!(ask(&store, "DELETE", &format!("{ENV}/keys/{current}"), &Value::Null).0, StatusCode::CONFLICT);
    // No provider and no application may sign with it.
    let application = json!({
        "name": "App", "enabled": true, "type": "WEB_APP", "protocol": "SAML", "assertionDuration": 60, "acsUrls": ["https://a.example"],
        "spEntityId": "x", "idpSigning": {"key": {"id": current}, "algorithm": "SHA256withRSA"},
    });
    let (status, refused) = ask(&store, "POST", &format!("{ENV}/applications"), &application);
    assert_eq!(
        (status, &refused["details"][0]["target"]),
        (StatusCode::BAD_REQUEST, &json!("idpSigning.key.id"))
    );
}

#[test]
fn a_provider_made_of_metadata_is_there_for_other_vendors() {
    let store = store(&clock());
    let certificate = store
        .service()
        .create_signing_key(idpstore::Owner::Tenant, |draft| {
            let subject =
                idpstore::pki::DistinguishedName::new().with(idpstore::pki::NameAttribute::CommonName, "idp");
            Ok(idpstore::CertificatePlan {
                issuer: subject.clone(),
                subject,
                serial_number: 1.into(),
                not_before: draft.now(),
                not_after: draft.now().plus_calendar_years(1),
                spec: idpstore::pki::KeySpec::Rsa { bits: 2048 },
                hash: idpstore::pki::Hash::Sha256,
                profile: idpstore::pki::Profile::Bare,
            })
        })
        .unwrap()
        .chain
        .remove(0);
    let xml = idpstore::saml::Metadata {
        entity_id: Some("https://idp.example.com".to_owned()),
        is_identity_provider: true,
        single_sign_on: vec![idpstore::saml::Endpoint {
            binding: format!("{}HTTP-POST", idpstore::saml::BINDINGS),
            location: "https://idp.example.com/sso".to_owned(),
            response_location: None,
        }],
        certificates: vec![certificate],
        ..idpstore::saml::Metadata::default()
    };
    let request = http::Request::post(format!("{ENV}/identityProviders"))
        .header("content-type", "application/samlmetadata+xml")
        .body(xml.write().unwrap().into());
    let answer = store.handle(request.unwrap());
    assert_eq!(answer.status(), StatusCode::CREATED);
    let at_okta = ask(&store, "GET", "/api/v1/idps", &Value::Null).1;
    assert_eq!(at_okta[0]["protocol"]["endpoints"]["sso"]["url"], "https://idp.example.com/sso");
    assert_eq!(at_okta[0]["status"], "INACTIVE");
}

#[test]
fn who_may_only_read_sees_what_is_there_and_changes_nothing() {
    let clock = clock();
    let engine = idpstore::engine::RedbEngine::in_memory().unwrap();
    let builder = IdpStore::builder().engine(engine).clock(clock.clone()).keys(CannedKeys::default());
    let store = builder.authorizer(Strangers(Some(Grant::read_only()))).open().unwrap();
    assert_eq!(get(&store, "/populations")["count"], 1);
    assert_eq!(get(&store, "/keyRotationPolicies")["count"], 0);
    let request = http::Request::get(format!("{ENV}/keyRotationPolicies")).header("authorization", "x");
    assert_eq!(store.handle(request.body(bytes::Bytes::new()).unwrap()).status(), StatusCode::OK);
    let found = get(&store, "/keyRotationPolicies")["_embedded"]["keyRotationPolicies"][0].clone();
    clock.advance(200 * DAY);
    let last = store.service().last_change().unwrap();
    assert_eq!(get(&store, "/keyRotationPolicies")["_embedded"]["keyRotationPolicies"][0], found);
    assert_eq!(store.service().last_change().unwrap(), last);
    let (status, _) = ask(&store, "POST", &format!("{ENV}/populations"), &json!({"name": "x"}));
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[test]
fn metadata_and_images_need_no_token() {
    let builder = IdpStore::builder().keys(CannedKeys::default());
    let store = builder.authorizer(Strangers(None)).open().unwrap();
    let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], &[0, 0, 0, 1, 0, 0, 0, 1]].concat();
    let request = http::Request::post(format!("{ENV}/images"))
        .header("authorization", "x")
        .header("content-type", "image/png");
    let made: Value =
        serde_json::from_slice(store.handle(request.body(png.clone().into()).unwrap()).body()).unwrap();
    let href = text(&made["targets"]["original"], "href").replace("http://localhost", "");
    let answer = store.handle(http::Request::get(&href).body(bytes::Bytes::new()).unwrap());
    assert_eq!((answer.status(), &answer.body()[..]), (StatusCode::OK, &png[..]));
    let status =
        |path: &str| store.handle(http::Request::get(path).body(bytes::Bytes::new()).unwrap()).status();
    assert_eq!(status(&format!("{ENV}/images/{}", text(&made, "id"))), StatusCode::UNAUTHORIZED);
    let metadata = format!("{}/saml20/sp/metadata/x", ENV.trim_start_matches("/v1/environments"));
    assert_eq!(status(&metadata), StatusCode::NOT_FOUND);
}
