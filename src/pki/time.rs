//! Instants, and their two spellings: RFC 3339 text and the ASN.1 times of RFC 5280, section 4.1.2.5.

use std::{fmt, str::FromStr, time::Duration};

use der::DateTime;
use serde::{Deserialize, Serialize};
use x509_cert::time::Time;

use crate::error::{Error, Reason, Result};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Every value can be kept and compared. Where a calendar date is needed, the instants before 1970 and after
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

impl Timestamp {
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
        let date = self.civil();
        let on = |day| {
            let year = u16::try_from(u32::from(date.year()).saturating_add(years)).ok()?;
            DateTime::new(year, date.month(), day, date.hour(), date.minutes(), date.seconds()).ok()
        };
        match on(date.day()).or_else(|| on(28)) {
            Some(later) => Self(Self::from_civil(later).0 + self.clamped().rem_euclid(1000)),
            None => Self::LAST,
        }
    }

    /// As written into a certificate: `UTCTime` through 2049, `GeneralizedTime` from 2050.
    pub(super) fn to_asn1(self) -> Time {
        self.civil().into()
    }

    /// As read from a certificate.
    pub(super) fn from_asn1(time: Time) -> Self {
        Self::from_civil(time.to_date_time())
    }

    fn clamped(self) -> i64 {
        self.0.clamp(0, Self::LAST.0)
    }

    fn civil(self) -> DateTime {
        let elapsed = Duration::from_secs(self.clamped().unsigned_abs() / 1000);
        DateTime::from_unix_duration(elapsed).unwrap_or(DateTime::INFINITY)
    }

    fn from_civil(date: DateTime) -> Self {
        i64::try_from(date.unix_duration().as_secs()).map_or(Self::LAST, Self::from_unix_seconds)
    }
}

/// RFC 3339 in UTC, with any number of digits after the seconds, of which three are kept.
impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = || Error::invalid("", Reason::Other(format!("is not a time in UTC: `{text}`")));
        let (whole, fraction) = match text.strip_suffix('Z').and_then(|text| text.split_once('.')) {
            Some((whole, fraction)) => (format!("{whole}Z"), fraction),
            None => (text.to_owned(), "0"),
        };
        let digits = fraction.bytes().all(|digit| digit.is_ascii_digit()) && !fraction.is_empty();
        let millis: i64 =
            format!("{fraction:0<3}").get(..3).and_then(|millis| millis.parse().ok()).ok_or_else(refuse)?;
        let date = DateTime::from_str(&whole).ok().filter(|_| digits).ok_or_else(refuse)?;
        Ok(Self(Self::from_civil(date).0 + millis))
    }
}

/// RFC 3339 in UTC, always with three digits of milliseconds: `2026-01-31T23:59:59.123Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.civil();
        let millis = u16::try_from(self.clamped() % 1000).unwrap_or_default();
        let fields = [
            (0, 4, date.year()),
            (5, 2, date.month().into()),
            (8, 2, date.day().into()),
            (11, 2, date.hour().into()),
            (14, 2, date.minutes().into()),
            (17, 2, date.seconds().into()),
            (20, 3, millis),
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
        assert_eq!(Timestamp::from_unix_millis(-1).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_unix_millis(i64::MIN).to_string(), "1970-01-01T00:00:00.000Z");
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
    fn changes_asn1_type_in_2050() {
        let last_of_2049 = Timestamp::from_unix_seconds(2_524_607_999);
        assert!(matches!(last_of_2049.to_asn1(), Time::UtcTime(_)));
        assert!(matches!(last_of_2049.plus_seconds(1).to_asn1(), Time::GeneralTime(_)));
        assert_eq!(Timestamp::from_asn1(last_of_2049.to_asn1()), last_of_2049);
    }

    #[test]
    fn is_a_plain_number_in_json() {
        let text = serde_json::to_string(&Timestamp::from_unix_millis(42)).unwrap();
        assert_eq!(text, "42");
        assert_eq!(serde_json::from_str::<Timestamp>("42").unwrap().unix_millis(), 42);
    }
}
