//! How ZITADEL spells ids: as decimal numbers.

use crate::model::Id;

/// The id of a record, as ZITADEL spells it: its decimal digits.
///
/// ```
/// use idpstore::zitadel;
/// use idpstore::model::Id;
///
/// let id = Id::from_number(1_900_000_000_000_000_001);
/// assert_eq!(zitadel::id(id), "1900000000000000001");
/// assert_eq!(zitadel::read_id(&zitadel::id(id)), Some(id));
/// assert_eq!(zitadel::read_id("01"), None); // only as it is spelled
/// ```
#[must_use]
pub fn spell(id: Id) -> String {
    id.number().to_string()
}

/// Reads an id back; `None` if it is not one that [`id`](super::id) spells.
#[must_use]
pub fn read(text: &str) -> Option<Id> {
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
