//! Which API a request is for, and what it serves.

use http::Method;

#[cfg(feature = "api")]
use crate::api;
use crate::dialects::{self, Dialect};
use crate::env::Environment;
use crate::error::Result;
use crate::http::cors::Cors;
#[cfg(feature = "api")]
use crate::http::path_of;
use crate::http::router::{self, Params};
use crate::http::{Request, Response, Route, Wording};

/// An API.
#[derive(Clone, Copy)]
pub(super) enum Api {
    /// That of a vendor.
    Vendor(&'static Dialect),
    /// The one of no vendor.
    #[cfg(feature = "api")]
    Neutral,
    /// The controls of a harness.
    #[cfg(all(feature = "api", feature = "testing"))]
    Controls,
}

/// What is served at a method and a path.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    /// By a vendor.
    Vendor(&'static Dialect, &'static Route),
    /// By the API of no vendor.
    #[cfg(feature = "api")]
    Neutral(&'static api::Operation),
}

/// The starts of the paths that belong to an API: those of the vendors, and that of the neutral one. A segment `*` stands for
/// any.
///
/// ```
/// # #[cfg(feature = "okta")]
/// assert!(idpstore::path_prefixes().any(|start| start == "/api/v1/"));
/// # #[cfg(feature = "api")]
/// assert!(idpstore::path_prefixes().any(|start| start == "/_idpstore/"));
/// ```
pub fn path_prefixes() -> impl Iterator<Item = &'static str> {
    let neutral: &[&str] = &[
        #[cfg(feature = "api")]
        api::PREFIX,
    ];
    dialects::ALL.iter().flat_map(|dialect| dialect.prefixes).chain(neutral).copied()
}

#[cfg(feature = "api")]
fn neutral(request: &Request) -> Option<Api> {
    api::has_path(path_of(request)).then_some(Api::Neutral)
}

#[cfg(not(feature = "api"))]
fn neutral(_: &Request) -> Option<Api> {
    None
}

impl Api {
    /// The API to which a request belongs.
    pub(super) fn of(request: &Request) -> Option<Self> {
        neutral(request).or_else(|| dialects::of(request).map(Self::Vendor))
    }

    /// What is served at a method and a path.
    pub(super) fn find<'p>(self, method: &Method, path: &'p str) -> Result<(Operation, Params<'p>)> {
        match self {
            Self::Vendor(dialect) => {
                let path = if dialect.ignores_trailing_slash { path.trim_end_matches('/') } else { path };
                let (route, params) = router::find(dialect.routes, method, path)?;
                Ok((Operation::Vendor(dialect, route), params))
            }
            #[cfg(feature = "api")]
            Self::Neutral => {
                let (operation, params) = router::find(api::OPERATIONS, method, path)?;
                Ok((Operation::Neutral(operation), params))
            }
            #[cfg(all(feature = "api", feature = "testing"))]
            Self::Controls => {
                let (operation, params) = router::find(api::CONTROLS, method, path)?;
                Ok((Operation::Neutral(operation), params))
            }
        }
    }

    /// Its name: for a vendor that of the dialect.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Vendor(dialect) => dialect.name,
            #[cfg(feature = "api")]
            _ => "api",
        }
    }

    /// What words the errors of requests for which there is no operation.
    pub(super) fn wording(self) -> &'static dyn Wording {
        match self {
            Self::Vendor(dialect) => dialect.wording,
            #[cfg(feature = "api")]
            _ => &api::Problems,
        }
    }

    /// Whether a request for this path counts for the rate limit. Whether the store is well can be checked at any time.
    pub(super) fn is_limited(self, path: &str) -> bool {
        match (self, path) {
            #[cfg(feature = "api")]
            (Self::Neutral, api::HEALTH) => false,
            #[cfg(all(feature = "api", feature = "testing"))]
            (Self::Controls, _) => false,
            _ => true,
        }
    }

    /// What pages of other origins may do.
    pub(super) fn cors(self) -> Option<&'static Cors> {
        match self {
            Self::Vendor(dialect) => dialect.cors,
            #[cfg(feature = "api")]
            _ => None,
        }
    }

    /// Adds the headers that all answers have.
    pub(super) fn finish(self, response: &mut Response, env: &Environment) {
        match self {
            Self::Vendor(dialect) => (dialect.finish)(response, env),
            #[cfg(feature = "api")]
            _ => api::finish(response),
        }
    }
}

impl Operation {
    /// Its name, as the vendor has it.
    #[cfg(feature = "testing")]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Vendor(_, route) => route.operation,
            #[cfg(feature = "api")]
            Self::Neutral(operation) => operation.id,
        }
    }

    /// What words its errors.
    pub(super) fn wording(self) -> &'static dyn Wording {
        match self {
            Self::Vendor(_, route) => route.wording,
            #[cfg(feature = "api")]
            Self::Neutral(_) => &api::Problems,
        }
    }
}
