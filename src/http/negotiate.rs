//! Media types: what was sent, and what may be answered (RFC 9110, sections 8.3 and 12.5.1).

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

/// The media type of the body in lower case, without parameters.
#[must_use]
pub fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(essence(value).to_ascii_lowercase())
}

/// Whether the caller accepts this media type. A caller who does not say accepts all.
#[must_use]
pub fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let mut ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if ranges.peek().is_none() {
        return true;
    }
    ranges.flat_map(|value| value.split(',')).any(|range| covers(range, media_type))
}

/// Whether the caller asks for this very media type, and not merely for any.
#[must_use]
pub fn names(headers: &HeaderMap, media_type: &str) -> bool {
    let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges = ranges.flat_map(|value| value.split(','));
    ranges.any(|range| essence(range).eq_ignore_ascii_case(media_type) && covers(range, media_type))
}

/// Whether one range of an `Accept` header covers a media type, and not with the weight zero.
fn covers(range: &str, media_type: &str) -> bool {
    let refused = range.split(';').skip(1).any(|parameter| {
        let weight = parameter.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        weight == Some(0.0)
    });
    let range = essence(range);
    let family = media_type.split('/').next().unwrap_or_default();
    let covered = range == "*/*"
        || range.eq_ignore_ascii_case(media_type)
        || range.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(family));
    covered && !refused
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
        for value in
            ["application/json", "text/html, */*;q=0.8", "Application/*", "application/JSON; charset=utf-8"]
        {
            assert!(accepts(&accept(value), "application/json"), "{value}");
        }
        for value in ["", "text/html", "application/json;q=0", "application/jsonx", "text/*"] {
            assert!(!accepts(&accept(value), "application/json"), "{value}");
        }
    }
}
