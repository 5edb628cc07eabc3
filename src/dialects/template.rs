//! Documents that are mostly the same for all: JSON texts with places for what differs.

use serde_json::Value;

/// The document of a JSON text. A text in it that is `{name}` is replaced by the value of this name, of whatever type it is, and
/// `{name}` in a longer text by the text of the value. Invalid JSON becomes null.
pub(super) fn filled(template: &str, values: &[(&str, Value)]) -> Value {
    let mut document = serde_json::from_str(template).unwrap_or_default();
    fill(&mut document, values);
    document
}

fn fill(document: &mut Value, values: &[(&str, Value)]) {
    match document {
        Value::String(text) => *document = written(text, values),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, values)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, values)),
        _ => {}
    }
}

fn written(text: &str, values: &[(&str, Value)]) -> Value {
    let valued = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    if let Some(value) = name.and_then(valued) {
        return value.clone();
    }
    let mut pieces = text.split('{');
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        written.push_str(valued(name).and_then(Value::as_str).unwrap_or_default());
        written.push_str(rest);
    }
    written.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_come_into_their_places_and_are_no_templates() {
        let template = r#"{"{a}": ["{a}/x/{b}", 1, {"c": "{b}{b}"}, "{c}"], "d": "e"}"#;
        let values = [("a", "{b}".into()), ("b", "1".into()), ("c", json!({"f": "{a}"}))];
        let document = json!({"{a}": ["{b}/x/1", 1, {"c": "11"}, {"f": "{a}"}], "d": "e"});
        assert_eq!(filled(template, &values), document);
        assert_eq!(filled("{", &[]), Value::Null);
    }
}
