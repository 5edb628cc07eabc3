//! The request of a call, as the JSON that the store reads.

use std::borrow::Cow;

use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_ENCODING, HeaderMap};

use super::protocol::{Codec, Protocol};
use super::status::{Code, Status};
use super::{Call, GRPC_ENCODING, compression, descriptors, frames};

impl Call {
    /// The message of a request as JSON; none if it has more bytes than `limit`.
    pub(super) fn read(&self, request: &Request<Bytes>, limit: usize) -> Result<Option<Bytes>, Status> {
        let headers = request.headers();
        self.protocol.check(headers)?;
        let body = request.body();
        let message = match self.protocol {
            Protocol::Connect => {
                let is_packed = is_packed(headers.get(CONTENT_ENCODING))?;
                Some(self.unpacked(is_packed, body, limit)?)
            }
            Protocol::Grpc | Protocol::Web => self.unframed(headers, body, limit)?,
            Protocol::WebText => {
                let unreadable = |error| self.protocol.unreadable(error);
                // One that is too long was cut off anywhere.
                let is_cut = body.len() > self.room(limit);
                let text = if is_cut { body.get(..body.len() / 4 * 4).unwrap_or_default() } else { body };
                let bytes = frames::from_text(text).map_err(unreadable)?;
                self.unframed(headers, &bytes, limit)?.map(|message| Cow::Owned(message.into_owned()))
            }
        };
        let Some(message) = message.filter(|message| message.len() <= limit) else { return Ok(None) };
        if self.codec == Codec::Json {
            return Ok(Some(Bytes::from(message.into_owned())));
        }
        let unknown = || Status::new(Code::UNIMPLEMENTED, "unknown method");
        let method = self.method.as_ref().ok_or_else(unknown)?;
        let json = descriptors::to_json(method.input(), &message);
        json.map(Bytes::from).map(Some).map_err(|words| self.protocol.unreadable(words))
    }

    /// The one message of a body, unless it is announced as one over the limit.
    fn unframed<'b>(
        &self,
        headers: &HeaderMap,
        body: &'b [u8],
        limit: usize,
    ) -> Result<Option<Cow<'b, [u8]>>, Status> {
        let is_packed = is_packed(headers.get(GRPC_ENCODING))?;
        let wrong = |words: &str| Status::new(Code::INTERNAL, words);
        if frames::announced(body).is_some_and(|length| length > limit) {
            return Ok(None);
        }
        let frame = frames::first(body).ok_or_else(|| wrong("the request has no whole message"))?;
        if !frame.rest.is_empty() {
            return Err(wrong("the request has more than one message"));
        }
        match frame.flags {
            0 => Ok(Some(Cow::Borrowed(frame.message))),
            frames::COMPRESSED if is_packed => self.unpacked(true, frame.message, limit).map(Some),
            frames::COMPRESSED => Err(wrong("grpc: compressed flag set with identity or empty encoding")),
            _ => Err(wrong("the frame of the request has unknown flags")),
        }
    }

    fn unpacked<'b>(&self, is_packed: bool, bytes: &'b [u8], limit: usize) -> Result<Cow<'b, [u8]>, Status> {
        if !is_packed {
            return Ok(Cow::Borrowed(bytes));
        }
        compression::unpack(bytes, limit).map(Cow::Owned).map_err(|error| self.protocol.unreadable(error))
    }
}

/// Whether messages are compressed, by the header that names how.
fn is_packed(encoding: Option<&http::HeaderValue>) -> Result<bool, Status> {
    match encoding.map_or(&b"identity"[..], http::HeaderValue::as_bytes) {
        b"identity" | b"" => Ok(false),
        b"gzip" => Ok(true),
        other => {
            let name = String::from_utf8_lossy(other).chars().take(100).collect::<String>();
            let words = format!("unknown compression {name:?}: supported encodings are gzip, identity");
            Err(Status::new(Code::UNIMPLEMENTED, words))
        }
    }
}
