//! Certificates alone in a signed message without signatures (RFC 5652, section 5): PKCS #7, as files that end
//! in `.p7b` or `.p7c` hold them.

use der::{
    Encode, Tag,
    asn1::ObjectIdentifier,
    oid::db::rfc5911::{ID_DATA, ID_SIGNED_DATA},
};

use super::{
    pem,
    signed::written,
    structure::{context, elements, is_tagged, sequence, wrap},
};
use crate::error::{Error, Reason, Result};

/// The labels of PKCS #7 in PEM (RFC 7468, sections 8 and 9).
const LABELS: [&str; 2] = ["PKCS7", "CMS"];

/// Reads the certificates in a file that is PKCS #7, in DER or PEM, or whatever [`pem::certificates`] reads. At
/// least one is found; none is looked into.
///
/// # Errors
/// `Invalid` at the empty pointer: `UnreadableCertificate` if there is none, or the file is damaged; or there are more
/// than 256.
pub fn certificates(input: &[u8]) -> Result<Vec<Vec<u8>>> {
    let block = pem::block(input, &LABELS);
    let message = block.as_deref().unwrap_or(input);
    match read(message) {
        Ok(Some(found)) if found.is_empty() => Err(Error::invalid("", Reason::UnreadableCertificate)),
        Ok(Some(found)) => pem::check_number(found.len()).map(|()| found),
        _ if block.is_none() => pem::certificates(input),
        _ => Err(Error::invalid("", Reason::UnreadableCertificate)),
    }
}

/// The certificates of a message in DER; `None` if it is none that is signed.
fn read(der: &[u8]) -> der::Result<Option<Vec<Vec<u8>>>> {
    let content_info = sequence(der)?;
    let [content_type, content] = content_info.as_slice() else { return Ok(None) };
    if content_type.decode_as::<ObjectIdentifier>() != Ok(ID_SIGNED_DATA) || !is_tagged(content, 0) {
        return Ok(None);
    }
    let signed_data = sequence(content.value())?;
    // Version, digest algorithms and content come before.
    let certificates = signed_data.iter().skip(3).find(|element| is_tagged(element, 0));
    let certificates = certificates.map_or(&[] as &[u8], |certificates| certificates.value());
    // Attribute certificates have a tag of their own.
    let plain = elements(certificates)?.into_iter().filter(|element| !is_tagged(element, 1));
    plain.map(|certificate| certificate.to_der()).collect::<der::Result<Vec<_>>>().map(Some)
}

/// Writes certificates (DER) as PKCS #7 in DER.
///
/// # Errors
/// [`TooLarge`](crate::error::ErrorKind::TooLarge) if they are longer than 256 MiB.
pub fn write(certificates: &[Vec<u8>]) -> Result<Vec<u8>> {
    /// The version of a message that holds nothing but X.509 certificates.
    const V1: u8 = 1;
    let write = || {
        let mut certificates = certificates.to_vec();
        certificates.sort(); // DER writes the elements of a set in the order of their octets
        let signed_data = [
            V1.to_der()?,
            wrap(Tag::Set, &[])?,
            wrap(Tag::Sequence, &[ID_DATA.to_der()?])?,
            wrap(context(0), &certificates)?,
            wrap(Tag::Set, &[])?,
        ];
        let content = wrap(context(0), &[wrap(Tag::Sequence, &signed_data)?])?;
        wrap(Tag::Sequence, &[ID_SIGNED_DATA.to_der()?, content])
    };
    written(write())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long enough to look like a certificate.
    fn like_der(seed: u8) -> Vec<u8> {
        [&[0x30, 0x81, 200, 4, 0x81, 197][..], &[seed; 197]].concat()
    }

    #[test]
    fn what_is_written_is_read_back_from_der_and_pem() {
        let certificates = vec![like_der(1), like_der(2)];
        let der = write(&certificates).unwrap();
        assert_eq!(super::certificates(&der).unwrap(), certificates);
        assert_eq!(super::certificates(pem::encode("PKCS7", &der).as_bytes()).unwrap(), certificates);
        assert_eq!(super::certificates(pem::encode("CMS", &der).as_bytes()).unwrap(), certificates);
    }

    #[test]
    fn certificates_may_come_without_a_message_but_not_be_missing() {
        let text = pem::encode("CERTIFICATE", &like_der(3));
        assert_eq!(super::certificates(text.as_bytes()).unwrap(), [like_der(3)]);
        let der = write(&[]).unwrap();
        let damaged = pem::encode("PKCS7", der.get(..9).unwrap());
        for wrong in [&der[..], damaged.as_bytes(), b"", b"no certificate"] {
            assert!(super::certificates(wrong).is_err());
        }
    }
}
