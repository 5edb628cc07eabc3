//! The recorded requests of `tests/cases`, as material for fuzzing: documents of every operation of every dialect, and
//! requests that lead a store into every state that a scenario has.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use serde_json::Value;

/// A recorded request.
pub struct Recorded {
    /// By how many seconds the clock is moved before it.
    pub advance: i64,
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Body,
}

/// The body of a request.
#[derive(Clone)]
pub enum Body {
    Json(Value),
    Octets(Vec<u8>),
}

impl Body {
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Self::Json(value) => value.to_string().into(),
            Self::Octets(octets) => octets.clone().into(),
        }
    }
}

impl Recorded {
    /// This request with another body.
    pub fn with(&self, body: &Body) -> Request<Bytes> {
        let mut request = Request::new(body.to_bytes());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.path.parse().expect("a path");
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// The requests of each scenario.
pub static SCENARIOS: LazyLock<Vec<Vec<Recorded>>> = LazyLock::new(|| {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases");
    let folders = sorted(&cases).into_iter().filter(|path| path.is_dir());
    folders.flat_map(|folder| sorted(&folder)).map(|file| scenario(&file)).collect()
});

/// All JSON in the bodies of the scenarios.
pub static DOCUMENTS: LazyLock<Vec<&'static Value>> = LazyLock::new(|| {
    let bodies = SCENARIOS.iter().flatten().map(|request| &request.body);
    bodies.filter_map(|body| if let Body::Json(value) = body { Some(value) } else { None }).collect()
});

/// The place with this number, counted through all that a document holds, from the document itself.
pub fn place(document: &mut Value, number: u16) -> Option<&mut Value> {
    fn walk<'v>(value: &'v mut Value, left: &mut u16) -> Option<&'v mut Value> {
        if *left == 0 {
            return Some(value);
        }
        *left -= 1;
        match value {
            Value::Object(members) => members.values_mut().find_map(|inner| walk(inner, left)),
            Value::Array(elements) => elements.iter_mut().find_map(|inner| walk(inner, left)),
            _ => None,
        }
    }
    walk(document, &mut { number })
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn scenario(file: &Path) -> Vec<Recorded> {
    let scenario: Value = serde_json::from_slice(&fs::read(file).expect("a file")).expect("JSON");
    let steps = scenario["steps"].as_array().expect("steps");
    steps.iter().map(|step| recorded(&step["request"], step["advance"].as_i64().unwrap_or(0))).collect()
}

fn recorded(request: &Value, advance: i64) -> Recorded {
    let mut headers = HeaderMap::new();
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let name: http::HeaderName = name.parse().expect("the name of a header");
        headers.insert(name, value.as_str().expect("a text").parse().expect("the value of a header"));
    }
    let body = request.get("body").map_or(Body::Octets(Vec::new()), body);
    if matches!(body, Body::Json(_)) {
        let json = http::HeaderValue::from_static("application/json");
        headers.entry("content-type").or_insert(json);
    }
    let text = |name: &str| request[name].as_str().expect("a text");
    Recorded {
        advance,
        method: text("method").parse().expect("a method"),
        path: text("path").to_owned(),
        headers,
        body,
    }
}

/// A body as the README of the scenarios describes it.
fn body(value: &Value) -> Body {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    match value.as_object().map_or(0, serde_json::Map::len) {
        1 if member("text").is_some() => Body::Octets(member("text").unwrap_or_default().into()),
        1 if member("base64").is_some() => {
            Body::Octets(BASE64_STANDARD.decode(member("base64").unwrap_or_default()).expect("base64"))
        }
        // No more than one: what is too long is refused before anything else is done.
        2 if member("repeat").is_some() => Body::Octets(member("repeat").unwrap_or_default().into()),
        _ => Body::Json(value.clone()),
    }
}
