//! Which record of an environment is the default one of its kind. It is kept in PingOne's remainder of the tenant.

use serde_json::Value;

use super::wire::NAME;
use crate::model::{Id, Tenant};

/// Under which name they are kept; no environment's document has such a member.
pub(super) const KEPT: &str = "defaults";

/// The id of the default record of a kind.
pub(super) fn of(tenant: &Tenant, kind: &str) -> Option<Id> {
    Id::from_uuid(tenant.remainders.get(NAME)?.get(KEPT)?.get(kind)?.as_str()?)
}

/// Makes the record with this id the default one of its kind.
pub(super) fn set(tenant: &mut Tenant, kind: &str, id: Id) {
    let kept = tenant.remainders.entry(NAME.to_owned()).or_default();
    let kept = kept.entry(KEPT.to_owned()).or_insert_with(|| Value::Object(serde_json::Map::new()));
    if let Value::Object(kept) = kept {
        kept.insert(kind.to_owned(), id.to_uuid().into());
    }
}
