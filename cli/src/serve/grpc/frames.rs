//! The frames of gRPC: a flag, a length, and a message or, in gRPC-Web, the trailers.

use base64::DecodeError;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::{BufMut as _, BytesMut};
use http::HeaderMap;

/// How long the head of a frame is.
pub(super) const HEADER: usize = 5;

/// The flag of a compressed message.
pub(super) const COMPRESSED: u8 = 1;

/// The flag of the trailers.
pub(super) const TRAILERS: u8 = 0x80;

/// A frame.
pub(super) struct Frame<'b> {
    pub(super) flags: u8,
    pub(super) message: &'b [u8],
    /// What follows it.
    pub(super) rest: &'b [u8],
}

/// Adds a frame.
pub(super) fn put(flags: u8, message: &[u8], bytes: &mut BytesMut) {
    bytes.reserve(HEADER + message.len());
    bytes.put_u8(flags);
    bytes.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    bytes.put_slice(message);
}

/// The first frame, if it is there as a whole.
pub(super) fn first(bytes: &[u8]) -> Option<Frame<'_>> {
    let (&[flags, a, b, c, d], left) = bytes.split_first_chunk::<HEADER>()?;
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
    let (message, rest) = left.split_at_checked(length)?;
    Some(Frame { flags, message, rest })
}

/// How long the message of the first frame is going to be.
pub(super) fn announced(bytes: &[u8]) -> Option<usize> {
    let (&[_, a, b, c, d], _) = bytes.split_first_chunk::<HEADER>()?;
    usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()
}

/// Trailers as gRPC-Web has them.
pub(super) fn trailers(trailers: &HeaderMap) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, value) in trailers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            text.extend_from_slice(part);
        }
    }
    text
}

/// Reads base64 that may consist of several padded pieces.
pub(super) fn from_text(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for piece in text.chunks(4) {
        BASE64_STANDARD.decode_vec(piece, &mut bytes)?;
    }
    Ok(bytes)
}

pub(super) fn to_text(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let mut bytes = BytesMut::new();
        put(COMPRESSED, b"one", &mut bytes);
        put(0, b"", &mut bytes);
        assert_eq!(bytes.as_ref(), b"\x01\0\0\0\x03one\0\0\0\0\0");
        let frame = first(&bytes).unwrap();
        assert_eq!((frame.flags, frame.message, frame.rest), (COMPRESSED, &b"one"[..], &b"\0\0\0\0\0"[..]));
        assert!(first(&bytes[..7]).is_none());
        assert_eq!(announced(&bytes[..5]), Some(3));
        assert_eq!(announced(&bytes[..4]), None);
    }

    #[test]
    fn text_may_be_padded_in_the_middle() {
        assert_eq!(from_text(b"YQ==YmM=").unwrap(), b"abc");
        assert!(from_text(b"YQ==YmM").is_err());
        assert!(from_text(b"Y*==").is_err());
    }
}
