//! JSON Pointers (RFC 6901): how places of documents are spelled.

use serde_json::Value;

/// The pointer with these steps: names of members and positions of elements.
pub(crate) fn of(steps: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    steps.into_iter().fold(String::new(), |mut pointer, step| {
        push(&mut pointer, step.as_ref());
        pointer
    })
}

/// Adds a step to a pointer.
pub(crate) fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    if step.contains(['~', '/']) {
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(step);
    }
}

/// The pointer to this element of the list at `list`.
pub(crate) fn element(list: &str, position: usize) -> String {
    let mut pointer = list.to_owned();
    push(&mut pointer, &position.to_string());
    pointer
}

/// Visits the members at a pointer with their own pointers. After a last step `*`, those are all members of an object or a list.
pub(crate) fn each_mut<E>(
    value: &mut Value,
    pointer: &str,
    visit: &mut dyn FnMut(&str, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    let Some(parent) = pointer.strip_suffix("/*") else {
        return value.pointer_mut(pointer).map_or(Ok(()), |member| visit(pointer, member));
    };
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => members.iter_mut().try_for_each(|(name, member)| {
            let mut place = parent.to_owned();
            push(&mut place, name);
            visit(&place, member)
        }),
        Some(Value::Array(items)) => {
            (0..).zip(items).try_for_each(|(position, item)| visit(&element(parent, position), item))
        }
        _ => Ok(()),
    }
}

/// A pointer as programmers write it: members after dots, and elements in brackets. What comes before the first slash
/// stays as it is.
pub(crate) fn dotted(pointer: &str) -> String {
    let mut steps = pointer.split('/');
    let start = steps.next().unwrap_or_default().to_owned();
    steps.filter(|step| !step.is_empty()).fold(start, |mut place, step| {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            place.extend(["[", step, "]"]);
        } else {
            place.push_str(if place.is_empty() { "" } else { "." });
            place.push_str(&step.replace("~1", "/").replace("~0", "~"));
        }
        place
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_escaped_and_shown_as_they_are() {
        let pointer = of(["a", "b/c~1", ""]);
        assert_eq!(pointer, "/a/b~1c~01/");
        assert_eq!(serde_json::json!({"a": {"b/c~1": {"": 1}}}).pointer(&pointer), Some(&1.into()));
        assert_eq!(dotted(&pointer), "a.b/c~1");
        assert_eq!(element("/a", 10), "/a/10");
        assert_eq!(dotted("a.b/c/10/d"), "a.b.c[10].d");
        assert_eq!((of([""; 0]), dotted("")), (String::new(), String::new()));
    }
}
