//! Schemas of values.

use serde_json::{Map, Value, json};

/// The same, or null.
pub(super) fn nullable(mut schema: Value) -> Value {
    if schema.as_object().is_some_and(Map::is_empty) {
        return schema;
    }
    let null = || json!("null");
    if let Some(texts) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        texts.push(Value::Null);
    }
    match schema.get_mut("type") {
        Some(Value::Array(types)) if types.contains(&null()) => {}
        Some(Value::Array(types)) => types.push(null()),
        Some(only) => *only = json!([only, "null"]),
        None => return json!({"anyOf": [schema, {"type": "null"}]}),
    }
    schema
}

/// The schema of these values, if there are any: their types.
pub(super) fn types_of(values: &[Value]) -> Option<Value> {
    let mut types = Vec::new();
    for value in values {
        let name = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !types.contains(&name) {
            types.push(name);
        }
    }
    types.sort_unstable_by_key(|name| *name == "null");
    match types.as_slice() {
        [] => None,
        [only] => Some(json!({"type": only})),
        _ => Some(json!({"type": types})),
    }
}
