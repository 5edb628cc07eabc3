//! Where the server listens, and the scheme and host by which each caller knows it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::builder::BoolishValueParser;
use http::header::{FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{Method, Uri};

use crate::failure::Failure;

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What the command line says of it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Reach {
    /// Listen on this address, such as 0.0.0.0 for all of this machine. On others than those of loopback, a token and TLS are
    /// required [default: 127.0.0.1]
    #[arg(long = "host", value_name = "ADDRESS", env = "IDPSTORE_HOST")]
    address: Option<IpAddr>,
    /// Listen on any address without a token or without TLS
    #[arg(long, env = "IDPSTORE_INSECURE", value_parser = BoolishValueParser::new())]
    insecure: bool,
    /// Begin all URLs in answers with this scheme and host, and answer for the host; without it they begin as the request
    /// names them
    #[arg(long, value_name = "URL", value_parser = base_url, env = "IDPSTORE_BASE_URL")]
    pub(super) base_url: Option<String>,
    /// Take the scheme and host that the client used from the `Forwarded` header, or from `X-Forwarded-Proto` and
    /// `X-Forwarded-Host`, of requests that come from this address
    #[arg(long = "trust-proxy", value_name = "ADDRESS", value_delimiter = ',', env = "IDPSTORE_TRUST_PROXY")]
    proxies: Vec<IpAddr>,
}

/// A scheme and a host, in one form.
fn base_url(text: &str) -> Result<String, String> {
    let parts = || {
        let uri: Uri = text.parse().ok()?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        (uri.path() == "/" && uri.query().is_none()).then(|| format!("{scheme}://{authority}"))
    };
    parts().ok_or_else(|| "expected a scheme and a host, such as `https://idp.example.com`".to_owned())
}

impl Reach {
    /// The address to listen on, which others may reach only if callers are checked and cannot be overheard.
    pub(super) fn address(&self, has_tokens: bool, is_tls: bool) -> Result<IpAddr, Failure> {
        let address = self.address.unwrap_or(Ipv4Addr::LOCALHOST.into());
        let missing: Vec<_> = [("a token (`--token-file`)", has_tokens), ("TLS (`--tls`)", is_tls)]
            .into_iter()
            .filter_map(|(what, is_there)| (!is_there).then_some(what))
            .collect();
        if address.is_loopback() || self.insecure || missing.is_empty() {
            return Ok(address);
        }
        Err(Failure::of(format!(
            "other machines can reach {address}: require {}, or give `--insecure`",
            missing.join(" and ")
        )))
    }

    /// The hosts that requests may name, beside the address itself.
    pub(super) fn hosts(&self, listens_on: SocketAddr) -> Vec<String> {
        let port = listens_on.port();
        let loopback = || ["127.0.0.1", "[::1]", "localhost"].map(|name| format!("{name}:{port}"));
        let own = listens_on.ip().is_unspecified().then(loopback);
        let named = self.base_url.as_deref().and_then(|url| url.split_once("://"));
        own.into_iter().flatten().chain(named.map(|(_, host)| host.to_owned())).collect()
    }

    /// How the requests of a connection arrive.
    pub(super) fn arrival(&self, peer: IpAddr, is_tls: bool) -> Arrival {
        Arrival { is_tls, is_by_proxy: self.proxies.contains(&peer.to_canonical()) }
    }
}

/// How the requests of a connection arrive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) is_tls: bool,
    /// Whether by way of a proxy whose word is taken.
    is_by_proxy: bool,
}

impl Arrival {
    /// Gives a request the URI that its sender had in mind: scheme, host and path. One whose host cannot be read keeps
    /// what it has, for the guard to refuse it.
    pub(super) fn complete(self, head: &mut Parts) {
        let forwarded = if self.is_by_proxy { Forwarded::of(&head.headers) } else { Forwarded::default() };
        let scheme = forwarded.scheme.unwrap_or(if self.is_tls { Scheme::HTTPS } else { Scheme::HTTP });
        if let Some(host) = &forwarded.host {
            head.headers.insert(HOST, host.clone());
        } else if head.method == Method::CONNECT
            && let Some(host) = head.uri.authority().and_then(|host| host.as_str().parse().ok())
        {
            head.headers.entry(HOST).or_insert(host); // HTTP/1.0, as older Pythons send it
        }
        let header = || head.headers.get(HOST)?.to_str().ok()?.parse::<Authority>().ok();
        let own = head.uri.authority().cloned().filter(|_| forwarded.host.is_none());
        let Some(authority) = own.or_else(header) else { return };
        let Some(path) = head.uri.path_and_query().filter(|path| path.as_str().starts_with('/')) else {
            return;
        };
        let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query(path.clone()).build();
        head.uri = uri.unwrap_or_default();
    }
}

/// Scheme and host of a request, of which the path may be another.
pub(super) fn base_of(uri: &Uri) -> Option<String> {
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

/// What a proxy reports of a request: of several the last one, since it comes from the proxy that we know.
#[derive(Default)]
struct Forwarded {
    scheme: Option<Scheme>,
    host: Option<HeaderValue>,
}

impl Forwarded {
    fn of(headers: &HeaderMap) -> Self {
        let last = |name: &HeaderName| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next().map(str::trim)
        };
        let Some(standard) = last(&FORWARDED) else {
            return Self::parse(last(&X_FORWARDED_PROTO), last(&X_FORWARDED_HOST));
        };
        // RFC 7239, section 4
        let member = |wanted: &str| {
            let pairs = standard.split(';').filter_map(|pair| pair.split_once('='));
            let found = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim().trim_matches('"'))
        };
        Self::parse(member("proto"), member("host"))
    }

    fn parse(scheme: Option<&str>, host: Option<&str>) -> Self {
        let scheme = scheme.and_then(|scheme| match scheme.to_ascii_lowercase().as_str() {
            "http" => Some(Scheme::HTTP),
            "https" => Some(Scheme::HTTPS),
            _ => None,
        });
        Self { scheme, host: host.and_then(|host| host.parse().ok()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known_as(is_by_proxy: bool, uri: &str, headers: &[(&str, &str)]) -> String {
        let mut request = http::Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut head = request.body(()).unwrap().into_parts().0;
        Arrival { is_tls: false, is_by_proxy }.complete(&mut head);
        format!("{} {}", head.uri, head.headers.get(HOST).map_or("", |host| host.to_str().unwrap()))
    }

    #[test]
    fn the_last_word_of_a_known_proxy_counts() {
        let host = ("host", "inner:8080");
        let known = |headers: &[(&str, &str)]| known_as(true, "/a?b", &[&[host], headers].concat());
        assert_eq!(known(&[]), "http://inner:8080/a?b inner:8080");
        let forwarded = "for=192.0.2.1;proto=http;host=evil, for=x; Proto=HTTPS ;host=\"idp.example:444\"";
        assert_eq!(known(&[("forwarded", forwarded)]), "https://idp.example:444/a?b idp.example:444");
        let x = [("x-forwarded-proto", "http, https"), ("x-forwarded-host", "evil, idp.example")];
        assert_eq!(known(&x), "https://idp.example/a?b idp.example");
        assert_eq!(known(&[("x-forwarded-proto", "ftp")]), "http://inner:8080/a?b inner:8080");
        assert_eq!(known_as(false, "/a", &[host, x[0], x[1]]), "http://inner:8080/a inner:8080");
        assert_eq!(known_as(true, "https://idp.example/a", &[x[1]]), "http://idp.example/a idp.example");
    }

    #[test]
    fn what_no_uri_can_have_is_left_to_the_guard() {
        assert_eq!(known_as(false, "/a", &[("host", "a b")]), "/a a b");
        assert_eq!(known_as(true, "http://inner/a", &[("x-forwarded-host", "a b")]), "http://inner/a a b");
        assert_eq!(known_as(false, "*", &[("host", "inner")]), "* inner");
    }

    #[test]
    fn a_base_url_is_a_scheme_and_a_host() {
        assert_eq!(base_url("https://idp.example.com/").as_deref(), Ok("https://idp.example.com"));
        for text in
            ["", "idp.example.com", "ftp://x", "https://x/path", "https://x/?q", "https://a@x", "https://"]
        {
            assert!(base_url(text).is_err(), "{text}");
        }
    }
}
