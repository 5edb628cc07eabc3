//! Which key of an environment is used where none is named: one for each use.
//!
//! The one that signs is known to every door. The others are PingOne's own, and lie in its remainder of the tenant.

use serde_json::Value;

use super::wire::NAME;
use crate::dialects::lens::Members;
use crate::model::{Key, Remainder, Tenant};

/// Under which name they are kept; no environment's document has such a member.
const KEPT: &str = "defaultKeys";

const SIGNING: &str = "SIGNING";

/// For what a key may be used.
pub(super) fn usage(key: &Key) -> &str {
    let said = key.remainders.get(NAME).and_then(|said| said.get("usageType"));
    said.and_then(Value::as_str).unwrap_or(SIGNING)
}

/// Whether a key is the default for its use.
pub(super) fn is_default(tenant: &Tenant, key: &Key) -> bool {
    match usage(key) {
        SIGNING => tenant.default_signing_key.as_deref() == Some(key.kid.as_str()),
        usage => {
            let kept = tenant.remainders.get(NAME).and_then(|said| said.get(KEPT)?.get(usage)?.as_str());
            kept == Some(key.id.to_uuid().as_str())
        }
    }
}

/// Makes a key the default for its use, in place of any other, or no longer the default for anything.
pub(super) fn set(tenant: &mut Tenant, key: &Key, default: bool) {
    let id = key.id.to_uuid();
    let signs = default && usage(key) == SIGNING;
    if signs {
        tenant.default_signing_key = Some(key.kid.clone());
    } else if tenant.default_signing_key.as_deref() == Some(key.kid.as_str()) {
        tenant.default_signing_key = None;
    }
    let mut said = tenant.remainders.remove(NAME).unwrap_or_default().into_members();
    let mut kept = match said.shift_remove(KEPT) {
        Some(Value::Object(kept)) => kept,
        _ => Members::new(),
    };
    kept.retain(|_, known| *known != id);
    if default && !signs {
        kept.insert(usage(key).to_owned(), id.into());
    }
    if !kept.is_empty() {
        said.insert(KEPT.to_owned(), kept.into());
    }
    if !said.is_empty() {
        tenant.remainders.insert(NAME.to_owned(), Remainder::from(said));
    }
}

/// The document of an environment does not show them.
pub(super) fn leave_out(said: &mut Members) {
    said.shift_remove(KEPT);
}
