//! The names and addresses that a server is reached by over TLS.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustls::pki_types::DnsName;
use x509_cert::Certificate;
use x509_cert::der::asn1::{Ia5String, OctetString};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// A name in the DNS, in lower case, or an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::serve) enum Name {
    Dns(String),
    Address(IpAddr),
}

/// The names that PingOne's packaged clients take, whose rule for hosts allows neither ports nor addresses.
const PINGONE: [&str; 2] = ["api.pingone.localhost", "auth.pingone.localhost"];

impl Name {
    /// Reads a name or an address. A name with a wildcard is none: a server answers for the hosts that it knows.
    pub(in crate::serve) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.trim_start_matches('[').trim_end_matches(']').parse() {
            return Ok(Self::Address(address));
        }
        let name = text.to_ascii_lowercase();
        match DnsName::try_from(name.as_str()) {
            Ok(_) => Ok(Self::Dns(name)),
            Err(_) => {
                Err("expected a name or an address, such as `idp.example.com` or `192.0.2.1`".to_owned())
            }
        }
    }

    /// Those of a server that listens on this address: it, those of loopback, and the given ones, or without any those that
    /// PingOne's clients take.
    pub(super) fn served(listens_on: IpAddr, given: &[Self]) -> Vec<Self> {
        let own = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), listens_on];
        let own = own.into_iter().filter(|address| !address.is_unspecified()).map(Self::Address);
        let mut names: Vec<_> = own.chain([Self::Dns("localhost".to_owned())]).collect();
        match given {
            [] => names.extend(PINGONE.map(|name| Self::Dns(name.to_owned()))),
            given => names.extend_from_slice(given),
        }
        names.sort();
        names.dedup();
        names
    }

    /// Whether it is one of every server on this machine.
    pub(super) fn is_shared(&self) -> bool {
        match self {
            Self::Dns(name) => name == "localhost",
            Self::Address(address) => address.is_loopback(),
        }
    }

    /// Those of a certificate that are whole names.
    pub(super) fn of(certificate: &Certificate) -> Vec<Self> {
        let extension = certificate.tbs_certificate().get_extension::<SubjectAltName>();
        let names = extension.ok().flatten().map(|(_, SubjectAltName(names))| names).unwrap_or_default();
        names.iter().filter_map(Self::of_general).collect()
    }

    pub(super) fn of_general(name: &GeneralName) -> Option<Self> {
        match name {
            GeneralName::DnsName(name) => Self::parse(name.as_str()).ok(),
            GeneralName::IpAddress(octets) => {
                let octets = octets.as_bytes();
                let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from).ok();
                let address = v4.or_else(|| <[u8; 16]>::try_from(octets).map(IpAddr::from).ok())?;
                Some(Self::Address(address))
            }
            _ => None,
        }
    }

    pub(super) fn to_general(&self) -> x509_cert::der::Result<GeneralName> {
        Ok(match self {
            Self::Dns(name) => GeneralName::DnsName(Ia5String::new(name)?),
            Self::Address(address) => GeneralName::from(*address),
        })
    }

    /// The name as the base of names that are permitted (RFC 5280, section 4.2.1.10): an address with its mask.
    pub(super) fn to_base(&self) -> x509_cert::der::Result<GeneralName> {
        let octets = match self {
            Self::Dns(_) => return self.to_general(),
            Self::Address(IpAddr::V4(address)) => [address.octets(), [0xff; 4]].concat(),
            Self::Address(IpAddr::V6(address)) => [address.octets(), [0xff; 16]].concat(),
        };
        OctetString::new(octets).map(GeneralName::IpAddress)
    }
}

impl fmt::Display for Name {
    /// As the host of a URL.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => out.write_str(name),
            Self::Address(IpAddr::V4(address)) => write!(out, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(out, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    #[test]
    fn names_and_addresses_are_read() {
        assert_eq!(name("IDP.example.com"), Name::Dns("idp.example.com".to_owned()));
        assert_eq!(name("[::1]"), name("::1"));
        assert_eq!(name("::1").to_string(), "[::1]");
        for text in ["", "*.example.com", "a b", "example.com:443", "https://example.com", "ä.example"] {
            assert!(Name::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_server_has_its_own_names_and_the_given_ones() {
        let names = |address: &str, given: &[&str]| {
            let given: Vec<_> = given.iter().copied().map(name).collect();
            let served = Name::served(address.parse().unwrap(), &given);
            served.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        let loopback = "localhost 127.0.0.1 [::1]";
        let pingone = "api.pingone.localhost auth.pingone.localhost";
        assert_eq!(names("127.0.0.1", &[]), format!("{pingone} {loopback}"));
        assert_eq!(names("0.0.0.0", &["idp.example"]), format!("idp.example {loopback}"));
        assert_eq!(names("192.0.2.1", &["x", "x"]), "localhost x 127.0.0.1 192.0.2.1 [::1]");
    }
}
