//! The members of PingOne's document that have a canonical meaning. May import everything but `store` and other
//! dialects.

mod oidc;
mod saml;

use serde_json::Value;

use super::wire::{Core, Kind};
use crate::dialects::derived;
use crate::dialects::lens::Field;
use crate::model::{Permission, SocialService, State};

/// The tables that together cover this type.
pub(super) fn of(kind: &Kind) -> &'static [&'static [Field]] {
    match kind.core {
        Core::Saml => &[COMMON, saml::SAML],
        Core::OpenIdConnect => &[COMMON, oidc::OPEN_ID_CONNECT, oidc::CLIENT],
        Core::Social(SocialService::Apple) => &[COMMON, oidc::CLIENT_ID, oidc::APPLE],
        Core::Social(SocialService::Facebook) => &[COMMON, oidc::FACEBOOK],
        Core::Social(SocialService::Microsoft) => &[COMMON, oidc::CLIENT, oidc::MICROSOFT],
        Core::Social(SocialService::PayPal) => &[COMMON, oidc::CLIENT, oidc::PAYPAL],
        Core::Social(_) => &[COMMON, oidc::CLIENT],
        Core::Foreign => &[COMMON],
    }
}

const COMMON: &[Field] = &[
    Field {
        core: "name",
        path: &["name"],
        show: |p| Some(derived::name(p).into()),
        put: |p, said| match said {
            Some(Value::String(name)) => {
                p.name = name;
                None
            }
            other => other,
        },
    },
    Field {
        core: "state",
        path: &["enabled"],
        show: |p| Some((p.state == State::Active).into()),
        put: |p, said| {
            p.state = if said == Some(Value::Bool(true)) { State::Active } else { State::Inactive };
            None
        },
    },
];

/// The population in which users are created. No other dialect has populations, so it stays in the remainder while
/// users are created.
pub(super) const DEPENDENTS: &[Field] = &[Field {
    core: "linking.creation",
    path: &["registration"],
    show: |p| Some(p.linking.creation.is_some_and(Permission::is_automatic).into()),
    put: |_, said| said,
}];
