//! Where tokens are given, and for which vendor.

use http::Method;

/// Who gives a token, and whose API takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Vendor {
    Okta,
    PingOne,
    Zitadel,
}

/// What is served here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Endpoint {
    Token(Vendor),
    /// What ZITADEL's clients read first.
    Discovery,
    /// The public key of the tokens.
    Keys,
}

impl Vendor {
    /// The name that its API has in the store, and that tokens have for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::PingOne => "pingone",
            Self::Zitadel => "zitadel",
        }
    }
}

impl Endpoint {
    /// The endpoint with this path.
    pub(in crate::serve) fn of(path: &str) -> Option<Self> {
        match path {
            "/oauth2/v1/token" => Some(Self::Token(Vendor::Okta)),
            "/oauth/v2/token" => Some(Self::Token(Vendor::Zitadel)),
            "/oauth/v2/keys" => Some(Self::Keys),
            "/.well-known/openid-configuration" => Some(Self::Discovery),
            _ => {
                let environment = path.strip_prefix('/')?.strip_suffix("/as/token")?;
                is_uuid(environment).then_some(Self::Token(Vendor::PingOne))
            }
        }
    }

    pub(super) fn methods(self) -> &'static [Method] {
        match self {
            Self::Token(_) => &[Method::POST],
            Self::Discovery | Self::Keys => &[Method::GET, Method::HEAD],
        }
    }
}

/// Whether this is a UUID in its usual form (RFC 9562, section 4).
pub(super) fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    let is_digit = |byte: u8| byte == b'-' || byte.is_ascii_hexdigit();
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_of_an_endpoint_is_a_uuid() {
        let uuid = "0b4e9d4a-2f5c-4d0e-9a58-3c7d2a1f6e77";
        let token = |text: &str| Endpoint::of(&format!("/{text}/as/token"));
        assert_eq!(token(uuid), Some(Endpoint::Token(Vendor::PingOne)));
        for other in ["", "a", "a/b", &uuid[1..], &uuid.replace('-', "0"), &uuid.replace('b', "x")] {
            assert_eq!(token(other), None, "{other}");
        }
        assert_eq!(Endpoint::of("/v1/environments"), None);
    }
}
