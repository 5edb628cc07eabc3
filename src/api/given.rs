//! What a request brings: the parameters of its query and its body, held against the table. What the table does not list is
//! refused.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::operation::{Body, Field, Kind, Operation};
use crate::error::{Error, ErrorKind, Reason, Result, Violation, Violations, excerpt, pointer};
use crate::http::{Request, body, negotiate};
use crate::model::Id;
use crate::pki::Timestamp;

/// The fields of an operation that are there, by their names, and the body as it was sent.
#[derive(Debug)]
pub(crate) struct Given {
    fields: Map<String, Value>,
    /// The field that is a file, if the operation takes one.
    content: &'static str,
    body: Bytes,
}

const JSON: &str = "application/json";

impl Given {
    /// Reads what an operation takes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnsupportedMediaType`] if the body is of another type than those of the table,
    /// [`ErrorKind::Malformed`] if it is no JSON object, and [`ErrorKind::Invalid`] at every field that is missing, unknown or
    /// not what it should be.
    pub(crate) fn read(operation: &Operation, request: &Request) -> Result<Self> {
        let mut reading = Reading::default();
        let media_type = negotiate::content_type(request.headers());
        let is_json = media_type.as_deref() == Some(JSON);
        let (beside, inside, content) = match operation.body {
            Body::None | Body::Document | Body::Object => (&[][..], None, ""),
            Body::Json(fields) => (&[][..], Some(fields), ""),
            Body::File { others, content, .. } if is_json => (&[][..], Some(others), content),
            Body::File { others, .. } => (others, None, ""),
        };
        refuse_type(operation, media_type.as_deref())?;
        let query: Vec<&Field> = operation.parameters().chain(beside).collect();
        reading.query(&query, request.uri().query().unwrap_or_default());
        if let Some(fields) = inside {
            let file = Field { name: content, kind: Kind::Text, is_required: true, words: "" };
            let file = (!content.is_empty()).then_some(&file);
            let fields: Vec<&Field> = fields.iter().chain(file).collect();
            reading.body(&fields, body::object(request.body())?);
        }
        reading.violations.end()?;
        Ok(Self { fields: reading.fields, content, body: request.body().clone() })
    }

    /// A text, if it is there.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    /// A text that must be there; [`Given::read`] has refused a request without it.
    pub(crate) fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.fields.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A JSON object as octets, if it is there.
    pub(crate) fn object(&self, name: &str) -> Option<Vec<u8>> {
        self.fields.get(name).map(|object| object.to_string().into_bytes())
    }

    /// The texts of an object, with their names.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let members = self.fields.get(name).and_then(Value::as_object);
        members.into_iter().flatten().filter_map(|(name, text)| Some((name.as_str(), text.as_str()?)))
    }

    /// Whether a flag is set.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.fields.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A number, if it is there or has a default.
    pub(crate) fn optional_number(&self, name: &str) -> Option<u64> {
        self.fields.get(name)?.as_u64()
    }

    /// A number that has a default or must be there.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.optional_number(name).unwrap_or_default()
    }

    /// A number as a length, or its default.
    pub(crate) fn length(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }

    /// A time, if it is there.
    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    /// An id in decimal digits, if it is there: at a place such as `?tenant` or `/to_tenant`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it is none.
    pub(crate) fn id(&self, place: &str) -> Result<Option<Id>> {
        let Some(text) = self.text(place.trim_start_matches(['?', '/'])) else { return Ok(None) };
        let id = text.parse().ok().and_then(|number: u64| Id::try_from(number).ok());
        let refused = || Error::invalid(place, Reason::Other("is no id".to_owned()));
        id.map(Some).ok_or_else(refused)
    }

    /// The file that was sent, as the body or inside of it.
    pub(crate) fn file(&self) -> &[u8] {
        if self.content.is_empty() { &self.body } else { self.required(self.content).as_bytes() }
    }

    /// The members of the body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] if it is no JSON object.
    pub(crate) fn members(&self) -> Result<Map<String, Value>> {
        body::object(&self.body)
    }

    /// The body as a text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] if it is not in UTF-8.
    pub(crate) fn document(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|cause| Error::new(ErrorKind::Malformed).caused_by(cause))
    }
}

/// Refuses a body of another media type than the operation takes.
fn refuse_type(operation: &Operation, media_type: Option<&str>) -> Result<()> {
    let is_json = media_type == Some(JSON);
    let is_taken = match operation.body {
        Body::None => true,
        Body::Json(_) | Body::Document | Body::Object => is_json,
        Body::File { types, .. } => is_json || media_type.is_some_and(|sent| types.contains(&sent)),
    };
    if is_taken { Ok(()) } else { Err(ErrorKind::UnsupportedMediaType.into()) }
}

/// Fields as they are read.
#[derive(Default)]
struct Reading {
    fields: Map<String, Value>,
    violations: Violations,
}

impl Reading {
    fn query(&mut self, known: &[&Field], query: &str) {
        let mut sent = Map::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = format!("?{}", excerpt(&name));
            let Some(field) = known.iter().find(|field| field.name == name) else {
                self.refuse(place, Reason::Other("is no parameter of this operation".to_owned()));
                continue;
            };
            match spelled(field.kind, &value) {
                Some(value) if !sent.contains_key(field.name) => {
                    sent.insert(field.name.to_owned(), value);
                }
                Some(_) => self.refuse(place, Reason::Other("is there twice".to_owned())),
                None => self.refuse(place, Reason::WrongType(type_name(field.kind))),
            }
        }
        self.take(known, sent, "?");
    }

    fn body(&mut self, known: &[&Field], sent: Map<String, Value>) {
        for name in sent.keys().filter(|name| known.iter().all(|field| field.name != *name)) {
            let mut place = String::new();
            pointer::push(&mut place, name);
            self.refuse(place, Reason::Other("is no member of this document".to_owned()));
        }
        self.take(known, sent, "/");
    }

    /// Takes the fields that are there, and the defaults of those that are missing.
    fn take(&mut self, known: &[&Field], mut sent: Map<String, Value>, prefix: &str) {
        for field in known {
            let place = format!("{prefix}{}", field.name);
            match sent.remove(field.name).filter(|value| !value.is_null()) {
                Some(value) => match refusal(field.kind, &value) {
                    Some(reason) => self.refuse(place, reason),
                    None => drop(self.fields.insert(field.name.to_owned(), value)),
                },
                None if field.is_required => self.refuse(place, Reason::Missing),
                None => {
                    if let Kind::Number { default: Some(default), .. } = field.kind {
                        self.fields.insert(field.name.to_owned(), default.into());
                    }
                }
            }
        }
    }

    fn refuse(&mut self, place: String, reason: Reason) {
        self.violations.push(Violation::new(place, reason));
    }
}

/// What a parameter of the query is in JSON; `None` if it is of another type.
fn spelled(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text | Kind::Time => Some(text.into()),
        Kind::Flag => text.parse().ok().map(Value::Bool),
        Kind::Number { .. } => text.parse().ok().map(|number: u64| number.into()),
        Kind::Texts | Kind::Object | Kind::Named(_) => None,
    }
}

/// Why a value is not acceptable, if it is not.
fn refusal(kind: Kind, value: &Value) -> Option<Reason> {
    let is_right = match (kind, value) {
        (Kind::Text, Value::String(text)) if text.is_empty() => return Some(Reason::Empty),
        (Kind::Text, Value::String(_)) | (Kind::Flag, Value::Bool(_)) | (Kind::Object, Value::Object(_)) => {
            true
        }
        (Kind::Texts, Value::Array(items)) => items.iter().all(Value::is_string),
        (Kind::Named(names), Value::Object(members)) => {
            if members.keys().any(|name| !names.contains(&name.as_str())) {
                return Some(Reason::Other(format!("has a member that is not one of {}", names.join(", "))));
            }
            members.values().all(Value::is_string)
        }
        (Kind::Number { low, high, .. }, Value::Number(number)) => match number.as_u64() {
            Some(number) if (low..=high).contains(&number) => true,
            Some(_) => {
                let bound = |bound| i64::try_from(bound).unwrap_or(i64::MAX);
                return Some(Reason::OutOfRange(bound(low), bound(high)));
            }
            None => false,
        },
        (Kind::Time, Value::String(text)) => text.parse::<Timestamp>().is_ok(),
        _ => false,
    };
    (!is_right).then_some(Reason::WrongType(type_name(kind)))
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Texts => "list of strings",
        Kind::Object => "object",
        Kind::Named(_) => "object of strings",
        Kind::Flag => "boolean",
        Kind::Number { .. } => "non-negative integer",
        Kind::Time => "time in UTC (RFC 3339)",
    }
}
