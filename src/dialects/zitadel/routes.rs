//! ZITADEL's API as a table: what is served, under the vendor's own operation names.

use http::Method;

use super::errors::Words;
use super::failure::Form;
use super::{calls, service_provider};
use crate::http::{Handler, Route, route};

/// Makes of each line four routes: on the instance and on an organization, as REST and as a procedure of Connect.
macro_rules! routes {
    ($($admin:ident $management:ident $path:literal $operation:literal)*; $($more:expr,)*) => {
        &[
            $(
                route(Method::$admin, concat!("/admin/v1/idps", $path), $operation, calls::rest, &Words::new(Form::Rest, $operation)),
                route(Method::$management, concat!("/management/v1/idps", $path), $operation, calls::rest, &Words::new(Form::Rest, $operation)),
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
            $($more,)*
        ]
    };
}

/// The templates of identity providers, their reading by the API of version 2, and the pages of our side of SAML,
/// which answer to any method.
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
    ;
    route(Method::GET, "/v2/idps/{id}", "GetIDPByID", calls::rest, &Words::new(Form::Rest, "GetIDPByID")),
    route(
        Method::POST,
        "/zitadel.idp.v2.IdentityProviderService/GetIDPByID",
        "zitadel.idp.v2.IdentityProviderService/GetIDPByID",
        calls::connect,
        &Words::new(Form::Connect, "GetIDPByID"),
    ),
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

type Page = (&'static str, &'static str, Handler);

const METADATA: Page = ("/idps/{id}/saml/metadata", service_provider::METADATA, service_provider::metadata);
const CERTIFICATE: Page =
    ("/idps/{id}/saml/certificate", service_provider::CERTIFICATE, service_provider::certificate);

const PAGE: &Words = &Words::new(Form::PlainText, "");

const fn page(method: Method, (path, operation, handler): Page) -> Route {
    route(method, path, operation, handler, PAGE)
}
