//! What a client requests, once it has been read.

use serde_json::Value;

use super::documents::fields::ID;
use super::owners::Surface;
use crate::dialects::lens::Members;
use crate::dialects::protojson::Field;
use crate::service::Service;

/// A request that was read and keeps the rules of its fields. It holds secrets, so there is no `Debug`.
pub(super) struct Requested {
    pub(super) surface: Surface,
    /// The rules for the owner whose providers are meant.
    pub(super) service: Service,
    pub(super) members: Members,
}

impl Requested {
    /// The id that the request names.
    pub(super) fn id(&self) -> &str {
        self.members.get(ID.key()).and_then(Value::as_str).unwrap_or_default()
    }

    /// The text in a field; none is an empty one.
    pub(super) fn text(&self, field: Field) -> &str {
        text_of(&self.members, field)
    }
}

/// The text in a field of a message; none is an empty one.
pub(super) fn text_of(members: &Members, field: Field) -> &str {
    members.get(field.name).and_then(Value::as_str).unwrap_or_default()
}
