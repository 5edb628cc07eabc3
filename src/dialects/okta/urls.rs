//! URLs in Okta's documents.

/// Whether a text names a server by http or https. What else a URL may hold is left to those who call it: Okta's own
/// examples have braces in some.
pub(super) fn is_url(text: &str) -> bool {
    let after = |scheme: &str| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    let host = after("https://")
        .or_else(|| after("http://"))
        .and_then(|rest| rest.split(['/', '?', '#', ':']).next());
    let is_blank = |character: char| character.is_whitespace() || character.is_control();
    host.is_some_and(|host| !host.is_empty()) && !text.contains(is_blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_server() {
        for url in [
            "https://idp.example.com",
            "HTTP://localhost:8080/a?b#c",
            "https://[::1]:8443/",
            "https://login.example.com/{tenantid}/v2.0",
            "https://bücher.example/ä",
        ] {
            assert!(is_url(url), "{url}");
        }
        for other in [
            "idp.example.com",
            "not a url",
            "https://",
            "https:///path",
            "https://:443",
            "https://?query",
            "https://a b",
            "https://a\n",
            "ftp://a",
            "urn:example:idp",
            "httpsä",
        ] {
            assert!(!is_url(other), "{other}");
        }
    }
}
