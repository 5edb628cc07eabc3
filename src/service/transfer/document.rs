//! The document itself: lists of records, each of which is read on its own.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Reason, Result};

/// The version of documents that are written.
pub(super) const VERSION: u32 = 1;

/// How many bytes a document has at most.
pub(super) const LARGEST: usize = 1 << 28;

/// The records of one kind as they were received. A document without the list has nothing to say about that kind.
pub(super) type List<'d> = Option<Vec<&'d RawValue>>;

/// A document that was received.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Document<'d> {
    /// For editors.
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    #[serde(default)]
    version: Option<u32>,
    #[serde(borrow, default)]
    pub(super) tenants: List<'d>,
    #[serde(borrow, default)]
    pub(super) providers: List<'d>,
    #[serde(borrow, default)]
    pub(super) applications: List<'d>,
    #[serde(borrow, default)]
    pub(super) users: List<'d>,
    #[serde(borrow, default)]
    pub(super) trusted_keys: List<'d>,
    #[serde(borrow, default)]
    pub(super) signing_keys: List<'d>,
    #[serde(borrow, default)]
    pub(super) links: List<'d>,
    #[serde(borrow, default)]
    pub(super) vendor_records: List<'d>,
}

impl<'d> Document<'d> {
    /// Reads a document, but not its records.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`], [`ErrorKind::Malformed`] if it is not JSON, [`ErrorKind::TooNew`] if its version is not
    /// known, and [`ErrorKind::Invalid`] if it has members that no document has.
    pub(super) fn read(text: &'d str) -> Result<Self> {
        if text.len() > LARGEST {
            return Err(ErrorKind::TooLarge.into());
        }
        // A list would pass for an object whose members have no names.
        if text.trim_start().starts_with('[') {
            return Err(Error::invalid("", Reason::WrongType("object")));
        }
        let document: Self = serde_json::from_str(text).map_err(|cause| {
            if cause.is_data() {
                Error::invalid("", Reason::Other(cause.to_string()))
            } else {
                Error::new(ErrorKind::Malformed).caused_by(cause)
            }
        })?;
        match document.version {
            Some(version) if version > VERSION => Err(Error::new(ErrorKind::TooNew)
                .context(format!("the document has version {version}, and {VERSION} is known"))),
            _ => Ok(document),
        }
    }
}
