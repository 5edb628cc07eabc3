//! Files that are brought along: forms have them, and certificates lie in them.

use bytes::Bytes;

use crate::error::{Error, Reason, Result};
use crate::http::multipart::Form;
use crate::pki::{Certificate, pkcs7};

/// The file of a form.
pub(super) fn of(form: &Form) -> Result<&Bytes> {
    let file = form.part("file").ok_or_else(|| Error::invalid("/file", Reason::Missing))?;
    if file.is_empty() { Err(Error::invalid("/file", Reason::Empty)) } else { Ok(file) }
}

/// The certificates of a file: first the one that has issued no other.
pub(super) fn certificates(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut ders = pkcs7::certificates(file).map_err(|error| error.at("/file"))?;
    let certificates: Result<Vec<_>> = ders.iter().map(|der| Certificate::from_der(der)).collect();
    let certificates = certificates.map_err(|error| error.at("/file"))?;
    let issues =
        |one: &Certificate| certificates.iter().any(|other| other != one && other.issuer() == one.subject());
    if let Some(leaf) = certificates.iter().position(|certificate| !issues(certificate)) {
        ders.swap(0, leaf);
    }
    Ok(ders)
}
