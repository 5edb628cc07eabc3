//! What Okta says about creation of users and linking of accounts.

use serde_json::Value;

use crate::dialects::lens::Field;
use crate::model::{Permission, UserMatch};

pub(super) const LINKING: &[Field] = &[
    Field {
        core: "linking.creation",
        path: &["policy", "provisioning", "action"],
        show: |p| action(p.linking.creation),
        put: |p, said| put_action(&mut p.linking.creation, said),
    },
    Field {
        core: "linking.link",
        path: &["policy", "accountLink", "action"],
        show: |p| action(p.linking.link),
        put: |p, said| put_action(&mut p.linking.link, said),
    },
    Field {
        core: "linking.matched_by",
        path: &["policy", "subject", "matchType"],
        show: |p| {
            let (name, _) = MATCHES.iter().find(|(_, known)| Some(*known) == p.linking.matched_by)?;
            Some((*name).into())
        },
        put: |p, said| {
            let name = said.as_ref().and_then(Value::as_str);
            let known = MATCHES.iter().find(|(known, _)| Some(*known) == name);
            p.linking.matched_by = known.map(|(_, known)| *known);
            said.filter(|_| known.is_none())
        },
    },
    Field {
        core: "linking.updates",
        path: &["policy", "provisioning", "profileMaster"],
        show: |p| p.linking.updates.map(Value::from),
        put: |p, said| {
            p.linking.updates = said.as_ref().and_then(Value::as_bool);
            said.filter(|_| p.linking.updates.is_none())
        },
    },
];

/// The attribute that a user is found by. It stays in the remainder; this table is for noticing that users are no longer
/// found by an attribute of that sort.
pub(in crate::dialects::okta) const MATCHED: &[Field] = &[Field {
    core: "linking.matched_by",
    path: &["policy", "subject", "matchAttribute"],
    show: |p| Some((p.linking.matched_by == Some(UserMatch::CustomAttribute)).into()),
    put: |_, said| said,
}];

/// Okta's names of what users are found by.
const MATCHES: [(&str, UserMatch); 4] = [
    ("USERNAME", UserMatch::Username),
    ("EMAIL", UserMatch::Email),
    ("USERNAME_OR_EMAIL", UserMatch::UsernameOrEmail),
    ("CUSTOM_ATTRIBUTE", UserMatch::CustomAttribute),
];

/// Okta knows what is done unasked, and nothing else that is allowed.
fn action(permission: Option<Permission>) -> Option<Value> {
    Some(if permission?.is_automatic() { "AUTO" } else { "DISABLED" }.into())
}

/// Any other action is given back.
fn put_action(slot: &mut Option<Permission>, said: Option<Value>) -> Option<Value> {
    *slot = match said.as_ref().and_then(Value::as_str) {
        Some("AUTO") => Some(Permission::AUTOMATIC),
        Some("DISABLED") => Some(Permission::NEVER),
        _ => None,
    };
    said.filter(|_| slot.is_none())
}
