//! Cross-origin requests of browsers (WHATWG Fetch, section 3.2): every origin may ask, with credentials.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::{Request, Response};

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
        Some(response)
    }

    /// Lets the page of this origin read an answer.
    pub fn allow(&self, origin: HeaderValue, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(self.exposed_headers));
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
}
