//! The OpenAPI document (version 3.1), written from the table. Schemas of answers are in `schemas.json`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::operation::{Access, Answer, Body, Field, Kind, Operation};
use crate::error::{Error, ErrorKind, Result};

/// The schemas of what is answered.
const SCHEMAS: &str = include_str!("schemas.json");

/// What the open segments of paths are.
const SEGMENTS: [(&str, &str); 9] = [
    ("tenant", "The id of a tenant."),
    ("provider", "The id of a provider, as any vendor's API spells it, or its alias."),
    ("vendor", "The name of the vendor in whose form the document is."),
    ("application", "The id of an application, as any vendor's API spells it."),
    ("kid", "The key id."),
    ("owner", "The id or alias of a provider, the id of an application, or `tenant`."),
    ("request", "The id of a certification request."),
    ("id", "The id of a record, as any vendor's API spells it."),
    ("number", "The number of a change."),
];

/// The document that describes these operations.
pub(super) fn document(operations: &[Operation]) -> Result<Value> {
    let schemas: Value =
        serde_json::from_str(SCHEMAS).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    let mut paths = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(operation.method.as_str().to_lowercase(), described(operation));
        }
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "idpstore",
            "summary": "The verbs of a store of identity-provider configuration, in no vendor's form.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
            "responses": {"Problem": {
                "description": "What went wrong (RFC 9457).",
                "content": {"application/problem+json": {"schema": reference("Problem")}},
            }},
        },
    }))
}

fn described(operation: &Operation) -> Value {
    let (beside, body) = request(operation.body);
    let segments = segments(operation.path).map(|(name, words)| {
        let kind = if name == "number" { "integer" } else { "string" };
        json!({"name": name, "in": "path", "required": true, "description": words, "schema": {"type": kind}})
    });
    let query = operation.parameters().chain(beside).map(|field| parameter(field, operation.body));
    let mut members = Map::from_iter([
        ("operationId".to_owned(), operation.id.into()),
        ("summary".to_owned(), operation.summary.into()),
        ("parameters".to_owned(), segments.chain(query).collect()),
    ]);
    if operation.access == Access::Public {
        members.insert("security".to_owned(), json!([]));
    }
    members.extend(body.map(|body| ("requestBody".to_owned(), body)));
    let mut done = response(operation.answer);
    if operation.status == StatusCode::CREATED
        && let Some(members) = done.as_object_mut()
    {
        let location = json!({"description": "Where the new record is.", "required": true, "schema": {"type": "string"}});
        members.insert("headers".to_owned(), json!({"Location": location}));
    }
    let mut responses = Map::from_iter([(operation.status.as_str().to_owned(), done)]);
    if operation.writes() {
        let answer = if super::table::PLAN_THEMSELVES.contains(&operation.id) {
            operation.answer
        } else {
            Answer::Json("Plan")
        };
        let planned = response(answer);
        match responses
            .get_mut("200")
            .and_then(|known| known.pointer_mut("/content/application~1json/schema"))
        {
            Some(schema) if answer_name(answer) != answer_name(operation.answer) => {
                *schema = json!({"oneOf": [schema.clone(), reference("Plan")]});
            }
            Some(_) => {}
            None => drop(responses.insert("200".to_owned(), planned)),
        }
    }
    responses.insert("default".to_owned(), json!({"$ref": "#/components/responses/Problem"}));
    members.insert("responses".to_owned(), responses.into());
    members.into()
}

/// The open segments of a path.
pub(super) fn segments(path: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    names.filter_map(|name| SEGMENTS.into_iter().find(|(known, _)| *known == name))
}

/// What a body puts into the query, and the body.
fn request(body: Body) -> (&'static [Field], Option<Value>) {
    let json = |schema: Value| json!({"required": true, "content": {"application/json": {"schema": schema}}});
    match body {
        Body::None => (&[], None),
        Body::Json(fields) => (&[], Some(json(object(fields, None)))),
        Body::Document => (&[], Some(json(reference("PortableDocument")))),
        Body::Object => (&[], Some(json(json!({"type": "object"})))),
        Body::File { content, types, others } => {
            let mut body = json(object(others, Some(content)));
            if let Some(content) = body.pointer_mut("/content").and_then(Value::as_object_mut) {
                content.extend(types.iter().map(|media_type| ((*media_type).to_owned(), json!({}))));
            }
            (others, Some(body))
        }
    }
}

/// A parameter of the query. One that stands beside a file is a member of the body where that is JSON, and so never
/// required.
fn parameter(field: &Field, body: Body) -> Value {
    let is_beside =
        matches!(body, Body::File { others, .. } if others.iter().any(|it| it.name == field.name));
    let words = if is_beside {
        format!("{} Only beside a file; in JSON it is a member of the body.", field.words)
    } else {
        field.words.to_owned()
    };
    json!({
        "name": field.name,
        "in": "query",
        "required": field.is_required && !is_beside,
        "description": words,
        "schema": schema(field.kind),
    })
}

/// The schema of an object with these members, of which one may be the content of a file.
fn object(fields: &[Field], content: Option<&str>) -> Value {
    let member = |field: &Field| {
        let mut schema = schema(field.kind);
        if let Some(members) = schema.as_object_mut() {
            members.insert("description".to_owned(), field.words.into());
        }
        (field.name.to_owned(), schema)
    };
    let mut properties: Map<_, _> = fields.iter().map(member).collect();
    let mut required: Vec<_> =
        fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    if let Some(content) = content {
        let schema =
            json!({"type": "string", "minLength": 1, "description": "The content of the file, as text."});
        properties.insert(content.to_owned(), schema);
        required.push(content);
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn schema(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({"type": "string", "minLength": 1}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Object => json!({"type": "object"}),
        Kind::Named(names) => {
            let text = |name: &&str| ((*name).to_owned(), json!({"type": "string"}));
            let properties: Map<_, _> = names.iter().map(text).collect();
            json!({"type": "object", "properties": properties, "additionalProperties": false})
        }
        Kind::Flag => json!({"type": "boolean", "default": false}),
        Kind::Number { low, high, default } => {
            let mut schema = json!({"type": "integer", "minimum": low, "maximum": high});
            if let (Some(default), Some(members)) = (default, schema.as_object_mut()) {
                members.insert("default".to_owned(), default.into());
            }
            schema
        }
        Kind::Time => json!({"type": "string", "format": "date-time"}),
    }
}

fn response(answer: Answer) -> Value {
    let (media_type, schema) = match answer {
        Answer::Nothing => return json!({"description": "It is done."}),
        Answer::Json(name) => ("application/json", reference(name)),
        Answer::List(name) => ("application/json", page(name)),
        Answer::Other(media_type) => (media_type, json!({"type": "string"})),
    };
    json!({"description": "The answer.", "content": {media_type: {"schema": schema}}})
}

/// The schema that an answer has.
fn answer_name(answer: Answer) -> Option<&'static str> {
    match answer {
        Answer::Json(name) | Answer::List(name) => Some(name),
        Answer::Nothing | Answer::Other(_) => None,
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn page(name: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": reference(name)},
            "next": {"type": "string", "description": "What `after` is for the next page; absent if this is the last."},
        },
        "required": ["items"],
        "additionalProperties": false,
    })
}
