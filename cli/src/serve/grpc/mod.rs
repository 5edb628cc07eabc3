//! gRPC, gRPC-Web and Connect: calls of procedures, translated to Connect with JSON, which the store answers, and back.
//! It stands between the connections and the store; the store never sees a binary message.

mod compression;
mod descriptors;
mod encoding;
mod frames;
mod health;
mod protocol;
pub(super) mod reflection;
mod request;
mod response;
mod status;

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use idpstore::IdpStore;

use self::protocol::{Codec, Protocol};
use self::status::{Code, Status, in_connects_words};
use super::versions::Body;

const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// The one type of message that the store reads.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How many times longer than the message its JSON may be: control characters are escaped, and octets are in base64.
const LONGER: usize = 8;

/// A type that the store refuses, whatever the request is: so that even what cannot be read is counted and noted.
const UNREADABLE: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A call of a procedure: how it is made, and how its caller reads the answer.
pub(super) struct Call {
    protocol: Protocol,
    codec: Codec,
    /// That of the request, and of the answer.
    media_type: HeaderValue,
    /// `/SERVICE/METHOD`.
    path: String,
    method: Option<prost_reflect::MethodDescriptor>,
    /// Whether the caller reads compressed answers.
    takes_gzip: bool,
}

impl Call {
    /// The call that a request is, if it is one.
    pub(super) fn of(head: &Parts) -> Option<Self> {
        let (protocol, codec) = protocol::of(head)?;
        let media_type = HeaderValue::try_from(protocol::media_type(&head.headers)?).ok()?;
        let path = head.uri.path();
        let method = descriptors::method(path);
        if protocol == Protocol::Connect && codec == Codec::Json && method.is_none() {
            return None; // REST has the same type
        }
        let takes_gzip = match protocol {
            // As most servers do: compressed for those who compress.
            Protocol::Grpc | Protocol::Web | Protocol::WebText => {
                head.headers.get(GRPC_ENCODING).is_some_and(|encoding| encoding == compression::GZIP)
            }
            Protocol::Connect => compression::is_accepted(&head.headers),
        };
        Some(Self { protocol, codec, media_type, path: path.to_owned(), method, takes_gzip })
    }

    /// How many bytes a request may have whose message has `limit`.
    pub(super) fn room(&self, limit: usize) -> usize {
        let framed = limit.saturating_add(frames::HEADER);
        match self.protocol {
            Protocol::Connect => limit,
            Protocol::Grpc | Protocol::Web => framed,
            Protocol::WebText => framed.div_ceil(3).saturating_mul(4),
        }
    }

    /// How long the caller waits for the answer.
    pub(super) fn patience(&self, headers: &HeaderMap) -> Option<Duration> {
        self.protocol.timeout(headers).unwrap_or_default()
    }

    /// The answer as Connect has it with JSON: `handle` has it of a request in that form, whose body may have so many bytes, from this
    /// store.
    pub(super) fn answer(
        &self,
        mut request: Request<Bytes>,
        limit: usize,
        store: &IdpStore,
        handle: impl FnOnce(Request<Bytes>, usize) -> Response<Bytes>,
    ) -> Response<Bytes> {
        let message = match self.read(&request, limit) {
            Ok(message) => message,
            Err(refusal) => {
                request.headers_mut().insert(CONTENT_TYPE, UNREADABLE);
                let response = handle(request, usize::MAX);
                let is_expected = response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE;
                return if is_expected { refusal.to_response(response) } else { in_connects_words(response) };
            }
        };
        if health::is_check(&self.path) {
            return health::check(&message.unwrap_or_default(), store);
        }
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        headers.remove(CONTENT_ENCODING);
        let limit = if message.is_some() { limit.saturating_mul(LONGER) } else { 0 };
        if let Some(message) = message {
            *request.body_mut() = message;
        }
        in_connects_words(handle(request, limit))
    }

    /// The answer if the caller's time is over.
    pub(super) fn late(&self) -> Response<Body> {
        let status = Status::new(Code::DEADLINE_EXCEEDED, "context deadline exceeded");
        self.write(status.to_response(Response::default()))
    }

    /// What a caller may compress with.
    fn list_encodings(&self, headers: &mut HeaderMap) {
        match self.protocol {
            Protocol::Connect => headers.insert(ACCEPT_ENCODING, compression::KNOWN),
            _ => headers.insert(GRPC_ACCEPT_ENCODING, compression::KNOWN),
        };
    }
}
