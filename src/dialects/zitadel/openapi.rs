//! What the OpenAPI document of ZITADEL's API says besides its tables, and what is in `openapi.json`. It describes what is
//! served over REST, not over Connect, and of the pages of our side of SAML their reading.

use http::Method;
use serde_json::{Map, Value};

use super::documents::kinds::{KINDS, Kind};
use super::documents::provider::{PROVIDER, TYPE};
use super::documents::tests::provider;
use super::documents::{Scene, Version, fields, queries, requests};
use super::service_provider;
use crate::dialects::document::schema::Described;
use crate::dialects::openapi::{Description, NOTHING, Operation, file, one, operation as op, texts};
use crate::dialects::protojson::{Message, schema};
use crate::http::Route;
use crate::model::Id;

/// The parts of the API in which operations have the same names.
const ADMIN: &str = "admin";
const MANAGEMENT: &str = "management";

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
        path if path.starts_with("/zitadel.") => None,
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
    for message in [vec![&queries::MANAGEMENT_LIST], schema::nested(&[&queries::MANAGEMENT_LIST])].concat() {
        // Messages of both services have the same names.
        let text = schema::of_message(message, &[])
            .to_string()
            .replace("/ProviderQuery", "/OrganizationProviderQuery");
        let name = message.name().replace("ProviderQuery", "OrganizationProviderQuery");
        let name = name.replace("ListProviders", "ListOrganizationProviders");
        schemas.insert(name, serde_json::from_str(&text).unwrap());
    }
    schemas.insert("Provider".to_owned(), shown(Version::V1));
    schemas.insert("IDP".to_owned(), shown(Version::V2));
    schemas
}

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
        op("GetIDPByID", "Get an identity provider of any owner.", &[], NOTHING, (200, one("GetIDPByIDResponse"))),
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
