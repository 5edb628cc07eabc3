//! PingOne's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::errors::{APPLICATION, CERTIFICATE, ENVIRONMENT, KEY, PROVIDER};
use super::{applications, attributes, certificates, environments, keys, providers};
use crate::http::{Route, route};

/// Environments, identity providers with their attribute mappings, keys, certificates and applications.
#[rustfmt::skip] // one line for each operation
pub(super) static ROUTES: &[Route] = &[
    route(Method::GET, "/v1/environments", "readAllEnvironments", environments::list, &ENVIRONMENT),
    route(Method::POST, "/v1/environments", "createEnvironment", environments::create, &ENVIRONMENT),
    route(Method::GET, "/v1/environments/{envID}", "readOneEnvironment", environments::get, &ENVIRONMENT),
    route(Method::DELETE, "/v1/environments/{envID}", "deleteEnvironment", environments::delete, &ENVIRONMENT),

    route(Method::GET, "/v1/environments/{envID}/identityProviders", "readAllIdentityProviders", providers::list, &PROVIDER),
    route(Method::POST, "/v1/environments/{envID}/identityProviders", "createIdentityProvider", providers::create, &PROVIDER),
    route(Method::GET, "/v1/environments/{envID}/identityProviders/{providerID}", "readOneIdentityProvider", providers::get, &PROVIDER),
    route(Method::PUT, "/v1/environments/{envID}/identityProviders/{providerID}", "updateIdentityProvider", providers::replace, &PROVIDER),
    route(Method::DELETE, "/v1/environments/{envID}/identityProviders/{providerID}", "deleteIdentityProvider", providers::delete, &PROVIDER),

    route(Method::GET, "/v1/environments/{envID}/identityProviders/{providerID}/attributes", "readAllIdentityProviderAttributes", attributes::list, &PROVIDER),
    route(Method::POST, "/v1/environments/{envID}/identityProviders/{providerID}/attributes", "createIdentityProviderAttribute", attributes::create, &PROVIDER),
    route(Method::GET, "/v1/environments/{envID}/identityProviders/{providerID}/attributes/{attributeID}", "readOneIdentityProviderAttribute", attributes::get, &PROVIDER),
    route(Method::PUT, "/v1/environments/{envID}/identityProviders/{providerID}/attributes/{attributeID}", "updateIdentityProviderAttribute", attributes::replace, &PROVIDER),
    route(Method::DELETE, "/v1/environments/{envID}/identityProviders/{providerID}/attributes/{attributeID}", "deleteIdentityProviderAttribute", attributes::delete, &PROVIDER),

    route(Method::GET, "/v1/environments/{envID}/keys", "getKeys", keys::list, &KEY),
    route(Method::POST, "/v1/environments/{envID}/keys", "createKey", keys::create, &KEY),
    route(Method::GET, "/v1/environments/{envID}/keys/{keyID}", "getKey", keys::get, &KEY),
    route(Method::PUT, "/v1/environments/{envID}/keys/{keyID}", "updateKey", keys::replace, &KEY),
    route(Method::DELETE, "/v1/environments/{envID}/keys/{keyID}", "deleteKey", keys::delete, &KEY),
    route(Method::GET, "/v1/environments/{envID}/keys/{keyID}/applications", "getKeyApplications", keys::list_applications, &KEY),
    route(Method::GET, "/v1/environments/{envID}/keys/{keyID}/csr", "exportCSR", keys::get_request, &KEY),
    route(Method::PUT, "/v1/environments/{envID}/keys/{keyID}/csr", "importCSRResponse", keys::import_response, &KEY),
    route(Method::POST, "/v1/environments/{envID}/keys/{keyID}/csr", "importCSRResponse", keys::import_response, &KEY),

    route(Method::GET, "/v1/environments/{envID}/certificates", "getCertificates", certificates::list, &CERTIFICATE),
    route(Method::POST, "/v1/environments/{envID}/certificates", "createCertificateFromFile", certificates::create, &CERTIFICATE),
    route(Method::GET, "/v1/environments/{envID}/certificates/{certID}", "getCertificate", certificates::get, &CERTIFICATE),
    route(Method::DELETE, "/v1/environments/{envID}/certificates/{certID}", "deleteCertificate", certificates::delete, &CERTIFICATE),
    route(Method::GET, "/v1/environments/{envID}/certificates/{certID}/applications", "getCertificateApplications", certificates::list_applications, &CERTIFICATE),

    route(Method::GET, "/v1/environments/{envID}/applications", "readAllApplications", applications::list, &APPLICATION),
    route(Method::POST, "/v1/environments/{envID}/applications", "createApplication", applications::create, &APPLICATION),
    route(Method::GET, "/v1/environments/{envID}/applications/{applicationID}", "readOneApplication", applications::get, &APPLICATION),
    route(Method::PUT, "/v1/environments/{envID}/applications/{applicationID}", "updateApplication", applications::replace, &APPLICATION),
    route(Method::DELETE, "/v1/environments/{envID}/applications/{applicationID}", "deleteApplication", applications::delete, &APPLICATION),
];
