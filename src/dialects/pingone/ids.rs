//! How PingOne spells ids: as UUIDs, ours by [`Id::to_uuid`].

use crate::env::Entropy;
use crate::error::{Error, Resource, Result};
use crate::model::Id;

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
