//! The examples of RFC 7515, 7517, 7638 and 8037. The expected digests are printed in the RFCs where they have
//! them (7638, section 3.1; 8037, appendix A.3) and were computed with Python's hashlib where not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use idpstore::pki::{Certificate, Jwk, pem, thumbprint};
use serde_json::Value;

const RFC_7517_A1: &str = include_str!("vectors/rfc7517-a1.json");
const RFC_7517_B: &str = include_str!("vectors/rfc7517-b.json");
const RFC_7515_A2: &str = include_str!("vectors/rfc7515-a2.json");
const RFC_8037_A2: &str = include_str!("vectors/rfc8037-a2.json");

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Every key of the vectors, with its JWK thumbprint.
fn keys() -> [(Value, &'static str); 5] {
    let set = parsed(RFC_7517_A1);
    [
        (set["keys"][0].clone(), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"),
        (set["keys"][1].clone(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        (parsed(RFC_7517_B), "DdsFv-2-wgcPoDcyS6OXOWVh00JdbWkkVXDCYdxJ3uM"),
        (parsed(RFC_7515_A2)["jwk"].clone(), "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8"),
        (parsed(RFC_8037_A2), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
    ]
}

#[test]
fn keys_have_the_expected_thumbprints() {
    for (json, expected) in keys() {
        let jwk: Jwk = serde_json::from_value(json).unwrap();
        assert_eq!(thumbprint::jwk_thumbprint(&jwk), expected);
    }
}

#[test]
fn keys_keep_their_members_and_nothing_else() {
    for (json, _) in keys() {
        let jwk: Jwk = serde_json::from_value(json.clone()).unwrap();
        let written = serde_json::to_value(&jwk).unwrap();
        for (name, value) in written.as_object().unwrap() {
            assert_eq!(json[name], *value, "{name}");
        }
        assert!(["use", "kid", "alg", "x5c"].iter().all(|name| written.get(name).is_none()));
    }
}

#[test]
fn keys_survive_the_way_through_der() {
    for (json, _) in keys() {
        let jwk: Jwk = serde_json::from_value(json).unwrap();
        assert_eq!(Jwk::from_spki_der(&jwk.to_spki_der().unwrap()).unwrap(), jwk);
    }
}

#[test]
fn rfc_7517_certificate_holds_the_key_beside_it() {
    let json = parsed(RFC_7517_B);
    let der = pem::base64_any(json["x5c"][0].as_str().unwrap()).unwrap();
    let certificate = Certificate::from_der(&der).unwrap();

    assert_eq!(certificate.jwk(), &serde_json::from_value::<Jwk>(json).unwrap());
    assert_eq!(certificate.jwk().bits(), 2048);
    let name = "C=US, ST=CO, L=Denver, O=Ping Identity Corp., CN=Brian Campbell";
    assert_eq!(certificate.subject().to_string(), name);
    assert_eq!(certificate.issuer().to_string(), name);
    assert_eq!(certificate.serial_number().to_string(), "1361489355490");
    assert_eq!(certificate.not_before().to_string(), "2013-02-21T23:29:15.000Z");
    assert_eq!(certificate.not_after().to_string(), "2018-08-14T22:29:15.000Z");
    assert_eq!(certificate.signature_algorithm(), "1.2.840.113549.1.1.5");
    assert_eq!(thumbprint::x5t(&der), "4pNenEBLv0JpLIdugWxQkOsZcK0");
    assert_eq!(thumbprint::x5t_s256(&der), "pJm2BBpkB8y7tCqrWM0X37WOmQTO8zQw-VpxVgBb21I");
}
