//! Hosts and origins as requests name them: `NAME`, `NAME:PORT` and `SCHEME://NAME:PORT`.

use std::fmt;

use http::uri::{Authority, Scheme};

use crate::error::{Error, ErrorKind, Result};

/// The port of a scheme, which need not be named.
pub(super) fn usual_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

/// A host in lower case, and a port if one is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) name: String,
    pub(super) port: Option<u16>,
}

impl Address {
    /// Reads `NAME` or `NAME:PORT`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let refused = || unreadable("a host is wanted, such as `example.com` or `example.com:8080`");
        let authority: Authority = text.parse().map_err(|_| refused())?;
        let address = Self { name: authority.host().to_ascii_lowercase(), port: authority.port_u16() };
        // Anything else that an authority may have, such as a user, is lost in this form.
        let is_whole = address.to_string().eq_ignore_ascii_case(text);
        if is_whole && is_name(&address.name) { Ok(address) } else { Err(refused()) }
    }

    /// Whether this is the same host, at the same port or without one; the other is at the usual port if it names none.
    pub(super) fn covers(&self, other: &Self, usual: u16) -> bool {
        self.name == other.name && self.port.is_none_or(|port| port == other.port.unwrap_or(usual))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)?;
        self.port.map_or(Ok(()), |port| write!(out, ":{port}"))
    }
}

/// An origin as browsers spell it (RFC 6454, section 6.2): in lower case, without the scheme's own port.
pub(super) fn origin(text: &str) -> Result<String> {
    let refused =
        || unreadable("an origin is wanted, such as `https://example.com` or `http://localhost:3000`");
    let (scheme, address) = text.split_once("://").ok_or_else(refused)?;
    let scheme: Scheme = scheme.parse().map_err(|_| refused())?;
    let mut address = Address::parse(address).map_err(|_| refused())?;
    let scheme = scheme.as_str().to_ascii_lowercase();
    if matches!(&*scheme, "http" | "https") && address.port == Some(usual_port(&scheme)) {
        address.port = None;
    }
    Ok(format!("{scheme}://{address}"))
}

/// A DNS name, an IPv4 address, or an IPv6 address in brackets.
fn is_name(text: &str) -> bool {
    let is_plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !text.is_empty() && is_plain(text),
    }
}

fn unreadable(wanted: &str) -> Error {
    Error::new(ErrorKind::Unsupported).context(wanted)
}
