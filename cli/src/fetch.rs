//! Fetching documents for the store: discovery and SAML metadata that a partner publishes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use idpstore::env::Fetcher;
use idpstore::{Error, ErrorKind};
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, config::Config};

/// How long a document may take, redirects and all.
const PATIENCE: Duration = Duration::from_secs(10);

/// How large a document may be: 1 MiB, as a body that is sent to the store.
const LIMIT: u64 = 1 << 20;

/// Fetches over HTTP and HTTPS, from this machine itself and from public addresses only: whoever may ask the
/// store to fetch must not look around in the network behind it.
#[derive(Debug)]
pub(crate) struct MetadataFetcher(Agent);

impl MetadataFetcher {
    pub(crate) fn new() -> Self {
        // What the environment says of proxies would go past the check of addresses.
        let config =
            Agent::config_builder().timeout_global(Some(PATIENCE)).proxy(None).max_redirects(3).build();
        Self(Agent::with_parts(
            config,
            DefaultConnector::default(),
            OpenAddresses(DefaultResolver::default()),
        ))
    }
}

impl Fetcher for MetadataFetcher {
    fn get(&self, url: &str) -> idpstore::Result<Vec<u8>> {
        let failed = |cause: ureq::Error| {
            Error::new(ErrorKind::Malformed).context(format!("cannot fetch `{url}`")).caused_by(cause)
        };
        let mut response = self.0.get(url).call().map_err(failed)?;
        if response.status() != 200 {
            return Err(failed(ureq::Error::StatusCode(response.status().as_u16())));
        }
        response.body_mut().with_config().limit(LIMIT).read_to_vec().map_err(failed)
    }
}

/// Resolves names as usual and leaves out the addresses that are not to be spoken to. As connections are made to
/// what is left, a name cannot change its mind between check and use.
#[derive(Debug)]
struct OpenAddresses(DefaultResolver);

impl Resolver for OpenAddresses {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut open = self.empty();
        for address in self.0.resolve(uri, config, timeout)?.iter().filter(|address| is_open(address.ip())) {
            open.push(*address);
        }
        if open.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(open) }
    }
}

/// Whether an address is this machine's own or a public one (IANA's registries of special addresses).
fn is_open(address: IpAddr) -> bool {
    match address.to_canonical() {
        address if address.is_loopback() => true,
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let special = first == 0                              // this network
        || (first == 100 && (64..128).contains(&second))  // shared by carriers
        || (first == 192 && second == 0 && third == 0)    // protocol assignments
        || (first == 198 && (18..20).contains(&second))   // benchmarking
        || first >= 224; // multicast, reserved, broadcast
    !special && !address.is_private() && !address.is_link_local() && !address.is_documentation()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Global unicast is 2000::/3; of it, 2001:db8::/32 is for documentation, and 2001::/23 and 2002::/16 carry
    // other protocols, addresses of any kind among them.
    (first & 0xe000) == 0x2000 && !(first == 0x2001 && (second == 0xdb8 || second < 0x200)) && first != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_public_addresses_are_open() {
        let open =
            ["127.0.0.1", "127.8.8.8", "::1", "93.184.216.34", "2606:2800:220:1::1", "::ffff:127.0.0.1"];
        for address in open {
            assert!(is_open(address.parse().expect("an address")), "{address}");
        }
        for address in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "2002:a00:1::",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_open(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn what_cannot_be_fetched_is_told() {
        for url in ["http://10.0.0.1/metadata", "ftp://127.0.0.1/x", "metadata", ""] {
            let error = MetadataFetcher::new().get(url).expect_err(url);
            assert!(error.to_string().contains(&format!("cannot fetch `{url}`")), "{error}");
        }
    }
}
