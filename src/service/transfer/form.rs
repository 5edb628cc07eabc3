//! How the stored form of a record is spelled in a document: ids as texts, times by RFC 3339, no member that nothing reads.

use std::convert::Infallible;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::error::{Error, Reason, Result, json, pointer};
use crate::model::Id;
use crate::pki::Timestamp;

/// The members of a record.
pub(super) type Members = Map<String, Value>;

/// Which members of a kind of record are numbers where they are stored and texts in a document, as JSON Pointers.
pub(super) struct Form {
    /// Ids of records; `*` as here below.
    pub(super) ids: &'static [&'static str],
    /// Ids of other records, which a document may also name.
    pub(super) references: &'static [&'static str],
    /// Times; `*` as the last step stands for all members of an object or list.
    pub(super) times: &'static [&'static str],
}

impl Form {
    /// Spells a record as a document has it.
    pub(super) fn spell(&self, record: &mut Value) {
        for at in self.ids.iter().chain(self.references) {
            let Ok(()) = pointer::each_mut::<Infallible>(record, at, &mut |_, member| {
                if let Some(number) = member.as_u64() {
                    *member = number.to_string().into();
                }
                Ok(())
            });
        }
        spell_times(self.times, record);
    }

    /// Reads what [`Form::spell`] writes. References that are not ids stay as they are.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::error::ErrorKind::Invalid) at each member that is not what it should be.
    pub(super) fn read(&self, members: &mut Members) -> Result<()> {
        let mut whole = Value::Object(std::mem::take(members));
        let record = &mut whole;
        for at in self.ids {
            pointer::each_mut::<Error>(record, at, &mut |at, member| {
                let id = member.as_str().and_then(id);
                let words = || Reason::Other("must be an id: a text of digits".to_owned());
                *member = id.ok_or_else(|| Error::invalid(at, words()))?.number().into();
                Ok(())
            })?;
        }
        for at in self.references {
            if let Some(member) = record.pointer_mut(at)
                && let Some(id) = member.as_str().and_then(id)
            {
                *member = id.number().into();
            }
        }
        for at in self.times {
            pointer::each_mut::<Error>(record, at, &mut |at, member| {
                let text = member.as_str().ok_or_else(|| Error::invalid(at, Reason::WrongType("string")))?;
                let time: Timestamp = text.parse().map_err(|error: Error| error.at(at))?;
                *member = time.unix_millis().into();
                Ok(())
            })?;
        }
        if let Value::Object(read) = whole {
            *members = read;
        }
        Ok(())
    }
}

/// Spells the times at these JSON Pointers by RFC 3339.
pub(crate) fn spell_times(times: &[&str], record: &mut Value) {
    for at in times {
        let Ok(()) = pointer::each_mut::<Infallible>(record, at, &mut |_, member| {
            if let Some(millis) = member.as_i64() {
                *member = Timestamp::from_unix_millis(millis).to_string().into();
            }
            Ok(())
        });
    }
}

/// The id that a text of digits is.
pub(super) fn id(text: &str) -> Option<Id> {
    text.parse().ok().and_then(|number: u64| Id::try_from(number).ok())
}

/// The members of a record as it was received.
///
/// # Errors
///
/// [`Invalid`](crate::error::ErrorKind::Invalid) if it is no object, or is nested too deeply.
pub(super) fn members(text: &RawValue) -> Result<Members> {
    match serde_json::from_str(text.get()) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Error::invalid("", Reason::WrongType("object"))),
        Err(cause) => Err(Error::invalid("", Reason::Other(format!("cannot be read: {cause}")))),
    }
}

/// Reads a value that a document holds.
///
/// # Errors
///
/// [`Invalid`](crate::error::ErrorKind::Invalid) at the member that is not what it should be.
pub(super) fn parse<T: DeserializeOwned>(value: &Value) -> Result<T> {
    // As text, so that one and the same code reads stored records and these.
    let text = Zeroizing::new(value.to_string());
    serde_json::from_str(&text).map_err(|cause| misread(value, &cause))
}

fn misread(value: &Value, cause: &serde_json::Error) -> Error {
    let mut at = String::new();
    push_stop(value, cause.column(), &mut at);
    let words = json::words(cause);
    if let Some(name) = words.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        pointer::push(&mut at, name);
        return Error::invalid(at, Reason::Missing);
    }
    // The name of a type is none of the caller's words.
    if let Some((start, _)) =
        words.split_once(", expected struct ").or(words.split_once(", expected internally"))
    {
        return Error::invalid(at, Reason::Other(format!("has an {start}, expected an object")));
    }
    // Before what is expected, serde repeats the value, which may be a secret.
    let wanted = words.split_once(", expected ").map(|(_, wanted)| format!(": expected {wanted}"));
    Error::invalid(at, Reason::Other(format!("cannot be read{}", wanted.unwrap_or_default())))
}

/// Adds the steps to the innermost member in which a reader stopped after so many octets of the value's text.
fn push_stop(value: &Value, octets: usize, at: &mut String) {
    let members: Vec<(String, usize, &Value)> = match value {
        Value::Object(members) => {
            let octets = |name: &str| Value::from(name).to_string().len() + 1;
            members.iter().map(|(name, member)| (name.clone(), octets(name), member)).collect()
        }
        Value::Array(items) => {
            (0..).zip(items).map(|(at, item): (u64, _)| (at.to_string(), 0, item)).collect()
        }
        _ => return,
    };
    let mut end = 0;
    for (step, name, member) in members {
        let start = end + 1 + name; // after a bracket or a comma
        end = start + member.to_string().len();
        if (start..=end).contains(&octets) {
            pointer::push(at, &step);
            return push_stop(member, octets - start, at);
        }
    }
}

/// The place of a member that was received and that the record does not have, if there is one.
pub(super) fn unknown(received: &Value, record: &Value, at: &mut String) -> bool {
    let length = at.len();
    match (received, record) {
        (Value::Object(received), Value::Object(record)) => {
            for (name, value) in received {
                pointer::push(at, name);
                match record.get(name) {
                    None if is_empty(value) => {}
                    None => return true,
                    // Vendors' documents have members of all names.
                    Some(_) if name == "remainders" => {}
                    Some(known) if unknown(value, known, at) => return true,
                    Some(_) => {}
                }
                at.truncate(length);
            }
            false
        }
        (Value::Array(received), Value::Array(record)) => {
            for (position, (value, known)) in received.iter().zip(record).enumerate() {
                pointer::push(at, &position.to_string());
                if unknown(value, known, at) {
                    return true;
                }
                at.truncate(length);
            }
            false
        }
        // A list would pass for an object whose members have no names.
        (Value::Array(_), Value::Object(_)) => true,
        _ => false,
    }
}

/// Whether a member with this value is left out where records are stored.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
