//! Which protocol a request speaks, by its media type; and what each has of its own.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use http::request::Parts;
use http::{Method, Version};

use super::status::{Code, Status};

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
const CONNECT_TIMEOUT: HeaderName = HeaderName::from_static("connect-timeout-ms");
const CONNECT_VERSION: HeaderName = HeaderName::from_static("connect-protocol-version");

/// How messages and errors are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Grpc,
    Web,
    /// The same in base64.
    WebText,
    /// Unary calls of Connect.
    Connect,
}

/// How a message is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Proto,
    Json,
}

/// The media type of a request, without parameters and in lower case.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?.split(';').next()?;
    Some(media_type.trim().to_ascii_lowercase())
}

/// What a request speaks, if it is a call.
pub(super) fn of(head: &Parts) -> Option<(Protocol, Codec)> {
    if head.method != Method::POST {
        return None;
    }
    let media_type = media_type(&head.headers)?;
    let (base, suffix) = media_type.split_once('+').unwrap_or((&media_type, "proto"));
    let codec = match suffix {
        "proto" => Codec::Proto,
        "json" => Codec::Json,
        _ => return None,
    };
    match base {
        // Its trailers need HTTP/2.
        "application/grpc" => (head.version >= Version::HTTP_2).then_some((Protocol::Grpc, codec)),
        "application/grpc-web" => Some((Protocol::Web, codec)),
        "application/grpc-web-text" => Some((Protocol::WebText, codec)),
        "application/proto" => Some((Protocol::Connect, Codec::Proto)),
        "application/json" => Some((Protocol::Connect, Codec::Json)),
        _ => None,
    }
}

impl Protocol {
    /// The error that a message cannot be read.
    pub(super) fn unreadable(self, words: impl std::fmt::Display) -> Status {
        match self {
            Self::Connect => Status::new(Code::INVALID_ARGUMENT, format!("unmarshal message: {words}")),
            _ => Status::new(Code::INTERNAL, format!("grpc: error unmarshalling request: {words}")),
        }
    }

    /// Refuses what the protocol's own headers have wrong.
    pub(super) fn check(self, headers: &HeaderMap) -> Result<(), Status> {
        self.timeout(headers)?;
        match headers.get(CONNECT_VERSION) {
            Some(version) if self == Self::Connect && version != "1" => {
                Err(Status::new(Code::INVALID_ARGUMENT, "connect-protocol-version must be \"1\""))
            }
            _ => Ok(()),
        }
    }

    /// How long the caller waits.
    pub(super) fn timeout(self, headers: &HeaderMap) -> Result<Option<Duration>, Status> {
        let name = if self == Self::Connect { CONNECT_TIMEOUT } else { GRPC_TIMEOUT };
        let Some(value) = headers.get(&name) else { return Ok(None) };
        let text = value.to_str().unwrap_or_default();
        let read =
            if self == Self::Connect { digits(text, 10).map(Duration::from_millis) } else { grpc(text) };
        let code = if self == Self::Connect { Code::INVALID_ARGUMENT } else { Code::INTERNAL };
        read.map(Some).ok_or_else(|| Status::new(code, format!("malformed {name}")))
    }
}

/// A time as gRPC spells it: up to eight digits and a unit.
fn grpc(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number = digits(number, 8)?;
    Some(match unit {
        "H" => Duration::from_secs(number.saturating_mul(3600)),
        "M" => Duration::from_secs(number.saturating_mul(60)),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

fn digits(text: &str, at_most: usize) -> Option<u64> {
    let is_number = (1..=at_most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_up_to_eight_digits_and_a_unit() {
        assert_eq!(grpc("5S"), Some(Duration::from_secs(5)));
        assert_eq!(grpc("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        assert_eq!(grpc("20m"), Some(Duration::from_millis(20)));
        for text in ["", "S", "5", "5s", "+5S", "123456789S", "5\u{fc}"] {
            assert_eq!(grpc(text), None, "{text}");
        }
    }

    #[test]
    fn media_types_are_those_of_the_protocols() {
        let spoken = |media_type: &str, version| {
            let request = http::Request::post("/").version(version).header(CONTENT_TYPE, media_type);
            of(&request.body(()).unwrap().into_parts().0)
        };
        let http2 = |media_type| spoken(media_type, Version::HTTP_2);
        assert_eq!(http2("application/grpc"), Some((Protocol::Grpc, Codec::Proto)));
        assert_eq!(http2("application/grpc+json"), Some((Protocol::Grpc, Codec::Json)));
        assert_eq!(http2("Application/gRPC-Web-Text; x=y"), Some((Protocol::WebText, Codec::Proto)));
        assert_eq!(http2("application/json; charset=utf-8"), Some((Protocol::Connect, Codec::Json)));
        assert_eq!(http2("application/grpc+thrift"), None);
        assert_eq!(http2("text/plain"), None);
        assert_eq!(spoken("application/grpc", Version::HTTP_11), None);
        assert_eq!(spoken("application/grpc-web", Version::HTTP_11), Some((Protocol::Web, Codec::Proto)));
    }
}
