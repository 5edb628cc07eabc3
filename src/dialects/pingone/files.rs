//! Files in forms, with certificates in them.

use bytes::Bytes;

use crate::error::{Error, Reason, Result};
use crate::http::multipart::Form;
use crate::pki::{Certificate, bundle};

/// The file of a form.
pub(super) fn of(form: &Form) -> Result<&Bytes> {
    let file = form.part("file").ok_or_else(|| Error::invalid("/file", Reason::Missing))?;
    if file.is_empty() { Err(Error::invalid("/file", Reason::Empty)) } else { Ok(file) }
}

/// The certificates of a file: first the one that has issued no other.
pub(super) fn certificates(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    let read = |file| {
        let ders = bundle::certificates(file)?;
        ders.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>>>()
    };
    let certificates = read(file).map_err(|error| error.at("/file"))?;
    Ok(bundle::sorted(certificates, None).iter().map(|certificate| certificate.der().to_vec()).collect())
}
