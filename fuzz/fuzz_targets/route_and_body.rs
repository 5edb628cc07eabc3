//! Whatever is asked of any vendor's API, in whatever order, is answered, and never with a failure of our own.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode};
use idpstore::engine::memory::MemoryEngine;
use idpstore::pki::Timestamp;
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{IdpStore, dialects};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// A request.
#[derive(Arbitrary, Debug)]
struct Asked<'a> {
    path: Path<'a>,
    query: Option<&'a str>,
    accept: Option<&'a [u8]>,
    content_type: Option<ContentType<'a>>,
    body: Body<'a>,
}

#[derive(Arbitrary, Debug)]
enum Path<'a> {
    /// An operation of the table, its open segments filled in turn.
    Route {
        route: u8,
        segments: [Segment<'a>; 2],
    },
    Any {
        method: &'a str,
        path: &'a str,
    },
}

#[derive(Arbitrary, Debug)]
enum Segment<'a> {
    Known(u8),
    Any(&'a str),
}

#[derive(Arbitrary, Debug)]
enum ContentType<'a> {
    Json,
    Pem,
    Any(&'a [u8]),
}

#[derive(Arbitrary, Debug)]
enum Body<'a> {
    Any(&'a [u8]),
    /// A good document in which some places have another value.
    Edited {
        document: u8,
        edits: Vec<(u8, Edit<'a>)>,
    },
}

#[derive(Arbitrary, Debug)]
enum Edit<'a> {
    Null,
    Bool(bool),
    Number(i64),
    Text(&'a str),
    Texts(Vec<&'a str>),
    Object(&'a str),
}

const CERTIFICATE: &str = include_str!("../../tests/vectors/rfc7517-b.json");

/// Good documents: a key, an OpenID Connect provider, a SAML provider, a certification request.
static DOCUMENTS: LazyLock<[Value; 4]> = LazyLock::new(|| {
    let key: Value = serde_json::from_str(CERTIFICATE).expect("JSON");
    let url = |path: &str| json!({"url": format!("https://idp.example.com/{path}"), "binding": "HTTP-POST"});
    let policy = json!({
        "provisioning": {"action": "AUTO", "groups": {"action": "NONE"}},
        "accountLink": {"action": "AUTO"},
        "subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"},
        "maxClockSkew": 0,
    });
    let oidc = json!({
        "type": "OIDC", "status": "ACTIVE", "issuerMode": "ORG_URL", "name": "Partner",
        "protocol": {
            "type": "OIDC",
            "endpoints": {"authorization": url("a"), "token": url("t"), "jwks": url("j"), "userInfo": url("u")},
            "scopes": ["openid"],
            "issuer": {"url": "https://idp.example.com"},
            "credentials": {"client": {"client_id": "id", "client_secret": "secret"}, "signing": {"kid": null}},
        },
        "policy": policy,
    });
    let saml = json!({
        "type": "SAML2", "status": "ACTIVE", "name": "Partner",
        "protocol": {
            "type": "SAML2",
            "endpoints": {"sso": url("sso"), "slo": url("slo"), "acs": {"binding": "HTTP-POST", "type": "ORG"}},
            "algorithms": {"request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}}},
            "settings": {"nameFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"},
            "credentials": {
                "trust": {"issuer": "https://idp.example.com", "audience": "sp", "kid": kid(), "additionalKids": []},
                "signing": {"kid": null},
            },
        },
        "policy": policy,
    });
    let request =
        json!({"subject": {"countryName": "US", "commonName": "x"}, "subjectAltNames": {"dnsNames": ["x"]}});
    [key, oidc, saml, request]
});

fn open() -> IdpStore {
    IdpStore::builder()
        .engine(MemoryEngine::default())
        .clock(FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000)))
        .entropy(CountedEntropy::default())
        .keys(CannedKeys::default())
        .open()
        .expect("a store in memory")
}

fn post(store: &IdpStore, path: &str, document: &str) -> Value {
    let request = Request::post(path).header("content-type", "application/json");
    let answer = store.handle(request.body(Bytes::copy_from_slice(document.as_bytes())).expect("a request"));
    serde_json::from_slice(answer.body()).expect("JSON")
}

/// A store with a trusted key. Time and entropy stand, so it has the same `kid` each time.
fn prepared() -> (IdpStore, String) {
    let store = open();
    let key = post(&store, "/api/v1/idps/credentials/keys", CERTIFICATE);
    (store, key["kid"].as_str().expect("a kid").to_owned())
}

fn kid() -> String {
    prepared().1
}

fuzz_target!(|asked: Vec<Asked<'_>>| {
    let (store, kid) = prepared();
    let made = post(&store, "/api/v1/idps", &DOCUMENTS[1].to_string());
    let known = [made["id"].as_str().expect("an id").to_owned(), kid];
    for asked in asked.into_iter().take(6) {
        let Some(request) = request(asked, &known) else { continue };
        let answer = store.handle(request);
        assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
});

/// The request, if it is one at all.
fn request(asked: Asked<'_>, known: &[String]) -> Option<Request<Bytes>> {
    let (method, path) = match asked.path {
        Path::Any { method, path } => (Method::from_bytes(method.as_bytes()).ok()?, path.to_owned()),
        Path::Route { route, segments } => {
            let routes: Vec<_> = dialects::ALL.iter().flat_map(|dialect| dialect.routes).collect();
            let route = routes[usize::from(route) % routes.len()];
            (route.method.clone(), fill(route.path, &segments, known))
        }
    };
    let query = asked.query.map_or(String::new(), |query| format!("?{query}"));
    let mut request = Request::builder().method(method).uri(format!("{path}{query}"));
    if let Some(accept) = asked.accept {
        request = request.header("accept", HeaderValue::from_bytes(accept).ok()?);
    }
    if let Some(content_type) = asked.content_type {
        let value = match content_type {
            ContentType::Json => HeaderValue::from_static("application/json"),
            ContentType::Pem => HeaderValue::from_static("application/x-pem-file"),
            ContentType::Any(bytes) => HeaderValue::from_bytes(bytes).ok()?,
        };
        request = request.header("content-type", value);
    }
    let body = match asked.body {
        Body::Any(bytes) => Bytes::copy_from_slice(bytes),
        Body::Edited { document, edits } => {
            let mut document = DOCUMENTS[usize::from(document) % DOCUMENTS.len()].clone();
            edits.into_iter().take(8).for_each(|(place, edit)| change(&mut document, place, edit));
            document.to_string().into()
        }
    };
    request.body(body).ok()
}

fn fill(path: &str, segments: &[Segment<'_>], known: &[String]) -> String {
    let mut segments = segments.iter();
    let fill = |segment: &str| match (segment.starts_with('{'), segment) {
        (false, literal) => literal.to_owned(),
        (true, _) => match segments.next() {
            Some(Segment::Known(which)) => known[usize::from(*which) % known.len()].clone(),
            Some(Segment::Any(text)) => (*text).to_owned(),
            None => "x".to_owned(),
        },
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// Changes the value at the place with this number, counted through the document.
fn change(document: &mut Value, place: u8, edit: Edit<'_>) {
    let mut left = usize::from(place);
    let mut edit = Some(edit);
    walk(document, &mut left, &mut edit);
}

fn walk(value: &mut Value, left: &mut usize, edit: &mut Option<Edit<'_>>) {
    if *left == 0 {
        if let Some(edit) = edit.take() {
            *value = match edit {
                Edit::Null => Value::Null,
                Edit::Bool(bool) => bool.into(),
                Edit::Number(number) => number.into(),
                Edit::Text(text) => text.into(),
                Edit::Texts(texts) => texts.into(),
                Edit::Object(name) => json!({name: name}),
            };
        }
        return;
    }
    *left -= 1;
    match value {
        Value::Object(members) => members.values_mut().for_each(|inner| walk(inner, left, edit)),
        Value::Array(elements) => elements.iter_mut().for_each(|inner| walk(inner, left, edit)),
        _ => {}
    }
}
