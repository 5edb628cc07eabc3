//! The scenarios of all vendors, from `tests/cases`, on a cluster. Several processes may give ids there, so that ids are drawn by lot:
//! what is opaque differs from what the files have, and is learned from the answers.

mod likeness;

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use idpstore::env::CertificateSettings;
use idpstore::pki::{KeySpec, Timestamp};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{IdpStore, REVISION_HEADER, Request, Response};
use serde_json::Value;

use crate::cluster::Cluster;
use crate::stores::elsewhere;
use likeness::Likeness;

/// 2026-01-15T10:00:00Z
const START: i64 = 1_768_471_200;

#[test]
fn all_vendors_are_answered_for_on_a_cluster() {
    let cluster = Cluster::start();
    let (mut wrong, mut steps) = (Vec::new(), 0);
    for vendor in ["okta", "pingone", "zitadel"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(vendor);
        for file in fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            let name = format!("{vendor}/{}", file.file_name().unwrap().display());
            let scenario: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            let all = scenario["steps"].as_array().unwrap();
            steps += all.len();
            wrong.extend(run(&cluster, &name, all));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(steps > 1000, "only {steps} steps");
}

/// What is different in the answers to the steps of a scenario.
fn run(cluster: &Cluster, name: &str, steps: &[Value]) -> Vec<String> {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(START));
    let store = open(cluster, name, &clock);
    let (mut likeness, mut wrong) = (Likeness::default(), Vec::new());
    for (number, step) in steps.iter().enumerate() {
        clock.advance(step["advance"].as_i64().unwrap_or_default());
        let answer = store.handle(request(&step["request"], &likeness));
        if let Some(id) = step["response"]["body"]["id"].as_str().filter(|_| adds_provider(&step["request"]))
        {
            likeness.forget(id);
        }
        wrong.extend(differences(&step["response"], &answer, &mut likeness).into_iter().map(|words| {
            let asked = &step["request"];
            format!("{name}, step {}, {} {}: {words}", number + 1, asked["method"], asked["path"])
        }));
    }
    wrong
}

/// Whether a request adds a provider at ZITADEL, where the files have ids for providers that a login has had before.
fn adds_provider(asked: &Value) -> bool {
    let path = asked["path"].as_str().unwrap();
    asked["method"] == "POST" && (path.starts_with("/admin/v1/idps/") || path.contains("AdminService/Add"))
}

fn open(cluster: &Cluster, name: &str, clock: &FixedClock) -> IdpStore {
    let spec = KeySpec::Rsa { bits: 2048 };
    IdpStore::builder()
        .engine(elsewhere(cluster, name))
        .base_url("https://example.okta.com")
        .clock(clock.clone())
        .entropy(CountedEntropy::default())
        .certificates(CertificateSettings { spec, ..CertificateSettings::default() })
        .keys(CannedKeys::default())
        .open()
        .unwrap()
}

/// A request, with what is opaque as the store has given it.
fn request(asked: &Value, likeness: &Likeness) -> Request {
    let path = asked["path"].as_str().unwrap().replace("%22", "\"");
    let path = likeness.translated(&path).replace('"', "%22");
    let mut request = http::Request::builder().method(asked["method"].as_str().unwrap()).uri(path);
    let headers = asked["headers"].as_object();
    for (name, value) in headers.into_iter().flatten() {
        request = request.header(name, likeness.translated(value.as_str().unwrap()));
    }
    let body = match asked.get("body").map(octets) {
        None => Vec::new(),
        Some(Ok(octets)) => String::from_utf8(octets)
            .map_or_else(std::string::FromUtf8Error::into_bytes, |text| likeness.translated(&text).into()),
        Some(Err(json)) => {
            if headers.is_none_or(|headers| !headers.contains_key("content-type")) {
                request = request.header("content-type", "application/json");
            }
            likeness.document(json).to_string().into()
        }
    };
    request.body(body.into()).unwrap()
}

/// The octets of a body, if it is not JSON.
fn octets(body: &Value) -> Result<Vec<u8>, &Value> {
    let members: Vec<_> = body.as_object().into_iter().flatten().collect();
    let is = |names: &[&str]| members.iter().map(|(name, _)| name.as_str()).eq(names.iter().copied());
    if is(&["text"]) && body["text"].is_string() {
        Ok(body["text"].as_str().unwrap().into())
    } else if is(&["base64"]) && body["base64"].is_string() {
        Ok(BASE64_STANDARD.decode(body["base64"].as_str().unwrap()).unwrap())
    } else if is(&["repeat", "times"]) {
        let times = usize::try_from(body["times"].as_u64().unwrap()).unwrap();
        Ok(body["repeat"].as_str().unwrap().repeat(times).into())
    } else {
        Err(body)
    }
}

fn differences(expected: &Value, answer: &Response, likeness: &mut Likeness) -> Vec<String> {
    let mut wrong = Vec::new();
    if expected["status"] != answer.status().as_u16() {
        wrong.push(format!("status {} in place of {}", answer.status().as_u16(), expected["status"]));
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let found = answer.headers().get_all(name).iter().map(|value| value.to_str().unwrap());
        // Pages of other origins may see the revision, too.
        let found: Vec<_> =
            found.filter(|value| *value != REVISION_HEADER.as_str()).map(Value::from).collect();
        let value = match value {
            Value::Null => Value::Array(Vec::new()),
            Value::Array(_) => value.clone(),
            one => Value::Array(vec![one.clone()]),
        };
        likeness.compare(name, &value, &Value::Array(found), &mut wrong);
    }
    match expected.get("body").map(octets) {
        None if answer.body().is_empty() => {}
        None => wrong.push(format!("a body: {}", String::from_utf8_lossy(answer.body()))),
        Some(Ok(octets)) => match (str::from_utf8(&octets), str::from_utf8(answer.body())) {
            (Ok(expected), Ok(found)) => {
                likeness.compare("body", &expected.into(), &found.into(), &mut wrong);
            }
            _ if octets == answer.body()[..] => {}
            _ => wrong.push("other octets".to_owned()),
        },
        Some(Err(json)) => match serde_json::from_slice(answer.body()) {
            Ok(found) => likeness.compare("", json, &found, &mut wrong),
            Err(_) => wrong.push(format!("no JSON: {}", String::from_utf8_lossy(answer.body()))),
        },
    }
    wrong
}
