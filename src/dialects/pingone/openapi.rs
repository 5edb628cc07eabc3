//! What the OpenAPI document of PingOne's API says besides its tables, and what is in `openapi.json`.

use serde_json::{Map, Value, json};

use super::documents::mapping::Within;
use super::documents::record::Within as WithinEnvironment;
use super::documents::tests::{
    PROTOCOLS, application, deleted_environment, environment, provider, rotated_policy, vendor_record,
};
use super::documents::{
    Scene, application as applications, bill_of_materials, environment as environments, mapping, population,
    provider as providers, rotation_policy,
};
use super::key_rules;
use super::mappings::Mapping;
use super::wire::KINDS;
use crate::dialects::document::schema::Described;
use crate::dialects::openapi::{
    Content, Description, NOTHING, Operation, file, form, one, operation as op, reference, texts,
};
use crate::http::Route;
use crate::model::Id;

/// A key or certificate, or its certificate as a file if that is named as accepted.
const KEY: Content =
    one("Key").or_file(&[("application/x-x509-ca-cert", true), ("application/x-pkcs7-certificates", false)]);

/// A certification request; PEM if that is named as accepted.
const REQUEST: Content = file(&[("application/pkcs10", false), ("application/x-pem-file", true)]);

/// The pages of collections: the name of each, the collection, and the schema of its elements.
const PAGES: [(&str, &str, &str); 8] = [
    ("EnvironmentPage", "environments", "Environment"),
    ("IdentityProviderPage", "identityProviders", "IdentityProvider"),
    ("IdentityProviderAttributePage", "attributes", "IdentityProviderAttribute"),
    ("KeyPage", "keys", "Key"),
    ("CertificatePage", "certificates", "Key"),
    ("ApplicationPage", "applications", "Application"),
    ("PopulationPage", "populations", "Population"),
    ("KeyRotationPolicyPage", "keyRotationPolicies", "KeyRotationPolicy"),
];

/// SAML metadata, which is text.
const METADATA: &[(&str, bool)] = &[("application/samlmetadata+xml", true)];

/// Files of images.
const IMAGE: &[(&str, bool)] = &[("image/png", false), ("image/jpeg", false), ("image/gif", false)];

pub(super) fn description() -> Description {
    let [parameters, members, own] = texts(include_str!("openapi.json"));
    let mut schemas = schemas(&members);
    schemas.extend(own.as_object().unwrap().clone());
    schemas.extend(PAGES.map(|(name, collection, element)| (name.to_owned(), page(collection, element))));
    Description { title: "PingOne", operations: operations(), parameters, schemas, part }
}

/// The files of images are no part of the API, but what its documents lead to.
fn part(route: &Route) -> Option<&'static str> {
    (route.operation != "readImageFile").then_some("")
}

fn page(collection: &str, element: &str) -> Value {
    let embedded = json!({
        "type": "object",
        "properties": {collection: {"type": "array", "items": reference(element)}},
        "required": [collection],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {
            "_links": {"$ref": "#/components/schemas/Links"},
            "_embedded": embedded,
            "count": {"type": "integer", "description": "How many there are in all, where that is known."},
            "size": {"type": "integer", "description": "How many are on this page."},
        },
        "required": ["_links", "_embedded", "size"],
        "additionalProperties": false,
    })
}

fn schemas(members: &Value) -> Map<String, Value> {
    let scene = |attributes| Scene { attributes, ..Scene::default() };
    let of_provider = Described {
        document: &providers::PROVIDER,
        kinds: KINDS.iter().map(|kind| (kind.name, provider(kind))).collect(),
        scenes: vec![scene(None), scene(Some(Vec::new()))],
        kind: providers::TYPE,
        others: &members["IdentityProvider"],
    };
    let of_application = Described {
        document: &applications::APPLICATION,
        kinds: PROTOCOLS.iter().map(|protocol| (*protocol, application(protocol))).collect(),
        scenes: vec![scene(None)],
        kind: "",
        others: &members["Application"],
    };
    let of_environment = Described {
        document: &environments::ENVIRONMENT,
        kinds: vec![("", environment()), ("", deleted_environment())],
        scenes: [false, true].map(|has_bill| environments::Shown { url: String::new(), has_bill }).into(),
        kind: "",
        others: &members["Environment"],
    };
    let within = |url| Within { environment: String::new(), provider: Id::from_number(7), url };
    let of_mapping = Described {
        document: &mapping::MAPPING,
        kinds: vec![("", Mapping::default())],
        scenes: vec![within(None), within(Some(String::new()))],
        kind: "",
        others: &members["IdentityProviderAttribute"],
    };
    let of_record = |document, name: &str| Described {
        document,
        kinds: vec![("", vendor_record()), ("", rotated_policy())],
        scenes: vec![
            WithinEnvironment::default(),
            WithinEnvironment { keys: [(); 2].map(|()| Some(String::new())), ..WithinEnvironment::default() },
        ],
        kind: "",
        others: &members[name],
    };
    let of_bill = of_record(&bill_of_materials::BILL, "BillOfMaterials");
    let of_population = of_record(&population::POPULATION, "Population");
    let of_policy = of_record(&rotation_policy::POLICY, "KeyRotationPolicy");
    let [new_key, changed_key] = key_rules::schemas(&members["KeyInput"]);
    let all = [
        ("Environment", of_environment.answered()),
        ("EnvironmentInput", of_environment.received()),
        ("IdentityProvider", of_provider.answered()),
        ("IdentityProviderInput", of_provider.received()),
        ("IdentityProviderAttribute", of_mapping.answered()),
        ("IdentityProviderAttributeInput", of_mapping.received()),
        ("Application", of_application.answered()),
        ("ApplicationInput", of_application.received()),
        ("BillOfMaterials", of_bill.answered()),
        ("BillOfMaterialsInput", of_bill.received()),
        ("Population", of_population.answered()),
        ("PopulationInput", of_population.received()),
        ("KeyRotationPolicy", of_policy.answered()),
        ("KeyRotationPolicyInput", of_policy.received()),
        ("KeyInput", new_key),
        ("KeyChange", changed_key),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

#[rustfmt::skip] // one line for each operation
fn operations() -> Vec<Operation> {
    const PAGED: &[&str] = &["limit", "cursor"];
    const EXPANDED: &[&str] = &["expand"];
    const FILTERED: &[&str] = &["limit", "cursor", "filter"];
    vec![
        op("readAllEnvironments", "List environments.", &["limit", "cursor", "filter", "expand"], NOTHING, (200, one("EnvironmentPage"))),
        op("createEnvironment", "Create an environment.", &[], one("EnvironmentInput"), (201, one("Environment"))),
        op("readOneEnvironment", "Get an environment.", EXPANDED, NOTHING, (200, one("Environment"))),
        op("updateEnvironment", "Replace an environment. What it is made of stays.", &[], one("EnvironmentInput"), (200, one("Environment"))),
        op("updateEnvironmentType", "Change the type of an environment.", &[], one("EnvironmentType"), (200, one("Environment"))),
        op("updateEnvironmentStatus", "Change the status of an environment.", &[], one("EnvironmentStatus"), (200, one("Environment"))),
        op("readOneBillOfMaterials", "Get what an environment is made of.", &[], NOTHING, (200, one("BillOfMaterials"))),
        op("updateBillOfMaterials", "Replace what an environment is made of.", &[], one("BillOfMaterialsInput"), (200, one("BillOfMaterials"))),
        op("deleteEnvironment", "Delete an environment.", &[], NOTHING, (204, NOTHING)),

        op("readAllIdentityProviders", "List identity providers.", &["limit", "cursor", "expand"], NOTHING, (200, one("IdentityProviderPage"))),
        op("createIdentityProvider", "Create an identity provider, also from SAML metadata.", EXPANDED, one("IdentityProviderInput").or_file(METADATA), (201, one("IdentityProvider"))),
        op("readOneIdentityProvider", "Get an identity provider.", EXPANDED, NOTHING, (200, one("IdentityProvider"))),
        op("updateIdentityProvider", "Replace an identity provider.", &[], one("IdentityProviderInput"), (200, one("IdentityProvider"))),
        op("deleteIdentityProvider", "Delete an identity provider.", &[], NOTHING, (204, NOTHING)),

        op("readAllIdentityProviderAttributes", "List the attribute mappings of an identity provider.", PAGED, NOTHING, (200, one("IdentityProviderAttributePage"))),
        op("createIdentityProviderAttribute", "Create an attribute mapping.", &[], one("IdentityProviderAttributeInput"), (201, one("IdentityProviderAttribute"))),
        op("readOneIdentityProviderAttribute", "Get an attribute mapping.", &[], NOTHING, (200, one("IdentityProviderAttribute"))),
        op("updateIdentityProviderAttribute", "Replace an attribute mapping.", &[], one("IdentityProviderAttributeInput"), (200, one("IdentityProviderAttribute"))),
        op("deleteIdentityProviderAttribute", "Delete an attribute mapping.", &[], NOTHING, (204, NOTHING)),

        op("getKeys", "List keys.", &["limit", "cursor", "filter"], NOTHING, (200, one("KeyPage"))),
        op("createKey", "Create a key, or import one from a file.", &[], one("KeyInput").or_form("KeyFile"), (201, one("Key"))),
        op("getKey", "Get a key, or its certificate.", &[], NOTHING, (200, KEY)),
        op("updateKey", "Change what a key is used for.", &[], one("KeyChange"), (200, one("Key"))),
        op("deleteKey", "Delete a key that is not in use.", &[], NOTHING, (204, NOTHING)),
        op("getKeyApplications", "List the applications that use a key.", PAGED, NOTHING, (200, one("ApplicationPage"))),
        op("exportCSR", "Get the request to certify a key.", &[], NOTHING, (200, REQUEST)),
        op("importCSRResponse", "Import the certificate that answers the request to certify a key.", &[], form("CSRResponseFile"), (200, one("Key"))),

        op("getCertificates", "List certificates.", PAGED, NOTHING, (200, one("CertificatePage"))),
        op("createCertificateFromFile", "Add a certificate from a file.", &[], form("CertificateFile"), (202, one("Key"))),
        op("getCertificate", "Get a certificate.", &[], NOTHING, (200, KEY)),
        op("deleteCertificate", "Delete a certificate that is not in use.", &[], NOTHING, (204, NOTHING)),
        op("getCertificateApplications", "List the applications that use a certificate.", PAGED, NOTHING, (200, one("ApplicationPage"))),

        op("readAllApplications", "List applications.", PAGED, NOTHING, (200, one("ApplicationPage"))),
        op("createApplication", "Create an application.", &[], one("ApplicationInput"), (201, one("Application"))),
        op("readOneApplication", "Get an application.", &[], NOTHING, (200, one("Application"))),
        op("updateApplication", "Replace an application.", &[], one("ApplicationInput"), (200, one("Application"))),
        op("deleteApplication", "Delete an application.", &[], NOTHING, (204, NOTHING)),

        op("readAllPopulations", "List populations.", FILTERED, NOTHING, (200, one("PopulationPage"))),
        op("createPopulation", "Create a population.", &[], one("PopulationInput"), (201, one("Population"))),
        op("readOnePopulation", "Get a population.", &[], NOTHING, (200, one("Population"))),
        op("updatePopulation", "Replace a population.", &[], one("PopulationInput"), (200, one("Population"))),
        op("deletePopulation", "Delete a population that is not the default one.", &[], NOTHING, (204, NOTHING)),
        op("readOnePopulationDefaultIdp", "Get the identity provider of a population.", &[], NOTHING, (200, one("DefaultIdentityProvider"))),
        op("updatePopulationDefaultIdp", "Set the identity provider of a population, or take it away.", &[], one("DefaultIdentityProviderInput"), (200, one("DefaultIdentityProvider"))),

        op("getKeyRotationPolicies", "List key rotation policies.", FILTERED, NOTHING, (200, one("KeyRotationPolicyPage"))),
        op("createKeyRotationPolicy", "Create a key rotation policy with its first keys.", &[], one("KeyRotationPolicyInput"), (201, one("KeyRotationPolicy"))),
        op("getKeyRotationPolicy", "Get a key rotation policy.", &[], NOTHING, (200, one("KeyRotationPolicy"))),
        op("updateKeyRotationPolicy", "Replace a key rotation policy. Its keys stay.", &[], one("KeyRotationPolicyInput"), (200, one("KeyRotationPolicy"))),
        op("deleteKeyRotationPolicy", "Delete a key rotation policy that no application uses and that is not the default one.", &[], NOTHING, (204, NOTHING)),
        op("getKeyRotationPolicyJwks", "Get the public keys of a key rotation policy.", &[], NOTHING, (200, one("KeySet"))),

        op("createImage", "Upload an image.", &[], file(IMAGE), (201, one("Image"))),
        op("readImage", "Get an image.", &[], NOTHING, (200, one("Image"))),
        op("deleteImage", "Delete an image.", &[], NOTHING, (204, NOTHING)),

        op("readSamlServiceProviderMetadata", "Get what the partner of a SAML provider needs.", &[], NOTHING, (200, file(METADATA))),
    ]
}
