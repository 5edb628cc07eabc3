//! PingOne's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::{attributes, environments, providers};
use crate::http::{Handler, Route};

const fn route(method: Method, path: &'static str, operation: &'static str, handler: Handler) -> Route {
    Route { method, path, operation, handler }
}

/// Environments, identity providers and their attribute mappings.
#[rustfmt::skip] // one line for each operation
pub(super) static ROUTES: &[Route] = &[
    route(Method::GET, "/v1/environments", "readAllEnvironments", environments::list),
    route(Method::POST, "/v1/environments", "createEnvironment", environments::create),
    route(Method::GET, "/v1/environments/{envID}", "readOneEnvironment", environments::get),
    route(Method::DELETE, "/v1/environments/{envID}", "deleteEnvironment", environments::delete),

    route(Method::GET, "/v1/environments/{envID}/identityProviders", "readAllIdentityProviders", providers::list),
    route(Method::POST, "/v1/environments/{envID}/identityProviders", "createIdentityProvider", providers::create),
    route(Method::GET, "/v1/environments/{envID}/identityProviders/{providerID}", "readOneIdentityProvider", providers::get),
    route(Method::PUT, "/v1/environments/{envID}/identityProviders/{providerID}", "updateIdentityProvider", providers::replace),
    route(Method::DELETE, "/v1/environments/{envID}/identityProviders/{providerID}", "deleteIdentityProvider", providers::delete),

    route(Method::GET, "/v1/environments/{envID}/identityProviders/{providerID}/attributes", "readAllIdentityProviderAttributes", attributes::list),
    route(Method::POST, "/v1/environments/{envID}/identityProviders/{providerID}/attributes", "createIdentityProviderAttribute", attributes::create),
    route(Method::GET, "/v1/environments/{envID}/identityProviders/{providerID}/attributes/{attributeID}", "readOneIdentityProviderAttribute", attributes::get),
    route(Method::PUT, "/v1/environments/{envID}/identityProviders/{providerID}/attributes/{attributeID}", "updateIdentityProviderAttribute", attributes::replace),
    route(Method::DELETE, "/v1/environments/{envID}/identityProviders/{providerID}/attributes/{attributeID}", "deleteIdentityProviderAttribute", attributes::delete),
];
