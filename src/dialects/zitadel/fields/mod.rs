//! The members of ZITADEL's requests that have a canonical meaning. May import everything but `store` and other
//! dialects.

mod client;
mod saml;

use serde_json::Value;

use super::kinds::Kind;
use crate::dialects::lens::Field;
use crate::model::{Protocol, SocialService};

pub(super) use saml::{derived_metadata, said_binding, said_metadata, take_metadata};

/// The tables of members that are taken into the core and laid over the remainder.
pub(super) fn of(kind: &Kind) -> &'static [&'static [Field]] {
    match kind.blank() {
        Protocol::Saml(_) => &[COMMON, saml::SAML],
        Protocol::OpenIdConnect(_) => &[COMMON, client::CLIENT, client::OPEN_ID_CONNECT],
        Protocol::Social(social) if social.service == SocialService::Apple => {
            &[COMMON, client::CLIENT, client::APPLE]
        }
        Protocol::Social(_) => &[COMMON, client::CLIENT],
        Protocol::MutualTls(_) | Protocol::Foreign(_) => &[COMMON],
    }
}

/// The same, and the members of the remainder that repeat what the core says: they go when it says something else.
pub(super) fn with_repeated(kind: &Kind) -> &'static [&'static [Field]] {
    if kind.is_saml() { &[COMMON, saml::SAML, saml::REPEATED] } else { of(kind) }
}

const COMMON: &[Field] = &[
    Field {
        core: "name",
        path: &["name"],
        show: |p| Some(p.name.as_str().into()),
        put: |p, said| {
            said.as_ref().and_then(Value::as_str).unwrap_or_default().clone_into(&mut p.name);
            None
        },
    },
    Field {
        core: "linking.creation",
        path: &["providerOptions", "isAutoCreation"],
        show: |p| p.linking.creation.map(Value::Bool),
        put: |p, said| {
            put_switch(&mut p.linking.creation, said == Some(Value::Bool(true)));
            None
        },
    },
    Field {
        core: "linking.automatic",
        path: &["providerOptions", "autoLinking"],
        // By what users are found is ZITADEL's own, and stays in the remainder while there is linking at all.
        show: |p| (p.linking.automatic != Some(true)).then(|| UNLINKED.into()),
        put: |p, said| {
            let linked = said.as_ref().is_some_and(|said| *said != UNLINKED && !said.is_number());
            put_switch(&mut p.linking.automatic, linked);
            said.filter(|_| linked)
        },
    },
];

/// That accounts are not linked by themselves.
const UNLINKED: &str = "AUTO_LINKING_OPTION_UNSPECIFIED";

/// Sets a switch of the core. ZITADEL leaves out what is off, so that off changes nothing where nothing was said.
fn put_switch(slot: &mut Option<bool>, on: bool) {
    if on || slot.is_some() {
        *slot = Some(on);
    }
}
