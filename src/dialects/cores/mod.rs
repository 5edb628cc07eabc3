//! The parts of an identity provider that vendors' documents show and set, for all dialects that mean the same by them.
//! May import what the folder above may.

mod oidc;
mod saml;

pub(super) use oidc::*;
pub(super) use saml::*;

use serde_json::Value;

use super::derived;
use super::document::{Core, field};
use super::parts::{put_string, put_text};
use crate::model::{IdentityProvider, State};

/// Texts that may be missing: the name of each, and where the record has it.
macro_rules! texts {
    ($($(#[$about:meta])* $constant:ident, $name:literal, $part:ident, $part_mut:ident, $member:ident;)*) => {$(
        $(#[$about])*
        pub(in crate::dialects) const $constant: Core<IdentityProvider> = field(
            $name,
            |p| $part(p).and_then(|part| part.$member.as_deref()).into(),
            |p, received| put_text($part_mut(p).map(|part| &mut part.$member), received),
        );
    )*};
}
use texts;

/// The name. One that is missing may be derived.
pub(super) const NAME: Core<IdentityProvider> =
    field("name", |p| derived::name(p).into(), |p, received| put_string(&mut p.name, received));

/// Whether it may be used, as true or false. If nothing is received, it is false.
pub(super) const ENABLED: Core<IdentityProvider> = field(
    "state",
    |p| (p.state == State::Active).into(),
    |p, received| {
        p.state = if received == Some(Value::Bool(true)) { State::Active } else { State::Inactive };
        None
    },
);

/// The `kid` of the key with which we sign.
pub(super) const SIGNING_KEY: Core<IdentityProvider> = field(
    "signing_key",
    |p| p.signing_key.as_deref().into(),
    |p, received| put_text(Some(&mut p.signing_key), received),
);
