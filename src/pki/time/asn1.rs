//! The times of certificates (RFC 5280, section 4.1.2.5): written as the RFC demands, read as X.680, sections 46 and 47,
//! allows them, and somewhat more.

use der::{Encode as _, Tag, Tagged as _, asn1::AnyRef};

use super::{DAY, Timestamp, date::Date, millis_of_fraction};

impl Timestamp {
    /// As written into a certificate: `UTCTime` from 1950 through 2049, `GeneralizedTime` otherwise.
    pub(in super::super) fn to_asn1(self) -> der::Result<Vec<u8>> {
        let digits: String = self.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
        let text = digits + "Z";
        match text.get(2..) {
            Some(short) if (1950..2050).contains(&self.date().year) => {
                AnyRef::new(Tag::UtcTime, short.as_bytes())?.to_der()
            }
            _ => AnyRef::new(Tag::GeneralizedTime, text.as_bytes())?.to_der(),
        }
    }

    /// As read from a certificate: also with a fraction, without seconds or minutes, with an offset, or without a zone,
    /// which stands for UTC. The second 60 is the first of the next minute.
    pub(in super::super) fn from_asn1(time: AnyRef<'_>) -> Option<Self> {
        let text = str::from_utf8(time.value()).ok()?;
        let (digits, rest) = text.split_at(text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len()));
        let (year, digits) = match time.tag() {
            Tag::UtcTime => {
                let (year, digits) = digits.split_at_checked(2)?;
                (format!("{}{year}", if year < "50" { 20 } else { 19 }), digits)
            }
            Tag::GeneralizedTime => {
                let (year, digits) = digits.split_at_checked(4)?;
                (year.to_owned(), digits)
            }
            _ => return None,
        };
        let pairs: Vec<i64> = digits.as_bytes().chunks(2).map(pair).collect::<Option<_>>()?;
        let (month, day, hours, minutes, seconds, unit) = match *pairs.as_slice() {
            [month, day, hour] => (month, day, hour, 0, 0, 3600),
            [month, day, hour, minute] => (month, day, hour, minute, 0, 60),
            [month, day, hour, minute, second] => (month, day, hour, minute, second, 1),
            _ => return None,
        };
        if hours > 23 || minutes > 59 || seconds > 60 {
            return None;
        }
        let date = Date::new(year.parse().ok()?, month, day)?;
        let zone_starts = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (fraction, zone) = rest.split_at(zone_starts);
        let fraction = match fraction.strip_prefix(['.', ',']) {
            Some(fraction) => millis_of_fraction(fraction)? * unit,
            None => fraction.is_empty().then_some(0)?,
        };
        let seconds = hours * 3600 + minutes * 60 + seconds - offset(zone)?;
        Some(Self::from_unix_millis(date.days() * DAY + seconds * 1000 + fraction))
    }
}

/// The number that two digits are.
fn pair(digits: &[u8]) -> Option<i64> {
    match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(i64::from((tens - b'0') * 10 + ones - b'0')),
        _ => None,
    }
}

/// The seconds by which a zone is before UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.as_bytes() {
        [] | [b'Z'] => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_at_checked(2)?;
    let (hours, minutes) = (pair(hours)?, if minutes.is_empty() { 0 } else { pair(minutes)? });
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: Tag, text: &str) -> Option<String> {
        Some(Timestamp::from_asn1(AnyRef::new(tag, text.as_bytes()).unwrap())?.to_string())
    }

    #[test]
    fn is_read_in_every_spelling() {
        for (tag, text, instant) in [
            (Tag::UtcTime, "260101000000Z", "2026-01-01T00:00:00.000Z"),
            (Tag::UtcTime, "2601010000Z", "2026-01-01T00:00:00.000Z"),
            (Tag::UtcTime, "500101000000Z", "1950-01-01T00:00:00.000Z"),
            (Tag::UtcTime, "491231235959Z", "2049-12-31T23:59:59.000Z"),
            (Tag::UtcTime, "260101000000+0130", "2025-12-31T22:30:00.000Z"),
            (Tag::UtcTime, "2601010000-0130", "2026-01-01T01:30:00.000Z"),
            (Tag::UtcTime, "260101000060Z", "2026-01-01T00:01:00.000Z"),
            (Tag::UtcTime, "161231235960Z", "2017-01-01T00:00:00.000Z"),
            (Tag::UtcTime, "260101000000", "2026-01-01T00:00:00.000Z"),
            (Tag::UtcTime, "260101000000.5Z", "2026-01-01T00:00:00.500Z"),
            (Tag::GeneralizedTime, "20260101000000Z", "2026-01-01T00:00:00.000Z"),
            (Tag::GeneralizedTime, "202601010000Z", "2026-01-01T00:00:00.000Z"),
            (Tag::GeneralizedTime, "2026010100Z", "2026-01-01T00:00:00.000Z"),
            (Tag::GeneralizedTime, "20260101000000.123456789Z", "2026-01-01T00:00:00.123Z"),
            (Tag::GeneralizedTime, "20260101000000,5+0130", "2025-12-31T22:30:00.500Z"),
            (Tag::GeneralizedTime, "202601010000.25Z", "2026-01-01T00:00:15.000Z"),
            (Tag::GeneralizedTime, "2026010100.5Z", "2026-01-01T00:30:00.000Z"),
            (Tag::GeneralizedTime, "20260101000000-01", "2026-01-01T01:00:00.000Z"),
            (Tag::GeneralizedTime, "19491231235959Z", "1949-12-31T23:59:59.000Z"),
            (Tag::GeneralizedTime, "16010101000000Z", "1601-01-01T00:00:00.000Z"),
            (Tag::GeneralizedTime, "00000101000000Z", "0000-01-01T00:00:00.000Z"),
            (Tag::GeneralizedTime, "99991231235959Z", "9999-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(read(tag, text).as_deref(), Some(instant), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "26",
            "260101",
            "260101000000z",
            "260101000000ZZ",
            "260101000000+1",
            "260101000000+2400",
            "260101000000+0060",
            "260101000061Z",
            "260101006000Z",
            "260101240000Z",
            "260230000000Z",
            "261301000000Z",
            " 60101000000Z",
            "26010100000Z",
            "260101000000.Z",
            "260101000000.xZ",
            "2601010000000000Z",
            "260101000000\u{661}Z",
        ] {
            assert_eq!(read(Tag::UtcTime, text), None, "{text}");
        }
        assert_eq!(read(Tag::Utf8String, "260101000000Z"), None);
    }

    #[test]
    fn changes_its_type_in_1950_and_in_2050() {
        for (seconds, octets) in [
            (-631_152_001, &b"\x18\x0f19491231235959Z"[..]),
            (-631_152_000, b"\x17\x0d500101000000Z"),
            (2_524_607_999, b"\x17\x0d491231235959Z"),
            (2_524_608_000, b"\x18\x0f20500101000000Z"),
        ] {
            let time = Timestamp::from_unix_seconds(seconds);
            assert_eq!(time.to_asn1().unwrap(), octets);
            let read = der::Decode::from_der(octets).unwrap();
            assert_eq!(Timestamp::from_asn1(read), Some(time));
        }
    }
}
