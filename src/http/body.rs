//! Bodies: reading and writing JSON.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Call, Response, negotiate};
use crate::error::{Error, ErrorKind, Result};

/// The media type of JSON.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The JSON object that was sent.
///
/// # Errors
///
/// [`ErrorKind::UnsupportedMediaType`] if the media type is not that of JSON, [`ErrorKind::Malformed`] if it is not, is
/// nested deeper than 128 levels, or is no object.
pub(crate) fn json_object(call: &Call<'_>) -> Result<Map<String, Value>> {
    if negotiate::content_type(call.headers()).as_deref() != Some("application/json") {
        return Err(ErrorKind::UnsupportedMediaType.into());
    }
    object(call.request.body())
}

/// The JSON object that these octets are.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] as [`json_object`].
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>> {
    let malformed = || Error::new(ErrorKind::Malformed);
    let text = std::str::from_utf8(body).map_err(|cause| malformed().caused_by(cause))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(malformed().context("the body is no JSON object")),
        Err(cause) => Err(malformed().context(cause.to_string()).caused_by(cause)),
    }
}

/// An answer in JSON.
///
/// # Errors
///
/// [`ErrorKind::Storage`] if the value has no JSON form; none of ours is without.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response> {
    Ok(with_body(status, JSON, bytes(value)?))
}

/// A list in JSON that is written as it is read: each element is written before the next one is looked at, so that of
/// a long list nothing but the answer is in memory.
#[derive(Clone, Debug)]
pub(crate) struct List {
    bytes: Vec<u8>,
    len: usize,
}

impl Default for List {
    fn default() -> Self {
        Self { bytes: vec![b'['], len: 0 }
    }
}

impl List {
    /// Adds an element.
    ///
    /// # Errors
    ///
    /// As [`json`].
    pub(crate) fn push(&mut self, element: &impl Serialize) -> Result<()> {
        self.begin_element();
        write(&mut self.bytes, element)
    }

    /// Adds an element that is written in JSON behind the others.
    ///
    /// # Errors
    ///
    /// Those of `write`.
    pub(crate) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
        self.begin_element();
        write(&mut self.bytes)
    }

    /// Adds an element that is JSON already.
    pub(crate) fn push_json(&mut self, element: &[u8]) {
        self.begin_element();
        self.bytes.extend_from_slice(element);
    }

    fn begin_element(&mut self) {
        if self.len > 0 {
            self.bytes.push(b',');
        }
        self.len += 1;
    }

    /// How many elements there are.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The whole list.
    #[must_use]
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.bytes.push(b']');
        self.bytes
    }

    /// The list as an answer of its own.
    #[must_use]
    pub(crate) fn answer(self, status: StatusCode) -> Response {
        with_body(status, JSON, self.finish())
    }

    /// The list as a member of another document.
    ///
    /// # Errors
    ///
    /// As [`json`].
    pub(crate) fn member(self) -> Result<Box<RawValue>> {
        let text = String::from_utf8(self.finish())
            .map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
        RawValue::from_string(text).map_err(unwritable)
    }
}

fn unwritable(cause: serde_json::Error) -> Error {
    Error::new(ErrorKind::Storage).caused_by(cause)
}

/// Appends a value in JSON.
///
/// # Errors
///
/// As [`json`].
pub(crate) fn write(bytes: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(bytes, value).map_err(unwritable)
}

/// A value as JSON.
///
/// # Errors
///
/// [`ErrorKind::Storage`] if it has no JSON form; none of ours is without.
pub(crate) fn bytes(value: &impl Serialize) -> Result<Bytes> {
    serde_json::to_vec(value).map(Bytes::from).map_err(unwritable)
}

/// An answer with a body of this media type.
#[must_use]
pub(crate) fn with_body(status: StatusCode, media_type: HeaderValue, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// An answer without a body: 204.
#[must_use]
pub(crate) fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_as_it_is_read() {
        let mut list = List::default();
        assert!(list.is_empty());
        (1..=2).for_each(|number| list.push(&number).unwrap());
        list.push_json(b"{}");
        assert_eq!((list.len(), &list.finish()[..]), (3, &b"[1,2,{}]"[..]));
    }
}
