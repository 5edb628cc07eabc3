//! The rules of fields (protoc-gen-validate): the first that is broken is told, and only that.

use serde_json::Value;

use super::failure::Failure;
use super::protojson::bytes;
use super::wire::{Form, Member, Message, Presence, Rule};
use crate::dialects::lens::Members;

/// Checks a message that was read.
pub(super) fn check(message: &Message, members: &Members) -> Result<(), Failure> {
    match violation(message, members) {
        Some(words) => Err(Failure::broken_rule(words)),
        None => Ok(()),
    }
}

/// What is wrong: plain members are looked at first, then those of oneofs, then those with a presence of their own.
fn violation(message: &Message, members: &Members) -> Option<String> {
    let turn = |presence: Presence| match presence {
        Presence::Implicit => 0,
        Presence::Oneof(_) | Presence::RequiredOneof(_) => 1,
        Presence::Optional => 2,
    };
    (0..3).find_map(|now| {
        let of_this_turn = || message.members.iter().filter(|member| turn(member.presence) == now);
        of_this_turn()
            .find_map(|member| {
                let (place, reason) = broken(member, members.get(member.name))?;
                Some(format!("invalid {}.{place}: {reason}", message.name))
            })
            .or_else(|| {
                let group = of_this_turn().find_map(|member| match member.presence {
                    Presence::RequiredOneof(group) => Some(group),
                    _ => None,
                })?;
                let is_set = of_this_turn().any(|member| members.contains_key(member.name));
                (!is_set)
                    .then(|| format!("invalid {}.{}: value is required", message.name, capitalized(group)))
            })
    })
}

/// The place and the reason, if the member breaks its rule.
fn broken(member: &Member, value: Option<&Value>) -> Option<(String, String)> {
    let place = capitalized(member.name);
    match (member.form, value) {
        (Form::One(message), Some(Value::Object(members))) => {
            violation(message, members).map(|words| (place, embedded(&words)))
        }
        (Form::Many(message), Some(Value::Array(elements))) => {
            elements.iter().enumerate().find_map(|(position, element)| {
                let words = violation(message, element.as_object()?)?;
                Some((format!("{place}[{position}]"), embedded(&words)))
            })
        }
        (Form::Texts, value) => broken_list(member, &place, value.and_then(Value::as_array)),
        // What is not said is the zero value, unless the member has a presence of its own.
        (_, None) if member.presence != Presence::Implicit => None,
        (form, value) => reason(form, member.rule, value).map(|reason| (place, reason)),
    }
}

fn embedded(words: &str) -> String {
    format!("embedded message failed validation | caused by: {words}")
}

fn broken_list(member: &Member, place: &str, list: Option<&Vec<Value>>) -> Option<(String, String)> {
    let Rule::Items((least, most), (shortest, longest)) = member.rule else { return None };
    let elements = list.map(Vec::as_slice).unwrap_or_default();
    if elements.len() < least || elements.len() > most {
        let reason = if least == 0 {
            format!("value must contain no more than {most} item(s)")
        } else {
            format!("value must contain between {least} and {most} items, inclusive")
        };
        return Some((place.to_owned(), reason));
    }
    elements.iter().enumerate().find_map(|(position, element)| {
        let reason = reason(Form::Text, Rule::Length(shortest, longest), Some(element))?;
        Some((format!("{place}[{position}]"), reason))
    })
}

fn reason(form: Form, rule: Rule, value: Option<&Value>) -> Option<String> {
    let (length, unit) = match (form, value) {
        (Form::Bytes, Some(value)) => (bytes(value).len(), "bytes"),
        (Form::Bytes, None) => (0, "bytes"),
        (_, value) => (value.and_then(Value::as_str).unwrap_or_default().chars().count(), "runes"),
    };
    match rule {
        Rule::Length(0, most) if length > most => Some(format!("value length must be at most {most} {unit}")),
        Rule::Length(least, most) | Rule::NewLength(least, most) if length < least || length > most => {
            Some(format!("value length must be between {least} and {most} {unit}, inclusive"))
        }
        Rule::Exactly(wanted) if length != wanted => Some(format!("value length must be {wanted} {unit}")),
        Rule::Defined if value.is_some_and(Value::is_number) => {
            Some("value must be one of the defined enum values".to_owned())
        }
        _ => None,
    }
}

/// The name of a member in Go.
fn capitalized(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::wire::{queries, requests};
    use super::*;

    fn words(message: &Message, members: Value) -> Option<String> {
        let Value::Object(members) = members else { panic!("an object") };
        check(message, &members).err().map(|failure| failure.text)
    }

    #[test]
    fn plain_members_come_before_oneofs() {
        let saml = |members| words(&requests::ADD_SAML, members);
        let name =
            "invalid AddSAMLProviderRequest.Name: value length must be between 1 and 200 runes, inclusive";
        assert_eq!(saml(json!({})).as_deref(), Some(name));
        let metadata = "invalid AddSAMLProviderRequest.Metadata: value is required";
        assert_eq!(saml(json!({"name": "n"})).as_deref(), Some(metadata));
        assert_eq!(saml(json!({"name": "ü".repeat(200), "metadataXml": ""})), None);
    }

    #[test]
    fn lists_and_embedded_messages_name_their_elements() {
        let ldap = json!({"name": "n", "servers": ["a", ""]});
        assert_eq!(
            words(&requests::ADD_LDAP, ldap).as_deref(),
            Some(
                "invalid AddLDAPProviderRequest.Servers[1]: value length must be between 1 and 200 runes, inclusive"
            )
        );
        let list = json!({"queries": [{}, {"idpNameQuery": {"method": 8}}]});
        assert_eq!(
            words(&queries::ADMIN_LIST, list).as_deref(),
            Some(
                "invalid ListProvidersRequest.Queries[1]: embedded message failed validation | caused by: invalid \
                 ProviderQuery.IdpNameQuery: embedded message failed validation | caused by: invalid \
                 IDPNameQuery.Method: value must be one of the defined enum values"
            )
        );
    }
}
