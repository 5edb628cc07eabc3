//! What the API description says of applications.

use super::metadata::NAME_ID_FORMATS;
use super::modes::{Mode, OPENID_CONNECT};
use crate::dialects::lens::Members;
use crate::dialects::okta::described::{Enumeration, Finding, unlisted, unreachable};
use crate::dialects::okta::documents::METHODS;

/// The enumerations of applications of this mode.
pub(super) fn enumerations(mode: &Mode) -> impl Iterator<Item = &'static Enumeration> {
    let of_mode = match mode.name {
        _ if mode.is_saml() => SAML,
        OPENID_CONNECT => CLIENTS,
        "WS_FEDERATION" => FEDERATION,
        _ => &[],
    };
    EVERY.iter().chain(of_mode)
}

/// What the description leaves out of an application of this mode.
pub(super) fn findings<'v>(mode: &Mode, document: &'v Members) -> Vec<Finding<'v>> {
    let mut found: Vec<_> = enumerations(mode).flat_map(|members| unlisted(members, document)).collect();
    if mode.is_saml() {
        found.extend(URLS.iter().flat_map(|path| unreachable(path, document)));
    }
    found
}

static EVERY: &[Enumeration] = &[
    ("credentials/userNameTemplate/type", &["NONE", "BUILT_IN", "CUSTOM"]),
    ("credentials/userNameTemplate/pushStatus", &["PUSH", "DONT_PUSH", "NOT_CONFIGURED"]),
    (
        "credentials/scheme",
        &[
            "ADMIN_SETS_CREDENTIALS",
            "EDIT_PASSWORD_ONLY",
            "EDIT_USERNAME_AND_PASSWORD",
            "EXTERNAL_PASSWORD_SYNC",
            "SHARED_USERNAME_AND_PASSWORD",
        ],
    ),
    ("credentials/signing/use", &["sig"]),
    ("settings/emOptInStatus", &["DISABLED", "DISABLING", "ENABLED", "ENABLING", "NONE"]),
    (
        "settings/notifications/vpn/network/connection",
        &["DISABLED", "ANYWHERE", "ON_NETWORK", "OFF_NETWORK", "ZONE"],
    ),
];

static SAML: &[Enumeration] = &[
    ("settings/signOn/subjectNameIdFormat", NAME_ID_FORMATS),
    ("settings/signOn/signatureAlgorithm", &["RSA_SHA1", "RSA_SHA256"]),
    ("settings/signOn/digestAlgorithm", &["SHA1", "SHA256"]),
    (
        "settings/signOn/authnContextClassRef",
        // The second is how the description spells the third.
        &[
            "urn:federation:authentication:windows",
            "oasis:names:tc:SAML:2.0:ac:classes:Kerberos",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
        ],
    ),
    ("settings/signOn/attributeStatements/*/type", &["EXPRESSION", "GROUP"]),
    (
        "settings/signOn/attributeStatements/*/namespace",
        &[
            "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
            "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
            "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
        ],
    ),
    ("settings/signOn/attributeStatements/*/filterType", &["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"]),
    (
        "settings/signOn/assertionEncryption/encryptionAlgorithm",
        // The description lists `AES256_CBC` twice, once in place of the second.
        &["AES128_CBC", "AES128_GCM", "AES256_CBC", "AES256_GCM"],
    ),
    ("settings/signOn/assertionEncryption/keyTransportAlgorithm", &["RSA_OAEP", "RSA_15"]),
    ("settings/signOn/participateSlo/bindingType", &["POST", "REDIRECT"]),
];

static CLIENTS: &[Enumeration] = &[
    ("credentials/oauthClient/token_endpoint_auth_method", METHODS),
    ("settings/oauthClient/application_type", &["browser", "native", "service", "web"]),
    ("settings/oauthClient/consent_method", &["REQUIRED", "TRUSTED"]),
    ("settings/oauthClient/grant_types/*", GRANT_TYPES),
    ("settings/oauthClient/response_types/*", &["code", "id_token", "token"]),
    ("settings/oauthClient/issuer_mode", &["CUSTOM_URL", "DYNAMIC", "ORG_URL"]),
    ("settings/oauthClient/subject_type", &["public", "pairwise"]),
    ("settings/oauthClient/wildcard_redirect", &["DISABLED", "SUBDOMAIN"]),
    ("settings/oauthClient/idp_initiated_login/mode", &["DISABLED", "SPEC", "OKTA"]),
    ("settings/oauthClient/refresh_token/rotation_type", &["ROTATE", "STATIC"]),
    ("settings/oauthClient/network/connection", &["ANYWHERE", "ZONE"]),
    ("settings/oauthClient/request_object_signing_alg", SIGNATURES),
    ("settings/oauthClient/backchannel_authentication_request_signing_alg", SIGNATURES),
    ("settings/oauthClient/backchannel_token_delivery_mode", &["poll", "ping", "push"]),
    (
        "settings/oauthClient/id_token_encrypted_response_alg",
        &["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
    ),
];

static FEDERATION: &[Enumeration] = &[
    ("settings/app/groupValueFormat", &["windowsDomainQualifiedName", "samAccountName", "dn"]),
    ("settings/app/usernameAttribute", &["username", "upn", "upnAndUsername", "none"]),
];

const GRANT_TYPES: &[&str] = &[
    "authorization_code",
    "client_credentials",
    "implicit",
    "interaction_code",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:openid:params:grant-type:ciba",
    "urn:okta:params:oauth:grant-type:otp",
    "urn:okta:params:oauth:grant-type:oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-oob",
];

const SIGNATURES: &[&str] =
    &["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

/// What is the URL of a server.
const URLS: &[&str] =
    &["settings/signOn/ssoAcsUrl", "settings/signOn/acsEndpoints/*/url", "settings/signOn/slo/logoutUrl"];
