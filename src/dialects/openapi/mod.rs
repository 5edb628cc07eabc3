//! The OpenAPI documents of the vendors' APIs, written from their tables into `docs/openapi`, from which clients are made. Only
//! for tests. May import everything but `store` and the dialects.

mod check;
mod tests;

pub(super) use check::Checker;

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{ALL, Dialect};
use crate::http::Route;

/// What a dialect's tables do not say of its API.
pub(super) struct Description {
    /// The vendor's name.
    pub(super) title: &'static str,
    /// One for each operation that is described.
    pub(super) operations: Vec<Operation>,
    /// Descriptions and schemas of parameters, by their names; by operation and name where one has another meaning there.
    pub(super) parameters: Value,
    /// The schemas, by their names; `Error` is what errors are answered with.
    pub(super) schemas: Map<String, Value>,
    /// The part of the API that a route belongs to, if it has parts in which operations have the same names; `None` if the
    /// route is not described.
    pub(super) part: fn(&Route) -> Option<&'static str>,
}

/// What an operation takes and answers.
#[derive(Clone)]
pub(super) struct Operation {
    /// The vendor's name.
    pub(super) name: &'static str,
    /// The part of the API, if the operation takes something else there.
    pub(super) part: Option<&'static str>,
    summary: String,
    query: &'static [&'static str],
    body: Content,
    status: u16,
    answer: Content,
    has_text_errors: bool,
}

/// What a body may be.
#[derive(Clone, Copy)]
pub(super) struct Content {
    json: Option<Json>,
    form: Option<&'static str>,
    /// Other media types, and whether they are text; all else is a file.
    others: &'static [(&'static str, bool)],
    /// Whether there may be nothing, with the status 204.
    may_be_missing: bool,
}

/// What JSON has this schema.
#[derive(Clone, Copy)]
enum Json {
    One(&'static str),
    List(&'static str),
}

/// Nothing.
pub(super) const NOTHING: Content = Content { json: None, form: None, others: &[], may_be_missing: false };

/// JSON with the schema of this name.
pub(super) const fn one(schema: &'static str) -> Content {
    Content { json: Some(Json::One(schema)), ..NOTHING }
}

/// A list in JSON, whose elements have the schema of this name.
pub(super) const fn list(schema: &'static str) -> Content {
    Content { json: Some(Json::List(schema)), ..NOTHING }
}

/// A form in parts (RFC 7578), with the schema of this name.
pub(super) const fn form(schema: &'static str) -> Content {
    NOTHING.or_form(schema)
}

/// A file or text of one of these media types; the second says whether it is text.
pub(super) const fn file(types: &'static [(&'static str, bool)]) -> Content {
    NOTHING.or_file(types)
}

impl Content {
    /// This, or a form.
    pub(super) const fn or_form(self, schema: &'static str) -> Self {
        Self { form: Some(schema), ..self }
    }

    /// This, or a file.
    pub(super) const fn or_file(self, types: &'static [(&'static str, bool)]) -> Self {
        Self { others: types, ..self }
    }

    /// This, or nothing.
    pub(super) const fn or_nothing(self) -> Self {
        Self { may_be_missing: true, ..self }
    }

    /// The media types, each with its schema; nothing if there is no body.
    fn described(self) -> Option<Value> {
        let json = self.json.map(|json| match json {
            Json::One(name) => reference(name),
            Json::List(name) => json!({"type": "array", "items": reference(name)}),
        });
        let json = json.map(|schema| ("application/json", schema));
        let form = self.form.map(|name| ("multipart/form-data", reference(name)));
        let others = self.others.iter().map(|(name, is_text)| {
            (
                *name,
                if *is_text {
                    json!({"type": "string"})
                } else {
                    json!({"type": "string", "format": "binary"})
                },
            )
        });
        let all: Map<_, _> = json
            .into_iter()
            .chain(form)
            .chain(others)
            .map(|(name, schema)| (name.to_owned(), json!({"schema": schema})))
            .collect();
        (!all.is_empty()).then(|| all.into())
    }
}

/// An operation with what its query may have, its body, and what it answers.
pub(super) fn operation(
    name: &'static str,
    summary: impl Into<String>,
    query: &'static [&'static str],
    body: Content,
    (status, answer): (u16, Content),
) -> Operation {
    Operation {
        name,
        part: None,
        summary: summary.into(),
        query,
        body,
        status,
        answer,
        has_text_errors: false,
    }
}

impl Operation {
    /// The same, whose errors are texts.
    pub(super) fn with_text_errors(self) -> Self {
        Self { has_text_errors: true, ..self }
    }

    /// The same, of one part of the API.
    pub(super) fn of(self, part: &'static str) -> Self {
        Self { part: Some(part), ..self }
    }
}

/// What is in a dialect's `openapi.json`: parameters, the members of which its tables have no shape, and the schemas of what has no
/// table.
pub(super) fn texts(json: &str) -> [Value; 3] {
    let mut texts: Value = serde_json::from_str(json).unwrap();
    ["parameters", "members", "schemas"].map(|name| texts[name].take())
}

pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

impl Description {
    /// The document. An operation that has several methods is described once, with the first.
    fn document(&self, dialect: &Dialect) -> Value {
        let (mut paths, mut described) = (Map::new(), Vec::new());
        for route in dialect.routes {
            let Some(part) = (self.part)(route) else { continue };
            if described.contains(&(part, route.operation)) {
                continue;
            }
            described.push((part, route.operation));
            let methods = paths.entry(route.path).or_insert_with(|| json!({}));
            methods[route.method.as_str().to_lowercase()] = self.described(route, part);
        }
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": self.title,
                "summary": format!("What idpstore serves of {}'s management API.", self.title),
                "version": env!("CARGO_PKG_VERSION"),
                "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "security": [{"token": []}],
            "paths": paths,
            "components": {
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
                "schemas": self.schemas,
                "responses": {"Error": {
                    "description": "What went wrong.",
                    "content": {"application/json": {"schema": reference("Error")}},
                }},
            },
        })
    }

    /// The line of an operation.
    fn operation(&self, name: &str, part: &str) -> &Operation {
        let mut lines = self.operations.iter().filter(|line| line.part.is_none_or(|own| own == part));
        let found = lines.find(|line| line.name == name);
        found.unwrap_or_else(|| panic!("{}: nothing describes `{name}`", self.title))
    }

    fn described(&self, route: &Route, part: &str) -> Value {
        let operation = self.operation(route.operation, part);
        let parameter = |name: &str, place: &str| {
            let own = format!("{}.{name}", route.operation);
            let known = self.parameters.get(&own).or_else(|| self.parameters.get(name));
            let mut members =
                Map::from_iter([("name".to_owned(), name.into()), ("in".to_owned(), place.into())]);
            let known = known.and_then(Value::as_object).unwrap_or_else(|| panic!("no parameter `{own}`"));
            members.extend(known.clone());
            if place == "path" {
                members.insert("required".to_owned(), true.into());
            }
            Value::from(members)
        };
        let open = open_segments(route.path).map(|name| parameter(name, "path"));
        let parameters: Vec<_> =
            open.chain(operation.query.iter().map(|name| parameter(name, "query"))).collect();
        let mut answer = json!({"description": "The answer."});
        if let Some(content) = operation.answer.described() {
            answer["content"] = content;
        }
        let mut members = json!({"operationId": operation.name, "summary": operation.summary});
        if !part.is_empty() {
            members["tags"] = json!([part]);
        }
        members["parameters"] = parameters.into();
        if let Some(content) = operation.body.described() {
            members["requestBody"] = json!({"required": true, "content": content});
        }
        members["responses"] = json!({operation.status.to_string(): answer});
        if operation.answer.may_be_missing {
            members["responses"]["204"] = json!({"description": "There is none."});
        }
        members["responses"]["default"] = if operation.has_text_errors {
            json!({"description": "What went wrong.", "content": {"text/plain": {"schema": {"type": "string"}}}})
        } else {
            json!({"$ref": "#/components/responses/Error"})
        };
        members
    }
}

/// The checker of what the dialect of this name answers.
pub(super) fn checker(dialect: &str) -> Checker {
    let dialect = ALL.iter().find(|known| known.name == dialect).unwrap();
    Checker::new(&(dialect.openapi.unwrap())().document(dialect))
}

/// A text with a large letter in front and a full stop behind; nothing if it is empty.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// The names of the open segments of a path.
fn open_segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// Whether this file, which is written anew with `UPDATE=1`, holds this text.
pub(super) fn holds(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "run this test with UPDATE=1");
}
