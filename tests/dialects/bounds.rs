//! What a failed request is answered with stays small, whatever was sent: every scenario is repeated with each of its
//! values replaced, one after the other, by ones that are long, many or of another type.

use std::collections::BTreeSet;

use http::Method;
use idpstore::engine::MemoryEngine;
use idpstore::testing::inside::{DIALECTS, Dialect, router};
use idpstore::{ErrorKind, Request, Response};
use serde_json::{Value, json};

use super::scenario::Asked;
use super::{Surroundings, scenarios};

/// What fills the long values; no scenario and no answer of ours has it.
const MARK: char = 'ß';

/// How many of them may stand in one place of an answer.
const ECHO: usize = 200;

/// How many things an answer may name as wrong.
const VIOLATIONS: usize = 20;

/// How many bytes the answer to a failed request may have.
const ANSWER: usize = 20_000;

/// How many there are of what there are many of.
const MANY: usize = 60;

fn long(length: usize) -> String {
    MARK.to_string().repeat(length)
}

/// What is put in the place of a value, each under a name.
fn replacements() -> Vec<(&'static str, Value)> {
    let named: serde_json::Map<_, _> =
        (0..MANY).map(|number| (format!("{number}{}", long(ECHO + 50)), json!(number))).collect();
    let elements = [json!(7), json!({"id": "ß"}), json!("ß")].into_iter().cycle().take(MANY);
    vec![
        ("a long text", long(3_000).into()),
        ("many elements", elements.collect()),
        ("many texts", vec!["ß"; MANY].into()),
        ("many members", named.into()),
    ]
}

/// The pointers to the values in a document, of arrays to the first.
pub(crate) fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(elements) => {
            for value in elements.iter().take(1) {
                places(value, &format!("{at}/0"), found);
            }
        }
        _ => {}
    }
}

/// The same request with one thing changed, under a name that says which.
struct Variant<'a> {
    name: String,
    request: Box<dyn Fn() -> Request + 'a>,
}

fn variants<'a>(asked: &'a Asked, replacements: &'a [(&'static str, Value)]) -> Vec<Variant<'a>> {
    let mut variants = Vec::new();
    let mut add =
        |name: String, request: Box<dyn Fn() -> Request + 'a>| variants.push(Variant { name, request });
    let mut found = Vec::new();
    if let Some(document) = asked.document() {
        places(document, "", &mut found);
        for (place, (name, value)) in
            found.into_iter().flat_map(|place| replacements.iter().map(move |it| (place.clone(), it)))
        {
            add(
                format!("{name} at `{place}`"),
                Box::new(move || {
                    let mut document = document.clone();
                    if let Some(slot) = document.pointer_mut(&place) {
                        slot.clone_from(value);
                    }
                    asked.with_body(document.to_string())
                }),
            );
        }
    }
    add("nonsense".to_owned(), Box::new(|| asked.with_body(long(3_000))));
    add("a wrong escape".to_owned(), Box::new(|| asked.with_body(format!("\"{}\\ud800\"", long(3_000)))));
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let text = "%C3%9F".repeat(500);
    for position in 2..path.split('/').count() {
        let mut segments: Vec<_> = path.split('/').collect();
        segments[position] = &text;
        let path = segments.join("/");
        add(format!("segment {position}"), Box::new(move || asked.with_path(&path)));
    }
    let named = query.split('&').filter_map(|pair| pair.split('=').next());
    for name in named.chain(PARAMETERS).collect::<BTreeSet<_>>() {
        let path = format!("{path}?{name}={text}");
        add(format!("parameter `{name}`"), Box::new(move || asked.with_path(&path)));
    }
    variants
}

/// Parameters that one operation or another reads.
const PARAMETERS: [&str; 12] = [
    "limit",
    "after",
    "cursor",
    "q",
    "type",
    "filter",
    "expand",
    "activate",
    "validityYears",
    "targetIdpId",
    "targetAid",
    "kid",
];

/// The operation that a request reaches, or none.
fn operation(dialect: &Dialect, request: &Request) -> &'static str {
    let method = Method::from_bytes(request.method().as_str().as_bytes()).unwrap();
    router::find(dialect.routes, &method, request.uri().path()).map_or("", |(route, _)| route.operation)
}

/// What is too much in an answer to a failed request.
fn excess(answer: &Response) -> Option<String> {
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    let headers =
        answer.headers().values().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let kind = answer.extensions().get::<ErrorKind>().map(|kind| format!("{kind} {kind:?}"));
    for text in headers.chain([text]).chain(kind) {
        if text.len() > ANSWER {
            return Some(format!("{} bytes", text.len()));
        }
        let run = text.split(|character| character != MARK).map(|run| run.chars().count()).max();
        if run.is_some_and(|run| run > ECHO) {
            return Some(format!("{run:?} characters in one place"));
        }
    }
    let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let told = ["errorCauses", "details"].iter().filter_map(|member| document[*member].as_array());
    told.map(Vec::len).find(|told| *told > VIOLATIONS).map(|told| format!("{told} violations"))
}

#[test]
fn failures_are_told_in_few_words() {
    let (mut wrong, replacements) = (Vec::new(), replacements());
    for dialect in DIALECTS {
        let mut seen = BTreeSet::new();
        for (_, scenario) in scenarios(dialect) {
            let surroundings = Surroundings::new();
            let store = surroundings.open(MemoryEngine::default());
            let attacked = Surroundings::new().open(MemoryEngine::default());
            for step in &scenario.steps {
                surroundings.clock.advance(step.advance);
                let before = store.snapshot().unwrap();
                let operation = operation(dialect, &step.request.to_request());
                for Variant { name, request } in variants(&step.request, &replacements) {
                    let place = format!("{operation}: {name}");
                    if !seen.insert(place.clone()) {
                        continue;
                    }
                    attacked.restore(&before).unwrap();
                    let answer = attacked.handle(request());
                    if answer.status().as_u16() >= 400 {
                        wrong.extend(excess(&answer).map(|excess| format!("{place}: {excess}")));
                    }
                }
                drop(store.handle(step.request.to_request()));
            }
        }
        assert!(seen.len() > 500, "{} is hardly tried", dialect.name);
    }
    assert!(wrong.is_empty(), "{} are too long:\n{}", wrong.len(), wrong.join("\n"));
}
