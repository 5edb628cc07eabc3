//! What the OpenAPI document of Okta's API says besides its tables, and what is in `openapi.json`.

use serde_json::{Map, Value};

use super::applications::modes::{MODE, MODES};
use super::documents::tests::{application, encryption_key, keys, link, provider, user, vendor_record};
use super::documents::{
    Scene, application as applications, assignment, credential, group, hook, key, policy,
    provider as providers, user as users,
};
use super::wire::KINDS;
use crate::dialects::document::schema::Described;
use crate::dialects::openapi::{
    Content, Description, NOTHING, Operation, file, form, list, one, operation as op, texts,
};
use crate::model::Id;

/// A certificate: DER or PEM.
const CERTIFICATE: Content = file(&[
    ("application/pkix-cert", false),
    ("application/x-x509-ca-cert", false),
    ("application/x-pem-file", false),
]);

/// A request in JSON or, if only that is accepted, as PKCS #10 in base64.
const CSR: Content = one("Csr").or_file(&[("application/pkcs10", true)]);

pub(super) fn description() -> Description {
    let [parameters, members, own] = texts(include_str!("openapi.json"));
    let mut schemas = schemas(&members);
    schemas.extend(own.as_object().unwrap().clone());
    let mut change = schemas["InlineHookInput"].clone();
    change.as_object_mut().unwrap().remove("required");
    schemas.insert("InlineHookChange".to_owned(), change);
    Description {
        title: "Okta",
        operations: [operations(), of_credentials()].concat(),
        parameters,
        schemas,
        part: |_| Some(""),
    }
}

fn schemas(members: &Value) -> Map<String, Value> {
    let at = || Scene::at("https://example.okta.com");
    let of_provider = Described {
        document: &providers::PROVIDER,
        kinds: KINDS.iter().map(|kind| (kind.name, provider(kind))).collect(),
        scenes: vec![at(), Scene { is_replaced: true, ..at() }],
        kind: providers::TYPE,
        others: &members["IdentityProvider"],
    };
    let scene = |shows_secrets| applications::Scene {
        base_url: String::new(),
        org: Id::from_number(1),
        shows_secrets,
        beside: applications::Beside::default(),
    };
    let of_application = Described {
        document: &applications::APPLICATION,
        kinds: MODES.iter().map(|mode| (mode.name, application(mode))).collect(),
        scenes: vec![scene(true), scene(false)],
        kind: MODE,
        others: &members["Application"],
    };
    let wanted = || vec![("", key::Wanted::default())];
    let (nothing, url) = (Value::Null, key::Url(String::new()));
    let of_key =
        Described { document: &key::KEY, kinds: keys(), scenes: vec![()], kind: "", others: &members["Key"] };
    let of_csr = Described {
        document: &key::REQUEST,
        kinds: keys(),
        scenes: vec![url],
        kind: "",
        others: &members["Csr"],
    };
    let new_key = Described {
        document: &key::WANTED_KEY,
        kinds: wanted(),
        scenes: vec![()],
        kind: "",
        others: &nothing,
    };
    let new_csr = Described {
        document: &key::WANTED_REQUEST,
        kinds: wanted(),
        scenes: vec![()],
        kind: "",
        others: &nothing,
    };
    let embedding = users::Scene { user: Some(Value::Null), ..users::Scene::default() };
    let of_user = Described {
        document: &users::USER,
        kinds: vec![("", user())],
        scenes: vec![users::Scene::default()],
        kind: "",
        others: &members["User"],
    };
    let of_link = Described {
        document: &users::LINK,
        kinds: vec![("", link())],
        scenes: vec![users::Scene::default(), embedding],
        kind: "",
        others: &members["IdentityProviderApplicationUser"],
    };
    let all = [
        ("IdentityProvider", of_provider.answered()),
        ("IdentityProviderInput", of_provider.received()),
        ("Application", of_application.answered()),
        ("ApplicationInput", of_application.received()),
        ("Key", of_key.answered()),
        ("KeyInput", new_key.received()),
        ("Csr", of_csr.answered()),
        ("CsrInput", new_csr.received()),
        ("User", of_user.answered()),
        ("UserInput", of_user.received()),
        ("IdentityProviderApplicationUser", of_link.answered()),
        ("IdentityProviderApplicationUserInput", of_link.received()),
    ];
    let of_vendor = [
        ("Group", &group::GROUP),
        ("InlineHook", &hook::HOOK),
        ("Policy", &policy::POLICY),
        ("ApplicationGroupAssignment", &assignment::GROUP),
        ("AppUser", &assignment::USER),
        ("OAuth2ClientJsonWebKey", &credential::KEY),
        ("OAuth2ClientSecret", &credential::SECRET),
    ];
    let of_vendor = of_vendor.into_iter().flat_map(|(name, document)| {
        let described = Described {
            document,
            kinds: vec![("", vendor_record()), ("", encryption_key())],
            scenes: vec![at()],
            kind: "",
            others: &members[name],
        };
        [(name.to_owned(), described.answered()), (format!("{name}Input"), described.received())]
    });
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).chain(of_vendor).collect()
}

#[rustfmt::skip] // one line for each operation
fn operations() -> Vec<Operation> {
    vec![
        op("listIdentityProviders", "List identity providers.", &["q", "type", "after", "limit"], NOTHING, (200, list("IdentityProvider"))),
        op("createIdentityProvider", "Create an identity provider.", &[], one("IdentityProviderInput"), (200, one("IdentityProvider"))),

        op("listIdentityProviderKeys", "List the keys of partners.", &["after", "limit"], NOTHING, (200, list("Key"))),
        op("createIdentityProviderKey", "Add a partner's key: its certificate, and those that lead to its root.", &[], one("KeyInput"), (200, one("Key"))),
        op("getIdentityProviderKey", "Get a partner's key.", &[], NOTHING, (200, one("Key"))),
        op("replaceIdentityProviderKey", "Replace the certificates of a partner's key.", &[], one("KeyInput"), (200, one("Key"))),
        op("deleteIdentityProviderKey", "Delete a partner's key that is not in use.", &[], NOTHING, (204, NOTHING)),

        op("getIdentityProvider", "Get an identity provider.", &[], NOTHING, (200, one("IdentityProvider"))),
        op("replaceIdentityProvider", "Replace an identity provider.", &[], one("IdentityProviderInput"), (200, one("IdentityProvider"))),
        op("deleteIdentityProvider", "Delete an identity provider.", &[], NOTHING, (204, NOTHING)),
        op("activateIdentityProvider", "Activate an identity provider.", &[], NOTHING, (200, one("IdentityProvider"))),
        op("deactivateIdentityProvider", "Deactivate an identity provider.", &[], NOTHING, (200, one("IdentityProvider"))),
        op("getIdentityProviderMetadata", "Get the SAML metadata that the partner needs.", &[], NOTHING, (200, file(&[("application/octet-stream", true)]))),

        op("listIdentityProviderSigningKeys", "List the keys that an identity provider may sign with.", &[], NOTHING, (200, list("Key"))),
        op("listActiveIdentityProviderSigningKey", "List the key that an identity provider signs with.", &[], NOTHING, (200, list("Key").or_nothing())),
        op("generateIdentityProviderSigningKey", "Generate a signing key for an identity provider.", &["validityYears"], NOTHING, (201, one("Key"))),
        op("getIdentityProviderSigningKey", "Get a signing key of an identity provider.", &[], NOTHING, (200, one("Key"))),
        op("cloneIdentityProviderKey", "Let another identity provider sign with a key, too.", &["targetIdpId"], NOTHING, (201, one("Key"))),

        op("listCsrsForIdentityProvider", "List the certificate signing requests of an identity provider.", &[], NOTHING, (200, list("Csr"))),
        op("generateCsrForIdentityProvider", "Generate a key and a certificate signing request for an identity provider.", &[], one("CsrInput"), (201, CSR)),
        op("getCsrForIdentityProvider", "Get a certificate signing request of an identity provider.", &[], NOTHING, (200, CSR)),
        op("revokeCsrForIdentityProvider", "Revoke a certificate signing request of an identity provider.", &[], NOTHING, (204, NOTHING)),
        op("publishCsrForIdentityProvider", "Publish the certificate that answers a certificate signing request.", &[], CERTIFICATE, (201, one("Key"))),

        op("listIdentityProviderApplicationUsers", "List the users who are linked to an identity provider.", &["q", "after", "limit", "expand"], NOTHING, (200, list("IdentityProviderApplicationUser"))),
        op("getIdentityProviderApplicationUser", "Get a user who is linked to an identity provider.", &[], NOTHING, (200, one("IdentityProviderApplicationUser"))),
        op("linkUserToIdentityProvider", "Link a user to an identity provider.", &[], one("IdentityProviderApplicationUserInput"), (200, one("IdentityProviderApplicationUser"))),
        op("unlinkUserFromIdentityProvider", "Unlink a user from an identity provider.", &[], NOTHING, (204, NOTHING)),
        op("listSocialAuthTokens", "List the tokens of a linked user.", &[], NOTHING, (200, list("SocialAuthToken"))),

        op("createUser", "Create a user.", &["activate"], one("UserInput"), (200, one("User"))),
        op("getUser", "Get a user.", &[], NOTHING, (200, one("User"))),
        op("deleteUser", "Delete a deactivated user, or deactivate another.", &[], NOTHING, (204, NOTHING)),
        op("deactivateUser", "Deactivate a user.", &[], NOTHING, (200, one("Empty"))),
        op("listUserIdentityProviders", "List the identity providers that a user is linked to.", &[], NOTHING, (200, list("IdentityProvider"))),

        op("listApplications", "List applications.", &["q", "filter", "after", "limit", "expand"], NOTHING, (200, list("Application"))),
        op("createApplication", "Create an application.", &["activate"], one("ApplicationInput"), (200, one("Application"))),
        op("getApplication", "Get an application.", &["expand"], NOTHING, (200, one("Application"))),
        op("replaceApplication", "Replace an application.", &[], one("ApplicationInput"), (200, one("Application"))),
        op("deleteApplication", "Delete an inactive application.", &[], NOTHING, (204, NOTHING)),
        op("activateApplication", "Activate an application.", &[], NOTHING, (200, one("Empty"))),
        op("deactivateApplication", "Deactivate an application.", &[], NOTHING, (200, one("Empty"))),
        op("previewSAMLmetadataForApplication", "Get the SAML metadata that an application needs.", &["kid"], NOTHING, (200, file(&[("text/xml", true), ("application/xml", true)]))),

        op("listApplicationKeys", "List the keys that an application is signed with.", &[], NOTHING, (200, list("Key"))),
        op("generateApplicationKey", "Generate a signing key for an application.", &["validityYears"], NOTHING, (201, one("Key"))),
        op("getApplicationKey", "Get a signing key of an application.", &[], NOTHING, (200, one("Key"))),
        op("cloneApplicationKey", "Let another application be signed with a key, too.", &["targetAid"], NOTHING, (201, one("Key"))),

        op("listCsrsForApplication", "List the certificate signing requests of an application.", &[], NOTHING, (200, list("Csr"))),
        op("generateCsrForApplication", "Generate a key and a certificate signing request for an application.", &[], one("CsrInput"), (201, CSR)),
        op("getCsrForApplication", "Get a certificate signing request of an application.", &[], NOTHING, (200, CSR)),
        op("revokeCsrFromApplication", "Revoke a certificate signing request of an application.", &[], NOTHING, (204, NOTHING)),
        op("publishCsrFromApplication", "Publish the certificate that answers a certificate signing request.", &[], CERTIFICATE, (201, one("Key"))),

        op("getWellknownOrgMetadata", "Get what clients need to know of the org.", &[], NOTHING, (200, one("OrgMetadata"))),

        op("listGroups", "List groups by their names.", &["q", "filter", "after", "limit"], NOTHING, (200, list("Group"))),
        op("addGroup", "Create a group.", &[], one("GroupInput"), (200, one("Group"))),
        op("getGroup", "Get a group.", &[], NOTHING, (200, one("Group"))),
        op("replaceGroup", "Replace the profile of a group.", &[], one("GroupInput"), (200, one("Group"))),
        op("deleteGroup", "Delete a group and its assignments.", &[], NOTHING, (204, NOTHING)),
        op("listAssignedApplicationsForGroup", "List the applications that a group is assigned to.", &[], NOTHING, (200, list("Application"))),

        op("listInlineHooks", "List inline hooks.", &["type"], NOTHING, (200, list("InlineHook"))),
        op("createInlineHook", "Create an inline hook.", &[], one("InlineHookInput"), (200, one("InlineHook"))),
        op("getInlineHook", "Get an inline hook.", &[], NOTHING, (200, one("InlineHook"))),
        op("updateInlineHook", "Change an inline hook; what is left out stays.", &[], one("InlineHookChange"), (200, one("InlineHook"))),
        op("replaceInlineHook", "Replace an inline hook.", &[], one("InlineHookInput"), (200, one("InlineHook"))),
        op("deleteInlineHook", "Delete an inactive inline hook.", &[], NOTHING, (204, NOTHING)),
        op("activateInlineHook", "Activate an inline hook.", &[], NOTHING, (200, one("InlineHook"))),
        op("deactivateInlineHook", "Deactivate an inline hook.", &[], NOTHING, (200, one("InlineHook"))),

        op("listProfileMappings", "List profile mappings.", &["sourceId", "targetId", "after", "limit"], NOTHING, (200, list("ProfileMapping"))),
        op("getProfileMapping", "Get a profile mapping.", &[], NOTHING, (200, one("ProfileMapping"))),
        op("updateProfileMapping", "Change a profile mapping: members that are null are removed.", &[], one("ProfileMappingInput"), (200, one("ProfileMapping"))),

        op("getUserSchema", "Get the schema of users.", &[], NOTHING, (200, one("UserSchema"))),
        op("updateUserProfile", "Change the schema of users: members that are null are removed.", &[], one("UserSchemaInput"), (200, one("UserSchema"))),
        op("listUserTypes", "List the types of users.", &[], NOTHING, (200, list("UserType"))),
        op("getUserType", "Get a type of users.", &[], NOTHING, (200, one("UserType"))),

        op("listPolicies", "List policies of a type.", &["type"], NOTHING, (200, list("Policy"))),
        op("createPolicy", "Create an access policy.", &[], one("PolicyInput"), (200, one("Policy"))),
        op("getPolicy", "Get a policy.", &[], NOTHING, (200, one("Policy"))),
        op("replacePolicy", "Replace a policy.", &[], one("PolicyInput"), (200, one("Policy"))),
        op("deletePolicy", "Delete a policy; its applications get that of the org.", &[], NOTHING, (204, NOTHING)),
        op("activatePolicy", "Activate a policy.", &[], NOTHING, (204, NOTHING)),
        op("deactivatePolicy", "Deactivate a policy.", &[], NOTHING, (204, NOTHING)),

        op("assignApplicationPolicy", "Let an application have a policy.", &[], NOTHING, (204, NOTHING)),
        op("uploadApplicationLogo", "Give an application a logo.", &[], form("Logo"), (201, NOTHING)),

        op("listApplicationGroupAssignments", "List the groups that are assigned to an application.", &["after", "limit"], NOTHING, (200, list("ApplicationGroupAssignment"))),
        op("getApplicationGroupAssignment", "Get a group that is assigned to an application.", &[], NOTHING, (200, one("ApplicationGroupAssignment"))),
        op("assignGroupToApplication", "Assign a group to an application.", &[], one("ApplicationGroupAssignmentInput").or_nothing(), (200, one("ApplicationGroupAssignment"))),
        op("unassignApplicationFromGroup", "Unassign a group from an application.", &[], NOTHING, (204, NOTHING)),

        op("listApplicationUsers", "List the users who are assigned to an application.", &["after", "limit"], NOTHING, (200, list("AppUser"))),
        op("assignUserToApplication", "Assign a user to an application.", &[], one("NewAppUser"), (200, one("AppUser"))),
        op("getApplicationUser", "Get a user who is assigned to an application.", &[], NOTHING, (200, one("AppUser"))),
        op("updateApplicationUser", "Change how a user is assigned to an application.", &[], one("AppUserInput"), (200, one("AppUser"))),
        op("unassignUserFromApplication", "Unassign a user from an application.", &[], NOTHING, (204, NOTHING)),

        op("listFeaturesForApplication", "List the features of an application.", &[], NOTHING, (200, list("ApplicationFeature"))),
        op("getFeatureForApplication", "Get a feature of an application.", &[], NOTHING, (200, one("ApplicationFeature"))),
        op("updateFeatureForApplication", "Set capabilities of a feature.", &[], one("Capabilities"), (200, one("ApplicationFeature"))),
    ]
}

/// Those about the keys and the secrets of clients.
#[rustfmt::skip] // one line for each operation
fn of_credentials() -> Vec<Operation> {
    vec![
        op("listJwk", "List the public keys by which a client is known.", &[], NOTHING, (200, list("OAuth2ClientJsonWebKey"))),
        op("addJwk", "Add a public key of a client.", &[], one("OAuth2ClientJsonWebKeyInput"), (201, one("OAuth2ClientJsonWebKey"))),
        op("getJwk", "Get a public key of a client.", &[], NOTHING, (200, one("OAuth2ClientJsonWebKey"))),
        op("deletejwk", "Delete an inactive public key of a client.", &[], NOTHING, (204, NOTHING)),
        op("activateOAuth2ClientJsonWebKey", "Activate a public key of a client.", &[], NOTHING, (200, one("OAuth2ClientJsonWebKey"))),
        op("deactivateOAuth2ClientJsonWebKey", "Deactivate a public key of a client.", &[], NOTHING, (200, one("OAuth2ClientJsonWebKey"))),

        op("listOAuth2ClientSecrets", "List the secrets of a client.", &[], NOTHING, (200, list("OAuth2ClientSecret"))),
        op("createOAuth2ClientSecret", "Give a client a second secret.", &[], one("OAuth2ClientSecretInput").or_nothing(), (201, one("OAuth2ClientSecret"))),
        op("getOAuth2ClientSecret", "Get a secret of a client.", &[], NOTHING, (200, one("OAuth2ClientSecret"))),
        op("deleteOAuth2ClientSecret", "Delete an inactive secret of a client.", &[], NOTHING, (204, NOTHING)),
        op("activateOAuth2ClientSecret", "Activate a secret of a client.", &[], NOTHING, (200, one("OAuth2ClientSecret"))),
        op("deactivateOAuth2ClientSecret", "Deactivate a secret of a client, unless it is the only active one.", &[], NOTHING, (200, one("OAuth2ClientSecret"))),
    ]
}
