//! The types of attributes in metadata that are checked because a partner's mistake there counts.

use super::BINDINGS;
use crate::pki::Timestamp;

/// The bindings by which messages can be sent to a URL.
const KNOWN: [&str; 4] = ["HTTP-POST", "HTTP-Redirect", "HTTP-Artifact", "SOAP"];

/// Whether messages can be sent by this binding.
pub(super) fn is_known_binding(binding: &str) -> bool {
    binding.strip_prefix(BINDINGS).is_some_and(|name| KNOWN.contains(&name))
}

/// Whether this is an absolute URL of the web.
pub(super) fn is_web_url(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
    ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
        && !text.chars().any(char::is_control)
}

/// The instant that a time stands for (XML Schema part 2, section 3.2.7); without a zone it is in UTC, as SAML wants it.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let at = text.find('T')? + 1;
    let zone_at = text.get(at..)?.find(['Z', '+', '-']).map_or(text.len(), |end| at + end);
    let (local, zone) = text.split_at_checked(zone_at)?;
    let ahead = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => 0,
        Some((sign, offset)) => match *numbers(offset, ':', &[2, 2])?.as_slice() {
            [hours @ 0..24, minutes @ 0..60] if sign == "-" => -minutes_of(hours, minutes),
            [hours @ 0..24, minutes @ 0..60] if sign == "+" => minutes_of(hours, minutes),
            _ => return None,
        },
    };
    let time: Timestamp = format!("{local}Z").parse().ok()?;
    Some(time.plus_seconds(-60 * ahead))
}

fn minutes_of(hours: u32, minutes: u32) -> i64 {
    i64::from(hours * 60 + minutes)
}

/// Whether a flag is set (XML Schema part 2, section 3.2.2).
pub(super) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Numbers of exactly so many digits, separated by `separator`.
fn numbers(text: &str, separator: char, widths: &[usize]) -> Option<Vec<u32>> {
    let parts: Vec<&str> = text.split(separator).collect();
    let right = parts.len() == widths.len()
        && parts.iter().zip(widths).all(|(part, width)| part.len() == *width && is_digits(part));
    right.then(|| parts.iter().filter_map(|part| part.parse().ok()).collect())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this is a duration (XML Schema part 2, section 3.2.6).
pub(super) fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('-').unwrap_or(text).strip_prefix('P') else { return false };
    let (days, time) = match rest.split_once('T') {
        Some((_, "")) => return false,
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    !rest.is_empty() && are_parts(days, "YMD", false) && are_parts(time, "HMS", true)
}

/// Whether `text` is a row of numbers, each followed by one of `units` in their order.
fn are_parts(text: &str, units: &str, seconds_may_be_broken: bool) -> bool {
    let mut left = units;
    let mut number = String::new();
    for character in text.chars() {
        if character.is_ascii_digit() || character == '.' {
            number.push(character);
            continue;
        }
        let Some(at) = left.find(character) else { return false };
        left = left.get(at + 1..).unwrap_or_default();
        let whole = match number.split_once('.') {
            Some((whole, part)) if seconds_may_be_broken && character == 'S' && is_digits(part) => whole,
            _ => &number,
        };
        if !is_digits(whole) {
            return false;
        }
        number.clear();
    }
    number.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_all_their_parts_and_may_have_a_zone() {
        for (text, instant) in [
            ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00.000Z"),
            ("2024-02-29T23:59:59.123456789+02:00", "2024-02-29T21:59:59.123Z"),
            ("2001-01-01T00:00:00", "2001-01-01T00:00:00.000Z"),
            ("2001-01-01T00:00:00.5-11:30", "2001-01-01T11:30:00.500Z"),
        ] {
            assert_eq!(time(text).map(|time| time.to_string()).as_deref(), Some(instant), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2001-01-01",
            "2001-02-29T00:00:00Z",
            "2001-13-01T00:00:00Z",
            "2001-01-01T24:00:00Z",
            "2001-01-01T00:00:00.Z",
            "2001-01-01T00:00:00+1",
            "2001-01-01T00:00:00+24:00",
            "2001-01-01T00:00:00ZZ",
            "2001-1-1T00:00:00Z",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn durations_have_their_parts_in_order() {
        for duration in ["P1D", "PT1H", "-P1Y2M3DT4H5M6.7S", "PT0.5S", "PT604800.000S"] {
            assert!(is_duration(duration), "{duration}");
        }
        for duration in ["", "P", "1D", "PT", "P1H", "P1DT", "PT1.5H", "P1D2M", "PTS", "P1", "soon"] {
            assert!(!is_duration(duration), "{duration}");
        }
    }

    #[test]
    fn only_the_web_is_a_place_to_send_to() {
        assert!(is_web_url("https://idp.example.com/sso"));
        assert!(is_web_url("HTTP://idp.example.com"));
        for url in ["", "idp.example.com", "javascript:alert(1)", "ftp://idp.example.com", "http"] {
            assert!(!is_web_url(url), "{url}");
        }
    }
}
