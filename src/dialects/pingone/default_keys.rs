//! Which key of an environment is used where none is named: one for each use.
//!
//! The one that signs is shared by all APIs. The others are PingOne's own, and kept in its remainder of the tenant.

use serde_json::Value;

use super::wire::NAME;
use crate::dialects::lens::Members;
use crate::model::{Id, Key, Remainder, Remainders, Tenant};

/// Under which name they are kept; no environment's document has such a member.
pub(super) const KEPT: &str = "defaultKeys";

/// The use of a key that signs.
pub(super) const SIGNING: &str = "SIGNING";

/// For what a key with these remainders may be used.
pub(super) fn usage(remainders: &Remainders) -> &str {
    let said = remainders.get(NAME).and_then(|said| said.get("usageType"));
    said.and_then(Value::as_str).unwrap_or(SIGNING)
}

/// Whether a key is the default for its use.
pub(super) fn is_default(tenant: &Tenant, key: &Key) -> bool {
    match usage(&key.remainders) {
        SIGNING => tenant.default_signing_key.as_deref() == Some(key.kid.as_str()),
        usage => {
            let kept = tenant.remainders.get(NAME).and_then(|said| said.get(KEPT)?.get(usage)?.as_str());
            kept == Some(key.id.to_uuid().as_str())
        }
    }
}

/// Makes a key the default for its use, in place of any other, or no longer the default for anything.
pub(super) fn set(tenant: &mut Tenant, key: &Key, default: bool) {
    if tenant.default_signing_key.as_ref() == Some(&key.kid) {
        tenant.default_signing_key = None;
    }
    change(tenant, |kept| kept.retain(|_, known| *known != key.id.to_uuid()));
    match usage(&key.remainders) {
        SIGNING if default => tenant.default_signing_key = Some(key.kid.clone()),
        usage if default => keep(tenant, usage, key.id),
        _ => {}
    }
}

/// Makes the key with this id the default for a use other than signing.
pub(super) fn keep(tenant: &mut Tenant, usage: &str, id: Id) {
    change(tenant, |kept| {
        kept.insert(usage.to_owned(), id.to_uuid().into());
    });
}

fn change(tenant: &mut Tenant, change: impl FnOnce(&mut Members)) {
    let mut said = tenant.remainders.remove(NAME).unwrap_or_default().into_members();
    let mut kept = match said.shift_remove(KEPT) {
        Some(Value::Object(kept)) => kept,
        _ => Members::new(),
    };
    change(&mut kept);
    if !kept.is_empty() {
        said.insert(KEPT.to_owned(), kept.into());
    }
    if !said.is_empty() {
        tenant.remainders.insert(NAME.to_owned(), Remainder::from(said));
    }
}
