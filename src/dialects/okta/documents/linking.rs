//! What Okta shows of the creation of users and the linking of accounts.

use serde_json::Value;

use crate::dialects::document::{Core, Shown, field};
use crate::model::{IdentityProvider, Permission, UserMatch};

/// Whether users are created.
pub(super) const CREATION: Core<IdentityProvider> = field(
    "linking.creation",
    |p| action(p.linking.creation),
    |p, received| put_action(&mut p.linking.creation, received),
);

/// Whether accounts are linked.
pub(super) const LINK: Core<IdentityProvider> = field(
    "linking.link",
    |p| action(p.linking.link),
    |p, received| put_action(&mut p.linking.link, received),
);

/// Whether what the partner knows of users replaces what we know.
pub(super) const UPDATES: Core<IdentityProvider> = field(
    "linking.updates",
    |p| p.linking.updates.map_or(Shown::Nothing, Shown::from),
    |p, received| {
        p.linking.updates = received.as_ref().and_then(Value::as_bool);
        received.filter(|_| p.linking.updates.is_none())
    },
);

/// By what users are found.
pub(super) const MATCH: Core<IdentityProvider> = field(
    "linking.matched_by",
    |p| by_what().find(|(_, known)| Some(*known) == p.linking.matched_by).map(|(name, _)| name).into(),
    |p, received| {
        let known = by_what().find(|(name, _)| received.as_ref().is_some_and(|received| received == name));
        p.linking.matched_by = known.map(|(_, known)| known);
        received.filter(|_| known.is_none())
    },
);

/// The attribute by which users are found. It stays in the remainder as long as users are found by one of that sort.
pub(super) const MATCH_ATTRIBUTE: Core<IdentityProvider> =
    field("linking.matched_by", |p| is_by_attribute(p).into(), |_, received| received);

/// Whether users are found by an attribute of the vendor's.
pub(super) fn is_by_attribute(p: &IdentityProvider) -> bool {
    p.linking.matched_by == Some(UserMatch::CustomAttribute)
}

/// Okta's names of that by which users are found.
pub(super) const MATCHES: &[&str] = &["USERNAME", "EMAIL", "USERNAME_OR_EMAIL", "CUSTOM_ATTRIBUTE"];

/// Those names, each with what it means.
fn by_what() -> impl Iterator<Item = (&'static str, UserMatch)> {
    use UserMatch::{CustomAttribute, Email, Username, UsernameOrEmail};
    MATCHES.iter().copied().zip([Username, Email, UsernameOrEmail, CustomAttribute])
}

/// Okta knows what is done unasked, and nothing else that is allowed.
fn action<'r>(permission: Option<Permission>) -> Shown<'r> {
    permission.map(|permission| if permission.is_automatic() { "AUTO" } else { "DISABLED" }).into()
}

/// Any other action is given back.
fn put_action(slot: &mut Option<Permission>, received: Option<Value>) -> Option<Value> {
    *slot = match received.as_ref().and_then(Value::as_str) {
        Some("AUTO") => Some(Permission::AUTOMATIC),
        Some("DISABLED") => Some(Permission::NEVER),
        _ => None,
    };
    received.filter(|_| slot.is_none())
}
