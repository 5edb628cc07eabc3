//! Certificates alone in a signed message without signatures (RFC 5652, section 5), written: PKCS #7, as files that
//! end in `.p7b` or `.p7c` hold them. [`bundle`](super::bundle) reads it.

use der::{
    Encode, Tag,
    oid::db::rfc5911::{ID_DATA, ID_SIGNED_DATA},
};

use super::{
    signed::written,
    structure::{context, wrap},
};
use crate::error::Result;

/// Writes certificates (DER) as PKCS #7 in DER.
///
/// # Errors
/// [`TooLarge`](crate::error::ErrorKind::TooLarge) if they are longer than 256 MiB.
pub fn write(certificates: &[Vec<u8>]) -> Result<Vec<u8>> {
    /// The version of a message that holds nothing but X.509 certificates.
    const V1: u8 = 1;
    let write = || {
        // DER writes the elements of a set in the order of their octets.
        let mut set = Vec::<Vec<u8>>::new();
        for der in certificates {
            set.insert(set.partition_point(|other| other <= der), der.clone());
        }
        let signed_data = [
            V1.to_der()?,
            wrap(Tag::Set, &[])?,
            wrap(Tag::Sequence, &[ID_DATA.to_der()?])?,
            wrap(context(0), &set)?,
            wrap(Tag::Set, &[])?,
        ];
        let content = wrap(context(0), &[wrap(Tag::Sequence, &signed_data)?])?;
        wrap(Tag::Sequence, &[ID_SIGNED_DATA.to_der()?, content])
    };
    written(write())
}
