//! Requests and responses as one text or row of bytes: a first line, a line for each header, and for a response
//! an empty line and the body.
//!
//! A request's first line is its method, a space, and its URL; a response's is its status. A line that begins with a colon is
//! what a harness notes of the request: JSON, and no header.

use bytes::Bytes;
use http::{Request, Response};

use crate::error::{self, Text};
use crate::harness;

/// The request with this head.
pub(crate) fn request(head: &str, body: Bytes) -> Result<Request<Bytes>, Text> {
    let mut lines = head.lines();
    let (method, url) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or_default();
    let mut builder = Request::builder().method(method).uri(url);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        builder = builder.header(name, value);
    }
    builder.body(body).map_err(|cause| error::request(&cause))
}

/// The bytes of a response.
pub(crate) fn response(response: &Response<Bytes>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512 + response.body().len());
    bytes.extend_from_slice(response.status().as_str().as_bytes());
    for (name, value) in response.headers() {
        for part in [b"\n", name.as_str().as_bytes(), b": ", value.as_bytes()] {
            bytes.extend_from_slice(part);
        }
    }
    if let Some(served) = response.extensions().get() {
        let disturbance = response.extensions().get().copied().unwrap_or_default();
        bytes.extend_from_slice(b"\n:");
        bytes.extend_from_slice(harness::note(served, disturbance).as_bytes());
    }
    bytes.extend_from_slice(b"\n\n");
    bytes.extend_from_slice(response.body());
    bytes
}
