//! What is kept of an object, as stored: split into members, none of them parsed.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::model::Remainder;

/// Whether something is kept under this name.
pub(in crate::dialects) fn is_kept(remainder: &Remainder, name: &str) -> bool {
    remainder.json().is_ok_and(|json| Kept::of(&json).get(name).is_some())
}

/// The members of an object, each as JSON.
#[derive(Default)]
pub(super) struct Kept<'r>(Vec<(Cow<'r, str>, &'r RawValue)>);

impl<'r> Kept<'r> {
    /// The members of what this JSON holds; of anything but an object there are none.
    pub(super) fn of(json: &'r RawValue) -> Self {
        serde_json::from_str(json.get()).unwrap_or_default()
    }

    /// The member with this name.
    pub(super) fn get(&self, name: &str) -> Option<&'r RawValue> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, json)| *json)
    }

    /// Takes the member with this name out.
    pub(super) fn take(&mut self, name: &str) -> Option<&'r RawValue> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// The members that are left, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'r RawValue)> {
        self.0.iter().map(|(name, json)| (&**name, *json))
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Kept<'r> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Kept<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kept<'de>, A::Error> {
        let mut members = Vec::with_capacity(8);
        while let Some((Name(name), json)) = map.next_entry()? {
            members.push((name, json));
        }
        Ok(Kept(members))
    }
}

/// A name, borrowed if it is written without escapes.
struct Name<'r>(Cow<'r, str>);

impl<'de: 'r, 'r> Deserialize<'de> for Name<'r> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Name<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(name.into()))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(name.to_owned().into()))
    }
}
