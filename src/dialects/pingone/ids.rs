//! How PingOne spells ids: as UUIDs, ours by [`Id::to_uuid`].

use crate::env::Entropy;
use crate::error::{Error, Resource, Result};
use crate::model::Id;

/// The id of a record, as PingOne spells it: a UUID.
///
/// ```
/// use idpstore::pingone;
/// use idpstore::model::Id;
///
/// let id = Id::from_number(1_900_000_000_000_000_001);
/// assert_eq!(pingone::id(id), "01a5e27e-ef13-7e00-8010-69647073746f");
/// assert_eq!(pingone::read_id(&pingone::id(id)), Some(id));
/// assert_eq!(pingone::read_id("8287c73d-fc1e-4d64-bf65-40ddd22a5aaa"), None); // not one of ours
/// ```
#[must_use]
pub fn spell(id: Id) -> String {
    id.to_uuid()
}

/// Reads an id back; `None` if it is not one that [`id`](super::id) spells.
#[must_use]
pub fn read(text: &str) -> Option<Id> {
    Id::from_uuid(text)
}

/// The id of the organization that all environments belong to.
pub(super) fn organization() -> String {
    Id::from_number(0).to_uuid()
}

/// The record of this kind that a path names.
pub(super) fn named(what: Resource, text: &str) -> Result<Id> {
    Id::from_uuid(text).ok_or_else(|| Error::not_found(what, text))
}

/// A new UUID of version 4 (RFC 9562, section 5.4), for what is no record of its own.
pub(super) fn drawn(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    let number = u128::from_be_bytes(bytes);
    let field = |shift: u32, bits: u32| number >> shift & ((1 << bits) - 1);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        field(96, 32),
        field(80, 16),
        field(64, 12),
        field(48, 14) | 0x8000,
        field(0, 48)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SeededEntropy;

    #[test]
    fn drawn_ids_are_of_version_4_and_not_of_ours() {
        let id = drawn(&SeededEntropy::new([255; 32]));
        assert_eq!((id.len(), id.get(14..15)), (36, Some("4")));
        assert!(["8", "9", "a", "b"].map(Some).contains(&id.get(19..20)), "{id}");
        assert_eq!(Id::from_uuid(&id), None);
    }
}
