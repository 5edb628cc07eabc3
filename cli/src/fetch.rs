//! Fetching of metadata that a command names by URL, and for `serve --allow-metadata-fetch`: bounded in size, time and reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use idpstore::env::{Fetched, Fetcher};
use idpstore::{Error, ErrorKind};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error as FetchError};

/// How large a document may be, and how long a fetch may take from the look-up of the name to the last byte.
type Bounds = (u64, Duration);

/// What a request may have us do.
const FOR_REQUESTS: Bounds = (1 << 20, Duration::from_secs(10));

/// What a command may: the metadata of a federation.
const FOR_COMMANDS: Bounds = (64 << 20, Duration::from_secs(60));

/// How often a server may send us elsewhere.
const REDIRECTS: u32 = 5;

/// Fetches over HTTP and HTTPS from public and loopback addresses.
#[derive(Debug)]
pub(crate) struct MetadataFetcher {
    agent: Agent,
    bytes: u64,
}

impl MetadataFetcher {
    /// For documents that requests name.
    pub(crate) fn for_requests() -> Self {
        Self::new(FOR_REQUESTS)
    }

    /// For documents that the command line names.
    pub(crate) fn for_commands() -> Self {
        Self::new(FOR_COMMANDS)
    }

    fn new((bytes, time): Bounds) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(time))
            .max_redirects(REDIRECTS)
            .http_status_as_error(false)
            // A proxy would look up names in our place.
            .proxy(None)
            .build();
        let resolver = Guarded(DefaultResolver::default());
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), resolver), bytes }
    }
}

impl Fetcher for MetadataFetcher {
    fn get(&self, url: &str) -> idpstore::Result<Vec<u8>> {
        let fetched = self.get_changed(url, None)?;
        fetched.map(|fetched| fetched.body).ok_or_else(|| failed(url, &"nothing was received"))
    }

    fn get_changed(&self, url: &str, known: Option<&str>) -> idpstore::Result<Option<Fetched>> {
        let mut request = self.agent.get(url);
        if let Some(etag) = known {
            request = request.header("if-none-match", etag);
        }
        let mut response = request.call().map_err(|error| failed(url, &error))?;
        match response.status().as_u16() {
            200 => {}
            304 if known.is_some() => return Ok(None),
            status => return Err(failed(url, &format!("the status is {status}"))),
        }
        let etag = response.headers().get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let body = response.body_mut().with_config().limit(self.bytes).read_to_vec();
        Ok(Some(Fetched { body: body.map_err(|error| failed(url, &error))?, etag }))
    }
}

fn failed(url: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Unsupported).context(format!("cannot fetch `{url}`: {why}"))
}

/// Looks names up, and forgets the addresses that must not be reached. What is connected to is what was checked, and
/// every redirect is looked up anew.
#[derive(Debug)]
struct Guarded<R>(R);

impl<R: Resolver> Resolver for Guarded<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, FetchError> {
        let mut allowed = self.empty();
        for address in &self.0.resolve(uri, config, timeout)? {
            if may_reach(address.ip()) {
                allowed.push(*address);
            }
        }
        if allowed.is_empty() { Err(FetchError::HostNotFound) } else { Ok(allowed) }
    }
}

/// Whether an address is loopback or public. Everything else is a network that the caller of a server on loopback
/// may not be able to reach itself: its routers, its neighbours, a cloud's metadata service.
fn may_reach(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || is_public(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => may_reach(IpAddr::V4(inner)),
            None => address.is_loopback() || is_public_v6(address),
        },
    }
}

/// Addresses that IANA has not set apart (RFC 6890 and its registry).
fn is_public(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let set_apart = a == 0
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b)) // carriers' own (RFC 6598)
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (18..20).contains(&b)) // benchmarks
        || a >= 224; // multicast, reserved, broadcast
    !set_apart && !address.is_loopback()
}

/// Global unicast (`2000::/3`) without what is set apart in it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let (first, second) = (segments[0], segments[1]);
    let set_apart =
        (first == 0x2001 && (second < 0x200 || second == 0xdb8)) || (first == 0x3fff && second < 0x1000);
    (first & 0xe000) == 0x2000 && !set_apart
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64 or 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let last = || Ipv4Addr::from((u32::from(segments[6]) << 16) | u32::from(segments[7]));
    match segments {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, ..] => Some(last()),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => Some(last()),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_public_and_loopback_addresses_alone() {
        for address in
            ["127.0.0.1", "127.9.9.9", "8.8.8.8", "172.32.0.1", "::1", "2606:4700::1111", "::ffff:8.8.8.8"]
        {
            assert!(may_reach(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!may_reach(address.parse().unwrap()), "{address}");
        }
    }

    /// Says that every name is at one address.
    #[derive(Debug)]
    struct Always(IpAddr);

    impl Resolver for Always {
        fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, FetchError> {
            let mut found = self.empty();
            found.push((self.0, 80).into());
            Ok(found)
        }
    }

    #[test]
    fn a_name_that_leads_into_a_private_network_is_not_found() {
        let private = Guarded(Always(Ipv4Addr::new(10, 0, 0, 1).into()));
        let agent = Agent::with_parts(Config::default(), DefaultConnector::default(), private);
        let error = agent.get("http://metadata.example.com/").call().unwrap_err();
        assert!(matches!(error, FetchError::HostNotFound), "{error}");
    }
}
