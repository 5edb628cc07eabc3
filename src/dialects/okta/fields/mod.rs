//! The members of Okta's document that have a canonical meaning. May import everything but `store` and other
//! dialects.

mod linking;
mod oidc;
mod saml;

pub(super) use saml::{audience, drawn_audience};

use serde_json::Value;

use linking::LINKING;
pub(super) use linking::MATCHED;

use super::wire::{Core, Kind};
use crate::dialects::derived;
use crate::dialects::lens::Field;
use crate::dialects::parts::{put_text, text};
use crate::model::{Protocol, SocialService, State};

/// The tables that together cover this type.
pub(super) fn of(kind: &Kind) -> &'static [&'static [Field]] {
    match kind.core {
        Core::Saml => &[COMMON, LINKING, SIGNING, saml::SAML, TRUST],
        Core::OpenIdConnect => &[COMMON, LINKING, SIGNING, oidc::OPEN_ID_CONNECT, oidc::CLIENT],
        Core::Social(SocialService::Apple) => &[COMMON, LINKING, oidc::CLIENT, oidc::APPLE],
        Core::Social(SocialService::Microsoft) => &[COMMON, LINKING, oidc::CLIENT, oidc::MICROSOFT],
        Core::Social(_) => &[COMMON, LINKING, oidc::CLIENT],
        Core::MutualTls => &[COMMON, LINKING, TRUST, MUTUAL_TLS],
        Core::Foreign => &[COMMON, LINKING],
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
        path: &["status"],
        show: |p| Some(if p.state == State::Active { "ACTIVE" } else { "INACTIVE" }.into()),
        put: |p, said| {
            let active = said.as_ref().and_then(Value::as_str) == Some("ACTIVE");
            p.state = if active { State::Active } else { State::Inactive };
            None
        },
    },
];

const SIGNING: &[Field] = &[Field {
    core: "signing_key",
    path: &["protocol", "credentials", "signing", "kid"],
    show: |p| text(p.signing_key.as_deref()),
    put: |p, said| put_text(Some(&mut p.signing_key), said),
}];

const TRUST: &[Field] = &[
    Field {
        core: "trusted_keys[0]",
        path: &["protocol", "credentials", "trust", "kid"],
        show: |p| text(p.trusted_keys.first().map(String::as_str)),
        put: |p, said| {
            let mut first = None;
            let left = put_text(Some(&mut first), said);
            p.trusted_keys = first.into_iter().collect();
            left
        },
    },
    Field {
        core: "trusted_keys[1..]",
        path: &["protocol", "credentials", "trust", "additionalKids"],
        show: |p| match p.trusted_keys.get(1..) {
            None | Some([]) => None,
            Some(more) => Some(more.into()),
        },
        put: |p, said| {
            p.trusted_keys.truncate(1);
            match said {
                Some(Value::Array(kids))
                    if kids.iter().all(Value::is_string) && !p.trusted_keys.is_empty() =>
                {
                    p.trusted_keys.extend(kids.iter().filter_map(Value::as_str).map(str::to_owned));
                    // An empty list says nothing that the core could show again.
                    kids.is_empty().then(|| Value::Array(kids))
                }
                other => other,
            }
        },
    },
];

const MUTUAL_TLS: &[Field] = &[Field {
    core: "mutual_tls.issuer",
    path: &["protocol", "credentials", "trust", "issuer"],
    show: |p| match &p.protocol {
        Protocol::MutualTls(mutual_tls) => text(mutual_tls.issuer.as_deref()),
        _ => None,
    },
    put: |p, said| match &mut p.protocol {
        Protocol::MutualTls(mutual_tls) => put_text(Some(&mut mutual_tls.issuer), said),
        _ => said,
    },
}];
