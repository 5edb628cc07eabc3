//! Matching method and path against a route table.

use std::borrow::Cow;
use std::fmt::Debug;

use http::Method;
use percent_encoding::percent_decode_str;

use super::{Call, Request, Response, no_route, serves};
use crate::env::Environment;
use crate::error::{Error, Result};

/// What answers a call.
pub type Handler = fn(&Call<'_>) -> Result<Response>;

/// How a vendor words what went wrong.
pub trait Wording: Debug + Send + Sync {
    /// The answer to a request that failed.
    fn answer(&self, error: &Error, request: &Request, env: &Environment) -> Response;

    /// Looks again at a request that the host refuses.
    ///
    /// # Errors
    ///
    /// The error to answer: the refusal, unless the vendor finds something else wrong before. Nothing if the vendor serves
    /// the request all the same.
    fn refuse(&self, refusal: Error, request: &Request) -> Result<()> {
        let _ = request;
        Err(refusal)
    }
}

/// One line of a table: what is served at a method and a path.
pub trait Line {
    /// The method.
    fn method(&self) -> &Method;

    /// The path; a segment in braces stands for any text.
    fn path(&self) -> &'static str;
}

impl Line for Route {
    fn method(&self) -> &Method {
        &self.method
    }

    fn path(&self) -> &'static str {
        self.path
    }
}

/// One line of a vendor's API.
#[derive(Clone, Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path; a segment in braces stands for any text.
    pub path: &'static str,
    /// The vendor's own name of the operation.
    pub operation: &'static str,
    /// What answers it.
    pub handler: Handler,
    /// What words its errors.
    pub wording: &'static dyn Wording,
}

/// A line of a table.
pub(crate) const fn route(
    method: Method,
    path: &'static str,
    operation: &'static str,
    handler: Handler,
    wording: &'static dyn Wording,
) -> Route {
    Route { method, path, operation, handler, wording }
}

/// The parts of a path that a route left open.
pub type Params<'p> = Vec<(&'static str, Cow<'p, str>)>;

/// The first route that fits, with the open parts of the path. A table lists literal paths before those
/// with an open segment in the same place.
///
/// # Errors
///
/// [`MethodNotAllowed`](crate::error::ErrorKind::MethodNotAllowed) if only other methods are served at the
/// path, [`NoRoute`](crate::error::ErrorKind::NoRoute) if none is.
pub fn find<'r, 'p, L: Line>(routes: &'r [L], method: &Method, path: &'p str) -> Result<(&'r L, Params<'p>)> {
    let mut known_path = false;
    for route in routes {
        if let Some(params) = fit(route.path(), path) {
            if serves(route.method(), method) {
                return Ok((route, params));
            }
            known_path = true;
        }
    }
    Err(no_route(known_path))
}

/// The methods that are served at a path.
pub fn methods<'r, L: Line>(routes: &'r [L], path: &str) -> impl Iterator<Item = &'r Method> {
    routes.iter().filter(move |route| fit(route.path(), path).is_some()).map(Line::method)
}

/// The open parts of `path` if it fits the route's `pattern`.
fn fit<'p>(pattern: &'static str, path: &'p str) -> Option<Params<'p>> {
    let mut params = Params::new();
    let mut segments = path.split('/');
    for wanted in pattern.split('/') {
        let segment = segments.next()?;
        match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => {
                params.push((name, percent_decode_str(segment).decode_utf8_lossy()));
            }
            None if wanted == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[derive(Debug)]
    struct Wordless;

    impl Wording for Wordless {
        fn answer(&self, _: &Error, _: &Request, _: &Environment) -> Response {
            Response::default()
        }
    }

    fn routes() -> Vec<Route> {
        let handler: Handler = |_| Ok(Response::default());
        let route = |method, path, operation| route(method, path, operation, handler, &Wordless);
        vec![
            route(Method::GET, "/things/special", "special"),
            route(Method::GET, "/things/{id}", "get"),
            route(Method::DELETE, "/things/{id}", "delete"),
            route(Method::POST, "/things/{id}/parts/{part}", "part"),
        ]
    }

    #[test]
    fn literal_segments_come_before_open_ones_which_are_decoded() {
        let routes = routes();
        let find = |method: Method, path| {
            find(&routes, &method, path).map(|(route, params)| {
                let params: Vec<_> = params.into_iter().map(|(_, value)| value.into_owned()).collect();
                (route.operation, params)
            })
        };
        assert_eq!(find(Method::GET, "/things/special").expect("found"), ("special", vec![]));
        assert_eq!(find(Method::HEAD, "/things/a%20b").expect("found"), ("get", vec!["a b".to_owned()]));
        let part = find(Method::POST, "/things/1/parts/2").expect("found");
        assert_eq!(part, ("part", vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(find(Method::PUT, "/things/1").expect_err("no").kind(), &ErrorKind::MethodNotAllowed);
        for path in ["/things", "/things/", "/things/1/", "/things/1/2", "/", ""] {
            assert_eq!(find(Method::GET, path).expect_err(path).kind(), &ErrorKind::NoRoute);
        }
    }
}
