//! Instants, and their two spellings: RFC 3339 text and the ASN.1 times of RFC 5280, section 4.1.2.5. May import: `error`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Reason, Result, excerpt};
use date::Date;

mod asn1;
mod date;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Every value can be kept and compared. Where a calendar date is needed, the instants before the year 0 and after
/// 9999, which neither spelling can express, stand for the nearest one that can be expressed.
///
/// ```
/// use idpstore::pki::Timestamp;
///
/// let leap_day = Timestamp::from_unix_seconds(1_709_164_800);
/// assert_eq!(leap_day.to_string(), "2024-02-29T00:00:00.000Z");
/// assert_eq!(leap_day.plus_calendar_years(1).to_string(), "2025-02-28T00:00:00.000Z");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

impl Timestamp {
    /// 0000-01-01T00:00:00Z, the first instant that calendars spell in four digits.
    pub const FIRST: Self = Self(-62_167_219_200_000);

    /// 9999-12-31T23:59:59.999Z, the last instant that calendars spell in four digits.
    pub const LAST: Self = Self(253_402_300_799_999);

    /// The instant this many milliseconds after 1970.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The instant this many seconds after 1970; what does not fit is cut to the nearest instant that does.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant without its milliseconds: certificates know whole seconds only.
    #[must_use]
    pub const fn truncated_to_seconds(self) -> Self {
        Self::from_unix_seconds(self.unix_seconds())
    }

    /// The instant this many seconds later, or earlier if negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// The same date and time of day so many years later. February 29 becomes February 28 in a year that has
    /// none, so that the result is never past the full number of years.
    #[must_use]
    pub fn plus_calendar_years(self, years: u32) -> Self {
        let Date { year, month, day } = self.date();
        let year = year + i64::from(years);
        let later = Date::new(year, month, day).or_else(|| Date::new(year, month, 28));
        let millis = |date: Date| date.days().saturating_mul(DAY).saturating_add(self.millis_of_day());
        later.map_or(Self::LAST, |date| Self(millis(date)).min(Self::LAST))
    }

    fn clamped(self) -> i64 {
        self.clamp(Self::FIRST, Self::LAST).0
    }

    fn date(self) -> Date {
        Date::of(self.clamped().div_euclid(DAY))
    }

    fn millis_of_day(self) -> i64 {
        self.clamped().rem_euclid(DAY)
    }
}

/// RFC 3339 in UTC, with any number of digits after the seconds, of which three are kept.
impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let words = || format!("is not a time in UTC: `{}`", excerpt(text));
        read(text).ok_or_else(|| Error::invalid("", Reason::Other(words())))
    }
}

fn read(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let form = seconds.bytes().map(|octet| if octet.is_ascii_digit() { b'0' } else { octet });
    if !form.eq(*b"0000-00-00T00:00:00") {
        return None;
    }
    let numbers: Vec<i64> = seconds.split(['-', 'T', ':']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [year, month, day, hour @ 0..24, minute @ 0..60, second @ 0..60] = *numbers.as_slice() else {
        return None;
    };
    let time = ((hour * 60 + minute) * 60 + second) * 1000 + millis_of_fraction(fraction)?;
    Some(Timestamp(Date::new(year, month, day)?.days() * DAY + time))
}

/// The milliseconds that the digits of a fraction of a second are, rounded down.
fn millis_of_fraction(digits: &str) -> Option<i64> {
    let is_fraction = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_fraction.then(|| format!("{digits:0<3}").get(..3)?.parse().ok())?
}

/// RFC 3339 in UTC, always with three digits of milliseconds: `2026-01-31T23:59:59.123Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self.date();
        let millis = self.millis_of_day();
        let (seconds, minutes, hours) = (millis / 1000, millis / 60_000, millis / 3_600_000);
        let fields = [
            (0, 4, year),
            (5, 2, month),
            (8, 2, day),
            (11, 2, hours),
            (14, 2, minutes % 60),
            (17, 2, seconds % 60),
            (20, 3, millis % 1000),
        ];
        // Digit by digit: answers are full of instants, and `write!` takes three times as long.
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (start, width, mut rest) in fields {
            for digit in text.iter_mut().skip(start).take(width).rev() {
                *digit += u8::try_from(rest % 10).unwrap_or_default();
                rest /= 10;
            }
        }
        out.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn years_after(millis: i64, years: u32) -> String {
        Timestamp::from_unix_millis(millis).plus_calendar_years(years).to_string()
    }

    #[test]
    fn is_spelled_with_milliseconds() {
        assert_eq!(Timestamp::from_unix_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_unix_millis(1_769_903_999_123).to_string(), "2026-01-31T23:59:59.123Z");
        assert_eq!(Timestamp::from_unix_millis(1_709_164_800_007).to_string(), "2024-02-29T00:00:00.007Z");
    }

    #[test]
    fn stays_within_the_calendar() {
        assert_eq!(Timestamp::FIRST.to_string(), "0000-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_unix_millis(i64::MIN).to_string(), "0000-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_unix_millis(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(years_after(i64::MAX, 1), "9999-12-31T23:59:59.999Z");
        assert_eq!(years_after(0, u32::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_unix_seconds(i64::MAX).unix_millis(), i64::MAX);
    }

    #[test]
    fn adds_calendar_years() {
        assert_eq!(years_after(1_769_903_999_123, 10), "2036-01-31T23:59:59.123Z");
        assert_eq!(years_after(1_709_164_800_007, 1), "2025-02-28T00:00:00.007Z");
        assert_eq!(years_after(1_709_164_800_007, 4), "2028-02-29T00:00:00.007Z");
    }

    #[test]
    fn rounds_seconds_down() {
        assert_eq!(Timestamp::from_unix_millis(1999).truncated_to_seconds().unix_millis(), 1000);
        assert_eq!(Timestamp::from_unix_millis(-1).unix_seconds(), -1);
        assert_eq!(Timestamp::from_unix_millis(1500).plus_seconds(-2).unix_millis(), -500);
    }

    #[test]
    fn instants_before_1970_are_as_good_as_others() {
        for (millis, text) in [
            (-1, "1969-12-31T23:59:59.999Z"),
            (-631_152_000_000, "1950-01-01T00:00:00.000Z"),
            (-2_203_891_200_001, "1900-02-28T23:59:59.999Z"),
            (-11_644_473_600_000, "1601-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(Timestamp::from_unix_millis(millis).to_string(), text);
            assert_eq!(text.parse::<Timestamp>().unwrap().unix_millis(), millis);
        }
        assert_eq!(years_after(-1, 1), "1970-12-31T23:59:59.999Z");
    }

    #[test]
    fn text_is_read_strictly() {
        assert_eq!(
            "2024-02-29T23:59:59.0019Z".parse::<Timestamp>().unwrap().unix_millis(),
            1_709_251_199_001
        );
        for wrong in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01 00:00:00Z",
            "2026-1-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.+1Z",
            "+026-01-01T00:00:00Z",
        ] {
            assert!(wrong.parse::<Timestamp>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn is_a_plain_number_in_json() {
        let text = serde_json::to_string(&Timestamp::from_unix_millis(42)).unwrap();
        assert_eq!(text, "42");
        assert_eq!(serde_json::from_str::<Timestamp>("42").unwrap().unix_millis(), 42);
    }
}
