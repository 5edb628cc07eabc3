//! How ZITADEL spells ids: as decimal numbers.

use crate::model::Id;

/// The decimal digits of an id.
pub(super) fn spell(id: Id) -> String {
    id.number().to_string()
}

/// Reads [`spell`] back; of any other text `None`.
pub(super) fn read(text: &str) -> Option<Id> {
    let id = Id::from_number(text.parse().ok()?);
    (spell(id) == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_spelling_is_read() {
        for number in [0, 1, 300_000_000_000_000_009, u64::MAX >> 1] {
            let id = Id::from_number(number);
            assert_eq!(read(&spell(id)), Some(id));
        }
        for foreign in ["", "id1", "+1", "01", "-1", " 1", "9223372036854775808", "99999999999999999999"] {
            assert_eq!(read(foreign), None, "{foreign}");
        }
    }
}
