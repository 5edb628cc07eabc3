//! One number, many spellings.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::pki::Timestamp;

/// Bits of an id that count within a millisecond.
const COUNTER_BITS: u32 = 20;

/// The last millisecond that fits above the counter.
const LAST_MILLISECOND: u64 = u64::MAX >> (COUNTER_BITS + 1);

/// The identifier of a record: 63 bits, the Unix time in milliseconds and then a counter, so ids ascend in
/// the order of creation. Each dialect spells it in its own way, and can read its own spelling back.
///
/// ```
/// use idpstore::model::Id;
///
/// let id = Id::from_number(1_900_000_000_000_000_001);
/// assert_eq!(Id::from_uuid(&id.to_uuid()), Some(id));
/// assert_eq!(id.to_string(), "1900000000000000001");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct Id(u64);

impl TryFrom<u64> for Id {
    type Error = &'static str;

    /// Unlike [`Id::from_number`] this refuses a number of more than 63 bits: two numbers are never the same id.
    fn try_from(number: u64) -> Result<Self, Self::Error> {
        let id = Self::from_number(number);
        if id.0 == number { Ok(id) } else { Err("an id has at most 63 bits") }
    }
}

impl Id {
    /// The id with this number; of a larger number the lower 63 bits count.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number & (u64::MAX >> 1))
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The first id of the millisecond `now`, or the one after `last` if that is later. From the year 2248 on,
    /// whose milliseconds have too many bits, ids only count on.
    #[must_use]
    pub fn after(last: Self, now: Timestamp) -> Self {
        let millis = u64::try_from(now.unix_millis()).unwrap_or(0).min(LAST_MILLISECOND);
        Self((millis << COUNTER_BITS).max(last.0.saturating_add(1)).min(u64::MAX >> 1))
    }

    /// An id of the millisecond `now` whose counter is drawn by lot, where several owners give ids at the same time.
    #[must_use]
    pub(crate) fn drawn(now: Timestamp, lot: u32) -> Self {
        let first = Self::after(Self(0), now);
        Self(first.0 | (u64::from(lot) & ((1 << COUNTER_BITS) - 1)))
    }

    /// The spelling as a UUID of version 7 (RFC 9562, section 5.7): time, then counter, and `idpsto` in the
    /// low bytes, by which our own UUIDs are known.
    #[must_use]
    pub fn to_uuid(self) -> String {
        let millis = self.0 >> COUNTER_BITS;
        let (high, low) = ((self.0 >> 8) & 0xfff, self.0 & 0xff);
        format!(
            "{:08x}-{:04x}-7{high:03x}-8{:01x}{:02x}-{UUID_TAIL}",
            millis >> 16,
            millis & 0xffff,
            low >> 4,
            (low & 0xf) << 4
        )
    }

    /// Reads [`Id::to_uuid`] back; of any other text `None`.
    #[must_use]
    pub fn from_uuid(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (time_high, time_low) = (parts.next()?, parts.next()?);
        let (high, low) = (parts.next()?.strip_prefix('7')?, parts.next()?.strip_prefix('8')?);
        let number = |digits: &str| u64::from_str_radix(digits, 16).ok();
        let millis = number(time_high)? << 16 | number(time_low)?;
        let id = Self::from_number(millis << COUNTER_BITS | number(high)? << 8 | number(low)? >> 4);
        // Spelling it again refuses everything that only resembles one of ours.
        (id.to_uuid() == text).then_some(id)
    }
}

/// The bytes `idpsto`, which end every UUID of ours.
const UUID_TAIL: &str = "69647073746f";

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_even_when_the_clock_stands_or_goes_back() {
        let now = Timestamp::from_unix_millis(1_800_000_000_000);
        let first = Id::after(Id::from_number(0), now);
        let second = Id::after(first, now);
        let third = Id::after(second, Timestamp::from_unix_millis(5));
        assert!(first < second && second < third);
        assert_eq!(first.number() >> COUNTER_BITS, 1_800_000_000_000);
    }

    #[test]
    fn ids_ascend_even_when_the_time_has_too_many_bits() {
        for millis in [1 << 43, 1 << 44, i64::MAX] {
            let now = Timestamp::from_unix_millis(millis);
            let first = Id::after(Id::from_number(7), now);
            assert!(Id::from_number(7) < first && first < Id::after(first, now), "{millis}");
        }
    }

    #[test]
    fn uuids_are_read_back_and_foreign_ones_are_not() {
        for number in [0, 1, 255, 256, 0xfffff, u64::MAX >> 1, 1_800_000_000_000 << COUNTER_BITS | 0x4d] {
            let id = Id::from_number(number);
            let uuid = id.to_uuid();
            assert_eq!(uuid.len(), 36);
            assert_eq!(Id::from_uuid(&uuid), Some(id), "{uuid}");
        }
        for foreign in
            ["", "-", "8287c73d-fc1e-4d64-bf65-40ddd22a5aaa", "é-1-7-8-2", "0-0-7000-8000-69647073746f"]
        {
            assert_eq!(Id::from_uuid(foreign), None, "{foreign}");
        }
    }
}
