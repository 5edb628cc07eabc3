//! A request as a value: no server, no async. May import: `error`, `pki`, `env`, `model`, `engine`, `service`.
//!
//! Nothing here words an answer: what is wrong is returned as an [`Error`], and the dialect finds the words.

mod address;
pub(crate) mod body;
pub(crate) mod cors;
mod guard;
pub(crate) mod multipart;
pub(crate) mod negotiate;
mod rate;
pub mod router;

pub use guard::{Admitted, Guard};
pub use rate::Quota;
pub(crate) use rate::RateLimit;
pub(crate) use router::{Handler, route};
pub use router::{Route, Wording};

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Method};

use crate::error::{Error, ErrorKind, Reason, Result};
use crate::service::Service;

/// Of a response, the number of the last unit of work that it shows something of, where other processes write to the same store. Of a
/// request, the number of a unit that its answer must see, or `latest` for all that had been committed when it arrived.
pub const REVISION_HEADER: HeaderName = HeaderName::from_static("x-idpstore-revision");

/// A request whose body is there in whole.
pub type Request = http::Request<Bytes>;

/// A response whose body is there in whole.
pub type Response = http::Response<Bytes>;

/// Among the extensions of a response: what the host should know of the record that was written, as
/// [`IdentityProvider::warnings`](crate::model::IdentityProvider::warnings) says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings(pub Vec<String>);

/// A request on its way through a handler.
#[derive(Debug)]
pub struct Call<'a> {
    /// The request.
    pub request: &'a Request,
    /// The vendor's name of the operation, as the route has it.
    pub operation: &'static str,
    /// The segments of the path that stand where the route has `{name}`.
    pub params: Vec<(&'static str, Cow<'a, str>)>,
    /// The rules, for the tenant that the request is about.
    pub service: &'a Service,
    /// Scheme and authority by which the caller knows us, without a slash at the end.
    pub base_url: &'a str,
    /// The switches that the host has set, by their names.
    pub switches: &'a BTreeSet<String>,
}

impl Call<'_> {
    /// The path segment where the route has `{name}`.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.request.uri().query()?;
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A numeric parameter of the query.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] at `?name` if it is there and no whole number.
    pub fn number(&self, name: &str) -> Result<Option<i64>> {
        let Some(text) = self.query(name) else { return Ok(None) };
        let refuse = |_| Error::invalid(format!("?{name}"), Reason::WrongType("integer"));
        text.parse().map(Some).map_err(refuse)
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }
}

/// The path with a single slash at its start: clients put paths behind an address that ends in a slash.
#[must_use]
pub(crate) fn path_of(request: &Request) -> &str {
    let path = request.uri().path();
    let doubled = path.bytes().take_while(|byte| *byte == b'/').count().saturating_sub(1);
    path.get(doubled..).unwrap_or(path)
}

/// The host that a request names and, if it does, the port.
#[must_use]
pub(crate) fn authority_of(request: &Request) -> Option<&str> {
    let header = || request.headers().get(HOST)?.to_str().ok();
    request.uri().authority().map(Authority::as_str).or_else(header)
}

/// The host that a request names, in lower case.
#[must_use]
pub(crate) fn host_of(request: &Request) -> Option<String> {
    let authority: Authority = authority_of(request)?.parse().ok()?;
    Some(authority.host().to_ascii_lowercase())
}

/// What the router decided for a method and a path.
pub(crate) fn no_route(known_path: bool) -> Error {
    Error::new(if known_path { ErrorKind::MethodNotAllowed } else { ErrorKind::NoRoute })
}

/// Whether two methods are the same, where `HEAD` counts as `GET`.
pub(crate) fn serves(route: &Method, asked: &Method) -> bool {
    route == asked || (route == Method::GET && asked == Method::HEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_starts_with_one_slash() {
        for (sent, path) in
            [("/a/b", "/a/b"), ("//a/b/", "/a/b/"), ("///a//b", "/a//b"), ("//", "/"), ("*", "*")]
        {
            let mut request = Request::default();
            *request.uri_mut() = sent.parse().expect("a path");
            assert_eq!(path_of(&request), path, "{sent}");
        }
    }
}
