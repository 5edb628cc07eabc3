//! Answers of a locked store: the secrets that are still sealed are left out.

use bytes::Bytes;
use memchr::memmem;
use serde_json::Value;

use crate::http::Response;
use crate::model::SEALED;

/// Leaves sealed texts out of an answer in JSON, and their members with them.
pub(super) fn leave_out_sealed(response: &mut Response) {
    if memmem::find(response.body(), SEALED.as_bytes()).is_none() {
        return;
    }
    let read = str::from_utf8(response.body()).ok().and_then(|text| serde_json::from_str(text).ok());
    let Some(mut body) = read else { return };
    leave_out(&mut body);
    *response.body_mut() = Bytes::from(body.to_string());
}

fn leave_out(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !is_sealed(member));
            members.values_mut().for_each(leave_out);
        }
        Value::Array(items) => {
            items.retain(|item| !is_sealed(item));
            items.iter_mut().for_each(leave_out);
        }
        _ => {}
    }
}

fn is_sealed(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(SEALED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_members_are_left_out() {
        let mut response = Response::new(Bytes::from(format!(
            r#"{{"id":"1","secret":"{SEALED}AA","list":["{SEALED}AA",{{"key":"{SEALED}AA","n":1.50}}],"note":"x {SEALED}"}}"#
        )));
        leave_out_sealed(&mut response);
        assert_eq!(*response.body(), format!(r#"{{"id":"1","list":[{{"n":1.5}}],"note":"x {SEALED}"}}"#));
    }
}
