//! OpenSSL as the judge of what a certificate is, in whatever form it comes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod der;
mod judge;
mod spellings;

use idpstore::pki::{Certificate, bundle, thumbprint};
use proptest::prelude::*;

use judge::Judge;

/// Certificates of every kind that OpenSSL makes: arguments of `genpkey` and of `req`.
const KINDS: [(&str, &str); 8] = [
    ("RSA -pkeyopt rsa_keygen_bits:2048", "-subj /CN=x"),
    ("RSA -pkeyopt rsa_keygen_bits:1024", "-subj /CN=x -sha1 -set_serial -5"),
    ("RSA -pkeyopt rsa_keygen_bits:2048", "-subj /CN=x -sigopt rsa_padding_mode:pss -set_serial -32768"),
    ("RSA-PSS -pkeyopt rsa_keygen_bits:2048", "-subj /CN=x -days 20000"),
    ("EC -pkeyopt ec_paramgen_curve:P-256", "-subj /C=US/O=long/CN="),
    ("EC -pkeyopt ec_paramgen_curve:P-384", "-subj /CN=x -set_serial 0"),
    ("EC -pkeyopt ec_paramgen_curve:P-521", "-subj / -set_serial 0xffffffffffffffffffffffffffffffffffffffff"),
    ("ED25519", "-subj /CN=x"),
];

/// The certificates, each with the digest that OpenSSL prints.
fn certificates(judge: &Judge) -> Vec<(Vec<u8>, String)> {
    let made = KINDS.iter().map(|(key, arguments)| {
        judge.says(&format!("genpkey -quiet -algorithm {key} -out made.key"));
        let arguments = arguments.replace("CN=", &format!("CN={}", "long".repeat(15)));
        judge.says(&format!("req -x509 -new -key made.key -outform DER -out made.der {arguments}"));
        judge.get("made.der")
    });
    made.map(|der| (der.clone(), fingerprint(judge, &der))).collect()
}

/// The digest that OpenSSL prints for a certificate in DER or BER, in the spelling of `x5t#S256`.
fn fingerprint(judge: &Judge, certificate: &[u8]) -> String {
    judge.put("judged", certificate);
    let line = judge.says("x509 -inform DER -in judged -noout -fingerprint -sha256");
    let digits = line.split_once('=').unwrap().1.split(':');
    let octets: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    let base64 = idpstore::pki::pem::wrap_base64(&octets, 64);
    base64.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}

/// The digest of the one certificate in a file, once it was read and kept.
fn digest(file: &[u8]) -> Result<String, String> {
    let found = bundle::certificates(file).map_err(|error| error.in_full())?;
    let [der] = found.as_slice() else { return Err(format!("{} certificates", found.len())) };
    let read = Certificate::from_der(der).map_err(|error| error.in_full())?;
    Ok(thumbprint::x5t_s256(read.der()))
}

#[test]
fn every_certificate_in_every_spelling_has_its_digest() {
    let judge = Judge::new();
    let certificates = certificates(&judge);
    proptest!(ProptestConfig::with_cases(1000), |(spelling in spellings::any(), which in 0..KINDS.len())| {
        let (der, wanted) = &certificates[which];
        prop_assert_eq!(digest(&spelling.of(der)), Ok(wanted.clone()), "{}: {:?}", spelling.name(), KINDS[which]);
    });
}

/// A certificate that begins at this time: tag and text.
fn beginning(der: &[u8], tag: u8, text: &str) -> Vec<u8> {
    let frame = der::parts(der::content(der));
    let mut parts: Vec<_> = der::parts(der::content(frame[0])).into_iter().map(<[u8]>::to_vec).collect();
    let versioned = usize::from(parts[0][0] == 0xa0);
    parts[3 + versioned] =
        der::sequence(&[der::element(tag, text.as_bytes()), der::element(0x17, b"360101000000Z")]);
    der::sequence(&[der::sequence(&parts), frame[1].to_vec(), frame[2].to_vec()])
}

/// Where OpenSSL finds a time bad, the certificate is read all the same.
#[test]
fn times_are_read_as_it_reads_them() {
    const UTC: u8 = 0x17;
    const GENERALIZED: u8 = 0x18;
    let judge = Judge::new();
    let der = judge.makes("EC -pkeyopt ec_paramgen_curve:P-256", "-subj /CN=x").der().to_vec();
    for (tag, text, bad) in [
        (UTC, "260101000000Z", None),
        (UTC, "2601010000Z", None),
        (UTC, "260101000000+0130", None),
        (UTC, "2601010000-0130", None),
        (UTC, "500101000000Z", None),
        (UTC, "691231235959Z", None),
        (UTC, "491231235959Z", None),
        (UTC, "240229000000Z", None),
        (UTC, "161231235960Z", Some("2017-01-01T00:00:00.000Z")),
        (UTC, "260101000000", Some("2026-01-01T00:00:00.000Z")),
        (UTC, "260101000000.5Z", Some("2026-01-01T00:00:00.500Z")),
        (GENERALIZED, "20260101000000Z", None),
        (GENERALIZED, "202601010000Z", None),
        (GENERALIZED, "20260101000000.5Z", None),
        (GENERALIZED, "20260101000000.125+0130", None),
        (GENERALIZED, "202601010000-0130", None),
        (GENERALIZED, "19491231235959Z", None),
        (GENERALIZED, "16010101000000Z", None),
        (GENERALIZED, "20260101000060Z", Some("2026-01-01T00:01:00.000Z")),
        (GENERALIZED, "2026010100Z", Some("2026-01-01T00:00:00.000Z")),
        (GENERALIZED, "20260101000000,5Z", Some("2026-01-01T00:00:00.500Z")),
    ] {
        let certificate = beginning(&der, tag, text);
        judge.put("time", &certificate);
        let theirs = judge.says("x509 -inform DER -in time -noout -startdate -dateopt iso_8601");
        let (_, theirs) = theirs.split_once('=').unwrap();
        let read = Certificate::from_der(&certificate).unwrap();
        assert_eq!(read.der(), certificate);
        let ours = read.not_before().to_string();
        if let Some(instant) = bad {
            assert_eq!((ours.as_str(), theirs), (instant, "Bad time value"), "{text}");
            continue;
        }
        let (seconds, fraction) = ours.trim_end_matches('Z').split_once('.').unwrap();
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        assert_eq!(format!("{}{point}{fraction}Z", seconds.replace('T', " ")), theirs, "{text}");
    }
}

/// What was signed is never written anew, be it BER itself; its frame is.
#[test]
fn ber_that_was_signed_keeps_its_digest() {
    let judge = Judge::new();
    for (der, _) in certificates(&judge) {
        let plain = Certificate::from_der(&der).unwrap();
        for kept in [b"".to_vec(), der::parts(der::content(&der))[2].to_vec()] {
            let ber = der::ber(&der, &kept);
            // OpenSSL takes the octet that begins each piece of a BIT STRING for a part of its bits.
            if !kept.is_empty() {
                assert_eq!(digest(&ber), Ok(fingerprint(&judge, &ber)));
            }
            let read = Certificate::from_der(&ber).unwrap();
            assert_eq!((read.subject(), read.jwk()), (plain.subject(), plain.jwk()));
            assert_eq!((read.not_after(), read.serial_number()), (plain.not_after(), plain.serial_number()));
            assert_eq!(Certificate::from_der(read.der()).unwrap(), read);
        }
    }
}
