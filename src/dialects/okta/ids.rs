//! How Okta spells ids.

use crate::error::{Error, Resource, Result};
use crate::model::Id;

/// What the last three characters of every id say in a real org: the cell it lives in. Ours is our own.
const CELL: &str = "1ds";

/// Digits in the order of their bytes, so that spelled ids sort as the numbers do.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits between the prefix of three characters and the cell.
const LENGTH: usize = 14;

/// The start of the ids of identity providers and applications.
const INSTANCE: &str = "0oa";

/// The start of the ids of users.
pub(super) const USER: &str = "00u";

/// The id of an identity provider or application, as Okta spells it: `0oa` and 17 alphanumerics.
///
/// ```
/// use idpstore::okta;
/// use idpstore::model::Id;
///
/// let id = Id::from_number(1_900_000_000_000_000_001);
/// assert_eq!(okta::id(id), "0oa0002GM1FU6deuf1ds");
/// assert_eq!(okta::read_id(&okta::id(id)), Some(id));
/// assert_eq!(okta::read_id("0oasfb0s5O2hPRAk44x6"), None); // an id of a real org
/// ```
#[must_use]
pub fn spell(id: Id) -> String {
    spell_as(INSTANCE, id)
}

/// The id of a user, as Okta spells it: `00u` and 17 alphanumerics.
#[must_use]
pub fn spell_user(id: Id) -> String {
    spell_as(USER, id)
}

/// Reads the id of a user back; `None` if it is not one that [`user_id`](super::user_id) spells.
#[must_use]
pub fn read_user(text: &str) -> Option<Id> {
    read_as(USER, text)
}

/// The id of a thing whose ids start with these three characters.
pub(super) fn spell_as(prefix: &str, id: Id) -> String {
    spell_number(prefix, id.number())
}

/// The same of a number that is no id of a record.
pub(super) fn spell_number(prefix: &str, mut number: u64) -> String {
    let mut digits = [b'0'; LENGTH];
    for digit in digits.iter_mut().rev() {
        let value = usize::try_from(number % 62).unwrap_or_default();
        *digit = DIGITS.get(value).copied().unwrap_or(b'0');
        number /= 62;
    }
    // Joined and not formatted: documents are full of ids.
    [prefix, std::str::from_utf8(&digits).unwrap_or_default(), CELL].concat()
}

/// Reads the id of an identity provider or application back; `None` if it is not one that [`id`](super::id) spells.
#[must_use]
pub fn read(text: &str) -> Option<Id> {
    read_as(INSTANCE, text)
}

/// Reads [`spell_as`] back; of any other text `None`.
pub(super) fn read_as(prefix: &str, text: &str) -> Option<Id> {
    let number = read_number(prefix, text)?;
    let id = Id::from_number(number);
    (id.number() == number).then_some(id)
}

/// Reads [`spell_number`] back; of any other text `None`.
pub(super) fn read_number(prefix: &str, text: &str) -> Option<u64> {
    let digits = text.strip_prefix(prefix)?.strip_suffix(CELL)?;
    let mut number = 0_u64;
    for byte in digits.bytes() {
        let value = DIGITS.iter().position(|digit| *digit == byte)?;
        number = number.checked_mul(62)?.checked_add(u64::try_from(value).ok()?)?;
    }
    (digits.len() == LENGTH).then_some(number)
}

/// The ids of an org's own policies for access and for enrollment: one is even, one is odd.
pub(super) fn policies(org: Id) -> [Id; 2] {
    let number = org.number() << 1;
    [number, number | 1].map(Id::from_number)
}

/// The provider that a path or query names.
pub(super) fn provider(text: &str) -> Result<Id> {
    read(text).ok_or_else(|| Error::not_found(Resource::IdentityProvider, text))
}

/// The application that a path or query names.
pub(super) fn application(text: &str) -> Result<Id> {
    read(text).ok_or_else(|| Error::not_found(Resource::Application, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_twenty_characters_sort_as_numbers_do_and_are_read_back() {
        let numbers = [0, 1, 61, 62, 1_850_000_000_000_000_000, u64::MAX >> 1];
        let spelled: Vec<_> = numbers.iter().map(|number| spell(Id::from_number(*number))).collect();
        assert!(spelled.is_sorted());
        for (text, number) in spelled.iter().zip(numbers) {
            assert_eq!(text.len(), 20);
            assert_eq!(read(text), Some(Id::from_number(number)));
        }
        for foreign in
            ["", "0oa", "0oa1ds", "0oasfb0s5O2hPRAk44x6", "00u000000000000011ds", "0oazzzzzzzzzzzzzz1ds"]
        {
            assert_eq!(read(foreign), None, "{foreign}");
        }
    }
}
