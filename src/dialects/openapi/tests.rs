//! The documents in `docs/openapi` are what the tables say, and what is answered is as they describe it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::check::Checker;
use super::{holds, open_segments, reference};
use crate::dialects::{ALL, Dialect, of};
use crate::http::router;

/// The dialects that are described, each with its document.
fn documents() -> impl Iterator<Item = (&'static Dialect, Value)> {
    ALL.iter().filter_map(|dialect| Some((*dialect, (dialect.openapi?)().document(dialect))))
}

#[test]
fn the_documents_say_what_the_tables_say() {
    for (dialect, document) in documents() {
        let text = serde_json::to_string_pretty(&document).unwrap();
        holds(&format!("docs/openapi/{}.json", dialect.name), &format!("{text}\n"));
    }
}

/// Every value of a member of this name below a value.
fn members<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(name));
            object.values().for_each(|value| members(value, name, found));
        }
        Value::Array(items) => items.iter().for_each(|value| members(value, name, found)),
        _ => {}
    }
}

#[test]
fn they_are_sound() {
    for (dialect, document) in documents() {
        let mut references = Vec::new();
        members(&document, "$ref", &mut references);
        for reference in &references {
            let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{}: {pointer}", dialect.name);
        }
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(jsonschema::meta::is_valid(schema), "{}: {name}", dialect.name);
            let reference = json!(format!("#/components/schemas/{name}"));
            assert!(references.contains(&&reference), "{}: nothing has the schema {name}", dialect.name);
        }
        let mut ids = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let id = (operation["operationId"].as_str().unwrap(), operation["tags"].to_string());
                assert!(ids.insert(id), "{method} {path} has the id of another");
                assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{method} {path}");
                let parameters = operation["parameters"].as_array().unwrap();
                let open =
                    parameters.iter().filter(|it| it["in"] == "path").map(|it| it["name"].as_str().unwrap());
                assert!(open.eq(open_segments(path)), "{method} {path}");
            }
        }
    }
}

#[test]
fn each_line_describes_an_operation() {
    for dialect in ALL {
        let Some(description) = dialect.openapi else { continue };
        for operation in description().operations {
            let is_one = |route: &&crate::http::Route| route.operation == operation.name;
            assert!(dialect.routes.iter().any(|route| is_one(&route)), "{} is not served", operation.name);
        }
    }
}

/// The scenarios: files of `tests/cases`.
fn scenarios() -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folders =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()));
    let mut files: Vec<_> = files.collect();
    files.sort();
    let read = |path: &PathBuf| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    files.iter().map(|path| (path.clone(), read(path))).collect()
}

/// The names of all members in a value.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.insert(name.clone());
            names(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

/// Scenarios of the ways in which a message of protobuf may be spelled, of which the documents describe the one in which servers
/// write it.
const SPELLINGS: [&str; 2] = ["json.json", "json-values.json"];

/// How many answers, errors and requests were held against a document.
#[derive(Debug, Default)]
struct Count {
    answers: u32,
    errors: u32,
    requests: u32,
}

/// A request of a scenario with its answer, and the operation.
struct Step<'s> {
    request: &'s Value,
    response: &'s Value,
    operation: &'s Value,
}

impl<'s> Step<'s> {
    /// A step that calls an operation of one of these documents; the dialect, too.
    fn of(step: &'s Value, documents: &'s [(&'static Dialect, Value)]) -> Option<(Self, &'static Dialect)> {
        let (request, response) = (&step["request"], &step["response"]);
        let (method, path) = (request["method"].as_str()?, request["path"].as_str()?);
        let called = http::Request::builder().method(method).uri(path).body(bytes::Bytes::new()).unwrap();
        let dialect = of(&called)?;
        let (_, document) = documents.iter().find(|(known, _)| known.name == dialect.name)?;
        let path = called.uri().path();
        let path = if dialect.ignores_trailing_slash { path.trim_end_matches('/') } else { path };
        let (route, _) = router::find(dialect.routes, called.method(), path).ok()?;
        let operation = &document["paths"][route.path][method.to_lowercase()];
        operation.is_object().then_some((Self { request, response, operation }, dialect))
    }

    /// What is not as this document describes it.
    fn faults(&self, checker: &Checker, received: &BTreeSet<String>, count: &mut Count) -> Vec<[String; 2]> {
        let answer = &self.response["body"];
        let is_json = !answer.is_null() && !is_octets(answer);
        if self.response["status"].as_u64().unwrap() >= 400 {
            count.errors += u32::from(is_json);
            let faults = || checker.answer(&reference("Error"), answer, &BTreeSet::new());
            return if is_json { faults() } else { Vec::new() };
        }
        let schema = match self.schema(is_json) {
            Ok(schema) if is_json => schema,
            Ok(_) => return Vec::new(),
            Err(fault) => return vec![["the answer".to_owned(), fault]],
        };
        count.answers += 1;
        let mut faults = checker.answer(schema, answer, received);
        let (request, content) = (&self.request["body"], &self.operation["requestBody"]["content"]);
        let schema = &content["application/json"]["schema"];
        if !schema.is_null() && request.is_object() && !is_octets(request) {
            count.requests += 1;
            faults.extend(checker.request(schema, request));
        }
        faults
    }

    /// The schema of the answer; null if it has no body, or a media type that the scenario does not name.
    fn schema(&self, is_json: bool) -> Result<&Value, String> {
        let status = &self.response["status"];
        let described = &self.operation["responses"][status.to_string()];
        if !described.is_object() || (self.response["body"].is_null() != described["content"].is_null()) {
            return Err(format!("{status} is not described so"));
        }
        let media_type = self.response["headers"]["content-type"].as_str();
        let media_type =
            media_type.or(is_json.then_some("application/json")).map(|name| name.replace("hal+", ""));
        let Some(media_type) = media_type.as_deref().and_then(|name| name.split(';').next()) else {
            return Ok(&Value::Null);
        };
        let schema = &described["content"][media_type]["schema"];
        if schema.is_null() {
            Err(format!("{status} with {media_type} is not described"))
        } else {
            Ok(schema)
        }
    }
}

/// Whether the body in a scenario stands for a text or octets.
fn is_octets(body: &Value) -> bool {
    ["text", "base64"].iter().any(|name| !body[name].is_null())
}

#[test]
fn what_is_sent_and_answered_is_as_they_describe_it() {
    let documents: Vec<_> = documents().collect();
    let checkers: Vec<_> = documents.iter().map(|(_, document)| Checker::new(document)).collect();
    let (mut wrong, mut counts) = (Vec::new(), BTreeMap::<_, Count>::new());
    let is_spelled = |file: &Path| SPELLINGS.iter().any(|name| file.ends_with(name));
    for (file, scenario) in scenarios() {
        // What is kept as it was received may be answered.
        let mut received = BTreeSet::new();
        for (number, step) in (1..).zip(scenario["steps"].as_array().unwrap()) {
            names(&step["request"]["body"], &mut received);
            let Some((mut described, dialect)) = Step::of(step, &documents) else { continue };
            if is_spelled(&file) {
                described.request = &Value::Null;
            }
            let at = documents.iter().position(|(known, _)| known.name == dialect.name).unwrap();
            let count = counts.entry(dialect.name).or_default();
            let faults = described.faults(&checkers[at], &received, count);
            let place = format!("{}, step {number}, {}", file.display(), described.operation["operationId"]);
            wrong.extend(faults.into_iter().map(|[at, fault]| format!("{place}, {at}: {fault}")));
        }
    }
    println!("{counts:#?}");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    let is_many =
        |count: &Count| [count.answers, count.errors, count.requests].iter().all(|count| *count > 60);
    assert!(counts.len() == documents.len() && counts.values().all(is_many), "{counts:?}");
}
