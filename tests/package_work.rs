//! The work that reading a PKCS #12 file takes is bounded, whatever the file asks for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod der;

use ::der::Encode as _;
use chacha20::ChaCha20Rng;
use idpstore::Result;
use idpstore::pki::{EcCurve, PrivateKey, bundle, pem, pkcs7, pkcs12};
use pkcs5::pbes2::{EncryptionScheme, Kdf, PBES2_OID, Parameters, Pbkdf2Params, Salt, ScryptParams};
use rand_core::SeedableRng as _;

fn key() -> PrivateKey {
    PrivateKey::generate_ec(EcCurve::P256, &mut ChaCha20Rng::seed_from_u64(7))
}

fn key_bag() -> Vec<u8> {
    der::key_bag(&key().to_pkcs8_der().unwrap())
}

/// The algorithm that stands for these parameters, and what it makes of a text under a password.
fn encrypted(kdf: impl Into<Kdf>, password: &str, text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let parameters = Parameters { kdf: kdf.into(), encryption: EncryptionScheme::Aes128Cbc { iv: [7; 16] } };
    (algorithm(&parameters), parameters.encrypt(password, text).unwrap())
}

fn algorithm(parameters: &Parameters) -> Vec<u8> {
    der::sequence(&[der::oid(&PBES2_OID.to_string()), parameters.to_der().unwrap()])
}

fn pbkdf2(rounds: u32) -> Pbkdf2Params {
    Pbkdf2Params::hmac_sha256(rounds, &[7; 16]).unwrap()
}

fn scrypt(cost_parameter: u64) -> ScryptParams {
    let salt = Salt::new([7; 16]).unwrap();
    ScryptParams { salt, cost_parameter, block_size: 8, parallelization: 1, key_length: None }
}

fn refusal(file: &[u8], password: &str) -> String {
    refused(pkcs12::read(file, password))
}

fn refused<T: std::fmt::Debug>(read: Result<T>) -> String {
    read.expect_err("a refusal").to_string()
}

#[test]
fn what_one_part_takes_is_missing_for_the_next() {
    // The first part is an empty sequence. Without it, the second would ask for all the work that a file may ask for.
    let (first, ciphertext) = encrypted(pbkdf2(1), "pw", &der::sequence(&[]));
    let first = der::encrypted_data(first, &ciphertext);
    assert!(pkcs12::read(&der::package(&[first.clone(), der::data(&[key_bag()])]), "pw").is_ok());
    let second = Parameters {
        kdf: pbkdf2((6_300_000 - 66) / 2).into(),
        encryption: EncryptionScheme::Aes128Cbc { iv: [7; 16] },
    };
    let second = der::encrypted_data(algorithm(&second), &[7; 16]);
    let words = refusal(&der::package(&[first, second]), "pw");
    assert!(words.contains("takes too much work to read"), "{words}");
}

#[test]
fn rounds_are_counted_for_keys_and_for_the_code_that_authenticates() {
    let contents = [der::data(&[key_bag()])];
    let too_many = u32::MAX.to_be_bytes();
    for digest in ["1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.3"] {
        let mac = der::sequence(&[
            der::sequence(&[der::sequence(&[der::oid(digest)]), der::octets(&[7; 32])]),
            der::octets(&[7; 8]),
            der::integer(&too_many),
        ]);
        let file = der::sequence(&[der::integer(&[3]), der::data(&contents), mac]);
        for password in ["", "pw"] {
            assert!(refusal(&file, password).contains("takes too much work to read"), "{digest}");
        }
    }
    for old in ["1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.1.6"] {
        let parameters = der::sequence(&[der::octets(&[7; 8]), der::integer(&too_many)]);
        let bag = der::shrouded_bag(der::sequence(&[der::oid(old), parameters]), &[7; 16]);
        let words = refusal(&der::package(&[der::data(&[bag])]), "pw");
        assert!(words.contains("takes too much work to read"), "{old}: {words}");
    }
    let parameters = Parameters {
        kdf: pbkdf2(100_000_000).into(),
        encryption: EncryptionScheme::Aes128Cbc { iv: [7; 16] },
    };
    let bag = der::shrouded_bag(algorithm(&parameters), &[7; 16]);
    assert!(refusal(&der::package(&[der::data(&[bag])]), "pw").contains("takes too much work to read"));
}

#[test]
fn a_long_salt_is_work_too() {
    // The rounds leave so little that a salt of 300 000 octets, which is digested for each key, cannot be paid for.
    let parameters = |rounds: u32| {
        der::sequence(&[der::octets(&vec![7; 300_000]), der::integer(&rounds.to_be_bytes()[1..])])
    };
    for (rounds, words) in
        [(0x01_0000, "is not the password of the file"), (0x30_0000, "takes too much work to read")]
    {
        let algorithm = der::sequence(&[der::oid("1.2.840.113549.1.12.1.3"), parameters(rounds)]);
        let refused = refusal(&der::package(&[der::encrypted_data(algorithm, &[7; 8])]), "pw");
        assert!(refused.contains(words), "{rounds}: {refused}");
    }
}

#[test]
fn passwords_have_a_greatest_length() {
    for (length, good) in [(1024, true), (1025, false), (1_000_000, false)] {
        let password = "x".repeat(length);
        let (algorithm, ciphertext) = encrypted(pbkdf2(1), &password, &key().to_pkcs8_der().unwrap());
        let file = der::package(&[der::data(&[der::shrouded_bag(algorithm, &ciphertext)])]);
        match pkcs12::read(&file, &password) {
            Ok(_) => assert!(good, "{length}"),
            Err(error) => {
                assert!(!good, "{length}: {error}");
                assert_eq!(error.violations()[0].pointer, "/password");
                assert!(error.to_string().contains("is longer than 1024 octets"), "{error}");
            }
        }
    }
}

#[test]
fn files_have_a_greatest_number_of_entries() {
    let certificate = der::certificate(&[der::element(0xa0, &der::integer(&[2]))]);
    for (number, good) in [(255, true), (256, false), (2000, false)] {
        let mut bags = vec![key_bag()];
        bags.resize(number + 1, der::certificate_bag(&certificate));
        let read = pkcs12::read(&der::package(&[der::data(&bags)]), "");
        assert_eq!(read.is_ok(), good, "{number}");
        let certificates = vec![certificate.clone(); number + 1];
        let message = pkcs7::write(&certificates).unwrap();
        let text = pem::encode("CERTIFICATE", &certificate).repeat(number + 1);
        for file in [&message, text.as_bytes(), &certificates.concat(), &der::sequence(&certificates)] {
            assert_eq!(bundle::certificates(file).is_ok(), good, "{number}");
            if number == 256 {
                assert!(refused(bundle::certificates(file)).contains("holds more than 256 certificates"));
            }
        }
        if number == 256 {
            assert!(refused(read).contains("holds more than 256 entries"));
        }
    }
}

#[test]
fn only_the_first_key_is_looked_at() {
    let huge = der::key_bag(&der::rsa_pkcs8_of(600_000));
    let read = pkcs12::read(&der::package(&[der::data(&[key_bag(), huge.clone()])]), "").unwrap();
    assert_eq!(read.private.public_jwk(), key().public_jwk());
    let words = refusal(&der::package(&[der::data(&[huge, key_bag()])]), "");
    assert!(words.contains("an RSA modulus of 600000 bits is not within 1024 to 8192"), "{words}");
}

#[test]
fn salts_and_keys_have_any_length_that_is_paid_for() {
    // PBMAC1 (RFC 9579) states for how long a key it is. Each output, of 32 octets, takes two compressions a round, and
    // goes through the salt.
    let contents = [der::data(&[key_bag()])];
    let number = |number: u32| number.to_der().unwrap();
    let read = |salt: usize, rounds: u32, octets: u32| {
        let hmac = || der::sequence(&[der::oid("1.2.840.113549.2.9")]);
        let kdf = der::sequence(&[der::octets(&vec![7; salt]), number(rounds), number(octets), hmac()]);
        let kdf = der::sequence(&[der::oid("1.2.840.113549.1.5.12"), kdf]);
        let parameters = der::sequence(&[kdf, hmac()]);
        let algorithm = der::sequence(&[der::oid("1.2.840.113549.1.5.14"), parameters]);
        let info = der::sequence(&[algorithm, der::octets(&[7; 32])]);
        let mac = der::sequence(&[info, der::octets(&[7; 8])]);
        refusal(&der::sequence(&[der::integer(&[3]), der::data(&contents), mac]), "pw")
    };
    for (salt, rounds, octets) in [(16, 1000, 32), (300_000, 1000, 32), (16, 1000, 0x7fff)] {
        assert!(read(salt, rounds, octets).contains("is not the password of the file"));
    }
    for (salt, rounds, octets) in [(16, 0x7f_ffff, 32), (1_000_000, 1000, 0x7fff), (16, 0x7fff, 0x7fff)] {
        assert!(
            read(salt, rounds, octets).contains("takes too much work to read"),
            "{salt} {rounds} {octets}"
        );
    }
}

#[test]
fn keys_under_scrypt_are_read_within_64_mebibytes() {
    let (algorithm, ciphertext) = encrypted(scrypt(1024), "pw", &key().to_pkcs8_der().unwrap());
    let file = der::package(&[der::data(&[der::shrouded_bag(algorithm, &ciphertext)])]);
    assert_eq!(pkcs12::read(&file, "pw").unwrap().private.public_jwk(), key().public_jwk());
    assert!(refusal(&file, "wrong").contains("is not the password of the file"));
    for (cost, words) in [(1 << 17, "requires too much memory"), (0, "is damaged"), (3, "is damaged")] {
        let parameters =
            Parameters { kdf: scrypt(cost).into(), encryption: EncryptionScheme::Aes128Cbc { iv: [7; 16] } };
        let bag = der::shrouded_bag(self::algorithm(&parameters), &[7; 16]);
        let refused = refusal(&der::package(&[der::data(&[bag])]), "pw");
        assert!(refused.contains(words), "{cost}: {refused}");
    }
}
