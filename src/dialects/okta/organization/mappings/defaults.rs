//! What the mapping of an identity provider to the users is, until a client changes it: recorded for SAML, OpenID Connect and
//! Google; other services are taken to be like Google.

use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::okta::wire::Kind;
use crate::model::{IdentityProvider, Protocol};

/// What mappings call a provider.
pub(super) fn name(provider: &IdentityProvider) -> String {
    match Kind::of(&provider.protocol).map(|kind| kind.name) {
        Some("SAML2") => "saml_idp".to_owned(),
        Some(name) => format!("{}_idp", name.to_ascii_lowercase()),
        None => String::new(),
    }
}

/// A member of the profile and its expression, which follows `appuser.` or `source.`; an empty one is the same name.
type Property = (&'static str, &'static str);

const SAML: &[Property] =
    &[("firstName", ""), ("lastName", ""), ("email", ""), ("mobilePhone", ""), ("login", "userName")];

const OPENID_CONNECT: &[Property] = &[
    ("login", "email"),
    ("displayName", ""),
    ("nickName", "nickname"),
    ("firstName", ""),
    ("middleName", ""),
    ("lastName", ""),
    ("email", ""),
    ("profileUrl", "profile"),
    ("timezone", "zoneinfo == null ? \"America/Los_Angeles\" : appuser.zoneinfo"),
    ("primaryPhone", "phoneNumber"),
    ("streetAddress", "street_address"),
    ("city", "locality"),
    ("state", "region"),
    ("zipCode", "postalCode"),
    ("countryCode", "country"),
];

const SOCIAL: &[Property] = &[
    ("login", "email"),
    ("email", ""),
    ("firstName", ""),
    ("middleName", ""),
    ("lastName", ""),
    ("honorificPrefix", ""),
    ("honorificSuffix", ""),
    ("displayName", ""),
    ("profileUrl", ""),
];

/// The members, each with its expression.
pub(super) fn properties(provider: &IdentityProvider) -> Vec<(String, String)> {
    let (start, properties) = match provider.protocol {
        Protocol::Saml(_) => ("source", SAML),
        Protocol::OpenIdConnect(_) => ("appuser", OPENID_CONNECT),
        Protocol::MutualTls(_) => ("appuser", &[][..]),
        Protocol::Social(_) | Protocol::Foreign(_) => ("appuser", SOCIAL),
    };
    let expression = |&(name, of): &Property| format!("{start}.{}", if of.is_empty() { name } else { of });
    properties.iter().map(|property| (property.0.to_owned(), expression(property))).collect()
}
