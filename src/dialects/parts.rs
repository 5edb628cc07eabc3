//! The parts of a record that the field tables of every dialect show and set.

use serde_json::Value;

use crate::model::social::APPLE;
use crate::model::{
    AppleKey, Client, IdentityProvider, MutualTls, OpenIdConnect, Protocol, Saml, Secret, Social,
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

/// What a vendor calls a signature algorithm, given as a URI of XML Signature, by its table of names. Where the table has
/// no name for it, the nearest algorithm is named: if possible one whose digest is no shorter, and among those one for
/// the same type of key.
pub(super) fn signature(names: &[(&str, &str)], uri: Option<&str>) -> Option<Value> {
    if let Some((name, _)) = names.iter().find(|(_, known)| Some(*known) == uri) {
        return Some((*name).into());
    }
    let (wanted, wants_ecdsa) = described(uri?)?;
    let distance = |known: &str| {
        let (digest, is_ecdsa) = described(known)?;
        Some((digest < wanted, is_ecdsa != wants_ecdsa, digest.abs_diff(wanted)))
    };
    let nearest = names.iter().filter_map(|(name, known)| Some((distance(known)?, *name))).min();
    nearest.map(|(_, name)| name.into())
}

/// The bits of a signature algorithm's digest, and whether its keys are on curves.
fn described(uri: &str) -> Option<(u32, bool)> {
    let (_, name) = uri.split_once('#')?;
    let (key, digest) = name.split_once("-sha")?;
    let digest = match digest {
        "1" => 160,
        digest => digest.parse().ok()?,
    };
    matches!(key, "rsa" | "ecdsa").then_some((digest, key == "ecdsa"))
}

/// Sets a signature algorithm by a vendor's name for it; what has no name is given back. The name that was shown changes
/// nothing: the algorithm may be one for which the vendor has no name.
pub(super) fn put_signature(
    slot: Option<&mut Option<String>>,
    names: &[(&str, &str)],
    said: Option<Value>,
) -> Option<Value> {
    let Some(slot) = slot else { return said };
    if said == signature(names, slot.as_deref()) {
        return None;
    }
    let name = said.as_ref().and_then(Value::as_str);
    let known = names.iter().find(|(known, _)| Some(*known) == name);
    *slot = known.map(|(_, uri)| (*uri).to_owned());
    said.filter(|_| known.is_none())
}

/// The settings of a provider that verifies certificates of smart cards.
pub(super) fn mutual_tls(p: &IdentityProvider) -> Option<&MutualTls> {
    match &p.protocol {
        Protocol::MutualTls(mutual_tls) => Some(mutual_tls),
        _ => None,
    }
}

/// As [`mutual_tls`], to be changed.
pub(super) fn mutual_tls_mut(p: &mut IdentityProvider) -> Option<&mut MutualTls> {
    match &mut p.protocol {
        Protocol::MutualTls(mutual_tls) => Some(mutual_tls),
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

/// The settings of a provider at a well-known service.
pub(super) fn social(p: &IdentityProvider) -> Option<&Social> {
    match &p.protocol {
        Protocol::Social(social) => Some(social),
        _ => None,
    }
}

/// As [`social`], to be changed.
pub(super) fn social_mut(p: &mut IdentityProvider) -> Option<&mut Social> {
    match &mut p.protocol {
        Protocol::Social(social) => Some(social),
        _ => None,
    }
}

/// Whether people sign in at this service.
pub(super) fn is_at(p: &IdentityProvider, service: &str) -> bool {
    social(p).is_some_and(|social| social.service == service)
}

/// The key with which we sign in at Apple.
pub(super) fn apple(p: &IdentityProvider) -> Option<&AppleKey> {
    social(p)?.apple_key.as_ref()
}

/// As [`apple`], to be changed; it comes into being with the first that is set.
pub(super) fn apple_mut(p: &mut IdentityProvider) -> Option<&mut AppleKey> {
    let social = social_mut(p).filter(|social| social.service == APPLE)?;
    Some(social.apple_key.get_or_insert_default())
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

/// Sets a choice that a vendor names with these words, the first for true; any other value is given back.
pub(super) fn put_choice(
    slot: &mut Option<bool>,
    (yes, no): (&str, &str),
    received: Option<Value>,
) -> Option<Value> {
    let name = received.as_ref().and_then(Value::as_str);
    *slot = name.filter(|name| [yes, no].contains(name)).map(|name| name == yes);
    received.filter(|_| slot.is_none())
}

/// Sets a text of the core that is always there; what is no text is given back.
pub(super) fn put_string(slot: &mut String, said: Option<Value>) -> Option<Value> {
    match said {
        Some(Value::String(said)) => {
            *slot = said;
            None
        }
        other => other,
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
