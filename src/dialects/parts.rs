//! The parts of a record that the field tables of every dialect show and set.

use serde_json::Value;

use crate::model::{
    AppleKey, Client, IdentityProvider, OpenIdConnect, Protocol, Saml, Secret, Social, SocialService,
};

/// The SAML settings of a provider that has some.
pub(super) fn saml(p: &IdentityProvider) -> Option<&Saml> {
    match &p.protocol {
        Protocol::Saml(saml) => Some(saml),
        _ => None,
    }
}

/// As [`saml`], to be changed.
pub(super) fn saml_mut(p: &mut IdentityProvider) -> Option<&mut Saml> {
    match &mut p.protocol {
        Protocol::Saml(saml) => Some(saml),
        _ => None,
    }
}

/// The OpenID Connect settings of a provider that has some.
pub(super) fn oidc(p: &IdentityProvider) -> Option<&OpenIdConnect> {
    match &p.protocol {
        Protocol::OpenIdConnect(oidc) => Some(oidc),
        _ => None,
    }
}

/// As [`oidc`], to be changed.
pub(super) fn oidc_mut(p: &mut IdentityProvider) -> Option<&mut OpenIdConnect> {
    match &mut p.protocol {
        Protocol::OpenIdConnect(oidc) => Some(oidc),
        _ => None,
    }
}

/// What we are at the partner's authorization server.
pub(super) fn client(p: &IdentityProvider) -> Option<&Client> {
    match &p.protocol {
        Protocol::OpenIdConnect(oidc) => Some(&oidc.client),
        Protocol::Social(social) => Some(&social.client),
        _ => None,
    }
}

/// As [`client`], to be changed.
pub(super) fn client_mut(p: &mut IdentityProvider) -> Option<&mut Client> {
    match &mut p.protocol {
        Protocol::OpenIdConnect(oidc) => Some(&mut oidc.client),
        Protocol::Social(social) => Some(&mut social.client),
        _ => None,
    }
}

/// The key with which we sign in at Apple.
pub(super) fn apple(p: &IdentityProvider) -> Option<&AppleKey> {
    match &p.protocol {
        Protocol::Social(social) => social.apple_key.as_ref(),
        _ => None,
    }
}

/// As [`apple`], to be changed; it comes into being with the first that is set.
pub(super) fn apple_mut(p: &mut IdentityProvider) -> Option<&mut AppleKey> {
    match &mut p.protocol {
        Protocol::Social(social @ Social { service: SocialService::Apple, .. }) => {
            Some(social.apple_key.get_or_insert_default())
        }
        _ => None,
    }
}

/// An optional text of the core as vendors show it.
pub(super) fn text(value: Option<&str>) -> Option<Value> {
    value.map(Value::from)
}

/// Sets an optional text of the core; what is no text is given back.
pub(super) fn put_text(slot: Option<&mut Option<String>>, said: Option<Value>) -> Option<Value> {
    let Some(slot) = slot else { return said };
    match said {
        Some(Value::String(said)) => {
            *slot = Some(said);
            None
        }
        other => {
            *slot = None;
            other
        }
    }
}

/// As [`put_text`], for what must not be seen.
pub(super) fn put_secret(slot: Option<&mut Option<Secret>>, said: Option<Value>) -> Option<Value> {
    let Some(slot) = slot else { return said };
    let mut plain = None;
    let left = put_text(Some(&mut plain), said);
    *slot = plain.map(Secret::new);
    left
}
