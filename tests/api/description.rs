//! The OpenAPI document describes what is sent and answered.

use std::collections::BTreeSet;

use jsonschema::validator_for;
use serde_json::{Value, json};

use super::scenario::story;
use super::{Body, description, operation_of, operations, send, store};

/// A schema of the document, with what it refers to.
fn schema(schema: &Value) -> Value {
    json!({"allOf": [schema], "components": description()["components"]})
}

fn faults(wanted: &Value, document: &Value) -> Vec<String> {
    let validator = validator_for(&schema(wanted)).unwrap();
    validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

#[test]
fn answers_and_bodies_are_what_it_describes() {
    for step in story().steps {
        let operation = operation_of(&step.call);
        if let Body::Json(body) = &step.body {
            let wanted = &operation["requestBody"]["content"]["application/json"]["schema"];
            assert_eq!(faults(wanted, body), [""; 0], "{}", step.call);
        }
        if let Body::File(media_type, _) = &step.body {
            assert!(operation["requestBody"]["content"][media_type].is_object(), "{}", step.call);
        }
        let response = &operation["responses"][step.status.to_string()];
        assert!(response.is_object(), "{} answers {}", step.call, step.status);
        match response["content"].as_object() {
            Some(content) => {
                let (_, wanted) = content.iter().next().unwrap();
                assert_eq!(faults(&wanted["schema"], &step.answer), [""; 0], "{}", step.call);
            }
            None => assert_eq!(step.answer, Value::Null, "{}", step.call),
        }
    }
}

/// Every object below a value that has this member, with the member.
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
fn it_is_sound() {
    let description = description();
    assert_eq!(description["openapi"], "3.1.0");
    let mut references = Vec::new();
    members(description, "$ref", &mut references);
    for reference in &references {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        assert!(jsonschema::meta::is_valid(schema), "{name}");
        let reference = json!(format!("#/components/schemas/{name}"));
        assert!(references.contains(&&reference), "nothing has the schema {name}");
    }
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{method} {path} has the id of another"
        );
        let summary = operation["summary"].as_str().unwrap();
        assert!(summary.ends_with('.') && summary.len() < 160, "{summary}");
        let parameters = operation["parameters"].as_array().unwrap();
        let open: Vec<_> = path
            .split('/')
            .filter_map(|it| it.strip_prefix('{').and_then(|it| it.strip_suffix('}')))
            .collect();
        let described =
            parameters.iter().filter(|it| it["in"] == "path").map(|it| it["name"].as_str().unwrap());
        assert_eq!(described.collect::<Vec<_>>(), open, "{method} {path}");
        let names: BTreeSet<_> = parameters.iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), parameters.len(), "{method} {path} has two parameters of one name");
        let is_read = method == "GET";
        assert_eq!(names.contains("plan"), !is_read, "{method} {path}");
    }
}

#[test]
fn what_it_does_not_describe_is_refused() {
    let store = store();
    for (method, path, operation) in operations() {
        let path = path.strip_prefix("/_idpstore").unwrap().replace(['{', '}'], "");
        let answer = super::ask(&store, &format!("{method} {path}?surplus=1"), json!({"name": "x"}));
        if operation["requestBody"].is_null() {
            assert_eq!(
                (answer.0, &answer.1["violations"][0]["pointer"]),
                (422, &json!("?surplus")),
                "{method} {path}"
            );
        }
        let content = &operation["requestBody"]["content"]["application/json"]["schema"];
        if content["properties"].is_object() {
            let body = Body::Json(json!({"surplus/member": 1}));
            let refusal = super::document(&send(&store, &format!("{method} {path}"), &body, None));
            let violations = refusal["violations"].as_array().unwrap();
            let places: BTreeSet<_> =
                violations.iter().map(|it| it["pointer"].as_str().unwrap().to_owned()).collect();
            let mut wanted = BTreeSet::from(["/surplus~1member".to_owned()]);
            let required = content["required"].as_array().unwrap();
            wanted.extend(required.iter().map(|name| format!("/{}", name.as_str().unwrap())));
            assert_eq!(places, wanted, "{method} {path}");
        }
    }
}
