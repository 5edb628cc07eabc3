//! The members of ZITADEL's requests that have a canonical meaning. May import everything but `store` and other
//! dialects.

mod client;
mod linking;
mod saml;

use serde_json::Value;

use linking::LINKING;

use super::kinds::Kind;
use crate::dialects::lens::Field;
use crate::model::{Protocol, SocialService};

pub(super) use saml::{derived_metadata, said_binding, said_metadata, take_metadata};

/// The tables of members that are taken into the core and laid over the remainder.
pub(super) fn of(kind: &Kind) -> &'static [&'static [Field]] {
    match kind.blank() {
        Protocol::Saml(_) => &[COMMON, LINKING, saml::SAML],
        Protocol::OpenIdConnect(_) => &[COMMON, LINKING, client::CLIENT, client::OPEN_ID_CONNECT],
        Protocol::Social(social) => match social.service {
            SocialService::Apple => &[COMMON, LINKING, client::CLIENT, client::APPLE],
            SocialService::Microsoft => &[COMMON, LINKING, client::CLIENT, client::MICROSOFT],
            _ => &[COMMON, LINKING, client::CLIENT],
        },
        Protocol::MutualTls(_) | Protocol::Foreign(_) => &[COMMON, LINKING],
    }
}

/// The members of the remainder that repeat what the core says.
pub(super) fn repeated(kind: &Kind) -> &'static [Field] {
    if kind.is_saml() { saml::REPEATED } else { &[] }
}

const COMMON: &[Field] = &[Field {
    core: "name",
    path: &["name"],
    show: |p| Some(p.name.as_str().into()),
    put: |p, said| {
        said.as_ref().and_then(Value::as_str).unwrap_or_default().clone_into(&mut p.name);
        None
    },
}];

/// Sets a switch of the core. ZITADEL leaves out what is off, so that off changes nothing where nothing was said.
fn put_switch(slot: &mut Option<bool>, on: bool) {
    if on || slot.is_some() {
        *slot = Some(on);
    }
}
