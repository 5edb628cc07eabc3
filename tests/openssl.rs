//! OpenSSL as the judge: it accepts what we write, and we read what it writes, with equal content.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod judge;

use std::fs;

use chacha20::ChaCha20Rng;
use idpstore::pki::{
    Certificate, CertificationRequest, DistinguishedName, Hash, Issuance, Jwk, KeySpec, NameAttribute,
    PrivateKey, Profile, SerialNumber, Timestamp, bundle, csr, issue, pem, thumbprint,
};
use idpstore::{ErrorKind, Reason, Violation};
use rand_core::SeedableRng as _;

use judge::Judge;

fn canned_key(name: &str) -> PrivateKey {
    let path = format!("{}/tests/vectors/keys/rsa-2048-{name}.pem", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    PrivateKey::from_pkcs8_der(&pem::base64_any(&body).unwrap()).unwrap()
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn full_name(common_name: &str) -> DistinguishedName {
    DistinguishedName::new()
        .with(NameAttribute::Country, "US")
        .with(NameAttribute::StateOrProvince, "California")
        .with(NameAttribute::Locality, "San Francisco")
        .with(NameAttribute::Organization, "Ex\u{e4}mple, Inc.")
        .with(NameAttribute::OrganizationalUnit, "SSOProvider")
        .with(NameAttribute::CommonName, common_name)
        .with(NameAttribute::EmailAddress, "info@example.org")
}

/// 2026-01-31T23:59:59.123Z
const NOW: Timestamp = Timestamp::from_unix_millis(1_769_903_999_123);

fn issued(
    (subject, key): (&DistinguishedName, &Jwk),
    (issuer, signer): (&DistinguishedName, &PrivateKey),
    profile: Profile,
) -> Vec<u8> {
    let issuance = Issuance {
        serial_number: 0x00ff_1234_5678_9abc.into(),
        hash: Hash::Sha256,
        not_before: NOW.plus_seconds(-60),
        not_after: NOW.plus_calendar_years(30),
        issuer,
        subject,
        profile,
    };
    issue(&issuance, key, signer, &mut rng()).unwrap()
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |text, octet| text + &format!("{octet:02X}"))
}

fn serial_number(hexadecimal: &str) -> SerialNumber {
    let digits: Vec<_> = hexadecimal.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap()).collect();
    let octets: Vec<_> = digits.iter().map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    SerialNumber::from_octets(&octets)
}

/// The digest that OpenSSL prints, in the spelling of `x5t`.
fn as_thumbprint(fingerprint: &str) -> String {
    let octets: Vec<u8> = fingerprint.split(':').map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    pem::wrap_base64(&octets, 64).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}

#[test]
fn accepts_our_bare_certificate() {
    let (judge, key, name) = (Judge::new(), canned_key("a"), full_name("example"));
    let der = issued((&name, &key.public_jwk()), (&name, &key), Profile::Bare);
    judge.put("own.pem", pem::encode("CERTIFICATE", &der));

    let text = judge.says("x509 -in own.pem -text -noout");
    assert!(text.contains("Version: 3 (0x2)"), "{text}");
    assert!(text.contains("sha256WithRSAEncryption"), "{text}");
    assert!(!text.contains("extensions"), "{text}");
    judge.says("verify -check_ss_sig -no_check_time -CAfile own.pem own.pem");

    assert_eq!(judge.field("own.pem", "serial"), "FF123456789ABC");
    assert_eq!(judge.field("own.pem", "startdate"), "2026-01-31 23:58:59Z");
    assert_eq!(judge.field("own.pem", "enddate"), "2056-01-31 23:59:59Z");
    let subject =
        judge.says("x509 -in own.pem -noout -subject -nameopt utf8,sep_comma_plus_space,sname,show_type");
    let expected = "subject=C=PRINTABLESTRING:US, ST=UTF8STRING:California, L=UTF8STRING:San Francisco, \
                    O=UTF8STRING:Ex\u{e4}mple, Inc., OU=UTF8STRING:SSOProvider, CN=UTF8STRING:example, \
                    emailAddress=IA5STRING:info@example.org";
    assert_eq!(subject, expected);
}

#[test]
fn agrees_on_fingerprints() {
    let (judge, key, name) = (Judge::new(), canned_key("b"), full_name("example"));
    let der = issued((&name, &key.public_jwk()), (&name, &key), Profile::Bare);
    judge.put("own.pem", pem::encode("CERTIFICATE", &der));
    assert_eq!(as_thumbprint(&judge.field("own.pem", "fingerprint -sha1")), thumbprint::x5t(&der));
    assert_eq!(as_thumbprint(&judge.field("own.pem", "fingerprint -sha256")), thumbprint::x5t_s256(&der));
}

#[test]
fn accepts_our_requests() {
    let (judge, key) = (Judge::new(), canned_key("c"));
    let dns_names = ["dev.okta.com".to_owned(), "*.example.org".to_owned()];
    for dns_names in [&dns_names[..], &[]] {
        let der = csr::build(&full_name("request"), dns_names, &key, Hash::Sha256, &mut rng()).unwrap();
        judge.put("own.csr", pem::encode("CERTIFICATE REQUEST", &der));
        let text = judge.says("req -in own.csr -verify -text -noout");
        assert!(text.contains("sha256WithRSAEncryption"), "{text}");
        assert!(text.contains("Version: 1 (0x0)"), "{text}");
        assert_eq!(text.contains("DNS:dev.okta.com, DNS:*.example.org"), !dns_names.is_empty());
        assert_eq!(text.contains("Subject Alternative Name"), !dns_names.is_empty());
        assert!(!text.contains("critical"), "{text}");
    }
}

#[test]
fn accepts_the_chain_of_our_authority() {
    let (judge, authority_key, key) = (Judge::new(), canned_key("a"), canned_key("d"));
    let authority = full_name("authority");
    let root =
        issued((&authority, &authority_key.public_jwk()), (&authority, &authority_key), Profile::Authority);
    let der = csr::build(&full_name("leaf"), &[], &key, Hash::Sha256, &mut rng()).unwrap();
    let request = CertificationRequest::from_der(&der).unwrap();
    request.verify().unwrap();
    let leaf = issued((request.subject(), request.jwk()), (&authority, &authority_key), Profile::Bare);
    assert!(csr::certificate_matches(&Certificate::from_der(&leaf).unwrap(), request.jwk()));
    assert!(!csr::certificate_matches(&Certificate::from_der(&root).unwrap(), request.jwk()));

    judge.put("root.pem", pem::encode("CERTIFICATE", &root));
    judge.put("leaf.pem", pem::encode("CERTIFICATE", &leaf));
    judge.says("verify -x509_strict -check_ss_sig -no_check_time -CAfile root.pem root.pem");
    judge.says("verify -no_check_time -CAfile root.pem leaf.pem");
    let text = judge.says("x509 -in root.pem -text -noout");
    for words in ["Basic Constraints: critical", "CA:TRUE", "Key Usage: critical", "Key Identifier"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn accepts_our_private_keys() {
    let (judge, mut rng) = (Judge::new(), rng());
    for bits in [2048, 2056, 3072] {
        let key = PrivateKey::generate(KeySpec::Rsa { bits }, &mut rng).unwrap();
        judge.put("own.key", pem::encode("PRIVATE KEY", &key.to_pkcs8_der().unwrap()));
        assert_eq!(judge.says("rsa -in own.key -check -noout"), "RSA key ok");
        let modulus = judge.says("rsa -in own.key -modulus -noout");
        let Jwk::Rsa { n, e } = key.public_jwk() else { panic!("not RSA") };
        assert_eq!(modulus, format!("Modulus={}", hexadecimal(&pem::base64_any(&n).unwrap())));
        assert_eq!((e.as_str(), key.public_jwk().bits()), ("AQAB", bits as usize));
    }
}

#[test]
fn its_keys_are_read() {
    let judge = Judge::new();
    for (key, kty, curve, bits) in [
        ("RSA -pkeyopt rsa_keygen_bits:2048", "RSA", None, 2048),
        ("RSA -pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_keygen_pubexp:3", "RSA", None, 1024),
        ("EC -pkeyopt ec_paramgen_curve:P-256", "EC", Some("P-256"), 256),
        ("EC -pkeyopt ec_paramgen_curve:P-384", "EC", Some("P-384"), 384),
        ("EC -pkeyopt ec_paramgen_curve:P-521", "EC", Some("P-521"), 521),
        ("ED25519", "OKP", Some("Ed25519"), 255),
    ] {
        let certificate = judge.makes(key, "-subj /CN=x -days 20000");
        judge.says("pkey -in made.key -pubout -outform DER -out made.spki");
        let jwk = certificate.jwk();
        assert_eq!((jwk.kty(), jwk.curve(), jwk.bits()), (kty, curve, bits));
        assert_eq!(certificate.spki_der(), judge.get("made.spki"));
        assert_eq!(jwk.to_spki_der().unwrap(), judge.get("made.spki"));
        let date = |timestamp: Timestamp| timestamp.to_string().replace('T', " ").replace(".000", "");
        assert_eq!(date(certificate.not_before()), judge.field("made.pem", "startdate"));
        assert_eq!(date(certificate.not_after()), judge.field("made.pem", "enddate"));
        assert_eq!(certificate.serial_number(), &serial_number(&judge.field("made.pem", "serial")));
    }
}

#[test]
fn its_keys_on_other_curves_are_refused_by_name() {
    let judge = Judge::new();
    for key in ["EC -pkeyopt ec_paramgen_curve:secp256k1", "ED448"] {
        judge.says(&format!("genpkey -quiet -algorithm {key} -out made.key"));
        judge.says("req -x509 -new -key made.key -subj /CN=x -outform DER -out made.der");
        let error = Certificate::from_der(&judge.get("made.der")).unwrap_err();
        let expected = ErrorKind::Invalid { violations: vec![Violation::new("", Reason::KeyTypeNotAllowed)] };
        assert_eq!(error.kind(), &expected);
    }
}

#[test]
fn its_private_keys_are_read() {
    let judge = Judge::new();
    judge.says("genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out made.key");
    judge.says("pkcs8 -topk8 -nocrypt -in made.key -outform DER -out made.rsa");
    judge.says("rsa -inform DER -in made.rsa -pubout -outform DER -out made.spki");
    let key = PrivateKey::from_pkcs8_der(&judge.get("made.rsa")).unwrap();
    assert_eq!(key.spki_der().unwrap(), judge.get("made.spki"));
    assert_eq!(*key.to_pkcs8_der().unwrap(), judge.get("made.rsa"));
    judge.says("genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out made.key");
    judge.says("pkcs8 -topk8 -nocrypt -in made.key -outform DER -out made.ec");
    judge.says("ec -inform DER -in made.ec -pubout -outform DER -out made.spki");
    let key = PrivateKey::from_pkcs8_der(&judge.get("made.ec")).unwrap();
    assert_eq!(key.spki_der().unwrap(), judge.get("made.spki"));
    judge.says("genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -outform DER -out made.pss");
    let key = PrivateKey::from_pkcs8_der(&judge.get("made.pss")).unwrap();
    judge.put("kept.rsa", &*key.to_pkcs8_der().unwrap());
    let modulus = |file| judge.says(&format!("rsa -inform DER -in {file} -modulus -noout"));
    assert_eq!(modulus("kept.rsa"), modulus("made.pss"));
    assert!(judge.says("asn1parse -inform DER -in kept.rsa").contains(":rsaEncryption"));
    judge.says("genpkey -quiet -algorithm ED25519 -outform DER -out made.ed");
    assert!(PrivateKey::from_pkcs8_der(&judge.get("made.ed")).is_err());
}

#[test]
fn its_odd_certificates_are_read() {
    let judge = Judge::new();
    let rsa = "RSA -pkeyopt rsa_keygen_bits:2048";
    for (mask, tag) in [("MASK:0x4", 0x14), ("MASK:0x800", 0x1e), ("MASK:0x2000", 0x0c)] {
        let config = format!(
            "[req]\nprompt=no\nutf8=yes\nstring_mask={mask}\ndistinguished_name=dn\n[dn]\nCN=Z\u{fc}rich\n"
        );
        judge.put("odd.cnf", config);
        let certificate = judge.makes(
            rsa,
            "-config odd.cnf -sha1 -set_serial 0x0123456789abcdef0123456789abcdef0123456789abcdef",
        );
        assert_eq!(certificate.subject().to_string(), "CN=Z\u{fc}rich");
        assert!(certificate.subject().to_der().is_ok());
        assert!(certificate.der().windows(2).any(|pair| pair[0] == tag && pair[1] < 20), "{mask}");
        assert_eq!(certificate.signature_algorithm(), "1.2.840.113549.1.1.5");
        let serial = "0123456789abcdef0123456789abcdef0123456789abcdef";
        assert_eq!(certificate.serial_number(), &serial_number(serial));
    }
    let certificate = judge.makes(rsa, "-subj /C=US/CN=a+OU=b/emailAddress=info@example.org -multivalue-rdn");
    assert_eq!(certificate.subject().to_string(), "C=US, CN=a, OU=b, emailAddress=info@example.org");
}

/// As in certificates that vendors' own tests upload: an e-mail address typed as a string that has no `@`.
#[test]
fn an_at_sign_in_a_printable_string_is_read() {
    let judge = Judge::new();
    let certificate =
        judge.makes("RSA -pkeyopt rsa_keygen_bits:2048", "-subj /emailAddress=info@example.org");
    let mut der = certificate.der().to_vec();
    let typed = b"\x16\x10info@example.org";
    while let Some(at) = der.windows(typed.len()).position(|octets| octets == typed) {
        der[at] = 0x13;
    }
    let read = Certificate::from_der(&der).unwrap();
    assert_eq!(read.issuer(), certificate.issuer());
    assert_ne!(read.der(), certificate.der());
}

#[test]
fn its_requests_are_read() {
    let judge = Judge::new();
    for (key, verifies) in [("RSA -pkeyopt rsa_keygen_bits:2048", true), ("ED25519", false)] {
        judge.says(&format!("genpkey -quiet -algorithm {key} -out made.key"));
        let names = "subjectAltName=DNS:a.example,IP:10.0.0.1,email:x@y,DNS:b.example,dirName:dn";
        judge.put(
            "made.cnf",
            format!("[req]\ndistinguished_name=dn\nreq_extensions=ext\n[ext]\n{names}\n[dn]\nO=o\n"),
        );
        judge.says("req -new -key made.key -config made.cnf -subj /C=CA/CN=x -outform DER -out made.csr");
        judge.says("pkey -in made.key -pubout -outform DER -out made.spki");
        let request = CertificationRequest::from_der(&judge.get("made.csr")).unwrap();
        assert_eq!(request.subject().to_string(), "C=CA, CN=x");
        assert_eq!(request.dns_names(), ["a.example", "b.example"]);
        assert_eq!(request.spki_der(), judge.get("made.spki"));
        assert_eq!(request.verify().is_ok(), verifies);
    }
}

#[test]
fn its_files_are_read() {
    let judge = Judge::new();
    let certificate = judge.makes("RSA -pkeyopt rsa_keygen_bits:2048", "-subj /CN=x");
    judge.says("x509 -in made.pem -outform DER -out der");
    judge.says("x509 -in made.pem -text -out text");
    judge.says("x509 -in made.pem -trustout -addtrust serverAuth -setalias name -out trusted");
    judge.says("crl2pkcs7 -nocrl -certfile made.pem -out bundle.p7");
    judge.says("pkcs7 -in bundle.p7 -print_certs -out bundle");
    for file in ["der", "text", "trusted", "bundle"] {
        assert_eq!(bundle::certificates(&judge.get(file)).unwrap(), [certificate.der()], "{file}");
    }
    assert!(String::from_utf8(judge.get("trusted")).unwrap().contains("TRUSTED CERTIFICATE"));
}
