//! Signed tokens in their compact form (RFC 7515, 7518), read and written.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use idpstore::env::{Entropy, Generator};
use idpstore::pki::{EcCurve, Hash, Jwk, PrivateKey, Signer as _};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use x509_cert::der::asn1::UintRef;
use x509_cert::der::{Decode as _, Encode as _};

/// A way to sign (RFC 7518, section 3.1).
#[derive(Clone, Copy)]
struct Algorithm {
    name: &'static str,
    hash: Hash,
    /// The curve and the octets of each half of a signature; none for RSA.
    curve: Option<(EcCurve, usize)>,
}

/// Those by which a signature may be made.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm { name: "RS256", hash: Hash::Sha256, curve: None },
    Algorithm { name: "RS384", hash: Hash::Sha384, curve: None },
    Algorithm { name: "RS512", hash: Hash::Sha512, curve: None },
    Algorithm { name: "ES256", hash: Hash::Sha256, curve: Some((EcCurve::P256, 32)) },
    Algorithm { name: "ES384", hash: Hash::Sha384, curve: Some((EcCurve::P384, 48)) },
    Algorithm { name: "ES512", hash: Hash::Sha512, curve: Some((EcCurve::P521, 66)) },
];

/// Their names.
pub(super) fn algorithms() -> [&'static str; 6] {
    ALGORITHMS.map(|algorithm| algorithm.name)
}

/// What its header says of a token. A header with `crit` is not read: none of what that could name is known here.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    jwk: Option<Map<String, Value>>,
    crit: Option<IgnoredAny>,
}

/// A signed token that was read; its signature is not looked at yet.
pub(super) struct Jws<'t> {
    /// What kind of token it is.
    pub(super) typ: Option<String>,
    /// The public key that it brings.
    pub(super) jwk: Option<Map<String, Value>>,
    algorithm: Algorithm,
    signed: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Jws<'t> {
    /// Reads a token that is signed by one of the algorithms.
    pub(super) fn read(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let Header { alg, typ, jwk, crit: None } = serde_json::from_slice(&decoded(header)?).ok()? else {
            return None;
        };
        let algorithm = ALGORITHMS.into_iter().find(|algorithm| algorithm.name == alg)?;
        let signature = decoded(signature).filter(|signature| !signature.is_empty())?;
        Some(Self { typ, jwk, algorithm, signed, payload: decoded(payload)?, signature })
    }

    /// What it claims, if that can be read so.
    pub(super) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.payload).ok()
    }

    /// Whether the holder of this key signed it.
    pub(super) fn is_signed_by(&self, key: &Jwk) -> bool {
        let verifies =
            |signature: &[u8]| key.verifies(self.algorithm.hash, self.signed.as_bytes(), signature);
        match (self.algorithm.curve, key) {
            (None, Jwk::Rsa { .. }) => verifies(&self.signature),
            (Some((curve, octets)), Jwk::Ec { crv, .. }) if *crv == curve => {
                self.signature.len() == 2 * octets && der(&self.signature).is_some_and(|der| verifies(&der))
            }
            _ => false,
        }
    }
}

/// A token of this type with these claims, signed by a key on P-256.
pub(super) fn sign(
    head: &str,
    claims: &impl Serialize,
    key: &PrivateKey,
    entropy: &dyn Entropy,
) -> idpstore::Result<String> {
    let claims = serde_json::to_vec(claims).map_err(|error| unwritable().caused_by(error))?;
    let signed = format!("{head}.{}", encoded(&claims));
    let signature = Generator(entropy).sign(key, Hash::Sha256, signed.as_bytes())?;
    let signature = halves(&signature, 32).ok_or_else(unwritable)?;
    Ok(format!("{signed}.{}", encoded(&signature)))
}

fn unwritable() -> idpstore::Error {
    idpstore::Error::new(idpstore::ErrorKind::WrongState).context("cannot write a token")
}

pub(super) fn encoded(octets: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(octets)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// A signature of two numbers of the same length (RFC 7518, section 3.4), as the sequence of them that DER has (RFC 3279,
/// section 2.2.3).
fn der(signature: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at(signature.len() / 2);
    vec![UintRef::new(r).ok()?, UintRef::new(s).ok()?].to_der().ok()
}

/// The same the other way round.
fn halves(der: &[u8], octets: usize) -> Option<Vec<u8>> {
    let numbers = Vec::<UintRef<'_>>::from_der(der).ok()?;
    let padded = |number: &UintRef<'_>| {
        let number = number.as_bytes();
        Some([&vec![0; octets.checked_sub(number.len())?], number].concat())
    };
    let [r, s] = &*numbers else { return None };
    Some([padded(r)?, padded(s)?].concat())
}

#[cfg(test)]
mod tests {
    use idpstore::env::SeededEntropy;
    use serde_json::json;

    use super::*;

    fn head(alg: &str) -> String {
        encoded(json!({ "alg": alg }).to_string().as_bytes())
    }

    #[test]
    fn what_is_signed_is_verified() {
        let entropy = SeededEntropy::new([7; 32]);
        let [key, other] = [(); 2].map(|()| PrivateKey::generate_ec(EcCurve::P256, &mut Generator(&entropy)));
        // Often enough for numbers with leading zeros, and with leading ones.
        for number in 0..40 {
            let token = sign(&head("ES256"), &json!({ "n": number }), &key, &entropy).unwrap();
            let read = Jws::read(&token).unwrap();
            assert!(read.is_signed_by(&key.public_jwk()), "{number}");
            assert!(!read.is_signed_by(&other.public_jwk()));
            assert_eq!(read.claims::<Value>().unwrap(), json!({ "n": number }));
            let changed = token.replacen('.', ".e", 1);
            assert!(Jws::read(&changed).is_none_or(|read| !read.is_signed_by(&key.public_jwk())));
        }
    }

    #[test]
    fn numbers_keep_their_sign_and_length() {
        for octets in [[0x80, 1], [0, 1], [0, 0x80], [0, 0], [0x7F, 0]] {
            let signature = [octets, [1, 2]].concat();
            assert_eq!(halves(&der(&signature).unwrap(), 2).unwrap(), signature, "{octets:?}");
        }
        assert_eq!(der(&[0x80, 1]).unwrap(), [0x30, 7, 2, 2, 0, 0x80, 2, 1, 1]);
        assert_eq!(der(&[0xFF; 132]).unwrap()[..3], [0x30, 0x81, 138]);
    }

    /// RFC 7515, appendix A.3.
    #[test]
    fn verifies_the_example_of_the_rfc() {
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                     DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let key = json!({
            "kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        assert!(Jws::read(token).unwrap().is_signed_by(&serde_json::from_value(key).unwrap()));
    }

    #[test]
    fn what_is_no_signed_token_is_not_read() {
        let with = |header: Value| format!("{}.e30.AAAA", encoded(header.to_string().as_bytes()));
        assert!(Jws::read(&with(json!({"alg": "RS256"}))).is_some());
        for token in [
            String::new(),
            "a.b.c".to_owned(),
            "e30.e30".to_owned(),
            format!("{}.e30.", head("ES256")),
            format!("{}.e30.e30.AAAA", head("ES256")),
            with(json!({"alg": "none"})),
            with(json!({"alg": "HS256"})),
            with(json!({"alg": "ES256", "crit": ["exp"], "exp": 1})),
        ] {
            assert!(Jws::read(&token).is_none(), "{token}");
        }
    }
}
