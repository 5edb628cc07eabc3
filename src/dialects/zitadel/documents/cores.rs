//! What ZITADEL alone shows in its way of the core of a provider.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::dialects::apple_key;
use crate::dialects::cores;
use crate::dialects::document::{Core, Shown, field, name_of, value_of};
use crate::dialects::parts::{
    apple, client, client_mut, oidc, oidc_mut, put_signature, put_string, put_text, saml, saml_mut,
    signature, social, social_mut,
};
use crate::dialects::protojson::{Field, Names, bytes_of, choice, text};
use crate::model::{IdentityProvider, Linking, OpenIdConnect, Permission, UserMatch};
use crate::pki::pkcs8;

/// The name, which may be empty.
pub(super) const NAME: Core<IdentityProvider> = field(
    "name",
    |p| p.name.as_str().into(),
    |p, received| put_string(&mut p.name, received.or_else(|| Some("".into()))),
);

/// One half of a permission: its name, the permission, and the half.
macro_rules! halves {
    ($($(#[$about:meta])* $constant:ident, $name:literal, $permission:ident, $half:ident;)*) => {$(
        $(#[$about])*
        pub(super) const $constant: Core<IdentityProvider> = field(
            $name,
            |p| p.linking.$permission.is_some_and(|permission| permission.$half).into(),
            |p, received| {
                p.linking.$permission.get_or_insert(Permission::NEVER).$half = is_on(received.as_ref());
                None
            },
        );
    )*};
}

halves! {
    /// Whether users may be created.
    CREATION, "linking.creation", creation, allowed;
    /// Whether users are created unasked.
    AUTO_CREATION, "linking.creation", creation, automatic;
    /// Whether accounts may be linked.
    LINK, "linking.link", link, allowed;
}

/// Whether users are brought up to date.
pub(super) const UPDATES: Core<IdentityProvider> = field(
    "linking.updates",
    |p| p.linking.updates.unwrap_or(false).into(),
    |p, received| {
        p.linking.updates = Some(is_on(received.as_ref()));
        None
    },
);

/// By what users are found to whom accounts are linked unasked, which outlives the linking.
pub(super) const FOUND_BY: Core<IdentityProvider> = field(
    "linking.link, linking.matched_by",
    |p| found_by(&p.linking).into(),
    |p, received| {
        let found_by = match value_of(AUTO_LINKING, received.as_ref()) {
            Some("username") => Some(UserMatch::Username),
            Some("email") => Some(UserMatch::Email),
            _ => None,
        };
        p.linking.matched_by = found_by.or(p.linking.matched_by);
        if found_by.is_some() || p.linking.link.is_some() {
            p.linking.link.get_or_insert(Permission::NEVER).automatic = found_by.is_some();
        }
        None
    },
);

/// By what accounts are linked unasked.
pub(super) const AUTO_LINKING: Names = &[
    ("AUTO_LINKING_OPTION_UNSPECIFIED", "nothing"),
    ("AUTO_LINKING_OPTION_USERNAME", "username"),
    ("AUTO_LINKING_OPTION_EMAIL", "email"),
];

/// Never by more than another dialect finds users by.
fn found_by(linking: &Linking) -> Option<&'static str> {
    let is_automatic = linking.link.is_some_and(|link| link.automatic);
    let found_by = match linking.matched_by.filter(|_| is_automatic) {
        Some(UserMatch::Email) => "email",
        Some(UserMatch::CustomAttribute) => "nothing",
        None if !is_automatic => "nothing",
        Some(UserMatch::Username | UserMatch::UsernameOrEmail) | None => "username",
    };
    name_of(AUTO_LINKING, Some(found_by))
}

fn is_on(received: Option<&Value>) -> bool {
    received == Some(&Value::Bool(true))
}

/// The scopes, of which none are derived.
pub(super) const SCOPES: Core<IdentityProvider> =
    cores::SCOPES.showing(|p| client(p).and_then(|client| client.scopes.as_deref().map(Value::from)).into());

/// The issuer. Endpoints belong to it: those of another one are found out from that.
pub(super) const ISSUER: Core<IdentityProvider> = field(
    "open_id_connect.issuer",
    |p| oidc(p).and_then(|oidc| oidc.issuer.as_deref()).into(),
    |p, received| {
        let Some(oidc) = oidc_mut(p) else { return received };
        *oidc = OpenIdConnect { client: std::mem::take(&mut oidc.client), ..OpenIdConnect::default() };
        put_text(Some(&mut oidc.issuer), received)
    },
);

/// Whether our client proves with PKCE that it is the one that began. Without it nothing is set.
pub(super) const PKCE: Core<IdentityProvider> = field(
    "client.pkce",
    |p| client(p).map_or(Shown::Nothing, |client| (client.pkce == Some(true)).into()),
    |p, received| {
        let Some(client) = client_mut(p) else { return received };
        client.pkce = is_on(received.as_ref()).then_some(true);
        None
    },
);

/// The key with which we sign in at Apple, as the bytes of its file.
pub(super) const PRIVATE_KEY: Core<IdentityProvider> = field(
    "apple_key.private_key",
    |p| {
        let key = apple(p).and_then(|key| key.private_key.as_ref());
        key.and_then(|key| key.reveal().ok()).map(|key| Value::from(BASE64_STANDARD.encode(key))).into()
    },
    |p, received| {
        // The core holds text; what is neither that nor a key in DER stays in the remainder.
        let given = received.as_ref().map(bytes_of).unwrap_or_default();
        let text = match pkcs8::to_pem(&given) {
            Some(pem) => Some(pem.to_string()),
            None => String::from_utf8(given).ok().filter(|_| received.is_some()),
        };
        let left = received.filter(|_| text.is_none());
        apple_key::put(p, text.map(Value::String)).or(left)
    },
);

/// The tenant at Microsoft.
pub(super) const TENANT: Core<IdentityProvider> = field(
    "social.tenant",
    |p| social(p).map(|social| tenant(social.tenant.as_deref())).into(),
    |p, received| {
        let Some(social) = social_mut(p) else { return received };
        let member = |name: &str| received.as_ref()?.get(name);
        let id =
            value_of(TENANT_TYPES, member(TENANT_TYPE.name)).or_else(|| member(TENANT_ID.name)?.as_str());
        if tenant(id) != tenant(social.tenant.as_deref()) {
            social.tenant = id.filter(|id| tenant(Some(id)) != tenant(None)).map(str::to_owned);
        }
        None
    },
);

pub(super) const TENANT_TYPE: Field = choice("tenantType", TENANT_TYPES).oneof("type");
pub(super) const TENANT_ID: Field = text("tenantId", 0, usize::MAX).oneof("type");

/// ZITADEL's names of what Microsoft has words for; first what is meant if nothing is received.
pub(super) const TENANT_TYPES: Names = &[
    ("AZURE_AD_TENANT_TYPE_COMMON", "common"),
    ("AZURE_AD_TENANT_TYPE_ORGANISATIONS", "organizations"),
    ("AZURE_AD_TENANT_TYPE_CONSUMERS", "consumers"),
];

fn tenant(id: Option<&str>) -> Value {
    let id = id.filter(|id| !id.is_empty()).unwrap_or("common");
    match name_of(TENANT_TYPES, Some(id)) {
        Some(name) => json!({TENANT_TYPE.name: name}),
        None => json!({TENANT_ID.name: id}),
    }
}

/// What metadata contains of the core.
pub(super) const METADATA: Core<IdentityProvider> = field(
    "saml.entity_id, saml.single_sign_on.location, saml.single_sign_on.binding, saml.single_sign_on.alternatives, \
     saml.single_logout.location, saml.single_logout.response_location, saml.single_logout.binding, \
     saml.single_logout.alternatives, trusted_keys",
    |p| {
        saml(p)
            .map(|saml| json!([saml.entity_id, saml.single_sign_on, saml.single_logout, p.trusted_keys]))
            .into()
    },
    |_, received| received,
);

/// The binding of the endpoint at which people sign in.
pub(super) const SIGN_ON_BINDING: Core<IdentityProvider> = field(
    "saml.single_sign_on.binding",
    |p| saml(p).and_then(|saml| saml.single_sign_on.as_ref()?.binding.as_deref()).into(),
    |_, received| received,
);

/// ZITADEL's names of bindings, and the ends of their URNs.
pub(crate) const BINDINGS: Names = &[
    ("SAML_BINDING_UNSPECIFIED", ""),
    (POST, "HTTP-POST"),
    ("SAML_BINDING_REDIRECT", "HTTP-Redirect"),
    ("SAML_BINDING_ARTIFACT", "HTTP-Artifact"),
];

pub(crate) const POST: &str = "SAML_BINDING_POST";

/// With what we sign.
pub(super) const SIGNATURE_ALGORITHM: Core<IdentityProvider> = field(
    "saml.signature_algorithm",
    |p| saml(p).and_then(|saml| signature(SIGNATURES, saml.signature_algorithm.as_deref())).into(),
    |p, received| put_signature(saml_mut(p).map(|saml| &mut saml.signature_algorithm), SIGNATURES, received),
);

/// That there is no signature algorithm.
pub(super) const NO_SIGNATURE: &str = "SAML_SIGNATURE_UNSPECIFIED";

/// ZITADEL's names of signature algorithms, and their URIs (XML Signature).
pub(super) const SIGNATURES: Names = &[
    (NO_SIGNATURE, ""),
    ("SAML_SIGNATURE_RSA_SHA1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ("SAML_SIGNATURE_RSA_SHA256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
    ("SAML_SIGNATURE_RSA_SHA512", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"),
];

/// Whether the partner is requested to end its session, too.
pub(super) const LOGOUT_REQUESTS: Core<IdentityProvider> = field(
    "saml.logout_requests",
    |p| saml(p).map_or(Shown::Nothing, |saml| saml.logout_requests.unwrap_or(false).into()),
    |p, received| {
        let Some(saml) = saml_mut(p) else { return received };
        saml.logout_requests = Some(is_on(received.as_ref()));
        None
    },
);

/// How the partner names people: persistently, unless something else was chosen that has a name here.
pub(super) const NAME_ID_FORMAT: Core<IdentityProvider> = field(
    "saml.name_id_format",
    |p| {
        saml(p).map_or(Shown::Nothing, |saml| {
            format_of(saml.name_id_format.as_deref()).unwrap_or(PERSISTENT).into()
        })
    },
    |p, received| {
        let Some(saml) = saml_mut(p) else { return received };
        saml.name_id_format = value_of(NAME_ID_FORMATS, received.as_ref()).map(str::to_owned);
        None
    },
);

/// The zero value of name-id formats, which is a format of its own.
pub(crate) const UNSPECIFIED: &str = "SAML_NAME_ID_FORMAT_UNSPECIFIED";

const PERSISTENT: &str = "SAML_NAME_ID_FORMAT_PERSISTENT";

/// ZITADEL's names of name-id formats, and their URNs.
pub(super) const NAME_ID_FORMATS: Names = &[
    (UNSPECIFIED, "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
    ("SAML_NAME_ID_FORMAT_EMAIL_ADDRESS", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
    (PERSISTENT, "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
    ("SAML_NAME_ID_FORMAT_TRANSIENT", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
];

fn format_of(urn: Option<&str>) -> Option<&'static str> {
    name_of(NAME_ID_FORMATS, urn)
}

/// Whether a name-id format was chosen that has a name here.
pub(crate) fn has_name_id_format(p: &IdentityProvider) -> bool {
    saml(p).is_some_and(|saml| format_of(saml.name_id_format.as_deref()).is_some())
}
