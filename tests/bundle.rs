//! Files of certificates: every form is read, and what is none is named.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod der;
mod spellings;

use chacha20::ChaCha20Rng;
use idpstore::Reason;
use idpstore::pki::{
    Certificate, DistinguishedName, EcCurve, Hash, Issuance, KeySpec, NameAttribute, PrivateKey, Profile,
    Timestamp, bundle, csr, issue, pem, pkcs7,
};
use proptest::prelude::*;
use rand_core::SeedableRng as _;

fn key(seed: u64) -> PrivateKey {
    PrivateKey::generate(KeySpec::Ec { curve: EcCurve::P256 }, &mut ChaCha20Rng::seed_from_u64(seed)).unwrap()
}

fn name(text: &str) -> DistinguishedName {
    DistinguishedName::new().with(NameAttribute::CommonName, text)
}

/// A certificate by an issuer: the same names have the same keys.
fn issued(subject: &str, issuer: &str) -> Vec<u8> {
    let key = |name: &str| key(name.bytes().fold(0, |seed, octet| seed << 5 ^ u64::from(octet)));
    let issuance = Issuance {
        serial_number: 1.into(),
        hash: Hash::Sha256,
        not_before: Timestamp::from_unix_seconds(1_700_000_000),
        not_after: Timestamp::from_unix_seconds(2_600_000_000),
        issuer: &name(issuer),
        subject: &name(subject),
        profile: Profile::Authority,
    };
    issue(&issuance, &key(subject).public_jwk(), &key(issuer), &mut ChaCha20Rng::seed_from_u64(1)).unwrap()
}

fn refused(input: &[u8]) -> Reason {
    let error = bundle::certificates(input).unwrap_err();
    assert_eq!(error.violations()[0].pointer, "");
    error.violations()[0].reason.clone()
}

#[test]
fn several_are_found_whatever_is_between_them() {
    let three = ["a", "b", "c"].map(|subject| issued(subject, "root"));
    let block = |der: &Vec<u8>| pem::encode("CERTIFICATE", der);
    let base64 = |der: &Vec<u8>| pem::wrap_base64(der, 4000);
    for (form, file) in [
        ("DER", three.concat()),
        ("DER and OpenSSL's settings for trust", [three.concat(), der::sequence(&[vec![5, 0]])].concat()),
        ("base64 run together", three.each_ref().map(base64).concat().into_bytes()),
        ("base64 of DER run together", base64(&three.concat()).into_bytes()),
        ("PEM", three.each_ref().map(block).join("subject=x -----\n").into_bytes()),
        ("PEM without line ends", three.each_ref().map(block).concat().replace('\n', "").into_bytes()),
        ("a path", der::sequence(&three)),
        ("PKCS #7 within PEM", pem::encode("PKCS7", &pkcs7::write(&three).unwrap()).into_bytes()),
        ("a certificate and a path", [three[0].clone(), der::sequence(&three[1..])].concat()),
    ] {
        let mut found = bundle::certificates(&file).unwrap();
        let mut wanted = three.clone();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{form}");
    }
}

#[test]
fn other_things_in_a_message_are_left() {
    let (mine, attribute) = (issued("a", "a"), der::element(0xa2, b"attribute"));
    let data = der::sequence(&[der::oid("1.2.840.113549.1.7.1")]);
    let certificates = der::element(0xa0, &[attribute, mine.clone()].concat());
    let parts = [der::integer(&[1]), der::element(0x31, b""), data, certificates, der::element(0x31, b"")];
    let content = der::element(0xa0, &der::sequence(&parts));
    let message = der::sequence(&[der::oid("1.2.840.113549.1.7.2"), content]);
    assert_eq!(bundle::certificates(&message).unwrap(), [mine]);
}

#[test]
fn chains_are_sorted() {
    let chain = [("leaf", "inter"), ("inter", "root"), ("root", "root")]
        .map(|(subject, issuer)| Certificate::from_der(&issued(subject, issuer)).unwrap());
    let [leaf, inter, root] = chain.clone();
    let other = Certificate::from_der(&issued("other", "other")).unwrap();
    let all = |order: &[&Certificate]| order.iter().map(|one| (*one).clone()).collect::<Vec<_>>();
    for order in
        [[&leaf, &inter, &root], [&root, &inter, &leaf], [&inter, &leaf, &root], [&root, &leaf, &inter]]
    {
        assert_eq!(bundle::sorted(all(&order), None), chain);
        let inter_first = bundle::sorted(all(&order), Some(inter.jwk()));
        assert_eq!(inter_first, all(&[&inter, &root, &leaf]), "the key decides");
        assert_eq!(bundle::sorted(all(&order), Some(&key(9).public_jwk())), chain, "of no key that is there");
    }
    let with_another = all(&[&other, &root, &leaf, &inter]);
    assert_eq!(bundle::sorted(with_another, None), all(&[&leaf, &inter, &root, &other]));
    assert_eq!(bundle::sorted(all(&[&root, &other]), None), all(&[&root, &other]));
    assert_eq!(bundle::sorted(all(&[&leaf, &leaf]), None), all(&[&leaf, &leaf]));
    assert!(bundle::sorted(Vec::new(), None).is_empty());
}

#[test]
fn what_is_no_certificate_is_named() {
    let private = key(1);
    let request =
        csr::build(&name("x"), &[], &private, Hash::Sha256, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    let (pkcs8, spki) = (private.to_pkcs8_der().unwrap().to_vec(), private.spki_der().unwrap());
    let sec1 = der::content(der::parts(der::content(&pkcs8))[2]).to_vec();
    let rsa = der::sequence(&vec![der::integer(&[1]); 9]);
    let encrypted =
        der::sequence(&[der::sequence(&[der::oid("1.2.840.113549.1.5.13")]), der::octets(&[7; 200])]);
    let package = der::package(&[der::data(&[der::key_bag(&pkcs8)])]);
    let time = der::element(0x17, b"260101000000Z");
    let (one, empty) = (der::integer(&[1]), der::sequence(&[]));
    let list = der::certificate(&[one.clone(), empty.clone(), empty.clone(), time]);
    let attributes = der::certificate(&[one, empty.clone(), der::element(0xa0, &empty)]);
    let message = pkcs7::write(&[]).unwrap();
    let unsigned = der::data(&[]);
    for (der, label, what) in [
        (&request, "CERTIFICATE REQUEST", "a certification request (CSR)"),
        (&request, "NEW CERTIFICATE REQUEST", "a certification request (CSR)"),
        (&pkcs8, "PRIVATE KEY", "a private key"),
        (&sec1, "EC PRIVATE KEY", "a private key"),
        (&rsa, "RSA PRIVATE KEY", "a private key"),
        (&encrypted, "CERTIFICATE", "an encrypted private key"),
        (&spki, "PUBLIC KEY", "a public key"),
        (&package, "CERTIFICATE", "a PKCS #12 file"),
        (&list, "X509 CRL", "a certificate revocation list (CRL)"),
        (&attributes, "ATTRIBUTE CERTIFICATE", "an attribute certificate"),
        (&message, "PKCS7", "a PKCS #7 message without certificates"),
        (&unsigned, "PKCS7", "a PKCS #7 message that is not signed"),
    ] {
        let block = pem::encode(label, der);
        let mislabelled = pem::encode("CERTIFICATE", der);
        let base64 = pem::wrap_base64(der, 64);
        for file in [der, block.as_bytes(), mislabelled.as_bytes(), base64.as_bytes(), &der::ber(der, b"")] {
            assert_eq!(refused(file), Reason::NotCertificate(what), "{what}: {file:x?}");
        }
    }
    for (file, what) in [
        (&b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\0"[..], "a Java keystore (JKS)"),
        (b"\xce\xce\xce\xce\0\0\0\x02\0\0\0\0", "a Java keystore (JCEKS)"),
        (b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB a@b", "a public key"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "a private key"),
    ] {
        assert_eq!(refused(file), Reason::NotCertificate(what));
    }
}

#[test]
fn what_is_damaged_is_refused() {
    let der = issued("a", "a");
    let whole = pem::encode("CERTIFICATE", &der);
    let (cut, _) = whole.rsplit_once("-----END").unwrap();
    let mislabelled = whole.replace("END CERTIFICATE", "END PKCS7");
    let second_is_cut = [&der[..], &der[..der.len() - 1]].concat();
    let path_is_cut = der::sequence(&[der.clone(), der[..der.len() - 1].to_vec()]);
    let algorithm = der::sequence(&[der::oid("1.2.840.113549.1.1.11")]);
    let unnamed = der::sequence(&[der::sequence(&[der::integer(&[1])]), algorithm, der::element(3, b"\0")]);
    let damaged_in_a_message = pkcs7::write(&[unnamed]).unwrap();
    let half = format!("{whole}-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n");
    for file in [
        b"",
        &b" "[..],
        b"hello",
        b"MII!",
        b"0",
        b"\x30\0",
        b"\xff\xfe",
        b"-----BEGIN CERTIFICATE-----",
        cut.as_bytes(),
        mislabelled.as_bytes(),
        half.as_bytes(),
        &der[..der.len() - 1],
        &second_is_cut,
        &path_is_cut,
        &damaged_in_a_message,
    ] {
        assert_eq!(refused(file), Reason::UnreadableCertificate, "{}", String::from_utf8_lossy(file));
    }
}

#[test]
fn hostile_files_are_refused_without_much_work() {
    let nested = |octets: &[u8], times| octets.repeat(times);
    for file in [
        nested(b"-----BEGIN X-----", 60_000),
        nested(b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", 20_000),
        nested(b"\x30\x84\x7f\xff\xff\xff", 170_000),
        nested(b"\x30\x80", 500_000),
        nested(b"==", 500_000),
        nested(b"a:\n", 300_000),
        nested(b"\\", 1 << 20),
    ] {
        refused(&file);
    }
}

proptest! {
    #[test]
    fn every_spelling_is_the_same_certificate(spelling in spellings::any(), subject in "[a-z]{1,40}") {
        let der = issued(&subject, "root");
        let found = bundle::certificates(&spelling.of(&der));
        prop_assert_eq!(found.ok(), Some(vec![der]), "{}", spelling.name());
    }

    #[test]
    fn never_panics(
        input in any::<Vec<u8>>(),
        text in "(-----(BEGIN|END) (CERTIFICATE|PKCS7)-----|[A-Za-z0-9+/=:\\\\\\s]){0,40}",
    ) {
        let _ = bundle::certificates(&input);
        let _ = bundle::certificates(&[&[0x30, 0x80], &input[..]].concat());
        let _ = bundle::certificates(text.as_bytes());
    }
}
