//! Private keys in PKCS #8 (RFC 5958), as they are handed on in text.

use rsa::pkcs8::PrivateKeyInfoRef;
use zeroize::Zeroizing;

use super::pem;

const LABEL: &str = "PRIVATE KEY";

/// The PEM text (RFC 7468, section 10) of a key that is given as such a text, with any line ends or `\n` in their place,
/// as its base64 alone, or as DER; `None` if it is no key in PKCS #8. Which kind of key it is does not matter.
///
/// ```
/// use idpstore::pki::pkcs8;
///
/// let bare = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"; // RFC 8410, section 10.3
/// let pem = format!("-----BEGIN PRIVATE KEY-----\n{bare}\n-----END PRIVATE KEY-----\n");
/// assert_eq!(pkcs8::to_pem(bare.as_bytes()).as_deref(), Some(&pem));
/// assert_eq!(pkcs8::to_pem(pem.replace('\n', "\r\n").as_bytes()).as_deref(), Some(&pem));
/// assert_eq!(pkcs8::to_pem(b"MC4CAQAwBQYDK2Vw"), None);
/// ```
#[must_use]
pub fn to_pem(given: &[u8]) -> Option<Zeroizing<String>> {
    let written = |der: &[u8]| {
        PrivateKeyInfoRef::try_from(der).ok()?;
        Some(Zeroizing::new(pem::encode(LABEL, der)))
    };
    written(given).or_else(|| written(&decoded(std::str::from_utf8(given).ok()?)?))
}

/// What is between the armour, or all of it if there is none.
fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = Zeroizing::new(text.replace("\\n", "\n"));
    let body = text.split_once(&format!("-----BEGIN {LABEL}-----"));
    let body = body.and_then(|(_, rest)| rest.split_once(&format!("-----END {LABEL}-----")));
    pem::base64_any(body.map_or(&text, |(body, _)| body)).ok().map(Zeroizing::new)
}
