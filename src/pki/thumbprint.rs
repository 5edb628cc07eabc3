//! Digests that name keys and certificates, spelled in base64url without padding.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::jwk::Jwk;

/// The JWK thumbprint of a public key with SHA-256 (RFC 7638): 43 characters.
///
/// ```
/// use idpstore::pki::{Jwk, thumbprint};
///
/// // The public key of RFC 8037, appendix A.2, and its thumbprint of appendix A.3.
/// let json = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
/// let key: Jwk = serde_json::from_str(json)?;
/// assert_eq!(thumbprint::jwk_thumbprint(&key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn jwk_thumbprint(jwk: &Jwk) -> String {
    sha256_base64url(canonical(jwk).as_bytes())
}

/// The `x5t` of a certificate in DER: its SHA-1 digest (RFC 7517, section 4.8).
#[must_use]
pub fn x5t(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha1::digest(der))
}

/// The `x5t#S256` of a certificate in DER: its SHA-256 digest (RFC 7517, section 4.9).
#[must_use]
pub fn x5t_s256(der: &[u8]) -> String {
    sha256_base64url(der)
}

/// The fingerprint of a certificate in DER: its SHA-256 digest as OpenSSL prints it, in upper case with colons.
///
/// ```
/// let fingerprint = idpstore::pki::thumbprint::fingerprint(b"");
/// assert!(fingerprint.starts_with("E3:B0:C4:42:"));
/// ```
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    sha256(der).map(|octet| format!("{octet:02X}")).join(":")
}

/// The SHA-256 digest of any octets: 43 characters.
#[must_use]
pub fn sha256_base64url(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(octets))
}

/// SHA-256.
pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

/// The required members alone, in lexicographic order, without white space (RFC 7638, section 3.2).
/// Written by hand because no member of a [`Jwk`] holds a character that JSON would escape.
fn canonical(jwk: &Jwk) -> String {
    match jwk {
        Jwk::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        Jwk::Ec { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
        Jwk::Okp { crv, x } => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
    }
}
