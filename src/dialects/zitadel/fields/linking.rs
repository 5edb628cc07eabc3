//! What ZITADEL says about creation of users and linking of accounts.

use serde_json::Value;

use super::put_switch;
use crate::dialects::lens::Field;
use crate::model::{Linking, Permission, UserMatch};

pub(super) const LINKING: &[Field] = &[
    Field {
        core: "linking.creation",
        path: &["providerOptions", "isCreationAllowed"],
        show: |p| p.linking.creation.map(|creation| creation.allowed.into()),
        put: |p, said| {
            put_option(&mut p.linking.creation, is_on(said.as_ref()), |creation| &mut creation.allowed);
            None
        },
    },
    Field {
        core: "linking.creation",
        path: &["providerOptions", "isAutoCreation"],
        show: |p| p.linking.creation.map(|creation| creation.automatic.into()),
        put: |p, said| {
            put_option(&mut p.linking.creation, is_on(said.as_ref()), |creation| &mut creation.automatic);
            None
        },
    },
    Field {
        core: "linking.link",
        path: &["providerOptions", "isLinkingAllowed"],
        show: |p| p.linking.link.map(|link| link.allowed.into()),
        put: |p, said| {
            put_option(&mut p.linking.link, is_on(said.as_ref()), |link| &mut link.allowed);
            None
        },
    },
    Field {
        core: "linking.link, linking.matched_by",
        path: &["providerOptions", "autoLinking"],
        show: |p| Some(found_by(&p.linking).into()),
        put: |p, said| {
            put_found_by(&mut p.linking, said.as_ref().and_then(Value::as_str).unwrap_or(UNSPECIFIED));
            None
        },
    },
    Field {
        core: "linking.updates",
        path: &["providerOptions", "isAutoUpdate"],
        show: |p| p.linking.updates.map(Value::from),
        put: |p, said| {
            put_switch(&mut p.linking.updates, is_on(said.as_ref()));
            None
        },
    },
];

fn is_on(said: Option<&Value>) -> bool {
    said == Some(&Value::Bool(true))
}

/// Sets one half of a permission. ZITADEL leaves out what is off, so that off changes nothing where nothing was said.
fn put_option(slot: &mut Option<Permission>, on: bool, half: fn(&mut Permission) -> &mut bool) {
    if on || slot.is_some() {
        *half(slot.get_or_insert(Permission::NEVER)) = on;
    }
}

/// That accounts are not linked unasked.
const UNSPECIFIED: &str = "AUTO_LINKING_OPTION_UNSPECIFIED";
const USERNAME: &str = "AUTO_LINKING_OPTION_USERNAME";
const EMAIL: &str = "AUTO_LINKING_OPTION_EMAIL";

/// By what users are found to whom accounts are linked unasked: never by more than another dialect finds them by.
fn found_by(linking: &Linking) -> &'static str {
    match (linking.link, linking.matched_by) {
        (Some(Permission { automatic: true, .. }), found_by) => match found_by {
            Some(UserMatch::Email) => EMAIL,
            Some(UserMatch::Username | UserMatch::UsernameOrEmail) | None => USERNAME,
            Some(UserMatch::CustomAttribute) => UNSPECIFIED,
        },
        _ => UNSPECIFIED,
    }
}

/// Sets it. Saying what is shown changes nothing, and what users are found by outlives the linking.
fn put_found_by(linking: &mut Linking, said: &str) {
    if said == found_by(linking) {
        return;
    }
    let found_by = match said {
        USERNAME => Some(UserMatch::Username),
        EMAIL => Some(UserMatch::Email),
        _ => None,
    };
    linking.matched_by = found_by.or(linking.matched_by);
    put_option(&mut linking.link, found_by.is_some(), |link| &mut link.automatic);
}
