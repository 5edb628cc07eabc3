//! A URL that names a store in etcd.

use std::str::FromStr;

use idpstore::{Error, ErrorKind, Result};

/// The port of a member, unless the URL names one.
const PORT: u16 = 2379;

/// Where a store is: `etcd://` or, with TLS, `etcds://`, the members, and the prefix of its keys.
///
/// ```
/// use idpstore_etcd::Address;
///
/// let address: Address = "etcd://one,two:12379/idps".parse()?;
/// assert_eq!(address.members, ["http://one:2379", "http://two:12379"]);
/// assert_eq!(address.prefix, "idps");
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The URLs of the members.
    pub members: Vec<String>,
    /// With what its keys begin: two stores in one cluster need different ones.
    pub prefix: String,
    /// Whether TLS is spoken with the members.
    pub is_secure: bool,
}

impl FromStr for Address {
    type Err = Error;

    /// # Errors
    ///
    /// [`Malformed`](ErrorKind::Malformed) if it is no such URL.
    fn from_str(url: &str) -> Result<Self> {
        let refuse = |words: &str| Error::new(ErrorKind::Malformed).context(words.to_owned());
        let schemes = [("etcd://", "http", false), ("etcds://", "https", true)];
        let (rest, scheme, is_secure) = schemes
            .iter()
            .find_map(|(start, scheme, is_secure)| Some((url.strip_prefix(start)?, scheme, *is_secure)))
            .ok_or_else(|| refuse("the URL of a store in etcd begins with `etcd://` or `etcds://`"))?;
        let (members, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        if prefix.is_empty() {
            return Err(refuse("the URL of a store in etcd ends in a prefix, as in `etcd://host/idps`"));
        }
        let is_host = |member: &&str| !member.is_empty() && !member.contains(['@', '?', '#', ' ']);
        if !members.split(',').all(|member| is_host(&member)) {
            return Err(refuse("the URL of a store in etcd names its members, as in `etcd://one,two/idps`"));
        }
        let member = |host: &str| match host.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => format!("{scheme}://{host}"),
            _ => format!("{scheme}://{host}:{PORT}"),
        };
        Ok(Self { members: members.split(',').map(member).collect(), prefix: prefix.to_owned(), is_secure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        let read = |url: &str| url.parse::<Address>().ok();
        let address = read("etcds://[::1]:2380,b.example/a/b/").expect("a URL");
        assert_eq!(address.members, ["https://[::1]:2380", "https://b.example:2379"]);
        assert_eq!((address.prefix.as_str(), address.is_secure), ("a/b", true));
        for wrong in ["http://a/b", "etcd://a", "etcd:///b", "etcd://a,,b/c", "etcd://user@a/b", "etcd://a/"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
