//! Media types: what was sent, and what may be answered (RFC 9110, sections 8.3 and 12.5.1).

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

/// The media type of the body in lower case, without parameters.
#[must_use]
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(essence(value).to_ascii_lowercase())
}

/// Whether the caller accepts this media type: of the ranges that cover it the most specific one decides. A caller
/// who does not say accepts all.
#[must_use]
pub(crate) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let mut ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if ranges.peek().is_none() {
        return true;
    }
    let ranges = ranges.flat_map(|value| value.split(','));
    let decisive = ranges.filter_map(|range| Some((specificity(range, media_type)?, is_wanted(range)))).max();
    decisive.is_some_and(|(_, wanted)| wanted)
}

/// Whether the caller asks for this very media type, and not merely for any.
#[must_use]
pub(crate) fn names(headers: &HeaderMap, media_type: &str) -> bool {
    let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges = ranges.flat_map(|value| value.split(','));
    ranges.any(|range| essence(range).eq_ignore_ascii_case(media_type) && is_wanted(range))
}

/// How closely a range of an `Accept` header describes a media type; `None` if it does not cover it.
fn specificity(range: &str, media_type: &str) -> Option<u8> {
    let range = essence(range);
    let family = media_type.split('/').next().unwrap_or_default();
    if range.eq_ignore_ascii_case(media_type) {
        Some(2)
    } else if range.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(family)) {
        Some(1)
    } else {
        (range == "*/*").then_some(0)
    }
}

/// Whether the weight of a range is not zero. A weight begins with a digit and is not parsed: that would take 13 kB of the
/// module.
fn is_wanted(range: &str) -> bool {
    let is_zero = |weight: &str| !weight.is_empty() && matches!(weight.trim_end_matches('0'), "" | "0.");
    !range
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='))
        .any(|(name, weight)| name.trim().eq_ignore_ascii_case("q") && is_zero(weight.trim()))
}

/// A media type without its parameters.
fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT, http::HeaderValue::from_static(value))])
    }

    #[test]
    fn ranges_cover_what_they_name() {
        assert!(accepts(&HeaderMap::new(), "application/json"));
        for value in [
            "application/json",
            "text/html, */*;q=0.8",
            "*/*;q=0, application/json;q=0.1",
            "application/json;q=",
            "application/json;q=0.010",
            "Application/*",
            "application/JSON; charset=utf-8",
        ] {
            assert!(accepts(&accept(value), "application/json"), "{value}");
        }
        for value in [
            "",
            "text/html",
            "application/json;q=0",
            "application/json;q=0.",
            "application/json;q=0.000",
            "application/json; Q=0.0, */*",
            "application/*;q=0, */*",
            "application/jsonx",
            "text/*",
        ] {
            assert!(!accepts(&accept(value), "application/json"), "{value}");
        }
    }
}
