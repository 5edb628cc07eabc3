//! OpenSSL as the judge of keys on curves, and of the packages that keys and certificates travel in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod judge;

use chacha20::ChaCha20Rng;
use idpstore::pki::{
    CertificationRequest, DistinguishedName, EcCurve, Hash, Issuance, KeySpec, NameAttribute, PrivateKey,
    Profile, Timestamp, bundle, csr, issue, pem, pkcs7, pkcs12,
};
use judge::Judge;
use rand_core::SeedableRng as _;

const HASHES: [(Hash, &str); 3] = [(Hash::Sha256, "256"), (Hash::Sha384, "384"), (Hash::Sha512, "512")];

fn name() -> DistinguishedName {
    DistinguishedName::new().with(NameAttribute::Country, "GB").with(NameAttribute::CommonName, "curve")
}

/// A certificate that the key issues to itself, and a request for another one.
fn issued_and_requested(key: &PrivateKey, hash: Hash) -> (Vec<u8>, Vec<u8>) {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let issuance = Issuance {
        serial_number: "12737138739537859429".parse().unwrap(),
        not_before: Timestamp::from_unix_seconds(1_700_000_000),
        not_after: Timestamp::from_unix_seconds(2_600_000_000),
        issuer: &name(),
        subject: &name(),
        hash,
        profile: Profile::Authority,
    };
    let certificate = issue(&issuance, &key.public_jwk(), key, &mut rng).unwrap();
    (certificate, csr::build(&name(), &["example.org".to_owned()], key, hash, &mut rng).unwrap())
}

#[test]
fn verifies_what_is_signed_with_each_key_and_digest() {
    let mut specs: Vec<_> = EcCurve::ALL.iter().map(|curve| KeySpec::Ec { curve: *curve }).collect();
    specs.push(KeySpec::Rsa { bits: 2048 });
    for spec in specs {
        let key = PrivateKey::generate(spec, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        for (hash, digits) in HASHES {
            let judge = Judge::new();
            let (certificate, request) = issued_and_requested(&key, hash);
            judge.put("own.pem", pem::encode("CERTIFICATE", &certificate));
            judge.put("own.csr", pem::encode("CERTIFICATE REQUEST", &request));
            assert_eq!(judge.says("verify -check_ss_sig -CAfile own.pem own.pem"), "own.pem: OK");
            judge.says("req -in own.csr -verify -noout");
            let text = judge.says("x509 -in own.pem -noout -text");
            let algorithm = match spec {
                KeySpec::Rsa { .. } => format!("sha{digits}WithRSAEncryption"),
                _ => format!("ecdsa-with-SHA{digits}"),
            };
            assert!(text.contains(&algorithm), "{text}");
            assert_eq!(judge.field("own.pem", "serial"), "B0C3683309055365");
            CertificationRequest::from_der(&request).unwrap().verify().unwrap();
            let again = issued_and_requested(&key, hash);
            assert_eq!((certificate, request), again, "the same key and text get the same signature");
        }
    }
}

#[test]
fn its_keys_on_curves_are_read_and_ours_by_it() {
    for (curve, theirs) in [("P-256", EcCurve::P256), ("P-384", EcCurve::P384), ("P-521", EcCurve::P521)] {
        let judge = Judge::new();
        judge.says(&format!("genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:{curve} -out made.key"));
        judge.says("pkcs8 -topk8 -nocrypt -in made.key -outform DER -out made.der");
        judge.says("pkey -in made.key -pubout -outform DER -out made.spki");
        let key = PrivateKey::from_pkcs8_der(&judge.get("made.der")).unwrap();
        assert_eq!(key.spki_der().unwrap(), judge.get("made.spki"));
        let own =
            PrivateKey::generate(KeySpec::Ec { curve: theirs }, &mut ChaCha20Rng::seed_from_u64(2)).unwrap();
        judge.put("own.der", &*own.to_pkcs8_der().unwrap());
        judge.says("pkey -inform DER -in own.der -check -noout");
        judge.says("pkey -inform DER -in own.der -pubout -outform DER -out own.spki");
        assert_eq!(judge.get("own.spki"), own.spki_der().unwrap());
    }
}

#[test]
fn certificates_alone_go_both_ways() {
    let judge = Judge::new();
    let first = judge.makes("EC -pkeyopt ec_paramgen_curve:P-256", "-subj /CN=first");
    judge.put("first.pem", pem::encode("CERTIFICATE", first.der()));
    let second = judge.makes("EC -pkeyopt ec_paramgen_curve:P-256", "-subj /CN=second");
    judge.put("second.pem", pem::encode("CERTIFICATE", second.der()));
    for form in ["PEM", "DER"] {
        judge.says(&format!(
            "crl2pkcs7 -nocrl -certfile first.pem -certfile second.pem -outform {form} -out both.p7"
        ));
        let mut read = bundle::certificates(&judge.get("both.p7")).unwrap();
        read.sort();
        let mut wanted = vec![first.der().to_vec(), second.der().to_vec()];
        wanted.sort();
        assert_eq!(read, wanted);
    }
    let own = pkcs7::write(&[first.der().to_vec(), second.der().to_vec()]).unwrap();
    judge.put("own.p7", &own);
    let listed = judge.says("pkcs7 -inform DER -in own.p7 -print_certs -noout");
    for subject in ["subject=CN = first", "subject=CN = second"] {
        assert!(listed.contains(subject), "{listed}");
    }
}

#[test]
fn its_packages_are_read_under_their_passwords() {
    for key in ["RSA -pkeyopt rsa_keygen_bits:2048", "EC -pkeyopt ec_paramgen_curve:P-384"] {
        let judge = Judge::new();
        let certificate = judge.makes(key, "-subj /CN=packed");
        judge.says("pkcs8 -topk8 -nocrypt -in made.key -outform DER -out made.der");
        let der = judge.get("made.der");
        let spki = PrivateKey::from_pkcs8_der(&der).unwrap().spki_der().unwrap();
        let schemes = [
            "",
            "-keypbe AES-128-CBC -certpbe NONE",
            "-keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha512 -iter 10000",
            "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
            "-legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-40 -macalg sha1",
            "-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-128 -macalg sha1",
            "-legacy -keypbe PBE-SHA1-RC4-128 -certpbe PBE-SHA1-RC4-40 -macalg md5",
            "-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-MD5-DES -macalg sha224",
            "-legacy -keypbe PBE-SHA1-DES -certpbe PBE-MD5-RC2-64 -macalg sha384",
            "-legacy -keypbe PBE-SHA1-RC2-64 -certpbe AES-192-CBC -macalg sha512-224",
            "-legacy -keypbe DES-CBC -certpbe DES-EDE3-CBC -macalg sha512-256",
            "-legacy -keypbe RC2-CBC -certpbe RC2-40-CBC",
            "-legacy -keypbe RC2-64-CBC -certpbe RC2-CBC",
            "-keypbe NONE -certpbe NONE",
            "-nomac",
        ];
        for scheme in schemes {
            let pack = "pkcs12 -export -inkey made.key -in made.pem -out made.p12";
            judge.says(&format!("{pack} -passout pass:s\u{e9}cret {scheme}"));
            let file = judge.get("made.p12");
            let read = pkcs12::read(&file, "s\u{e9}cret").expect(scheme);
            assert_eq!(read.private.spki_der().unwrap(), spki, "{scheme}");
            assert_eq!(read.certificates, [certificate.der().to_vec()], "{scheme}");
            let wrong = pkcs12::read(&file, "wrong").expect_err(scheme);
            assert_eq!(wrong.violations()[0].pointer, "/password", "{scheme}");
        }
        judge.says("pkcs12 -export -inkey made.key -in made.pem -out made.p12 -passout pass:");
        assert!(pkcs12::read(&judge.get("made.p12"), "").is_ok());
    }
}

#[test]
fn damaged_packages_are_refused_and_harm_nobody() {
    let judge = Judge::new();
    judge.makes("EC -pkeyopt ec_paramgen_curve:P-256", "-subj /CN=packed");
    judge.says("pkcs12 -export -inkey made.key -in made.pem -out made.p12 -passout pass:x");
    let file = judge.get("made.p12");
    for length in 0..file.len() {
        assert!(pkcs12::read(&file[..length], "x").is_err());
    }
    // Whatever octet is changed, the file is read as it was, or refused.
    for at in (0..file.len()).step_by(3) {
        let mut changed = file.clone();
        changed[at] ^= 0x55;
        let _ = pkcs12::read(&changed, "x");
    }
    assert!(pkcs12::read(b"", "").is_err());
}
