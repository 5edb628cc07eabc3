//! Okta's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::errors::{
    APPLICATION, ASSIGNED_GROUP, ASSIGNED_USER, CLIENT_KEY, CLIENT_SECRET, FEATURE, GROUP, HOOK, MAPPING,
    POLICY, PROVIDER, PROVIDER_OF_USERS, SCHEMA, USER, USER_TYPE,
};
use super::organization::{
    assignments, client_keys, client_secrets, features, groups, hooks, logos, mappings, org, policies, schema,
};
use super::{applications, keys, linked_users, providers, requests, users};
use crate::http::{Route, route};

/// Identity providers and applications, their keys and certification requests, and the users who are linked.
#[rustfmt::skip] // one line for each operation
pub(super) static ROUTES: &[Route] = &[
    route(Method::GET, "/api/v1/idps", "listIdentityProviders", providers::list, &PROVIDER.parameters()),
    route(Method::POST, "/api/v1/idps", "createIdentityProvider", providers::create, &PROVIDER),

    route(Method::GET, "/api/v1/idps/credentials/keys", "listIdentityProviderKeys", keys::list_trusted, &PROVIDER.parameters()),
    route(Method::POST, "/api/v1/idps/credentials/keys", "createIdentityProviderKey", keys::create_trusted, &PROVIDER),
    route(Method::GET, "/api/v1/idps/credentials/keys/{kid}", "getIdentityProviderKey", keys::get_trusted, &PROVIDER),
    route(Method::PUT, "/api/v1/idps/credentials/keys/{kid}", "replaceIdentityProviderKey", keys::replace_trusted, &PROVIDER),
    route(Method::DELETE, "/api/v1/idps/credentials/keys/{kid}", "deleteIdentityProviderKey", keys::delete_trusted, &PROVIDER),

    route(Method::GET, "/api/v1/idps/{idpId}", "getIdentityProvider", providers::get, &PROVIDER),
    route(Method::PUT, "/api/v1/idps/{idpId}", "replaceIdentityProvider", providers::replace, &PROVIDER),
    route(Method::DELETE, "/api/v1/idps/{idpId}", "deleteIdentityProvider", providers::delete, &PROVIDER),
    route(Method::POST, "/api/v1/idps/{idpId}/lifecycle/activate", "activateIdentityProvider", providers::activate, &PROVIDER),
    route(Method::POST, "/api/v1/idps/{idpId}/lifecycle/deactivate", "deactivateIdentityProvider", providers::deactivate, &PROVIDER),
    route(Method::GET, "/api/v1/idps/{idpId}/metadata.xml", "getIdentityProviderMetadata", providers::service_provider_metadata, &PROVIDER),

    route(Method::GET, "/api/v1/idps/{idpId}/credentials/keys", "listIdentityProviderSigningKeys", keys::list_signing, &PROVIDER),
    route(Method::GET, "/api/v1/idps/{idpId}/credentials/keys/active", "listActiveIdentityProviderSigningKey", keys::active_signing, &PROVIDER),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/keys/generate", "generateIdentityProviderSigningKey", keys::generate_signing, &PROVIDER.new_key()),
    route(Method::GET, "/api/v1/idps/{idpId}/credentials/keys/{kid}", "getIdentityProviderSigningKey", keys::get_signing, &PROVIDER),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/keys/{kid}/clone", "cloneIdentityProviderKey", keys::clone_signing, &PROVIDER.key_clone()),

    route(Method::GET, "/api/v1/idps/{idpId}/credentials/csrs", "listCsrsForIdentityProvider", requests::list, &PROVIDER),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/csrs", "generateCsrForIdentityProvider", requests::create, &PROVIDER.new_request()),
    route(Method::GET, "/api/v1/idps/{idpId}/credentials/csrs/{idpCsrId}", "getCsrForIdentityProvider", requests::get, &PROVIDER),
    route(Method::DELETE, "/api/v1/idps/{idpId}/credentials/csrs/{idpCsrId}", "revokeCsrForIdentityProvider", requests::revoke, &PROVIDER),
    route(Method::POST, "/api/v1/idps/{idpId}/credentials/csrs/{idpCsrId}/lifecycle/publish", "publishCsrForIdentityProvider", requests::publish, &PROVIDER.certificate()),

    route(Method::GET, "/api/v1/idps/{idpId}/users", "listIdentityProviderApplicationUsers", linked_users::list, &PROVIDER_OF_USERS.parameters()),
    route(Method::GET, "/api/v1/idps/{idpId}/users/{userId}", "getIdentityProviderApplicationUser", linked_users::get, &PROVIDER_OF_USERS),
    route(Method::POST, "/api/v1/idps/{idpId}/users/{userId}", "linkUserToIdentityProvider", linked_users::link, &PROVIDER_OF_USERS),
    route(Method::DELETE, "/api/v1/idps/{idpId}/users/{userId}", "unlinkUserFromIdentityProvider", linked_users::unlink, &PROVIDER_OF_USERS),
    route(Method::GET, "/api/v1/idps/{idpId}/users/{userId}/credentials/tokens", "listSocialAuthTokens", linked_users::list_tokens, &PROVIDER_OF_USERS),

    route(Method::POST, "/api/v1/users", "createUser", users::create, &USER),
    route(Method::GET, "/api/v1/users/{id}", "getUser", users::get, &USER),
    route(Method::DELETE, "/api/v1/users/{id}", "deleteUser", users::delete, &USER),
    route(Method::POST, "/api/v1/users/{id}/lifecycle/deactivate", "deactivateUser", users::deactivate, &USER),
    route(Method::GET, "/api/v1/users/{id}/idps", "listUserIdentityProviders", users::list_providers, &USER),

    route(Method::GET, "/api/v1/apps", "listApplications", applications::list, &APPLICATION.parameters()),
    route(Method::POST, "/api/v1/apps", "createApplication", applications::create, &APPLICATION),
    route(Method::GET, "/api/v1/apps/{appId}", "getApplication", applications::get, &APPLICATION.parameters()),
    route(Method::PUT, "/api/v1/apps/{appId}", "replaceApplication", applications::replace, &APPLICATION),
    route(Method::DELETE, "/api/v1/apps/{appId}", "deleteApplication", applications::delete, &APPLICATION.deletion()),
    route(Method::POST, "/api/v1/apps/{appId}/lifecycle/activate", "activateApplication", applications::activate, &APPLICATION),
    route(Method::POST, "/api/v1/apps/{appId}/lifecycle/deactivate", "deactivateApplication", applications::deactivate, &APPLICATION),
    route(Method::GET, "/api/v1/apps/{appId}/sso/saml/metadata", "previewSAMLmetadataForApplication", applications::identity_provider_metadata, &APPLICATION),

    route(Method::GET, "/api/v1/apps/{appId}/credentials/keys", "listApplicationKeys", keys::list_signing, &APPLICATION),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/keys/generate", "generateApplicationKey", keys::generate_signing, &APPLICATION.new_key()),
    route(Method::GET, "/api/v1/apps/{appId}/credentials/keys/{keyId}", "getApplicationKey", keys::get_signing, &APPLICATION),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/keys/{keyId}/clone", "cloneApplicationKey", keys::clone_signing, &APPLICATION.key_clone()),

    route(Method::GET, "/api/v1/apps/{appId}/credentials/csrs", "listCsrsForApplication", requests::list, &APPLICATION),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/csrs", "generateCsrForApplication", requests::create, &APPLICATION.new_request()),
    route(Method::GET, "/api/v1/apps/{appId}/credentials/csrs/{csrId}", "getCsrForApplication", requests::get, &APPLICATION),
    route(Method::DELETE, "/api/v1/apps/{appId}/credentials/csrs/{csrId}", "revokeCsrFromApplication", requests::revoke, &APPLICATION),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/csrs/{csrId}/lifecycle/publish", "publishCsrFromApplication", requests::publish, &APPLICATION.certificate()),

    route(Method::GET, "/api/v1/apps/{appId}/credentials/jwks", "listJwk", client_keys::list, &CLIENT_KEY),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/jwks", "addJwk", client_keys::create, &CLIENT_KEY),
    route(Method::GET, "/api/v1/apps/{appId}/credentials/jwks/{keyId}", "getJwk", client_keys::get, &CLIENT_KEY),
    route(Method::DELETE, "/api/v1/apps/{appId}/credentials/jwks/{keyId}", "deletejwk", client_keys::delete, &CLIENT_KEY),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/activate", "activateOAuth2ClientJsonWebKey", client_keys::activate, &CLIENT_KEY),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/deactivate", "deactivateOAuth2ClientJsonWebKey", client_keys::deactivate, &CLIENT_KEY),

    route(Method::GET, "/api/v1/apps/{appId}/credentials/secrets", "listOAuth2ClientSecrets", client_secrets::list, &CLIENT_SECRET),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/secrets", "createOAuth2ClientSecret", client_secrets::create, &CLIENT_SECRET),
    route(Method::GET, "/api/v1/apps/{appId}/credentials/secrets/{secretId}", "getOAuth2ClientSecret", client_secrets::get, &CLIENT_SECRET),
    route(Method::DELETE, "/api/v1/apps/{appId}/credentials/secrets/{secretId}", "deleteOAuth2ClientSecret", client_secrets::delete, &CLIENT_SECRET),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/secrets/{secretId}/lifecycle/activate", "activateOAuth2ClientSecret", client_secrets::activate, &CLIENT_SECRET),
    route(Method::POST, "/api/v1/apps/{appId}/credentials/secrets/{secretId}/lifecycle/deactivate", "deactivateOAuth2ClientSecret", client_secrets::deactivate, &CLIENT_SECRET),

    route(Method::GET, "/.well-known/okta-organization", "getWellknownOrgMetadata", org::well_known, &PROVIDER),

    route(Method::GET, "/api/v1/groups", "listGroups", groups::list, &GROUP.parameters()),
    route(Method::POST, "/api/v1/groups", "addGroup", groups::create, &GROUP),
    route(Method::GET, "/api/v1/groups/{groupId}", "getGroup", groups::get, &GROUP),
    route(Method::PUT, "/api/v1/groups/{groupId}", "replaceGroup", groups::replace, &GROUP),
    route(Method::DELETE, "/api/v1/groups/{groupId}", "deleteGroup", groups::delete, &GROUP),
    route(Method::GET, "/api/v1/groups/{groupId}/apps", "listAssignedApplicationsForGroup", assignments::list_applications, &GROUP.parameters()),

    route(Method::GET, "/api/v1/inlineHooks", "listInlineHooks", hooks::list, &HOOK.parameters()),
    route(Method::POST, "/api/v1/inlineHooks", "createInlineHook", hooks::create, &HOOK),
    route(Method::GET, "/api/v1/inlineHooks/{inlineHookId}", "getInlineHook", hooks::get, &HOOK),
    route(Method::POST, "/api/v1/inlineHooks/{inlineHookId}", "updateInlineHook", hooks::update, &HOOK),
    route(Method::PUT, "/api/v1/inlineHooks/{inlineHookId}", "replaceInlineHook", hooks::replace, &HOOK),
    route(Method::DELETE, "/api/v1/inlineHooks/{inlineHookId}", "deleteInlineHook", hooks::delete, &HOOK),
    route(Method::POST, "/api/v1/inlineHooks/{inlineHookId}/lifecycle/activate", "activateInlineHook", hooks::activate, &HOOK),
    route(Method::POST, "/api/v1/inlineHooks/{inlineHookId}/lifecycle/deactivate", "deactivateInlineHook", hooks::deactivate, &HOOK),

    route(Method::GET, "/api/v1/mappings", "listProfileMappings", mappings::list, &MAPPING.parameters()),
    route(Method::GET, "/api/v1/mappings/{mappingId}", "getProfileMapping", mappings::get, &MAPPING),
    route(Method::POST, "/api/v1/mappings/{mappingId}", "updateProfileMapping", mappings::update, &MAPPING),

    route(Method::GET, "/api/v1/meta/schemas/user/{schemaId}", "getUserSchema", schema::get, &SCHEMA),
    route(Method::POST, "/api/v1/meta/schemas/user/{schemaId}", "updateUserProfile", schema::update, &SCHEMA),
    route(Method::GET, "/api/v1/meta/types/user", "listUserTypes", org::list_user_types, &USER_TYPE),
    route(Method::GET, "/api/v1/meta/types/user/{typeId}", "getUserType", org::get_user_type, &USER_TYPE),

    route(Method::GET, "/api/v1/policies", "listPolicies", policies::list, &POLICY.parameters()),
    route(Method::POST, "/api/v1/policies", "createPolicy", policies::create, &POLICY),
    route(Method::GET, "/api/v1/policies/{policyId}", "getPolicy", policies::get, &POLICY),
    route(Method::PUT, "/api/v1/policies/{policyId}", "replacePolicy", policies::replace, &POLICY),
    route(Method::DELETE, "/api/v1/policies/{policyId}", "deletePolicy", policies::delete, &POLICY),
    route(Method::POST, "/api/v1/policies/{policyId}/lifecycle/activate", "activatePolicy", policies::activate, &POLICY),
    route(Method::POST, "/api/v1/policies/{policyId}/lifecycle/deactivate", "deactivatePolicy", policies::deactivate, &POLICY),

    route(Method::PUT, "/api/v1/apps/{appId}/policies/{policyId}", "assignApplicationPolicy", policies::assign, &POLICY),
    route(Method::POST, "/api/v1/apps/{appId}/logo", "uploadApplicationLogo", logos::upload, &APPLICATION),

    route(Method::GET, "/api/v1/apps/{appId}/groups", "listApplicationGroupAssignments", assignments::list_groups, &ASSIGNED_GROUP.parameters()),
    route(Method::GET, "/api/v1/apps/{appId}/groups/{groupId}", "getApplicationGroupAssignment", assignments::get_group, &ASSIGNED_GROUP),
    route(Method::PUT, "/api/v1/apps/{appId}/groups/{groupId}", "assignGroupToApplication", assignments::assign_group, &ASSIGNED_GROUP),
    route(Method::DELETE, "/api/v1/apps/{appId}/groups/{groupId}", "unassignApplicationFromGroup", assignments::unassign_group, &ASSIGNED_GROUP),

    route(Method::GET, "/api/v1/apps/{appId}/users", "listApplicationUsers", assignments::list_users, &ASSIGNED_USER.parameters()),
    route(Method::POST, "/api/v1/apps/{appId}/users", "assignUserToApplication", assignments::assign_user, &ASSIGNED_USER),
    route(Method::GET, "/api/v1/apps/{appId}/users/{userId}", "getApplicationUser", assignments::get_user, &ASSIGNED_USER),
    route(Method::POST, "/api/v1/apps/{appId}/users/{userId}", "updateApplicationUser", assignments::update_user, &ASSIGNED_USER),
    route(Method::DELETE, "/api/v1/apps/{appId}/users/{userId}", "unassignUserFromApplication", assignments::unassign_user, &ASSIGNED_USER),

    route(Method::GET, "/api/v1/apps/{appId}/features", "listFeaturesForApplication", features::list, &FEATURE),
    route(Method::GET, "/api/v1/apps/{appId}/features/{featureName}", "getFeatureForApplication", features::get, &FEATURE),
    route(Method::PUT, "/api/v1/apps/{appId}/features/{featureName}", "updateFeatureForApplication", features::update, &FEATURE),
];
