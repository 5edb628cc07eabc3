//! Cross-origin requests of browsers (WHATWG Fetch, section 3.2): every origin may ask, with credentials.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, AGE, ORIGIN, RETRY_AFTER, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::{REVISION_HEADER, Request, Response};

/// The headers of answers that are ours and no vendor's: a page may read those that are there.
const OURS: [HeaderName; 3] = [REVISION_HEADER, AGE, RETRY_AFTER];

/// What a vendor lets the pages of other origins do.
#[derive(Debug)]
pub struct Cors {
    /// The methods.
    pub methods: &'static str,
    /// The headers that a request may have.
    pub request_headers: &'static str,
    /// The headers of an answer that a page may read.
    pub exposed_headers: &'static str,
}

impl Cors {
    /// The answer to a preflight request; `None` if the request is none.
    #[must_use]
    pub fn preflight(&self, request: &Request) -> Option<Response> {
        let asks = request.headers().contains_key(ORIGIN)
            && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if request.method() != Method::OPTIONS || !asks {
            return None;
        }
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(self.methods));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(self.request_headers));
        if names(request.headers(), &REVISION_HEADER) {
            headers.append(ACCESS_CONTROL_ALLOW_HEADERS, REVISION_HEADER.into());
        }
        Some(response)
    }

    /// Lets the page of this origin read an answer.
    pub fn allow(&self, origin: HeaderValue, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(self.exposed_headers));
        for name in OURS.into_iter().filter(|name| headers.contains_key(name)).collect::<Vec<_>>() {
            headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, name.into());
        }
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
}

/// Whether a preflight request names this header.
fn names(headers: &HeaderMap, name: &HeaderName) -> bool {
    let lists = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let mut named = lists.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
    named.any(|named| named.trim().eq_ignore_ascii_case(name.as_str()))
}
