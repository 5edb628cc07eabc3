//! The NIST curves.

use std::fmt;

use der::{asn1::ObjectIdentifier, oid::db::rfc5912};
use serde::Serialize;

/// The curves of [`Jwk::Ec`](super::Jwk::Ec) (RFC 7518, section 6.2.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum EcCurve {
    /// NIST P-256, `secp256r1`.
    #[serde(rename = "P-256")]
    P256,
    /// NIST P-384, `secp384r1`.
    #[serde(rename = "P-384")]
    P384,
    /// NIST P-521, `secp521r1`.
    #[serde(rename = "P-521")]
    P521,
}

impl EcCurve {
    /// All curves.
    pub const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    pub(super) fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => rfc5912::SECP_256_R_1,
            Self::P384 => rfc5912::SECP_384_R_1,
            Self::P521 => rfc5912::SECP_521_R_1,
        }
    }

    pub(super) fn bits(self) -> usize {
        match self {
            Self::P256 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }

    /// Octets of one coordinate.
    pub(super) fn octets(self) -> usize {
        self.bits().div_ceil(8)
    }
}

impl fmt::Display for EcCurve {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
