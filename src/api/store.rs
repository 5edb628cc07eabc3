//! The store as a whole: exported, imported and checked.

use std::io;

use serde_json::Value;

use super::operation::Outcome;
use super::{Call, documents};
use crate::error::{Error, ErrorKind, Result};
use crate::service::Secrets;

/// The largest document that is exported: as large as one that can be imported.
const LARGEST: usize = 256 << 20;

pub(super) fn export(call: &Call<'_>) -> Result<Outcome> {
    Bounded::written(|out| call.store.export(Secrets::LeftOut, out, |_| {})).map(Outcome::Bytes)
}

/// A document in memory, up to the largest.
#[derive(Default)]
pub(super) struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Bounded {
    /// What `write` writes.
    ///
    /// # Errors
    ///
    /// Those of `write`, and [`ErrorKind::TooLarge`].
    pub(super) fn written(write: impl FnOnce(&mut Self) -> Result<u64>) -> Result<Vec<u8>> {
        let mut document = Self::default();
        let written = write(&mut document);
        if document.is_full {
            return Err(Error::new(ErrorKind::TooLarge).context("the document has more than 256 MiB"));
        }
        written.map(|_| document.bytes)
    }
}

impl io::Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > LARGEST {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn import(call: &Call<'_>) -> Result<Outcome> {
    let (document, prune) = (call.given.document()?, call.given.flag("prune"));
    if call.given.flag("plan") {
        let plan = call.store.plan_import(document, prune, |_| {})?;
        return Ok(Outcome::Json(documents::json_of(&plan)?));
    }
    let (done, number) = call.store.import_document(document, prune, |_| {})?;
    let mut done = documents::json_of(&done)?;
    if let Value::Object(members) = &mut done {
        members.insert("change".to_owned(), number.into());
    }
    Ok(Outcome::Json(done))
}

pub(super) fn check(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::Json(documents::report(&call.store.check()?)))
}
