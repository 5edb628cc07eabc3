//! Requests of the neutral API, and what is answered.

use std::fmt::{self, Write as _};

use http::Method;
use idpstore::{ErrorKind, chain};
use serde_json::Value;
use ureq::http::Uri;

/// The type of the problem that the store of a server is unavailable.
const UNAVAILABLE: &str = "urn:idpstore:problem:unavailable";

/// A request to an operation.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// The path, with the query.
    pub(super) path: String,
    /// The media type of the body, and the body.
    pub(super) body: Option<(&'static str, Vec<u8>)>,
}

/// Why a request was not answered as it should be: a problem document, or no answer at all.
#[derive(Debug)]
pub(super) struct Problem {
    /// Absent if there was no answer.
    pub(super) status: Option<u16>,
    words: String,
    is_temporary: bool,
}

impl Ask {
    /// A request for the path below `/_idpstore/v1` with these segments.
    pub(super) fn new(method: Method, segments: &[&str]) -> Self {
        let mut path = "/_idpstore/v1".to_owned();
        for segment in segments {
            path.push('/');
            path.push_str(&escaped(segment));
        }
        Self { method, path, body: None }
    }

    pub(super) fn get(segments: &[&str]) -> Self {
        Self::new(Method::GET, segments)
    }

    pub(super) fn post(segments: &[&str]) -> Self {
        Self::new(Method::POST, segments)
    }

    pub(super) fn delete(segments: &[&str]) -> Self {
        Self::new(Method::DELETE, segments)
    }

    /// The same with a parameter of the query.
    pub(super) fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        let _ = write!(self.path, "{name}={}", escaped(&value.to_string()));
        self
    }

    /// The same with a parameter, if there is one.
    pub(super) fn with_any(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with a flag, if it is set.
    pub(super) fn flag(self, name: &str, is_set: bool) -> Self {
        if is_set { self.with(name, true) } else { self }
    }

    /// The same with a body of JSON.
    pub(super) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().into_bytes())
    }

    /// The same with a body.
    pub(super) fn body(self, media_type: &'static str, body: Vec<u8>) -> Self {
        Self { body: Some((media_type, body)), ..self }
    }
}

/// A text as a segment of a path, or as a value in a query.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

impl Problem {
    /// The problem that an answer with this status and document is.
    pub(super) fn of(status: u16, document: &Value) -> Self {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let words =
            text("detail").or(text("title")).map_or_else(|| format!("the status is {status}"), str::to_owned);
        let is_temporary = text("type") == Some(UNAVAILABLE);
        Self { status: Some(status), words, is_temporary }
    }

    /// That there was no answer, and why.
    pub(super) fn silence(cause: &dyn std::error::Error) -> Self {
        Self { status: None, words: chain(cause), is_temporary: false }
    }

    /// That a store of one's own does not answer.
    pub(super) fn failure(cause: &idpstore::Error) -> Self {
        let is_temporary = matches!(cause.kind(), ErrorKind::Unavailable { .. });
        Self { is_temporary, ..Self::silence(cause) }
    }

    /// Whether the store is unavailable.
    pub(super) fn is_temporary(&self) -> bool {
        self.is_temporary
    }

    /// Whether the content of the request is not acceptable.
    pub(super) fn is_refusal(&self) -> bool {
        self.status == Some(422)
    }

    /// Whether what was requested is missing.
    pub(super) fn is_missing(&self) -> bool {
        self.status == Some(404)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)
    }
}

impl std::error::Error for Problem {}

/// Reads the address of a server.
pub(super) fn address(text: &str) -> Result<String, String> {
    let is_whole = |uri: &Uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() && uri.query().is_none()
    };
    match text.parse() {
        Ok(uri) if is_whole(&uri) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("an address is wanted, such as http://127.0.0.1:8080".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_escaped() {
        let ask =
            Ask::get(&["providers", "a/b?ü"]).with("name", "x y&z").flag("weak", false).flag("plan", true);
        assert_eq!(ask.path, "/_idpstore/v1/providers/a%2Fb%3F%C3%BC?name=x%20y%26z&plan=true");
    }

    #[test]
    fn an_address_names_a_server() {
        assert_eq!(address("http://127.0.0.1:8080/").unwrap(), "http://127.0.0.1:8080");
        for text in ["", "127.0.0.1:8080", "ftp://x", "http://", "http://x?y", "a b"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
