//! What the OpenAPI document of ZITADEL's API says besides its tables, and what is in `openapi.json`. It describes what is
//! served over REST, not over Connect, and of the pages of our side of SAML their reading.

use http::Method;
use serde_json::{Map, Value};

use super::documents::kinds::{KINDS, Kind};
use super::documents::provider::{PROVIDER, TYPE};
use super::documents::tests::provider;
use super::documents::{Scene, Version, fields, logins, older, queries, requests, users};
use super::service_provider;
use crate::dialects::document::schema::Described;
use crate::dialects::openapi::{Description, NOTHING, Operation, file, one, operation as op, texts};
use crate::dialects::protojson::{Message, schema};
use crate::http::Route;
use crate::model::Id;

/// The parts of the API in which operations have the same names.
const ADMIN: &str = "admin";
const MANAGEMENT: &str = "management";
const BETA: &str = "v2beta";
const ALPHA: &str = "v3alpha";

pub(super) fn description() -> Description {
    let [parameters, members, own] = texts(include_str!("openapi.json"));
    let mut schemas = schemas(&members["Provider"]);
    schemas.extend(own.as_object().unwrap().clone());
    Description { title: "ZITADEL", operations: operations(), parameters, schemas, part }
}

fn part(route: &Route) -> Option<&'static str> {
    match route.path {
        path if path.starts_with("/admin/") => Some(ADMIN),
        path if path.starts_with("/management/") => Some(MANAGEMENT),
        path if path.starts_with("/auth/") => Some("auth"),
        path if path.starts_with("/v2beta/") => Some(BETA),
        path if path.starts_with("/resources/") => Some(ALPHA),
        path if path.starts_with("/v2/") => Some(""),
        path if path.starts_with("/zitadel.") || path.starts_with("/debug/") => None,
        _ => (route.method == Method::GET).then_some(""),
    }
}

fn schemas(others: &Value) -> Map<String, Value> {
    let shown = |version| {
        let scene = |tenant, has_metadata| Scene {
            tenant: Id::from_number(tenant),
            version,
            has_metadata,
            certificates: Vec::new(),
        };
        let prefix = if version == Version::V1 { "PROVIDER_TYPE_" } else { "IDP_TYPE_" };
        let name = |kind: &Kind| &*format!("{prefix}{}", kind.name).leak();
        let kinds = KINDS.iter().map(|kind| (name(kind), provider(kind))).collect();
        Described {
            document: &PROVIDER,
            kinds,
            scenes: vec![scene(1, false), scene(2, true)],
            kind: TYPE,
            others,
        }
        .answered()
    };
    let in_path = [fields::ID.key()];
    let mut messages = vec![&requests::MIGRATE, &queries::ADMIN_LIST];
    messages.extend(KINDS.iter().flat_map(|kind| [&kind.add, &kind.update]));
    let nested = schema::nested(&messages);
    let mut schemas: Map<_, _> =
        nested.iter().map(|message| (message.name().to_owned(), schema::of_message(message, &[]))).collect();
    schemas.extend(
        messages.iter().map(|message| (message.name().to_owned(), schema::of_message(message, &in_path))),
    );
    let (admin, of_organization) = (&older::ADMIN, &older::MANAGEMENT);
    let path = [older::IDP_ID.name, users::USER_ID.name, fields::ID.key()];
    let alike = [
        (
            vec![
                &admin.list,
                &admin.add_oidc,
                &admin.add_jwt,
                &admin.update,
                &admin.update_oidc,
                &admin.update_jwt,
            ],
            "",
        ),
        (vec![&of_organization.update_oidc], ""),
        (vec![&queries::MANAGEMENT_LIST, &of_organization.list], "Organization"),
        (vec![&logins::LIST, &logins::ADD, &logins::ADD_POLICY], ""),
        (vec![&logins::ADD_OF_ORGANIZATION], "Organization"),
        (vec![&users::ADD_HUMAN, &users::ADD_LINK, &users::LIST_LINKS, &users::START, &users::RETRIEVE], ""),
    ];
    for (messages, others) in alike {
        for message in [messages.clone(), schema::nested(&messages)].concat() {
            let is_whole = message.name().starts_with("Add") || !message.name().ends_with("Request");
            let keeps = is_whole && message.name() != users::ADD_LINK.name();
            let in_path: &[&str] = if keeps { &[] } else { &path };
            let text = schema::of_message(message, in_path).to_string();
            let renamed = |name: &str| match name {
                "IDP" => "CustomLoginPolicyLink".to_owned(), // another schema has this name
                "ProviderQuery" | "IDPQuery" => format!("{others}{name}"),
                "ListProvidersRequest" => format!("List{others}ProvidersRequest"),
                "AddIDPToLoginPolicyRequest" => format!("AddIDPTo{others}LoginPolicyRequest"),
                name => name.to_owned(),
            };
            let text = ["ProviderQuery", "IDPQuery", "IDP"].iter().fold(text, |text, name| {
                text.replace(&format!("/{name}\""), &format!("/{}\"", renamed(name)))
            });
            schemas.insert(renamed(message.name()), serde_json::from_str(&text).unwrap());
        }
    }
    schemas.insert("IDPAuthenticator".to_owned(), {
        let nested = schema::nested(&[&users::ADD_AUTHENTICATOR]);
        schema::of_message(nested[0], &[])
    });
    let retrieve = schema::of_message(&users::RETRIEVE, &["idpIntentId"]);
    schemas.insert(users::RETRIEVE.name().to_owned(), retrieve);
    schemas.insert("Provider".to_owned(), shown(Version::V1));
    schemas.insert("IDP".to_owned(), shown(Version::V2));
    schemas
}

/// What the query of the list of offered providers may have.
const ACTIVE: &[&str] =
    &["ctx.instance", "ctx.orgId", "creationAllowed", "linkingAllowed", "autoCreation", "autoLinking"];

#[rustfmt::skip] // one line for each operation
fn operations() -> Vec<Operation> {
    let of_message = |message: &'static Message| message.name().strip_suffix("Request").unwrap();
    let title = |name: &str| name.trim_start_matches("Add").trim_end_matches("Provider").to_owned();
    let mut operations = vec![
        op("ListProviders", "List identity providers.", &[], one("ListProvidersRequest"), (200, one("ListProvidersResponse"))).of(ADMIN),
        op("ListProviders", "List the identity providers of an organization and those of the instance.", &[], one("ListOrganizationProvidersRequest"), (200, one("ListProvidersResponse"))).of(MANAGEMENT),
        op("GetProviderByID", "Get an identity provider.", &[], NOTHING, (200, one("GetProviderByIDResponse"))),
        op("DeleteProvider", "Delete an identity provider.", &[], NOTHING, (200, one("Changed"))),
        op("MigrateGenericOIDCProvider", "Make a generic OIDC provider one of Azure AD or Google.", &[], one("MigrateGenericOIDCProviderRequest"), (200, one("Changed"))),
        op("RegenerateSAMLProviderCertificate", "Make a new key and certificate for a SAML provider.", &[], NOTHING, (200, one("Changed"))),
        op("GetIDPByID", "Get an identity provider of any owner.", &[], NOTHING, (200, one("GetIDPByIDResponse"))).of(""),
        op("GetIDPByID", "Get a configuration of the older API.", &[], NOTHING, (200, one("GetConfigurationResponse"))).of(ADMIN),
        op("GetOrgIDPByID", "Get a configuration of the older API.", &[], NOTHING, (200, one("GetConfigurationResponse"))),
        op("ListIDPs", "List configurations of the older API.", &[], one("ListIDPsRequest"), (200, one("ListConfigurationsResponse"))),
        op("ListOrgIDPs", "List configurations of the older API, those of the instance too.", &[], one("ListOrgIDPsRequest"), (200, one("ListConfigurationsResponse"))),
        op("AddOIDCIDP", "Add a configuration for OpenID Connect.", &[], one("AddOIDCIDPRequest"), (200, one("ConfigurationAdded"))),
        op("AddOrgOIDCIDP", "Add a configuration for OpenID Connect.", &[], one("AddOIDCIDPRequest"), (200, one("ConfigurationAdded"))),
        op("AddJWTIDP", "Add a configuration for JSON Web Tokens.", &[], one("AddJWTIDPRequest"), (200, one("ConfigurationAdded"))),
        op("AddOrgJWTIDP", "Add a configuration for JSON Web Tokens.", &[], one("AddJWTIDPRequest"), (200, one("ConfigurationAdded"))),
        op("UpdateIDP", "Update what all configurations have.", &[], one("UpdateIDPRequest"), (200, one("Changed"))),
        op("UpdateOrgIDP", "Update what all configurations have.", &[], one("UpdateIDPRequest"), (200, one("Changed"))),
        op("UpdateIDPOIDCConfig", "Update the settings for OpenID Connect.", &[], one("UpdateIDPOIDCConfigRequest"), (200, one("Changed"))),
        op("UpdateOrgIDPOIDCConfig", "Update the settings for OpenID Connect.", &[], one("UpdateOrgIDPOIDCConfigRequest"), (200, one("Changed"))),
        op("UpdateIDPJWTConfig", "Update the settings for JSON Web Tokens.", &[], one("UpdateIDPJWTConfigRequest"), (200, one("Changed"))),
        op("UpdateOrgIDPJWTConfig", "Update the settings for JSON Web Tokens.", &[], one("UpdateIDPJWTConfigRequest"), (200, one("Changed"))),
        op("DeactivateIDP", "Switch a configuration off.", &[], NOTHING, (200, one("Changed"))),
        op("DeactivateOrgIDP", "Switch a configuration off.", &[], NOTHING, (200, one("Changed"))),
        op("ReactivateIDP", "Switch a configuration on again.", &[], NOTHING, (200, one("Changed"))),
        op("ReactivateOrgIDP", "Switch a configuration on again.", &[], NOTHING, (200, one("Changed"))),
        op("RemoveIDP", "Remove a configuration.", &[], NOTHING, (200, one("Changed"))),
        op("RemoveOrgIDP", "Remove a configuration.", &[], NOTHING, (200, one("Nothing"))),
        op("Healthz", "Find out whether the store can be read.", &[], NOTHING, (200, one("Nothing"))),
        op("GetLoginPolicy", "Get the login policy that holds.", &[], NOTHING, (200, one("GetLoginPolicyResponse"))),
        op("AddCustomLoginPolicy", "Add a login policy of the organization.", &[], one("AddCustomLoginPolicyRequest"), (200, one("Changed"))),
        op("ResetLoginPolicyToDefault", "Give up the login policy of the organization.", &[], NOTHING, (200, one("Changed"))),
        op("ListLoginPolicyIDPs", "List the identity providers that logins offer.", &[], one("ListLoginPolicyIDPsRequest"), (200, one("ListLoginPolicyIDPsResponse"))),
        op("AddIDPToLoginPolicy", "Let logins offer an identity provider.", &[], one("AddIDPToLoginPolicyRequest"), (200, one("Changed"))).of(ADMIN),
        op("AddIDPToLoginPolicy", "Let logins offer an identity provider.", &[], one("AddIDPToOrganizationLoginPolicyRequest"), (200, one("Changed"))).of(MANAGEMENT),
        op("RemoveIDPFromLoginPolicy", "Let logins offer an identity provider no more.", &[], NOTHING, (200, one("Changed"))),
        op("GetActiveIdentityProviders", "List the identity providers that a login offers.", &["ctx.instance", "ctx.orgId"], NOTHING, (200, one("GetActiveIdentityProvidersResponse"))).of(BETA),
        op("GetActiveIdentityProviders", "List the identity providers that a login offers.", ACTIVE, NOTHING, (200, one("GetActiveIdentityProvidersResponse"))),
        op("AddHumanUser", "Add a user.", &[], one("AddHumanUserRequest"), (200, one("UserAdded"))),
        op("GetUserByID", "Get a user.", &[], NOTHING, (200, one("GetUserByIDResponse"))),
        op("DeleteUser", "Delete a user.", &[], NOTHING, (200, one("Changed"))),
        op("GetMyUser", "Get the user who calls.", &[], NOTHING, (200, one("GetMyUserResponse"))),
        op("AddIDPLink", "Link a user to an identity provider.", &[], one("AddIDPLinkRequest"), (200, one("Changed"))),
        op("ListIDPLinks", "List the links of a user.", &[], one("ListIDPLinksRequest"), (200, one("ListIDPLinksResponse"))),
        op("RemoveIDPLink", "End a link of a user.", &[], NOTHING, (200, one("Changed"))),
        op("ListHumanLinkedIDPs", "List the links of a user.", &[], one("ListIDPLinksRequest"), (200, one("ListLinkedIDPsResponse"))),
        op("RemoveHumanLinkedIDP", "End a link of a user.", &[], NOTHING, (200, one("Changed"))),
        op("ListMyLinkedIDPs", "List the links of the user who calls.", &[], one("ListIDPLinksRequest"), (200, one("ListLinkedIDPsResponse"))),
        op("RemoveMyLinkedIDP", "End a link of the user who calls.", &[], NOTHING, (200, one("Changed"))),
        op("AddIDPAuthenticator", "Link a user to an identity provider.", &[], one("IDPAuthenticator"), (200, one("ResourceChanged"))),
        op("RemoveIDPAuthenticator", "End the links of a user to an identity provider.", &[], NOTHING, (200, one("ResourceChanged"))),
        op("StartIdentityProviderIntent", "Begin a login at an identity provider.", &[], one("StartIdentityProviderIntentRequest"), (200, one("LoginStarted"))).of(ALPHA),
        op("StartIdentityProviderIntent", "Begin a login at an identity provider.", &[], one("StartIdentityProviderIntentRequest"), (200, one("StartIdentityProviderIntentResponse"))),
        op("RetrieveIdentityProviderIntent", "Get what a login has brought. None ever ends here.", &[], one("RetrieveIdentityProviderIntentRequest"), (200, one("RetrieveIdentityProviderIntentResponse"))),
        op("GetIdentityProviderIntent", "Get what a login has brought. None ever ends here.", &["idpIntentToken"], NOTHING, (200, one("RetrieveIdentityProviderIntentResponse"))),
        op(service_provider::METADATA, "Get the SAML metadata that the partner needs.", &["internalUI"], NOTHING, (200, file(&[("application/samlmetadata+xml", true)]))).with_text_errors(),
        op(service_provider::CERTIFICATE, "Get the certificate that the partner needs, in PEM.", &[], NOTHING, (200, file(&[("application/octet-stream", true)]))).with_text_errors(),
    ];
    for kind in KINDS {
        let (add, update) = (of_message(&kind.add), of_message(&kind.update));
        let title = title(add);
        operations.push(op(add, format!("Add an identity provider of the kind {title}."), &[], one(kind.add.name()), (200, one("Added"))));
        operations.push(op(update, format!("Update an identity provider of the kind {title}."), &[], one(kind.update.name()), (200, one("Changed"))));
    }
    operations
}
