//! Everything that the API can do, in one story. Whole answers are in `transcript.json`, which is also run in the WebAssembly
//! module (`pkg/test/neutral.test.mjs`).

use std::collections::BTreeSet;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::testing::FixedClock;
use idpstore::{IdpStore, Tokens};
use serde_json::{Value, json};

use super::{
    BASE_URL, Body, DISCOVERY, ISSUER, KEY_SET, KEYS, PUBLISHED, START, builder, certificate, discovery,
    document, federation, issued, metadata, operation_of, operations, published, send,
};

/// A store, and what was sent to it and answered.
pub(super) struct Story {
    pub(super) store: IdpStore,
    token: Option<&'static str>,
    /// Sees each call before it is made.
    watch: fn(&IdpStore, &str, &Body),
    pub(super) clock: FixedClock,
    /// By how many seconds the clock was moved since the last step.
    advance: i64,
    pub(super) steps: Vec<Step>,
}

/// A request and its answer.
pub(super) struct Step {
    /// By how many seconds the clock was moved before.
    pub(super) advance: i64,
    pub(super) call: String,
    pub(super) body: Body,
    pub(super) status: u16,
    pub(super) answer: Value,
    /// The number of the last change after it.
    pub(super) number: u64,
}

impl Story {
    fn send(&mut self, call: impl Into<String>, body: Body) -> Value {
        let call = call.into();
        (self.watch)(&self.store, &call, &body);
        let response = send(&self.store, &call, &body, self.token);
        let text = || Value::from(String::from_utf8(response.body().to_vec()).unwrap());
        let answer = match document(&response) {
            Value::Null if !response.body().is_empty() => text(),
            document => document,
        };
        let advance = std::mem::take(&mut self.advance);
        self.steps.push(Step {
            advance,
            call,
            body,
            status: response.status().as_u16(),
            answer: answer.clone(),
            number: self.store.service().last_change().unwrap(),
        });
        answer
    }

    fn get(&mut self, path: impl AsRef<str>) -> Value {
        self.send(format!("GET {}", path.as_ref()), Body::None)
    }

    fn post(&mut self, path: impl AsRef<str>, body: Value) -> Value {
        let body = if body.is_null() { Body::None } else { Body::Json(body) };
        self.send(format!("POST {}", path.as_ref()), body)
    }

    fn delete(&mut self, path: impl AsRef<str>) -> Value {
        self.send(format!("DELETE {}", path.as_ref()), Body::None)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Calls every operation, most of them planned before.
pub(super) fn story() -> Story {
    let (builder, clock) = builder();
    told(Story {
        store: builder.open().unwrap(),
        token: None,
        watch: |_, _, _| (),
        clock,
        advance: 0,
        steps: Vec::new(),
    })
}

/// The same on a store that requires a token, with someone who sees each call before it is made.
pub(super) fn watched(tokens: Tokens, token: &'static str, watch: fn(&IdpStore, &str, &Body)) -> Story {
    let (builder, clock) = builder();
    let store = builder.authorizer(tokens).open().unwrap();
    told(Story { store, token: Some(token), watch, clock, advance: 0, steps: Vec::new() })
}

fn told(mut it: Story) -> Story {
    it.get("/health");
    tenants(&mut it);
    let partner = partners(&mut it);
    rotation(&mut it);
    keys(&mut it);
    log(&mut it, &partner);
    imports(&mut it);
    documents(&mut it);
    it
}

fn tenants(it: &mut Story) {
    it.post("/v1/tenants?plan=true", json!({"name": "Acme"}));
    let acme = text(&it.post("/v1/tenants", json!({"name": "Acme"}))["id"]);
    it.get("/v1/tenants?limit=1");
    it.get("/v1/tenants?limit=1&after=1");
    it.get(format!("/v1/tenants/{acme}"));
    it.get(format!("/v1/providers?tenant={acme}"));
    it.delete(format!("/v1/tenants/{acme}?plan=true"));
    it.delete(format!("/v1/tenants/{acme}"));
}

/// Makes two providers; the ids of the first.
fn partners(it: &mut Story) -> Value {
    let xml = metadata("urn:partner", vec![certificate()]);
    let source = PUBLISHED;
    let new = json!({"name": "Partner", "alias": "partner", "metadata": xml, "source": source});
    it.post("/v1/providers?plan=true", new.clone());
    let made = it.post("/v1/providers", new)["provider"].clone();
    let file = Body::File("application/samlmetadata+xml", metadata("urn:other", vec![]).into());
    it.send("POST /v1/providers?name=Other&source=https://other.example.com", file);
    it.get("/v1/providers?limit=1");
    it.get(format!("/v1/providers?limit=1&after={}", text(&made["id"])));
    it.get("/v1/providers?name=PART&kind=saml");
    for name in [&made["id"], &made["ids"]["okta"], &made["ids"]["pingone"], &made["ids"]["zitadel"]] {
        it.get(format!("/v1/providers/{}", text(name)));
    }
    it.get("/v1/providers/partner");
    it.post("/v1/providers/partner/deactivate?plan=true", Value::Null);
    it.post("/v1/providers/partner/deactivate", Value::Null);
    it.post("/v1/providers/partner/activate", Value::Null);

    it.post("/v1/refresh?plan=true", Value::Null);
    let page = it.post("/v1/refresh?plan=true&limit=1", Value::Null);
    it.post(format!("/v1/refresh?plan=true&after={}", text(&page["next"])), Value::Null);
    it.post("/v1/refresh?tenant=1", Value::Null);
    it.post("/v1/refresh?plan=true", Value::Null);
    let renamed = metadata("urn:renamed", vec![]);
    let path = "/v1/providers/partner/metadata";
    let change = json!({"metadata": renamed, "change_entity_id": true, "entity_id": "urn:renamed"});
    it.post(format!("{path}?plan=true"), change.clone());
    it.post(path, change);
    let file = Body::File("text/xml", metadata("urn:renamed", vec![certificate()]).into());
    it.send(format!("POST {path}?drop_certificates=true&source=https://idp.example.com/metadata"), file);

    let kid = text(&made["trusted_keys"][0]);
    let shown = it.get("/v1/providers/partner/crossing?to=okta")["shown"].clone();
    let path = "/v1/providers/partner/documents/okta";
    it.send(format!("PUT {path}"), Body::Json(shown.clone()));
    let mut other = shown;
    other["name"] = "Other name".into();
    it.send(format!("PUT {path}?plan=true"), Body::Json(other));
    it.get("/v1/providers/partner/crossing.md?to=okta");
    it.get("/v1/crossing?to=zitadel");
    it.get("/v1/crossing.md?to=zitadel");
    it.get("/v1/crossing/requests?to=okta&limit=1");
    it.get("/v1/crossing.sh?to=pingone");
    let path = "/v1/providers/partner/trusted-keys";
    it.delete(format!("{path}/{kid}?plan=true"));
    it.delete(format!("{path}/{kid}?when_expired=true&plan=true"));
    it.delete(format!("{path}/{kid}?at=2031-01-01T00:00:00Z"));
    it.delete(format!("{path}/{kid}"));
    let der = idpstore::pki::pem::base64_any(&certificate()).unwrap();
    it.send(format!("POST {path}?plan=true"), Body::File("application/pkix-cert", der));
    it.post(path, json!({"certificate": certificate()}));
    made["ids"].clone()
}

fn rotation(it: &mut Story) {
    let prepare = json!({"owners": ["partner"], "key": "EC-P-256", "years": 1});
    it.post("/v1/rotation/prepare?plan=true", prepare.clone());
    let first = text(&it.post("/v1/rotation/prepare", prepare.clone())["kid"]);
    it.post("/v1/rotation/promote", json!({"kid": first}));
    let second = text(&it.post("/v1/rotation/prepare", prepare)["kid"]);
    it.get("/v1/owners/partner/rotation");
    it.get("/v1/owners/partner/metadata.xml");
    let promote = json!({"kid": second, "owners": ["partner"], "overlap": 3600});
    it.post("/v1/rotation/promote?plan=true", promote.clone());
    it.post("/v1/rotation/promote", promote.clone());
    it.post("/v1/rotation/roll-back", json!({"owners": ["partner"]}));
    it.post("/v1/rotation/promote", promote);
    it.get("/v1/owners/partner/jwks.json");
    it.get("/v1/owners/tenant/jwks.json");
    it.post("/v1/rotation/retire", json!({"kid": first, "owners": ["partner"]}));
    it.post("/v1/rotation/prepare", json!({"owners": ["partner"], "kid": first}));
    it.advance = 7200;
    it.clock.advance(it.advance);

    let path = "/v1/owners/partner/requests";
    let subject = json!({"C": "DE", "O": "Example", "CN": "sp.example.com"});
    let new = json!({"subject": subject, "dns_names": ["sp.example.com"], "key": "EC-P-384"});
    it.post(format!("{path}?plan=true"), new.clone());
    let request = it.post(path, new.clone());
    let other = text(&it.post(path, new)["id"]);
    it.get(path);
    it.get(format!("{path}/{other}"));
    it.delete(format!("{path}/{other}"));
    it.post("/v1/rotation/retire", json!({"kid": first}));
    let certificate = json!({"certificate": issued(request["pem"].as_str().unwrap())});
    it.post(format!("{path}/{}/publish", text(&request["id"])), certificate);
    it.get("/v1/owners/partner/rotation");
}

fn keys(it: &mut Story) {
    it.post("/v1/owners/tenant/requests", json!({"subject": {"CN": "waits"}, "key": "EC-P-256"}));
    let first = it.get("/v1/keys?limit=2");
    it.get(format!("/v1/keys?limit=2&after={}", text(&first["next"])));
    it.get("/v1/keys?weak=true");
    let kid = text(&first["items"][0]["kid"]);
    it.get(format!("/v1/keys/{kid}"));
    it.get(format!("/v1/keys/{kid}/references"));
    it.get("/v1/unused-keys");
    it.get("/v1/owners-without-key");
    let first = it.get("/v1/expiring?before=2029-01-01T00:00:00Z&limit=1");
    it.get(format!("/v1/expiring?before=2029-01-01T00:00:00Z&limit=1000&after={}", text(&first["next"])));
}

fn log(it: &mut Story, partner: &Value) {
    let changes = it.get("/v1/changes?limit=1000");
    let last = changes["next"].as_u64().unwrap();
    it.get(format!("/v1/changes?after={last}"));
    it.get(format!("/v1/records/{}", text(&partner["okta"])));
    let path = format!("/v1/records/{}/history", text(&partner["zitadel"]));
    let first = it.get(format!("{path}?limit=2"));
    it.get(format!("{path}?after={}", text(&first["next"])));
    it.get(format!("/v1/diff?from={}&to={last}", last - 1));
    it.get("/v1/diff?from=3&limit=2");
    it.get("/v1/providers/partner?as_of=4");
    it.get("/v1/owners/tenant/jwks.json?as_of=0");
    it.post(format!("/v1/changes/{last}/undo?plan=true"), Value::Null);
    it.post(format!("/v1/changes/{last}/undo"), Value::Null);
}

/// Takes in what issuers and federations publish, and copies a provider.
fn imports(it: &mut Story) {
    let issuer = "https://op.example.com";
    let document = |end: &str| {
        let at = |path: &str| format!("{issuer}/{path}");
        json!({"issuer": issuer, "authorization_endpoint": at(end), "jwks_uri": at("keys"), "claims_supported": []})
    };
    let keys: Value = serde_json::from_str(include_str!("../vectors/rfc7517-a1.json")).unwrap();
    let new = json!({
        "name": "Issuer", "alias": "issuer", "discovery": document("authorize"), "keys": keys, "client_id": "us",
        "client_secret": "hush", "source": "https://elsewhere.example.com", "source_etag": "\"1\"", "change_issuer": true,
    });
    it.post("/v1/oidc-providers?plan=true", new.clone());
    it.post("/v1/oidc-providers", new);
    it.post("/v1/oidc-providers", json!({"discovery": document("authorize")}));
    let change = json!({"discovery": document("login")});
    it.post("/v1/providers/issuer/discovery?plan=true", change.clone());
    it.post("/v1/providers/issuer/discovery", change);

    let new =
        json!({"url": ISSUER, "name": "Read", "alias": "read", "client_id": "us", "client_secret": "hush"});
    it.post("/v1/published-providers?plan=true", json!({"url": PUBLISHED, "entity_id": "urn:partner"}));
    it.post("/v1/published-providers", new);
    it.delete("/v1/providers/read");

    let entities = json!({"metadata": federation()});
    it.post("/v1/aggregates?plan=true", entities.clone());
    it.post("/v1/aggregates", entities);
    let file = Body::File("application/samlmetadata+xml", federation().into());
    it.send("POST /v1/aggregates?source=https://federation.example.com", file);

    let acme = text(&it.post("/v1/tenants", json!({"name": "Acme"}))["id"]);
    let copy = json!({"to_tenant": acme, "name": "Copy"});
    it.post("/v1/providers/partner/copies?plan=true", copy.clone());
    it.post("/v1/providers/partner/copies", copy);
    it.post("/v1/providers/partner/copies", json!({"to_tenant": "1"}));
    it.delete(format!("/v1/tenants/{acme}"));
}

fn documents(it: &mut Story) {
    let seed = json!({
        "applications": [{"name": "Wiki", "entity_id": "urn:wiki"}],
        "users": [{"login": "alice"}],
        "links": [{"provider": "partner", "user": "alice", "external_id": "a1"}],
    });
    it.post("/v1/import?plan=true", seed.clone());
    it.post("/v1/import", seed.clone());
    it.post("/v1/import?prune=true&plan=true", seed);
    it.get("/v1/providers/partner/links");
    let listed = it.get("/v1/applications?name=wiki");
    let wiki = text(&listed["items"][0]["id"]);
    it.get(format!("/v1/applications/{wiki}"));
    it.get(format!("/v1/owners/{wiki}/metadata.xml"));
    it.get("/v1/export");
    it.get("/v1/check");
    it.delete("/v1/providers/partner");
    it.delete(format!("/v1/applications/{wiki}?plan=true"));
    it.delete(format!("/v1/applications/{wiki}"));
    it.get("/v1/openapi.json");
}

/// A step in the form of `tests/cases/`.
fn written(step: &Step) -> Value {
    let (method, path) = step.call.split_once(' ').unwrap();
    let mut written = json!({
        "request": {"method": method, "path": format!("/_idpstore{path}")},
        "response": {"status": step.status},
    });
    if step.advance > 0 {
        written["advance"] = step.advance.into();
    }
    match &step.body {
        Body::None => {}
        Body::Json(body) => written["request"]["body"] = body.clone(),
        Body::File(media_type, bytes) => {
            written["request"]["headers"] = json!({"content-type": media_type});
            written["request"]["body"] = match std::str::from_utf8(bytes) {
                Ok(text) => json!({"text": text}),
                Err(_) => json!({"base64": BASE64_STANDARD.encode(bytes)}),
            };
        }
    }
    match &step.answer {
        Value::Null => {}
        Value::String(text) => written["response"]["body"] = json!({"text": text}),
        answer => written["response"]["body"] = answer.clone(),
    }
    written
}

#[test]
fn every_operation_answers_the_same_each_time() {
    let story = story();
    // What the description holds is in other tests.
    let steps = story.steps.iter().filter(|step| !step.call.ends_with("openapi.json"));
    let transcript = json!({
        "about": "everything that the neutral API can do",
        "start": START * 1000,
        "base_url": BASE_URL,
        "documents": {PUBLISHED: published(), DISCOVERY: discovery(), KEYS: KEY_SET},
        "steps": steps.map(written).collect::<Vec<_>>(),
    });
    let transcript = format!("{transcript:#}\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/transcript.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &transcript).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap();
    let differs = transcript.lines().zip(wanted.lines()).find(|(is, wanted)| is != wanted);
    assert_eq!(differs, None, "run this test with UPDATE=1 if that is meant");
    assert_eq!(transcript.len(), wanted.len());
    assert!(story.store.check().unwrap().is_sound());
    assert!(story.steps.iter().all(|step| !step.answer.to_string().contains("hush")), "a secret is answered");
}

#[test]
fn no_operation_is_left_out_and_all_are_done() {
    let story = story();
    let refused: Vec<_> =
        story.steps.iter().filter(|step| step.status >= 300).map(|step| (&step.call, &step.answer)).collect();
    assert_eq!(refused, []);
    let id = |operation: &Value| text(&operation["operationId"]);
    let called: BTreeSet<_> = story.steps.iter().map(|step| id(operation_of(&step.call))).collect();
    let all: BTreeSet<_> = operations().map(|(_, _, operation)| id(operation)).collect();
    assert_eq!(called, all);
}
