//! PingOne's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::{applications, attributes, certificates, environments, keys, providers};
use crate::http::{Handler, Route};

const fn route(method: Method, path: &'static str, operation: &'static str, handler: Handler) -> Route {
    Route { method, path, operation, handler }
}

/// Environments, identity providers with their attribute mappings, keys, certificates and applications.
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

    route(Method::GET, "/v1/environments/{envID}/keys", "getKeys", keys::list),
    route(Method::POST, "/v1/environments/{envID}/keys", "createKey", keys::create),
    route(Method::GET, "/v1/environments/{envID}/keys/{keyID}", "getKey", keys::get),
    route(Method::PUT, "/v1/environments/{envID}/keys/{keyID}", "updateKey", keys::replace),
    route(Method::DELETE, "/v1/environments/{envID}/keys/{keyID}", "deleteKey", keys::delete),
    route(Method::GET, "/v1/environments/{envID}/keys/{keyID}/applications", "getKeyApplications", keys::list_applications),
    route(Method::GET, "/v1/environments/{envID}/keys/{keyID}/csr", "exportCSR", keys::get_request),
    route(Method::PUT, "/v1/environments/{envID}/keys/{keyID}/csr", "importCSRResponse", keys::import_response),
    route(Method::POST, "/v1/environments/{envID}/keys/{keyID}/csr", "importCSRResponse", keys::import_response),

    route(Method::GET, "/v1/environments/{envID}/certificates", "getCertificates", certificates::list),
    route(Method::POST, "/v1/environments/{envID}/certificates", "createCertificateFromFile", certificates::create),
    route(Method::GET, "/v1/environments/{envID}/certificates/{certID}", "getCertificate", certificates::get),
    route(Method::DELETE, "/v1/environments/{envID}/certificates/{certID}", "deleteCertificate", certificates::delete),
    route(Method::GET, "/v1/environments/{envID}/certificates/{certID}/applications", "getCertificateApplications", certificates::list_applications),

    route(Method::GET, "/v1/environments/{envID}/applications", "readAllApplications", applications::list),
    route(Method::POST, "/v1/environments/{envID}/applications", "createApplication", applications::create),
    route(Method::GET, "/v1/environments/{envID}/applications/{applicationID}", "readOneApplication", applications::get),
    route(Method::PUT, "/v1/environments/{envID}/applications/{applicationID}", "updateApplication", applications::replace),
    route(Method::DELETE, "/v1/environments/{envID}/applications/{applicationID}", "deleteApplication", applications::delete),
];
