//! PKCS #12 files as different programs write them, one for each way that they are read, and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod der;

use std::{fs, sync::Mutex};

use chacha20::ChaCha20Rng;
use idpstore::pki::pkcs12::{KeyDerivation, Pbkdf2};
use idpstore::pki::{Certificate, EcCurve, Hash, PrivateKey, pem, pkcs12};
use idpstore::{Error, ErrorKind, Need, Result};
use rand_core::SeedableRng as _;
use zeroize::Zeroizing;

fn vector(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/vectors/pkcs12/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn refusal(file: &[u8], password: &str) -> (String, String) {
    let error = pkcs12::read(file, password).expect_err("a refusal");
    let violation = &error.violations()[0];
    (violation.pointer.clone(), violation.reason.to_string())
}

#[test]
fn files_of_all_programs_hold_the_same_key_and_certificate() {
    let certificate = vector("certificate.der");
    let jwk = Certificate::from_der(&certificate).unwrap().jwk().clone();
    for (name, password) in [
        ("bouncycastle-ber.p12", "pw"),
        ("gnutls.p12", "pw"),
        ("keytool-secret.p12", "password"),
        ("nss.p12", "pw"),
        ("openssl-1.0.2-latin1.p12", "s\u{e9}cret"),
        ("openssl-1.0.2-utf8.p12", "s\u{e9}cret"),
        ("pbes1.p12", "pw"),
        ("pbes2-des-rc2.p12", "pw"),
        ("rc4.p12", "pw"),
        ("two-keys-of-des.p12", "pw"),
    ] {
        let file = vector(name);
        let read = pkcs12::read(&file, password).expect(name);
        assert_eq!(read.private.public_jwk(), jwk, "{name}");
        assert_eq!(read.certificates, std::slice::from_ref(&certificate), "{name}");
        let wrong = ("/password".to_owned(), "is not the password of the file".to_owned());
        assert_eq!(refusal(&file, "wrong"), wrong, "{name}");
    }
}

#[test]
fn each_form_of_a_password_is_tried_and_nothing_more() {
    for name in ["openssl-1.0.2-latin1.p12", "openssl-1.0.2-utf8.p12"] {
        for wrong in ["s\u{e8}cret", "s\u{c3}\u{a8}cret", "secret", ""] {
            assert_eq!(refusal(&vector(name), wrong).0, "/password", "{name} {wrong}");
        }
    }
}

#[test]
fn what_follows_a_file_is_ignored() {
    let file = [&vector("rc4.p12"), &b"\r\n"[..]].concat();
    assert!(pkcs12::read(&file, "pw").is_ok());
}

#[test]
fn the_code_of_rfc_9579_is_checked() {
    let file = vector("pbmac1.p12");
    let read = pkcs12::read(&file, "pw").unwrap();
    assert_eq!(read.certificates.len(), 1);
    let certificate = Certificate::from_der(&read.certificates[0]).unwrap();
    assert_eq!(*certificate.jwk(), read.private.public_jwk());
    assert_eq!(refusal(&file, "wrong").0, "/password");
}

/// Makes keys in its own time: what it is given once, it has the next time.
#[derive(Debug, Default)]
struct Host(Mutex<Vec<(String, Vec<u8>)>>);

impl KeyDerivation for Host {
    fn pbkdf2(&self, input: &Pbkdf2<'_>) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let Pbkdf2 { password, salt, rounds, hash, octets } = *input;
        assert_eq!((password, rounds, hash), (&b"pw"[..], 2048, Hash::Sha256));
        let name = format!("{salt:?} {octets}");
        let mut keys = self.0.lock().unwrap();
        if let Some((_, key)) = keys.iter().find(|(known, _)| *known == name) {
            return Ok(Some(Zeroizing::new(key.clone())));
        }
        let mut key = vec![0; octets];
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, rounds, &mut key);
        keys.push((name, key));
        Err(Error::pending(Need::Derivation))
    }
}

/// Has keys of a wrong length.
#[derive(Debug)]
struct Careless;

impl KeyDerivation for Careless {
    fn pbkdf2(&self, _: &Pbkdf2<'_>) -> Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(Some(Zeroizing::new(vec![7; 5])))
    }
}

#[test]
fn the_host_makes_keys_in_its_own_time() {
    let (file, host) = (vector("pbmac1.p12"), Host::default());
    let wanted = pkcs12::read(&file, "pw").unwrap();
    // Two parts at once, and then the code.
    for keys in [2, 3] {
        let pending = pkcs12::read_with(&file, "pw", Some(&host)).unwrap_err();
        assert_eq!(*pending.kind(), ErrorKind::Pending(Need::Derivation));
        assert_eq!(host.0.lock().unwrap().len(), keys);
    }
    for host in [&host as &dyn KeyDerivation, &Careless] {
        let read = pkcs12::read_with(&file, "pw", Some(host)).unwrap();
        assert_eq!(read.certificates, wanted.certificates);
    }
    assert_eq!(host.0.lock().unwrap().len(), 3);
}

#[test]
fn the_certificate_of_the_key_comes_first() {
    let key = PrivateKey::generate_ec(EcCurve::P256, &mut ChaCha20Rng::seed_from_u64(7));
    let own = vector("certificate.der");
    let other = der::certificate(&[der::element(0xa0, &der::integer(&[2]))]);
    let bag = |certificate: &[u8]| der::certificate_bag(certificate);
    // An entry of another kind: a secret.
    let secret =
        der::sequence(&[der::oid("1.2.840.113549.1.12.10.1.5"), der::element(0xa0, &der::integer(&[1]))]);
    let packed = pkcs12::read(&vector("rc4.p12"), "pw").unwrap().private.to_pkcs8_der().unwrap();
    let parts = [bag(&other), secret, bag(&own), der::key_bag(&packed), bag(&other)];
    let file = der::package(&[der::data(&parts)]);
    for file in [der::ber(&file, &[]), file] {
        let read = pkcs12::read(&file, "").unwrap();
        assert_eq!(read.certificates, [own.clone(), other.clone(), other.clone()]);
    }
    let parts = [bag(&other), bag(&own), der::key_bag(&key.to_pkcs8_der().unwrap())];
    let read = pkcs12::read(&der::package(&[der::data(&parts)]), "").unwrap();
    assert_eq!(read.certificates, [other, own]);
}

#[test]
fn what_is_no_package_is_named() {
    let certificate = vector("certificate.der");
    for (file, words) in [
        (b"\xfe\xed\xfe\xed\0\0\0\x02".to_vec(), "is a Java keystore (JKS), not a PKCS #12 file"),
        (b"\xce\xce\xce\xce\0\0\0\x02".to_vec(), "is a Java keystore (JCEKS), not a PKCS #12 file"),
        (certificate.clone(), "is a certificate, not a PKCS #12 file"),
        (pem::encode("CERTIFICATE", &certificate).into(), "is a certificate in PEM, not a PKCS #12 file"),
        (
            pem::encode("CERTIFICATE REQUEST", b"").into(),
            "is a certification request (CSR) in PEM, not a PKCS #12 file",
        ),
        (pem::encode("PRIVATE KEY", b"").into(), "is a private key in PEM, not a PKCS #12 file"),
        (pem::encode("PKCS12", &vector("rc4.p12")).into(), "is PEM, not a PKCS #12 file in DER"),
        (b"text".to_vec(), "is no readable PKCS #12 file"),
        (vec![], "is no readable PKCS #12 file"),
        (vector("rc4.p12")[..500].to_vec(), "is no readable PKCS #12 file"),
    ] {
        assert_eq!(refusal(&file, "pw"), (String::new(), words.to_owned()));
    }
}

#[test]
fn types_of_keys_that_are_not_used_are_named() {
    let allowed = "which cannot be used here: allowed are RSA, and EC on P-256, P-384 and P-521";
    let (pointer, words) = refusal(&vector("ed25519.p12"), "pw");
    assert_eq!((pointer.as_str(), words), ("", format!("has the key type Ed25519, {allowed}")));
    let ec = "1.2.840.10045.2.1";
    for (algorithm, name) in [
        (der::sequence(&[der::oid("1.2.840.10040.4.1")]), "DSA"),
        (der::sequence(&[der::oid("1.2.3.4")]), "`1.2.3.4`"),
        (der::sequence(&[der::oid(ec), der::oid("1.3.132.0.10")]), "EC on the curve `1.3.132.0.10`"),
        (der::sequence(&[der::oid(ec), der::sequence(&[])]), "EC on a curve without a name"),
    ] {
        let pkcs8 = der::sequence(&[der::integer(&[0]), algorithm, der::octets(&[7; 32])]);
        let file = der::package(&[der::data(&[der::key_bag(&pkcs8)])]);
        assert_eq!(refusal(&file, "").1, format!("has the key type {name}, {allowed}"));
    }
    let pkcs8 = der::sequence(&[
        der::integer(&[0]),
        der::sequence(&[der::oid(ec), der::oid("1.2.840.10045.3.1.7")]),
        der::octets(&[7; 32]),
    ]);
    let file = der::package(&[der::data(&[der::key_bag(&pkcs8)])]);
    assert!(refusal(&file, "").1.contains("private key"));
}

#[test]
fn unknown_algorithms_are_named() {
    let known = "1.2.840.113549.1.12.1.3";
    let parameters = der::sequence(&[der::octets(&[7; 8]), der::integer(&[1])]);
    let bag = |algorithm: &str| {
        der::shrouded_bag(der::sequence(&[der::oid(algorithm), parameters.clone()]), &[7; 16])
    };
    let encrypted = |algorithm: &str| der::package(&[der::data(&[bag(algorithm)])]);
    let words = "is encrypted by the algorithm `1.2.840.113549.1.5.1`, which is not known here";
    assert_eq!(refusal(&encrypted("1.2.840.113549.1.5.1"), "pw"), (String::new(), words.to_owned()));
    // Without a code the password is to blame.
    assert_eq!(refusal(&encrypted(known), "pw").0, "/password");
    let mac = |algorithm: &str| {
        let info = der::sequence(&[der::sequence(&[der::oid(algorithm)]), der::octets(&[7; 20])]);
        let mac = der::sequence(&[info, der::octets(&[7; 8])]);
        der::sequence(&[der::integer(&[3]), der::data(&[der::data(&[bag(known)])]), mac])
    };
    let words = "is authenticated by the algorithm `1.3.36.3.2.1`, which is not known here";
    assert_eq!(refusal(&mac("1.3.36.3.2.1"), "pw"), (String::new(), words.to_owned()));
    assert_eq!(refusal(&mac("1.3.14.3.2.26"), "pw").0, "/password");
}
