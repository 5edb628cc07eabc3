//! What records were before a unit of work changed them, as the change log keeps it: without secrets.
//!
//! A secret is text, and is known by the name of its member, in the records themselves and in what a vendor's document
//! left behind. In an image its text is empty, and beside the image stands whether the change left it as it was: then it
//! can be had from the record that followed.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::misplaced;
use super::secrets::withhold;
use super::spans::spans;
use crate::engine::Value as Bytes;
use crate::engine::keyspace::{self, RECORD_VERSION};
use crate::engine::tables::{self, Parts, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Id;

/// A record as it was before a unit changed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Image {
    /// Its key.
    #[serde(serialize_with = "write_key", deserialize_with = "read_key")]
    pub(crate) key: Vec<u8>,
    /// The number of the unit that had written it; 0 if it was not there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) version: u64,
    /// The record, if it was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<Box<RawValue>>,
    /// JSON Pointers to the secrets that were taken out, and whether the unit left each as it was.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) withheld: BTreeMap<String, bool>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(version: &u64) -> bool {
    *version == 0
}

fn write_key<S: Serializer>(key: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&BASE64_STANDARD_NO_PAD.encode(key))
}

fn read_key<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    BASE64_STANDARD_NO_PAD.decode(text).map_err(serde::de::Error::custom)
}

impl Image {
    /// The image of the record that was `before` at `key`, and whose bytes are `after`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] if the bytes hold no record.
    pub(crate) fn of(key: &[u8], before: Option<Bytes<&[u8]>>, after: Option<&[u8]>) -> Result<Self> {
        let Some(Bytes { bytes: before, version }) = before else {
            return Ok(Self { key: key.to_vec(), version: 0, record: None, withheld: BTreeMap::new() });
        };
        let mut record: Value = keyspace::decode(before)?;
        let secrets = withhold(&mut record);
        let mut withheld = BTreeMap::new();
        if !secrets.is_empty() {
            let after: Value = after.map_or(Ok(Value::Null), keyspace::decode)?;
            for (at, secret) in secrets {
                let is_same = after.pointer(&at) == Some(&secret);
                withheld.insert(at, is_same);
            }
        }
        let record = keyspace::raw_json(&record)?;
        Ok(Self { key: key.to_vec(), version, record: Some(record), withheld })
    }

    /// The same, its secrets certainly empty: what is read from a log may have been put there by others.
    pub(super) fn emptied(mut self) -> Result<Self> {
        let Some(record) = &self.record else { return Ok(self) };
        if !spans(record.get()).ok_or_else(|| misplaced(&self.key))?.is_empty() {
            let mut record = self.json()?.unwrap_or_default();
            self.withheld.extend(withhold(&mut record).into_iter().map(|(at, _)| (at, false)));
            self.record = Some(keyspace::raw_json(&record)?);
        }
        Ok(self)
    }

    /// Whose record it is.
    pub(crate) fn tenant(&self) -> Option<Id> {
        tables::read(&self.key).1?.tenant
    }

    /// The record that a change of it is about: itself, or the first of those that it connects.
    pub(crate) fn subject(&self) -> Option<Id> {
        let Parts { tenant, ids, .. } = tables::read(&self.key).1?;
        ids.first().copied().or(tenant)
    }

    /// The record as JSON, its secrets empty.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] if it is none.
    pub(crate) fn json(&self) -> Result<Option<Value>> {
        let parsed = self.record.as_ref().map(|record| serde_json::from_str(record.get()));
        parsed.transpose().map_err(|_| misplaced(&self.key))
    }

    /// The bytes of the record as the store would hold them, its secrets empty.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        self.record.as_ref().map(|record| [&[RECORD_VERSION], record.get().as_bytes()].concat())
    }

    /// The bytes of the record, with the secrets that the unit left as they were; these are in `current`, the bytes that
    /// the unit wrote.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if a secret is gone.
    pub(crate) fn whole(&self, current: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        if self.withheld.is_empty() {
            return Ok(self.bytes());
        }
        let current: Value = current.map_or(Ok(Value::Null), keyspace::decode)?;
        let Some(mut record) = self.json()? else { return Ok(None) };
        for (at, is_same) in &self.withheld {
            match (record.pointer_mut(at), current.pointer(at)) {
                (Some(place), Some(secret)) if *is_same => *place = secret.clone(),
                _ => {
                    let words = format!("the secret {at} of the record at {} is not kept", Place(&self.key));
                    return Err(Error::new(ErrorKind::WrongState).context(words));
                }
            }
        }
        keyspace::encode(&record).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn image(before: &Value, after: Option<&Value>) -> Image {
        let bytes = |record: &Value| keyspace::encode(record).unwrap();
        let before = bytes(before);
        let before = Bytes { bytes: &*before, version: 7 };
        Image::of(b"P", Some(before), after.map(bytes).as_deref()).unwrap()
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        let record = json!({
            "name": "Partner", "client": {"secret": "a", "id": "b"}, "private": "c", "apple_key": {"private_key": "d"},
            "remainders": {"vendor": {"credentials": {"client_secret": "e", "apiKey": "f"}, "list": [{"Password": {"value": "g"}}]}},
            "secretless": null
        });
        let image = image(&record, None);
        let kept = image.json().unwrap().unwrap();
        for at in
            ["/client/secret", "/private", "/apple_key/private_key", "/remainders/vendor/list/0/Password"]
        {
            assert_eq!((kept.pointer(at), image.withheld.get(at)), (Some(&json!("")), Some(&false)), "{at}");
        }
        assert_eq!(image.withheld.len(), 6);
        assert_eq!((&kept["client"]["id"], &kept["secretless"]), (&json!("b"), &Value::Null));
    }

    #[test]
    fn a_secret_that_stayed_is_had_from_the_record() {
        let (before, after) = (json!({"secret": "a", "n": 1}), json!({"secret": "a", "n": 2}));
        let whole = image(&before, Some(&after)).whole(Some(&keyspace::encode(&after).unwrap())).unwrap();
        assert_eq!(keyspace::decode::<Value>(&whole.unwrap()).unwrap(), before);
        let other = json!({"secret": "b", "n": 2});
        let error = image(&before, Some(&other)).whole(Some(&keyspace::encode(&other).unwrap())).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::WrongState);
        assert!(error.to_string().contains("the secret /secret"), "{error}");
    }

    #[test]
    fn an_image_is_read_as_it_was_written() {
        let image = image(&json!({"a/b~c": {"secret": 1}}), None);
        let text = serde_json::to_string(&image).unwrap();
        assert!(text.contains("/a~1b~0c/secret"), "{text}");
        let read: Image = serde_json::from_str(&text).unwrap();
        assert_eq!((&*read.key, read.version, read.json().unwrap()), (&b"P"[..], 7, image.json().unwrap()));
    }
}
