//! What is wrong with keys and certificates is found, and nothing is found where nothing is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod der;
mod judge;

use std::collections::BTreeSet;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use chacha20::ChaCha20Rng;
use crypto_bigint::{BoxedUint, ConcatenatingMul as _};
use crypto_primes::{Flavor, is_prime};
use idpstore::model::{Id, Key, Remainders};
use idpstore::pki::findings::{of_certificate, of_key, shared_primes};
use idpstore::pki::{Certificate, EcCurve, Jwk, KeySpec, PrivateKey, Timestamp, Weakness, pem};
use judge::Judge;
use proptest::prelude::*;
use rand_core::SeedableRng as _;

fn number(octets: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(octets)
}

/// The first prime of the numbers `start + n · step`.
fn prime(start: &BoxedUint, step: u64) -> BoxedUint {
    let mut candidate = start.clone();
    while !is_prime(Flavor::Any, &candidate) {
        candidate = candidate.wrapping_add(BoxedUint::from(step));
    }
    candidate
}

/// An odd number of so many octets that a generator gives, in the upper quarter of them.
fn random(seed: u64, octets: usize) -> BoxedUint {
    let mut octets = vec![0; octets];
    ChaCha20Rng::seed_from_u64(seed).fill_bytes(&mut octets);
    octets[0] |= 0xc0;
    *octets.last_mut().unwrap() |= 1;
    number(&octets)
}

fn modulus(p: &BoxedUint, q: &BoxedUint) -> Jwk {
    let n = BASE64_URL_SAFE_NO_PAD.encode(p.concatenating_mul(q).to_be_bytes_trimmed_vartime());
    Jwk::Rsa { n, e: "AQAB".into() }
}

fn names(key: &Jwk) -> Vec<&'static str> {
    of_key(key).iter().map(|finding| finding.weakness.name()).collect()
}

/// The time of a certificate that OpenSSL makes for a day, as seconds after its beginning.
fn after(certificate: &Certificate, seconds: i64) -> Timestamp {
    certificate.not_before().plus_seconds(seconds)
}

#[test]
fn names_are_all_different() {
    let names: BTreeSet<_> = Weakness::ALL.iter().map(|weakness| weakness.name()).collect();
    assert_eq!(names.len(), Weakness::ALL.len());
}

#[test]
fn close_factors_are_found() {
    let p = prime(&random(1, 128), 2);
    let next = |distance: &BoxedUint| prime(&p.wrapping_add(distance), 2);
    assert_eq!(names(&modulus(&p, &p)), ["fermat"]);
    assert_eq!(names(&modulus(&p, &next(&BoxedUint::from(2_u8)))), ["fermat"]);
    // The mean lies as far above the root as the square of the distance is of eight times it.
    let distance = |bits: usize| number(&[&[1][..], &vec![0; bits / 8]].concat());
    assert_eq!(names(&modulus(&p, &next(&distance(512)))), ["fermat"]);
    assert!(names(&modulus(&p, &next(&distance(528)))).is_empty());
    // Both factors of all moduli have a product of full length, and their order does not matter.
    let ones = prime(&number(&der::ones(1024)).wrapping_sub(BoxedUint::from(2000_u16)), 2);
    let close = prime(&ones.wrapping_sub(BoxedUint::from(9000_u16)), 2);
    assert_eq!(names(&modulus(&ones, &close)), ["fermat"]);
    assert_eq!(names(&modulus(&close, &ones)), ["fermat"]);
}

#[test]
fn the_form_of_roca_is_found() {
    // M of keys of 2048 bits is the product of the first 126 primes; the factors are k · M + (65537^a mod M).
    let primes = (2_u64..702).filter(|candidate| (2..*candidate).all(|it| candidate % it != 0));
    let m = primes.fold(BoxedUint::one(), |m, prime| m.concatenating_mul(&BoxedUint::from(prime)));
    let nonzero = crypto_bigint::NonZero::new(m.clone()).unwrap();
    let factor = |a: u32, k: u64| {
        let power = (0..a).fold(BoxedUint::one(), |power, _| {
            power.concatenating_mul(&BoxedUint::from(65_537_u32)).rem_vartime(&nonzero)
        });
        let mut candidate = m.concatenating_mul(&BoxedUint::from(k)).wrapping_add(&power);
        while !is_prime(Flavor::Any, &candidate) {
            candidate = candidate.wrapping_add(&m);
        }
        candidate
    };
    let (p, q) = (factor(1234, 1 << 50), factor(77, 5 << 48));
    assert!(names(&modulus(&p, &q)).contains(&"roca"));
    assert!(!names(&modulus(&p, &prime(&random(2, 128), 2))).contains(&"roca"));
}

#[test]
fn small_moduli_are_found() {
    let judge = Judge::new();
    for (bits, found) in [(1024, true), (2047, true), (2048, false)] {
        let certificate = judge.makes(&format!("RSA -pkeyopt rsa_keygen_bits:{bits}"), "-subj /CN=small");
        let expected: &[_] = if found { &["rsawarnings/too_small"] } else { &[] };
        assert_eq!(names(certificate.jwk()), expected, "{bits}");
    }
}

#[test]
fn keys_that_were_stored_before_they_would_have_been_refused_are_found() {
    let text = |octets: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(octets);
    for (n, e) in [(der::ones(600_000), vec![3]), (der::ones(2048), vec![1]), (vec![4], vec![3])] {
        assert_eq!(names(&Jwk::Rsa { n: text(&n), e: text(&e) }), ["rsainvalid"]);
    }
    assert_eq!(names(&Jwk::Rsa { n: "?".into(), e: "AQAB".into() }), ["rsainvalid"]);
    let (x, y) = (text(&[7; 32]), text(&[7; 32]));
    assert_eq!(names(&Jwk::Ec { crv: EcCurve::P256, x, y }), ["ecinvalid"]);
}

#[test]
fn weak_signatures_are_found() {
    let judge = Judge::new();
    for (key, digest, found) in [
        ("RSA", "-md5", Some("MD5")),
        ("RSA", "-sha1", Some("SHA-1")),
        ("RSA", "-sha256", None),
        ("RSA", "-sha1 -sigopt rsa_padding_mode:pss", Some("SHA-1")),
        ("RSA", "-sha256 -sigopt rsa_padding_mode:pss", None),
        ("EC -pkeyopt ec_paramgen_curve:P-256", "-sha1", Some("SHA-1")),
        ("EC -pkeyopt ec_paramgen_curve:P-256", "-sha384", None),
    ] {
        let certificate = judge.makes(key, &format!("-subj /CN=signed {digest}"));
        let findings = of_certificate(&certificate, after(&certificate, 0));
        let words: Vec<_> = findings.iter().map(ToString::to_string).collect();
        let expected = found.map(|it| format!("weaksignature: the certificate is signed with {it}"));
        assert_eq!(words, expected.into_iter().collect::<Vec<_>>(), "{key} {digest}");
    }
}

#[test]
fn what_has_ended_or_not_begun_is_found() {
    let judge = Judge::new();
    let certificate = judge.makes("EC -pkeyopt ec_paramgen_curve:P-256", "-subj /CN=dated -days 1");
    for (seconds, expected) in
        [(-1, Some("notyetvalid")), (0, None), (86_400, None), (86_401, Some("expired"))]
    {
        let findings = of_certificate(&certificate, after(&certificate, seconds));
        let names: Vec<_> = findings.iter().map(|finding| finding.weakness.name()).collect();
        assert_eq!(names, expected.into_iter().collect::<Vec<_>>(), "{seconds}");
    }
}

#[test]
fn shared_factors_are_found_among_all_keys() {
    let primes: Vec<_> = (0..8).map(|seed| prime(&random(seed, 32), 2)).collect();
    let key = |p: usize, q: usize| modulus(&primes[p], &primes[q]);
    let on_a_curve = PrivateKey::generate_ec(EcCurve::P256, &mut ChaCha20Rng::seed_from_u64(7)).public_jwk();
    let unusable = Jwk::Rsa { n: BASE64_URL_SAFE_NO_PAD.encode(der::ones(600_000)), e: "AQAB".into() };
    let keys = [key(0, 1), on_a_curve, key(2, 3), unusable, key(4, 1), key(2, 3), key(5, 6), key(0, 1)];
    assert_eq!(shared_primes(&keys), [0, 4, 7]);
    assert_eq!(shared_primes(&keys[..3]), [0_usize; 0]);
    assert_eq!(shared_primes([&key(0, 1), &key(0, 2), &key(1, 3)]), [0, 1, 2], "both factors, of two others");
    assert_eq!(shared_primes([]), [0_usize; 0]);
}

#[test]
fn a_record_tells_what_is_wrong_with_its_key_and_its_certificates() {
    let judge = Judge::new();
    let leaf = judge.makes("RSA -pkeyopt rsa_keygen_bits:1024", "-subj /CN=leaf -sha256");
    let issuer = judge.makes("RSA", "-subj /CN=issuer -sha1 -days 1");
    let now = after(&issuer, 2 * 86_400);
    let mut key = Key {
        id: Id::from_number(7),
        kid: "kid".into(),
        created: now,
        updated: now,
        jwk: leaf.jwk().clone(),
        chain: Vec::new(),
        expires: None,
        private: None,
        request: None,
        remainders: Remainders::new(),
    };
    let words = |key: &Key| key.findings(now).iter().map(ToString::to_string).collect::<Vec<_>>();
    let small = "rsawarnings/too_small: the RSA modulus of 1024 bits has fewer than 2048";
    assert_eq!(words(&key), [small], "without a certificate");
    key.chain = [&leaf, &issuer].map(|it| BASE64_STANDARD.encode(it.der())).to_vec();
    let ends = issuer.not_after();
    assert_eq!(
        words(&key),
        [
            small,
            "weaksignature: of its issuer `CN=issuer`, the certificate is signed with SHA-1",
            &format!("expired: of its issuer `CN=issuer`, the certificate has ended at {ends}"),
        ]
    );
    key.chain.push("no certificate".into());
    assert_eq!(words(&key).len(), 3);
}

#[test]
fn nothing_is_found_in_the_keys_of_the_fixtures() {
    let folder = format!("{}/tests/vectors/keys", env!("CARGO_MANIFEST_DIR"));
    let keys: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
            PrivateKey::from_pkcs8_der(&pem::base64_any(&body).unwrap()).unwrap().public_jwk()
        })
        .collect();
    assert!(keys.len() >= 8);
    for key in &keys {
        assert_eq!(of_key(key), []);
    }
    assert_eq!(shared_primes(&keys), [0_usize; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn nothing_is_found_in_keys_that_are_made_here(seed in any::<u64>()) {
        let specs = EcCurve::ALL.map(|curve| KeySpec::Ec { curve }).into_iter().chain([KeySpec::Rsa { bits: 2048 }]);
        for spec in specs {
            let key = PrivateKey::generate(spec, &mut ChaCha20Rng::seed_from_u64(seed)).unwrap();
            prop_assert_eq!(of_key(&key.public_jwk()), []);
            prop_assert!(PrivateKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).is_ok());
        }
    }
}
