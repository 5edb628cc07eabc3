//! Compression of messages: gzip, or none.

use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use http::HeaderValue;
use http::header::{ACCEPT_ENCODING, HeaderMap};

/// Its name.
pub(super) const GZIP: &str = "gzip";

/// What messages may be compressed with.
pub(super) const KNOWN: HeaderValue = HeaderValue::from_static("identity,gzip");

/// Below this size compressing a message of Connect takes more time than sending it.
pub(super) const WORTHWHILE: usize = 1024;

/// Compresses a message.
pub(super) fn compress(message: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(message.len() / 2), Compression::fast());
    encoder.write_all(message)?;
    encoder.finish()
}

/// Unpacks a message, or of a larger one than `limit` one byte more than that.
pub(super) fn unpack(compressed: &[u8], limit: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    let enough = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(compressed).take(enough).read_to_end(&mut message)?;
    Ok(message)
}

/// Whether a caller of Connect reads gzip.
pub(super) fn is_accepted(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight =
            weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(1.0_f32);
        name.trim().eq_ignore_ascii_case(GZIP) && weight > 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacking_ends_soon_after_the_limit() {
        let packed = compress(&vec![b'x'; 1 << 20]).unwrap();
        assert!(packed.len() < 10_000);
        assert_eq!(unpack(&packed, 1 << 20).unwrap().len(), 1 << 20);
        assert_eq!(unpack(&packed, 100).unwrap().len(), 101);
        assert!(unpack(&packed[..50], 1 << 20).is_err());
    }

    #[test]
    fn a_weight_of_zero_refuses() {
        let accepted =
            |text| is_accepted(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))]));
        assert!(accepted("br, GZIP;q=0.5"));
        assert!(accepted("gzip"));
        assert!(!accepted("gzip;q=0, identity"));
        assert!(!accepted("br"));
    }
}
