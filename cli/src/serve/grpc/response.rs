//! The answer to a call, made of the JSON that the store gives.

use std::convert::Infallible;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Full};

use super::protocol::{Codec, Protocol};
use super::status::{Code, Status};
use super::{Call, GRPC_ENCODING, compression, descriptors, frames};
use crate::serve::versions::{Body, whole};

const GZIP: HeaderValue = HeaderValue::from_static(compression::GZIP);

/// A body with trailers behind it.
fn with_trailers(bytes: Bytes, trailers: HeaderMap) -> Body {
    let trailers = std::future::ready(Some(Ok::<_, Infallible>(trailers)));
    Full::new(bytes).with_trailers(trailers).boxed_unsync()
}

impl Call {
    /// An answer in JSON in the form that the caller reads.
    pub(in crate::serve) fn write(&self, response: Response<Bytes>) -> Response<Body> {
        let outcome = if response.status() == StatusCode::OK {
            self.encoded(response.body())
        } else {
            Err(Status::of(&response, &self.path))
        };
        match self.protocol {
            Protocol::Connect => self.plain(response, outcome),
            Protocol::Grpc => self.framed(response, outcome),
            Protocol::Web | Protocol::WebText => self.web(response, outcome),
        }
    }

    /// The message of a success.
    fn encoded(&self, json: &Bytes) -> Result<Bytes, Status> {
        match (&self.method, self.codec) {
            (_, Codec::Json) => Ok(json.clone()),
            (None, Codec::Proto) => Err(Status::new(Code::UNIMPLEMENTED, "unknown method")),
            (Some(method), Codec::Proto) => {
                descriptors::to_binary(&method.output(), json).map(Bytes::from).map_err(|error| {
                    Status::new(Code::INTERNAL, format!("the answer cannot be written: {error}"))
                })
            }
        }
    }

    /// Connect: errors are always JSON.
    fn plain(&self, response: Response<Bytes>, outcome: Result<Bytes, Status>) -> Response<Body> {
        let mut response = match outcome {
            Ok(message) => self.typed(response.map(|_| message)),
            Err(status) if response.status() == StatusCode::OK => status.to_response(response),
            Err(_) => response,
        };
        self.list_encodings(response.headers_mut());
        if self.takes_gzip
            && response.body().len() >= compression::WORTHWHILE
            && let Ok(packed) = compression::compress(response.body())
        {
            *response.body_mut() = packed.into();
            response.headers_mut().insert(CONTENT_ENCODING, GZIP);
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        response.map(whole)
    }

    /// gRPC: the status is in trailers, or with the headers if there is no message.
    fn framed(&self, response: Response<Bytes>, outcome: Result<Bytes, Status>) -> Response<Body> {
        let mut response = self.typed(response);
        *response.status_mut() = StatusCode::OK;
        match outcome {
            Ok(message) => {
                let frame = self.frame(&message, response.headers_mut());
                let trailers = Status::new(Code::OK, "").trailers();
                response.map(|_| with_trailers(frame.freeze(), trailers))
            }
            Err(status) => {
                response.headers_mut().extend(status.trailers());
                response.map(|_| whole(Bytes::new()))
            }
        }
    }

    /// gRPC-Web: the trailers are a frame of their own.
    fn web(&self, response: Response<Bytes>, outcome: Result<Bytes, Status>) -> Response<Body> {
        let mut response = self.typed(response);
        *response.status_mut() = StatusCode::OK;
        let (mut frames, status) = match outcome {
            Ok(message) => (self.frame(&message, response.headers_mut()), Status::new(Code::OK, "")),
            Err(status) => (BytesMut::new(), status),
        };
        frames::put(frames::TRAILERS, &frames::trailers(&status.trailers()), &mut frames);
        let body = match self.protocol {
            Protocol::WebText => frames::to_text(&frames).into(),
            _ => frames.freeze(),
        };
        response.map(|_| whole(body))
    }

    /// A message in its frame, compressed if the caller reads that.
    fn frame(&self, message: &[u8], headers: &mut HeaderMap) -> BytesMut {
        let mut frame = BytesMut::new();
        if self.takes_gzip
            && let Ok(packed) = compression::compress(message)
        {
            headers.insert(GRPC_ENCODING, GZIP);
            frames::put(frames::COMPRESSED, &packed, &mut frame);
        } else {
            frames::put(0, message, &mut frame);
        }
        frame
    }

    /// An answer with the media type of the protocol.
    fn typed(&self, mut response: Response<Bytes>) -> Response<Bytes> {
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.media_type.clone());
        headers.remove(CONTENT_LENGTH);
        self.list_encodings(headers);
        response
    }
}
