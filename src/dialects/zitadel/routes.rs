//! ZITADEL's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::errors::Words;
use super::failure::Form;
use super::{calls, health, service_provider};
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Handler, Response, Route, path_of, route};

/// Makes of each line four routes: on the instance and on an organization, as REST and as a procedure of Connect. Of the lines
/// behind them, each of one service, it makes two.
macro_rules! routes {
    (
        $($admin:ident $management:ident $path:literal $operation:literal)*;
        $($start:literal $service:literal { $($method:ident $further:literal $name:literal)* })*;
        $($more:expr,)*
    ) => {
        &[
            $(
                route(Method::$admin, concat!("/admin/v1/idps", $path), $operation, rest, &Words::new(Form::Rest, $operation)),
                route(Method::$management, concat!("/management/v1/idps", $path), $operation, rest, &Words::new(Form::Rest, $operation)),
                route(
                    Method::POST,
                    concat!("/zitadel.admin.v1.AdminService/", $operation),
                    concat!("zitadel.admin.v1.AdminService/", $operation),
                    calls::connect,
                    &Words::new(Form::Connect, $operation),
                ),
                route(
                    Method::POST,
                    concat!("/zitadel.management.v1.ManagementService/", $operation),
                    concat!("zitadel.management.v1.ManagementService/", $operation),
                    calls::connect,
                    &Words::new(Form::Connect, $operation),
                ),
            )*
            $($(
                route(Method::$method, concat!($start, $further), $name, rest, &Words::new(Form::Rest, $name)),
                route(
                    Method::POST,
                    concat!("/zitadel.", $service, "/", $name),
                    concat!("zitadel.", $service, "/", $name),
                    calls::connect,
                    &Words::new(Form::Connect, $name),
                ),
            )*)*
            $($more,)*
        ]
    };
}

/// The templates of identity providers, the other operations of each service, and pages: those about health, and those of our
/// side of SAML, which answer to any method.
pub(super) static ROUTES: &[Route] = routes! {
    POST POST "/templates/_search" "ListProviders"
    GET GET "/templates/{id}" "GetProviderByID"
    DELETE DELETE "/templates/{id}" "DeleteProvider"
    POST POST "/oauth" "AddGenericOAuthProvider"
    PUT PUT "/oauth/{id}" "UpdateGenericOAuthProvider"
    POST POST "/generic_oidc" "AddGenericOIDCProvider"
    PUT PUT "/generic_oidc/{id}" "UpdateGenericOIDCProvider"
    POST POST "/generic_oidc/{id}/_migrate" "MigrateGenericOIDCProvider"
    POST POST "/generic_jwt" "AddJWTProvider"
    PUT PUT "/generic_jwt/{id}" "UpdateJWTProvider"
    POST POST "/azure" "AddAzureADProvider"
    PUT PUT "/azure/{id}" "UpdateAzureADProvider"
    POST POST "/github" "AddGitHubProvider"
    PUT PUT "/github/{id}" "UpdateGitHubProvider"
    POST POST "/github_es" "AddGitHubEnterpriseServerProvider"
    PUT PUT "/github_es/{id}" "UpdateGitHubEnterpriseServerProvider"
    POST POST "/gitlab" "AddGitLabProvider"
    POST PUT "/gitlab/{id}" "UpdateGitLabProvider"
    POST POST "/gitlab_self_hosted" "AddGitLabSelfHostedProvider"
    POST PUT "/gitlab_self_hosted/{id}" "UpdateGitLabSelfHostedProvider"
    POST POST "/google" "AddGoogleProvider"
    PUT PUT "/google/{id}" "UpdateGoogleProvider"
    POST POST "/ldap" "AddLDAPProvider"
    PUT PUT "/ldap/{id}" "UpdateLDAPProvider"
    POST POST "/apple" "AddAppleProvider"
    PUT PUT "/apple/{id}" "UpdateAppleProvider"
    POST POST "/saml" "AddSAMLProvider"
    PUT PUT "/saml/{id}" "UpdateSAMLProvider"
    POST POST "/saml/{id}/_generate_certificate" "RegenerateSAMLProviderCertificate"
    POST POST "/zitadel" "AddZitadelProvider"
    PUT PUT "/zitadel/{id}" "UpdateZitadelProvider"
    ;
    "/admin/v1" "admin.v1.AdminService" {
        GET "/healthz" "Healthz"
        GET "/idps/{id}" "GetIDPByID"
        POST "/idps/_search" "ListIDPs"
        POST "/idps/oidc" "AddOIDCIDP"
        POST "/idps/jwt" "AddJWTIDP"
        PUT "/idps/{idpId}" "UpdateIDP"
        PUT "/idps/{idpId}/oidc_config" "UpdateIDPOIDCConfig"
        PUT "/idps/{idpId}/jwt_config" "UpdateIDPJWTConfig"
        POST "/idps/{idpId}/_deactivate" "DeactivateIDP"
        POST "/idps/{idpId}/_reactivate" "ReactivateIDP"
        DELETE "/idps/{idpId}" "RemoveIDP"
        GET "/policies/login" "GetLoginPolicy"
        POST "/policies/login/idps/_search" "ListLoginPolicyIDPs"
        POST "/policies/login/idps" "AddIDPToLoginPolicy"
        DELETE "/policies/login/idps/{idpId}" "RemoveIDPFromLoginPolicy"
    }
    "/management/v1" "management.v1.ManagementService" {
        GET "/healthz" "Healthz"
        GET "/idps/{id}" "GetOrgIDPByID"
        POST "/idps/_search" "ListOrgIDPs"
        POST "/idps/oidc" "AddOrgOIDCIDP"
        POST "/idps/jwt" "AddOrgJWTIDP"
        PUT "/idps/{idpId}" "UpdateOrgIDP"
        PUT "/idps/{idpId}/oidc_config" "UpdateOrgIDPOIDCConfig"
        PUT "/idps/{idpId}/jwt_config" "UpdateOrgIDPJWTConfig"
        POST "/idps/{idpId}/_deactivate" "DeactivateOrgIDP"
        POST "/idps/{idpId}/_reactivate" "ReactivateOrgIDP"
        DELETE "/idps/{idpId}" "RemoveOrgIDP"
        GET "/policies/login" "GetLoginPolicy"
        POST "/policies/login" "AddCustomLoginPolicy"
        DELETE "/policies/login" "ResetLoginPolicyToDefault"
        POST "/policies/login/idps/_search" "ListLoginPolicyIDPs"
        POST "/policies/login/idps" "AddIDPToLoginPolicy"
        DELETE "/policies/login/idps/{idpId}" "RemoveIDPFromLoginPolicy"
        POST "/users/{userId}/idps/_search" "ListHumanLinkedIDPs"
        DELETE "/users/{userId}/idps/{idpId}/{linkedUserId}" "RemoveHumanLinkedIDP"
    }
    "/auth/v1" "auth.v1.AuthService" {
        GET "/healthz" "Healthz"
        GET "/users/me" "GetMyUser"
        POST "/users/me/idps/_search" "ListMyLinkedIDPs"
        DELETE "/users/me/idps/{idpId}/{linkedUserId}" "RemoveMyLinkedIDP"
    }
    "/v2" "idp.v2.IdentityProviderService" {
        GET "/idps/{id}" "GetIDPByID"
    }
    "/v2" "settings.v2.SettingsService" {
        GET "/settings/login/idps" "GetActiveIdentityProviders"
    }
    "/v2beta" "settings.v2beta.SettingsService" {
        GET "/settings/login/idps" "GetActiveIdentityProviders"
    }
    "/v2" "user.v2.UserService" {
        POST "/users/human" "AddHumanUser"
        GET "/users/{userId}" "GetUserByID"
        DELETE "/users/{userId}" "DeleteUser"
        POST "/users/{userId}/links" "AddIDPLink"
        POST "/users/{userId}/links/_search" "ListIDPLinks"
        DELETE "/users/{userId}/links/{idpId}/{linkedUserId}" "RemoveIDPLink"
        POST "/idp_intents" "StartIdentityProviderIntent"
        POST "/idp_intents/{idpIntentId}" "RetrieveIdentityProviderIntent"
    }
    "/v2beta" "user.v2beta.UserService" {
        POST "/users/{userId}/links" "AddIDPLink"
        POST "/idp_intents" "StartIdentityProviderIntent"
        POST "/idp_intents/{idpIntentId}" "RetrieveIdentityProviderIntent"
    }
    "/resources/v3alpha" "resources.user.v3alpha.ZITADELUsers" {
        POST "/idp_intents" "StartIdentityProviderIntent"
        GET "/idp_intents/{idpIntentId}" "GetIdentityProviderIntent"
        POST "/users/{id}/idps" "AddIDPAuthenticator"
        DELETE "/users/{id}/idps/{idpId}" "RemoveIDPAuthenticator"
    }
    ;
    page(Method::GET, ("/debug/healthz", "debugHealthz", health::healthz)),
    page(Method::GET, ("/debug/ready", "debugReady", health::ready)),
    page(Method::GET, ("/debug/validate", "debugValidate", health::ready)),
    page(Method::GET, METADATA),
    page(Method::POST, METADATA),
    page(Method::PUT, METADATA),
    page(Method::PATCH, METADATA),
    page(Method::DELETE, METADATA),
    page(Method::OPTIONS, METADATA),
    page(Method::GET, CERTIFICATE),
    page(Method::POST, CERTIFICATE),
    page(Method::PUT, CERTIFICATE),
    page(Method::PATCH, CERTIFICATE),
    page(Method::DELETE, CERTIFICATE),
    page(Method::OPTIONS, CERTIFICATE),
};

/// Answers a call of the REST gateway. What stands for an operation in a path of its own is no id in another.
fn rest(call: &Call<'_>) -> Result<Response> {
    if !call.params.is_empty() && ROUTES.iter().any(|route| route.path == path_of(call.request)) {
        return Err(ErrorKind::MethodNotAllowed.into());
    }
    calls::rest(call)
}

type Page = (&'static str, &'static str, Handler);

const METADATA: Page = ("/idps/{id}/saml/metadata", service_provider::METADATA, service_provider::metadata);
const CERTIFICATE: Page =
    ("/idps/{id}/saml/certificate", service_provider::CERTIFICATE, service_provider::certificate);

const PAGE: &Words = &Words::new(Form::PlainText, "");

const fn page(method: Method, (path, operation, handler): Page) -> Route {
    route(method, path, operation, handler, PAGE)
}
