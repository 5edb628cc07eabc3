//! PingOne's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::errors::{APPLICATION, CERTIFICATE, ENVIRONMENT, KEY, OPEN, PROVIDER, RECORD};
use super::records::{default_providers, images, populations, rotation_policies};
use super::{applications, attributes, certificates, environments, keys, metadata, providers};
use crate::http::{Route, route};

/// Environments, identity providers with their attribute mappings, keys, certificates and applications, and what leads to them.
#[rustfmt::skip] // one line for each operation
pub(super) static ROUTES: &[Route] = &[
    route(Method::GET, "/v1/environments", "readAllEnvironments", environments::list, &ENVIRONMENT),
    route(Method::POST, "/v1/environments", "createEnvironment", environments::create, &ENVIRONMENT),
    route(Method::GET, "/v1/environments/{envID}", "readOneEnvironment", environments::get, &ENVIRONMENT),
    route(Method::PUT, "/v1/environments/{envID}", "updateEnvironment", environments::replace, &ENVIRONMENT),
    route(Method::DELETE, "/v1/environments/{envID}", "deleteEnvironment", environments::delete, &ENVIRONMENT),
    route(Method::PUT, "/v1/environments/{envID}/type", "updateEnvironmentType", environments::replace_type, &ENVIRONMENT),
    route(Method::PUT, "/v1/environments/{envID}/status", "updateEnvironmentStatus", environments::replace_status, &ENVIRONMENT),
    route(Method::GET, "/v1/environments/{envID}/billOfMaterials", "readOneBillOfMaterials", environments::get_bill, &ENVIRONMENT),
    route(Method::PUT, "/v1/environments/{envID}/billOfMaterials", "updateBillOfMaterials", environments::replace_bill, &ENVIRONMENT),

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

    route(Method::GET, "/v1/environments/{envID}/populations", "readAllPopulations", populations::list, &RECORD),
    route(Method::POST, "/v1/environments/{envID}/populations", "createPopulation", populations::create, &RECORD),
    route(Method::GET, "/v1/environments/{envID}/populations/{populationID}", "readOnePopulation", populations::get, &RECORD),
    route(Method::PUT, "/v1/environments/{envID}/populations/{populationID}", "updatePopulation", populations::replace, &RECORD),
    route(Method::DELETE, "/v1/environments/{envID}/populations/{populationID}", "deletePopulation", populations::delete, &RECORD),
    route(Method::GET, "/v1/environments/{envID}/populations/{populationID}/defaultIdentityProvider", "readOnePopulationDefaultIdp", default_providers::get, &RECORD),
    route(Method::PUT, "/v1/environments/{envID}/populations/{populationID}/defaultIdentityProvider", "updatePopulationDefaultIdp", default_providers::replace, &RECORD),

    route(Method::GET, "/v1/environments/{envID}/keyRotationPolicies", "getKeyRotationPolicies", rotation_policies::list, &RECORD),
    route(Method::POST, "/v1/environments/{envID}/keyRotationPolicies", "createKeyRotationPolicy", rotation_policies::create, &RECORD),
    route(Method::GET, "/v1/environments/{envID}/keyRotationPolicies/{keyRotationPolicyID}", "getKeyRotationPolicy", rotation_policies::get, &RECORD),
    route(Method::PUT, "/v1/environments/{envID}/keyRotationPolicies/{keyRotationPolicyID}", "updateKeyRotationPolicy", rotation_policies::replace, &RECORD),
    route(Method::DELETE, "/v1/environments/{envID}/keyRotationPolicies/{keyRotationPolicyID}", "deleteKeyRotationPolicy", rotation_policies::delete, &RECORD),
    route(Method::GET, "/v1/environments/{envID}/keyRotationPolicies/{keyRotationPolicyID}/jwks", "getKeyRotationPolicyJwks", rotation_policies::keys, &RECORD),

    route(Method::POST, "/v1/environments/{envID}/images", "createImage", images::create, &RECORD),
    route(Method::GET, "/v1/environments/{envID}/images/{imageID}", "readImage", images::get, &RECORD),
    route(Method::DELETE, "/v1/environments/{envID}/images/{imageID}", "deleteImage", images::delete, &RECORD),
    route(Method::GET, "/v1/environments/{envID}/images/{imageID}/original.png", "readImageFile", images::file, &OPEN),

    route(Method::GET, "/{envID}/saml20/sp/metadata/{providerID}", "readSamlServiceProviderMetadata", metadata::export, &OPEN),
];
