//! Keys that no server could use are refused before anything is computed with them, and odd ones are kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod der;
mod judge;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use chacha20::ChaCha20Rng;
use idpstore::pki::{
    Certificate, CertificationRequest, DistinguishedName, EcCurve, Hash, Issuance, Jwk, KeySpec,
    NameAttribute, PrivateKey, Profile, Timestamp, issue,
};
use judge::Judge;
use rand_core::SeedableRng as _;
use rsa::{
    BoxedUint,
    pkcs1::RsaPrivateKeyRef,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, PrivateKeyInfoRef},
    traits::{PrivateKeyParts as _, PublicKeyParts as _},
};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn rsa_key() -> PrivateKey {
    PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut rng()).unwrap()
}

/// The eight numbers of an RSA key.
fn numbers(key: &PrivateKey) -> [Vec<u8>; 8] {
    let der = key.to_pkcs8_der().unwrap();
    let info = PrivateKeyInfoRef::try_from(der.as_slice()).unwrap();
    let it = RsaPrivateKeyRef::try_from(info.private_key.as_bytes()).unwrap();
    let public = [it.modulus, it.public_exponent];
    let private = [it.private_exponent, it.prime1, it.prime2, it.exponent1, it.exponent2, it.coefficient];
    let numbers: Vec<_> = public.iter().chain(&private).map(|number| number.as_bytes().to_vec()).collect();
    numbers.try_into().unwrap()
}

fn refusal(pkcs8: &[u8]) -> String {
    PrivateKey::from_pkcs8_der(pkcs8).expect_err("no key").to_string()
}

/// A certificate for this key, by another one.
fn certificate(jwk: &Jwk) -> Vec<u8> {
    let name = DistinguishedName::new().with(NameAttribute::CommonName, "checked");
    let issuance = Issuance {
        serial_number: 1.into(),
        not_before: Timestamp::from_unix_seconds(1_700_000_000),
        not_after: Timestamp::from_unix_seconds(2_600_000_000),
        issuer: &name,
        subject: &name,
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    let issuer = PrivateKey::generate_ec(EcCurve::P256, &mut rng());
    issue(&issuance, jwk, &issuer, &mut rng()).unwrap()
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Jwk {
    let text = |number| BASE64_URL_SAFE_NO_PAD.encode(number);
    Jwk::Rsa { n: text(modulus), e: text(exponent) }
}

#[test]
fn the_size_of_a_private_key_is_looked_at_before_its_numbers() {
    for bits in [8, 1023, 8193, 16_384, 100_000, 600_000] {
        let words = format!("an RSA modulus of {bits} bits is not within 1024 to 8192");
        let refused = refusal(&der::rsa_pkcs8_of(bits));
        assert!(refused.contains(&words), "{refused}");
    }
    for bits in [1024, 8192] {
        let refused = refusal(&der::rsa_pkcs8_of(bits));
        assert!(refused.contains("do not fit together"), "{refused}");
    }
}

#[test]
fn every_number_of_a_private_key_is_bounded() {
    let good = numbers(&rsa_key());
    assert!(PrivateKey::from_pkcs8_der(&der::rsa_pkcs8(&good)).is_ok());
    for at in 2..8 {
        let mut numbers = good.clone();
        numbers[at] = der::ones(600_000);
        let refused = refusal(&der::rsa_pkcs8(&numbers));
        assert!(refused.contains("a number of the RSA key is longer than its modulus"), "{at}: {refused}");
    }
}

#[test]
fn numbers_that_make_no_rsa_key_are_refused() {
    let good = numbers(&rsa_key());
    let with = |at: usize, number: Vec<u8>| {
        let mut numbers = good.clone();
        numbers[at] = number;
        refusal(&der::rsa_pkcs8(&numbers))
    };
    let changed = |at: usize, by: u8| {
        let mut number = good[at].clone();
        *number.last_mut().unwrap() ^= by;
        with(at, number)
    };
    for (refused, words) in [
        (changed(0, 1), "the RSA modulus is even"),
        (changed(0, 2), "do not fit together"), // another modulus than the product
        (changed(2, 2), "do not fit together"), // another private exponent
        (changed(4, 2), "do not fit together"), // another factor
        (with(1, vec![1]), "not an odd number from 3"),
        (with(1, vec![1, 0, 0]), "not an odd number from 3"),
        (with(1, der::ones(65)), "not an odd number from 3"),
        (with(1, vec![3]), "do not fit together"),
    ] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
}

#[test]
fn a_composite_factor_is_noticed() {
    let key = rsa::PrivateKey::from_pkcs8_der(&rsa_key().to_pkcs8_der().unwrap()).unwrap();
    let (p, q) = (key.primes()[0].as_ref(), key.primes()[1].as_ref());
    // Whatever odd numbers the factors are, exponents can be found that fit them.
    let composite = p.wrapping_add(BoxedUint::from(4_u8));
    for (p, q) in [(composite.clone(), q.clone()), (q.clone(), composite)] {
        let key = rsa::PrivateKey::from_p_q(p, q, key.e().clone()).unwrap();
        let refused = refusal(key.to_pkcs8_der().unwrap().as_bytes());
        assert!(refused.contains("a factor of the RSA modulus is not prime"), "{refused}");
    }
}

#[test]
fn a_key_on_a_curve_fits_its_own_public_part() {
    let judge = Judge::new();
    for curve in ["P-256", "P-384", "P-521"] {
        judge.says(&format!("genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:{curve} -out made.key"));
        judge.says("pkcs8 -topk8 -nocrypt -in made.key -outform DER -out made.der");
        let mut der = judge.get("made.der");
        assert!(PrivateKey::from_pkcs8_der(&der).is_ok());
        *der.last_mut().unwrap() ^= 1; // of the public part
        assert!(refusal(&der).contains("not a readable private key"), "{curve}");
    }
}

#[test]
fn certificates_are_trusted_up_to_sizes_that_we_would_not_sign_with() {
    for bits in [512, 1024, 3072, 16_384] {
        let jwk = rsa(&der::ones(bits), &[1, 0, 1]);
        let read = Certificate::from_der(&certificate(&jwk)).unwrap();
        assert_eq!((read.jwk(), read.jwk().bits()), (&jwk, bits));
    }
    for exponent in [vec![3], der::ones(64)] {
        assert!(Certificate::from_der(&certificate(&rsa(&der::ones(2048), &exponent))).is_ok());
    }
}

#[test]
fn certificates_of_unusable_keys_are_refused() {
    let even = [der::ones(2040), vec![0xfe]].concat();
    for (modulus, exponent, words) in [
        (der::ones(511), vec![1, 0, 1], "511 bits is not within 512 to 16384"),
        (der::ones(16_385), vec![1, 0, 1], "16385 bits is not within 512 to 16384"),
        (der::ones(600_000), vec![1, 0, 1], "600000 bits is not within 512 to 16384"),
        (even, vec![1, 0, 1], "the RSA modulus is even"),
        (der::ones(2048), vec![1], "not an odd number from 3"),
        (der::ones(2048), vec![1, 0, 0], "not an odd number from 3"),
        (der::ones(2048), der::ones(65), "not an odd number from 3"),
    ] {
        let refused = Certificate::from_der(&certificate(&rsa(&modulus, &exponent))).unwrap_err().to_string();
        assert!(refused.contains("has a key that cannot be used") && refused.contains(words), "{refused}");
    }
}

#[test]
fn points_off_their_curves_are_refused_wherever_they_stand() {
    let judge = Judge::new();
    for curve in ["P-256", "P-384", "P-521"] {
        let made = judge.makes(&format!("EC -pkeyopt ec_paramgen_curve:{curve}"), "-subj /CN=point");
        let Jwk::Ec { crv, x, y } = made.jwk() else { unreachable!("an EC key") };
        let off = Jwk::Ec { crv: *crv, x: y.clone(), y: x.clone() };
        let words = format!("its point is not on the curve {curve}");
        for refused in [
            Certificate::from_der(&certificate(&off)).map(drop),
            Jwk::from_spki_der(&off.to_spki_der().unwrap()).map(drop),
            off.check(),
        ] {
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains(&words), "{refused}");
        }
        made.jwk().check().unwrap();
    }
}

#[test]
fn requests_are_verified_whatever_the_size_of_the_key() {
    let judge = Judge::new();
    for bits in ["512", "1024", "-primes 5 8200"] {
        judge.says(&format!("genrsa -out made.key {bits}"));
        judge.says("req -new -sha1 -key made.key -subj /CN=sha1 -outform DER -out old.csr");
        judge.says("req -new -sha256 -key made.key -subj /CN=size -outform DER -out made.csr");
        let read = |name| CertificationRequest::from_der(&judge.get(name)).unwrap();
        read("made.csr").verify().unwrap();
        assert!(read("old.csr").verify().unwrap_err().to_string().contains("not supported"));
    }
}

#[test]
#[cfg(feature = "okta")]
fn vendors_say_what_is_wrong_with_a_key() {
    let store = idpstore::IdpStore::in_memory().unwrap();
    let even = rsa(&[der::ones(2040), vec![0xfe]].concat(), &[1, 0, 1]);
    let body = format!(r#"{{"x5c": ["{}"]}}"#, BASE64_STANDARD.encode(certificate(&even)));
    let request =
        http::Request::post("/api/v1/idps/credentials/keys").header("content-type", "application/json");
    let answer = store.handle(request.body(body.into()).unwrap());
    let body = String::from_utf8(answer.body().to_vec()).unwrap();
    assert_eq!(answer.status(), 400, "{body}");
    assert!(body.contains("x5c[0]: The key cannot be used: the RSA modulus is even"), "{body}");
}
