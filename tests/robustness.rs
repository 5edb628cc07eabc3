//! No input makes the readers panic, and what is damaged in one place is read or refused, never misread into
//! something that cannot be written again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use idpstore::pki::{
    Certificate, CertificationRequest, DistinguishedName, Jwk, NameAttribute, PrivateKey, bundle, pem,
};
use proptest::{prelude::*, sample::Index};

/// A certificate with its key in JSON: RFC 7517, appendix B.
const CERTIFICATE: &str = include_str!("vectors/rfc7517-b.json");
const KEY: &str = include_str!("vectors/keys/rsa-2048-a.pem");

fn certificate() -> Vec<u8> {
    let json: serde_json::Value = serde_json::from_str(CERTIFICATE).unwrap();
    pem::base64_any(json["x5c"][0].as_str().unwrap()).unwrap()
}

fn read_everything(input: &[u8]) {
    let _ = Certificate::from_der(input);
    let _ = CertificationRequest::from_der(input);
    let _ = DistinguishedName::from_der(input);
    let _ = Jwk::from_spki_der(input);
    let _ = PrivateKey::from_pkcs8_der(input);
    let _ = bundle::certificates(input);
}

fn attribute() -> impl Strategy<Value = NameAttribute> {
    prop_oneof![
        Just(NameAttribute::Country),
        Just(NameAttribute::CommonName),
        Just(NameAttribute::EmailAddress),
        (0_u32..100_000).prop_map(|arc| NameAttribute::Other(format!("1.3.6.1.4.1.{arc}"))),
    ]
}

proptest! {
    #[test]
    fn any_octets(input in any::<Vec<u8>>()) {
        read_everything(&input);
    }

    #[test]
    fn a_damaged_certificate(position in any::<Index>(), value in any::<u8>(), cut in any::<Index>()) {
        let mut der = certificate();
        *position.get_mut(&mut der) = value;
        if let Ok(read) = Certificate::from_der(&der) {
            prop_assert_eq!(Jwk::from_spki_der(&read.jwk().to_spki_der().unwrap()).unwrap(), read.jwk().clone());
            let _ = (read.subject().to_string(), read.not_after().to_string());
        }
        read_everything(&der[..cut.index(der.len())]);
    }

    #[test]
    fn any_name(parts in prop::collection::vec((attribute(), any::<String>()), 0..6)) {
        let name = parts.into_iter().fold(DistinguishedName::new(), |name, (attribute, text)| name.with(attribute, text));
        prop_assert_eq!(DistinguishedName::from_der(&name.to_der().unwrap()).unwrap(), name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))] // reading a private key checks its arithmetic

    #[test]
    fn a_damaged_private_key(position in any::<Index>(), value in any::<u8>()) {
        let body: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
        let mut der = pem::base64_any(&body).unwrap();
        *position.get_mut(&mut der) = value;
        read_everything(&der);
    }
}
