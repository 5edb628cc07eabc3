//! Holds documents against the schemas of an OpenAPI document.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

/// Which documents are looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::dialects) enum Side {
    Answer,
    Request,
}

/// The schemas of an OpenAPI document.
pub(in crate::dialects) struct Checker {
    components: Value,
    /// Those that were used, by themselves.
    validators: RefCell<BTreeMap<(Side, String), Rc<Validator>>>,
}

impl Checker {
    /// The checker of answers and requests that this document describes.
    pub(in crate::dialects) fn new(document: &Value) -> Self {
        Self { components: document["components"].clone(), validators: RefCell::default() }
    }

    /// What an answer has that its schema does not describe: a place, and what is wrong there. It may have members of these
    /// names besides.
    pub(in crate::dialects) fn answer(
        &self,
        schema: &Value,
        answer: &Value,
        besides: &BTreeSet<String>,
    ) -> Vec<[String; 2]> {
        let validator = self.validator(Side::Answer, schema);
        let faults = validator.iter_errors(answer).filter(|fault| match fault.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                unexpected.iter().any(|name| !besides.contains(name))
            }
            _ => true,
        });
        faults.map(|fault| [fault.instance_path().to_string(), fault.to_string()]).collect()
    }

    /// The same of a request. What it has besides is ignored, numbers and truth values may be in quotation marks, and numbers
    /// may stand for names.
    pub(in crate::dialects) fn request(&self, schema: &Value, request: &Value) -> Vec<[String; 2]> {
        let validator = self.validator(Side::Request, schema);
        let request = without_nulls(request);
        let faults = validator.iter_errors(&request).filter(|fault| match fault.kind() {
            ValidationErrorKind::AdditionalProperties { .. } => false,
            ValidationErrorKind::Type { .. } | ValidationErrorKind::Enum { .. } => {
                !is_spelled_otherwise(fault.instance())
            }
            _ => true,
        });
        faults.map(|fault| [fault.instance_path().to_string(), fault.to_string()]).collect()
    }

    fn validator(&self, side: Side, schema: &Value) -> Rc<Validator> {
        let compile = || {
            let components = closed(&self.components, side);
            let schema = json!({"allOf": [closed(schema, side)], "components": components});
            Rc::new(jsonschema::validator_for(&schema).unwrap())
        };
        self.validators.borrow_mut().entry((side, schema.to_string())).or_insert_with(compile).clone()
    }
}

/// The same schemas for answers: in objects there may be no members but those that are named, and texts may be others than those
/// that are listed, because they may have come through another API.
fn closed(value: &Value, side: Side) -> Value {
    let Value::Object(members) = value else {
        return match value {
            Value::Array(items) => items.iter().map(|item| closed(item, side)).collect(),
            other => other.clone(),
        };
    };
    let is_kept = |name: &str, value: &Value| side == Side::Request || name != "enum" || !value.is_array();
    let kept = members.iter().filter(|(name, value)| is_kept(name, value));
    let mut schema: Map<_, _> = kept.map(|(name, value)| (name.clone(), closed(value, side))).collect();
    let is_type = members.get("type").is_some_and(|it| it.is_string() || it.is_array());
    let names_members = is_type && members.get("properties").is_some_and(Value::is_object);
    if side == Side::Answer && names_members {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    schema.into()
}

/// The same, without members that are null: they are the same as none.
fn without_nulls(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let there = members.iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name.clone(), without_nulls(value))).collect::<Map<_, _>>().into()
}

fn is_spelled_otherwise(value: &Value) -> bool {
    let inside = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    value.is_number() || inside.is_some_and(|value| value.is_number() || value.is_boolean())
}
