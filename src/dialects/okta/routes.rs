//! Okta's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::{applications, keys, linked_users, providers, requests, users};
use crate::http::{Handler, Route};

const fn route(method: Method, path: &'static str, operation: &'static str, handler: Handler) -> Route {
    Route { method, path, operation, handler }
}

/// Identity providers and applications, their keys and certification requests, and the users who are linked.
#[rustfmt::skip] // one line for each operation
pub(super) static ROUTES: &[Route] = &[
    route(Method::GET, "/api/v1/idps", "listIdentityProviders", providers::list),
    route(Method::POST, "/api/v1/idps", "createIdentityProvider", providers::create),

    route(Method::GET, "/api/v1/idps/credentials/keys", "listIdentityProviderKeys", keys::list_trusted),
    route(Method::POST, "/api/v1/idps/credentials/keys", "createIdentityProviderKey", keys::create_trusted),
    route(Method::GET, "/api/v1/idps/credentials/keys/{kid}", "getIdentityProviderKey", keys::get_trusted),
    route(Method::PUT, "/api/v1/idps/credentials/keys/{kid}", "replaceIdentityProviderKey", keys::replace_trusted),
    route(Method::DELETE, "/api/v1/idps/credentials/keys/{kid}", "deleteIdentityProviderKey", keys::delete_trusted),

    route(Method::GET, "/api/v1/idps/{idpId}", "getIdentityProvider", providers::get),
    route(Method::PUT, "/api/v1/idps/{idpId}", "replaceIdentityProvider", providers::replace),
    route(Method::DELETE, "/api/v1/idps/{idpId}", "deleteIdentityProvider", providers::delete),
    route(Method::POST, "/api/v1/idps/{idpId}/lifecycle/activate", "activateIdentityProvider", providers::activate),
    route(Method::POST, "/api/v1/idps/{idpId}/lifecycle/deactivate", "deactivateIdentityProvider", providers::deactivate),
    route(Method::GET, "/api/v1/idps/{idpId}/metadata.xml", "getIdentityProviderMetadata", providers::service_provider_metadata),

    route(Method::GET, "/api/v1/idps/{idpId}/credentials/keys", "listIdentityProviderSigningKeys", keys::list_signing),
    route(Method::GET, "/api/v1/idps/{idpId}/credentials/keys/active", "listActiveIdentityProviderSigningKey", keys::active_signing),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/keys/generate", "generateIdentityProviderSigningKey", keys::generate_signing),
    route(Method::GET, "/api/v1/idps/{idpId}/credentials/keys/{kid}", "getIdentityProviderSigningKey", keys::get_signing),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/keys/{kid}/clone", "cloneIdentityProviderKey", keys::clone_signing),

    route(Method::GET, "/api/v1/idps/{idpId}/credentials/csrs", "listCsrsForIdentityProvider", requests::list),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/csrs", "generateCsrForIdentityProvider", requests::create),
    route(Method::GET, "/api/v1/idps/{idpId}/credentials/csrs/{idpCsrId}", "getCsrForIdentityProvider", requests::get),
    route(Method::DELETE, "/api/v1/idps/{idpId}/credentials/csrs/{idpCsrId}", "revokeCsrForIdentityProvider", requests::revoke),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/csrs/{idpCsrId}/lifecycle/publish", "publishCsrForIdentityProvider", requests::publish),

    route(Method::GET, "/api/v1/idps/{idpId}/users", "listIdentityProviderApplicationUsers", linked_users::list),
    route(Method::GET, "/api/v1/idps/{idpId}/users/{userId}", "getIdentityProviderApplicationUser", linked_users::get),
    route(Method::POST, "/api/v1/idps/{idpId}/users/{userId}", "linkUserToIdentityProvider", linked_users::link),
    route(Method::DELETE, "/api/v1/idps/{idpId}/users/{userId}", "unlinkUserFromIdentityProvider", linked_users::unlink),
    route(Method::GET, "/api/v1/idps/{idpId}/users/{userId}/credentials/tokens", "listSocialAuthTokens", linked_users::list_tokens),

    route(Method::POST, "/api/v1/users", "createUser", users::create),
    route(Method::GET, "/api/v1/users/{id}", "getUser", users::get),
    route(Method::DELETE, "/api/v1/users/{id}", "deleteUser", users::delete),
    route(Method::POST, "/api/v1/users/{id}/lifecycle/deactivate", "deactivateUser", users::deactivate),
    route(Method::GET, "/api/v1/users/{id}/idps", "listUserIdentityProviders", users::list_providers),

    route(Method::GET, "/api/v1/apps", "listApplications", applications::list),
    route(Method::POST, "/api/v1/apps", "createApplication", applications::create),
    route(Method::GET, "/api/v1/apps/{appId}", "getApplication", applications::get),
    route(Method::PUT, "/api/v1/apps/{appId}", "replaceApplication", applications::replace),
    route(Method::DELETE, "/api/v1/apps/{appId}", "deleteApplication", applications::delete),
    route(Method::POST, "/api/v1/apps/{appId}/lifecycle/activate", "activateApplication", applications::activate),
    route(Method::POST, "/api/v1/apps/{appId}/lifecycle/deactivate", "deactivateApplication", applications::deactivate),
    route(Method::GET, "/api/v1/apps/{appId}/sso/saml/metadata", "previewSAMLmetadataForApplication", applications::identity_provider_metadata),

    route(Method::GET, "/api/v1/apps/{appId}/credentials/keys", "listApplicationKeys", keys::list_signing),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/keys/generate", "generateApplicationKey", keys::generate_signing),
    route(Method::GET, "/api/v1/apps/{appId}/credentials/keys/{keyId}", "getApplicationKey", keys::get_signing),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/keys/{keyId}/clone", "cloneApplicationKey", keys::clone_signing),

    route(Method::GET, "/api/v1/apps/{appId}/credentials/csrs", "listCsrsForApplication", requests::list),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/csrs", "generateCsrForApplication", requests::create),
    route(Method::GET, "/api/v1/apps/{appId}/credentials/csrs/{csrId}", "getCsrForApplication", requests::get),
    route(Method::DELETE, "/api/v1/apps/{appId}/credentials/csrs/{csrId}", "revokeCsrFromApplication", requests::revoke),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/csrs/{csrId}/lifecycle/publish", "publishCsrFromApplication", requests::publish),
];
