//! What one dialect received that no other understands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};

/// The members of a vendor's document that have no canonical meaning, in the vendor's own shape and order. Vendors put
/// secrets anywhere, so there is no `Serialize`, and `Debug` shows names only.
///
/// What comes from the store is text until a member is needed: a dialect parses its own remainder, and those of the
/// others are stored again as they are.
///
/// ```
/// use idpstore::model::Remainder;
///
/// let remainder: Remainder = serde_json::from_str(r#"{"issuerMode": "DYNAMIC"}"#)?;
/// assert_eq!(remainder["issuerMode"], "DYNAMIC");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Remainder {
    /// The members, if they were not read from the store or may have changed since.
    own: Option<Members>,
    /// As it was stored, otherwise.
    text: Option<Box<RawValue>>,
    /// The members in the text, once one was needed.
    parsed: OnceLock<Members>,
}

type Members = Map<String, Value>;

/// The remainder of each dialect that has spoken about a record, by the dialect's name.
pub type Remainders = BTreeMap<String, Remainder>;

impl Remainder {
    /// The members themselves.
    #[must_use]
    pub fn into_members(mut self) -> Members {
        std::mem::take(&mut *self)
    }

    /// As it was stored, unless it may have changed since.
    pub(crate) fn text(&self) -> Option<&RawValue> {
        self.text.as_deref()
    }

    /// The members as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) if they have no JSON form; none of ours is without.
    pub(crate) fn json(&self) -> Result<Cow<'_, RawValue>> {
        if let Some(text) = &self.text {
            return Ok(Cow::Borrowed(text));
        }
        let json = serde_json::value::to_raw_value(&**self);
        json.map(Cow::Owned).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))
    }

    /// What the text says. Only objects are read, so it says something.
    fn parse(text: Option<&RawValue>) -> Members {
        text.and_then(|text| serde_json::from_str(text.get()).ok()).unwrap_or_default()
    }
}

impl From<Members> for Remainder {
    fn from(members: Members) -> Self {
        Self { own: Some(members), ..Self::default() }
    }
}

impl Deref for Remainder {
    type Target = Members;

    fn deref(&self) -> &Members {
        match &self.own {
            Some(own) => own,
            None => self.parsed.get_or_init(|| Self::parse(self.text())),
        }
    }
}

impl DerefMut for Remainder {
    fn deref_mut(&mut self) -> &mut Members {
        let (text, parsed) = (self.text.take(), self.parsed.take());
        self.own.get_or_insert_with(|| parsed.unwrap_or_else(|| Self::parse(text.as_deref())))
    }
}

impl PartialEq for Remainder {
    fn eq(&self, other: &Self) -> bool {
        // What was only read is not parsed for this.
        let is_same_text =
            self.text().is_some_and(|text| Some(text.get()) == other.text().map(RawValue::get));
        is_same_text || **self == **other
    }
}

impl Eq for Remainder {}

impl<'de> Deserialize<'de> for Remainder {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(from)?;
        if !text.get().starts_with('{') {
            return Err(de::Error::custom("a remainder is an object"));
        }
        Ok(Self { text: Some(text), ..Self::default() })
    }
}

impl fmt::Debug for Remainder {
    // Vendors put secrets anywhere, so only the names of the members are shown.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> Remainder {
        serde_json::from_str(text).expect("an object")
    }

    #[test]
    fn debug_shows_no_values() {
        assert_eq!(format!("{:?}", stored(r#"{"apiKey": "hush"}"#)), "{\"apiKey\"}");
    }

    #[test]
    fn what_is_only_read_stays_as_it_was_stored() {
        let text = r#"{"b": 1.50, "a":[ ]}"#;
        let mut remainder = stored(text);
        assert_eq!(remainder["b"], 1.5);
        assert_eq!(remainder.text().map(RawValue::get), Some(text));
        remainder.insert("c".to_owned(), Value::Null);
        assert!(remainder.text().is_none());
        assert_eq!(Value::from(remainder.into_members()).to_string(), r#"{"b":1.5,"a":[],"c":null}"#);
    }

    #[test]
    fn only_objects_are_remainders() {
        for text in ["[]", "null", "1", "\"{}\""] {
            assert!(serde_json::from_str::<Remainder>(text).is_err(), "{text}");
        }
        assert_eq!(stored("{}"), Remainder::default());
    }

    #[test]
    fn equal_texts_are_equal_and_spellings_do_not_count() {
        let (one, other) = (stored(r#"{"a": 1}"#), stored(r#"{"a":1}"#));
        assert_eq!(one, one.clone());
        assert!(one.parsed.get().is_none(), "nothing was parsed");
        assert_eq!(one, other);
        assert_ne!(one, stored(r#"{"a":2}"#));
    }
}
