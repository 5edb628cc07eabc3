//! DER put together by hand, for what OpenSSL refuses to make: keys of any numbers, and packages of any parts.

#![allow(dead_code, unreachable_pub, reason = "each test that uses this room is a program of its own")]

use der::{Encode as _, asn1::ObjectIdentifier};

/// An element with its tag and length.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().position(|digit| *digit != 0).unwrap_or(7)..];
    let long = [0x80 | u8::try_from(digits.len()).unwrap()];
    let long: &[u8] = if content.len() < 128 { &[] } else { &long };
    [&[tag], long, digits, content].concat()
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

pub fn octets(content: &[u8]) -> Vec<u8> {
    element(4, content)
}

pub fn oid(dotted: &str) -> Vec<u8> {
    ObjectIdentifier::new(dotted).unwrap().to_der().unwrap()
}

/// An integer of these octets, big-endian, which is never negative.
pub fn integer(octets: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if octets[0] < 0x80 { &[] } else { &[0] };
    element(2, &[sign, octets].concat())
}

/// A number of so many bits, all of them set: odd, and whatever else a test does not care for.
pub fn ones(bits: usize) -> Vec<u8> {
    let mut number = vec![0xff; bits.div_ceil(8)];
    number[0] >>= bits.div_ceil(8) * 8 - bits;
    number
}

/// PKCS #8 of an RSA key: modulus, exponents, factors, and what the Chinese remainder theorem needs.
pub fn rsa_pkcs8(numbers: &[Vec<u8>; 8]) -> Vec<u8> {
    let numbers = numbers.iter().map(|number| integer(number));
    let key = sequence(&std::iter::once(integer(&[0])).chain(numbers).collect::<Vec<_>>());
    let algorithm = sequence(&[oid("1.2.840.113549.1.1.1"), vec![5, 0]]);
    sequence(&[integer(&[0]), algorithm, octets(&key)])
}

/// PKCS #8 of an RSA key with a modulus of so many bits. Its numbers do not fit together.
pub fn rsa_pkcs8_of(bits: usize) -> Vec<u8> {
    let (whole, half) = (ones(bits), ones(bits / 2));
    let halves = || half.clone();
    rsa_pkcs8(&[whole.clone(), vec![1, 0, 1], whole, halves(), halves(), halves(), halves(), halves()])
}

/// PKCS #12 of these `ContentInfo`s, without a code that authenticates them.
pub fn package(contents: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[integer(&[3]), data(contents)])
}

/// A `ContentInfo` of plain data: a sequence of these parts.
pub fn data(parts: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[oid("1.2.840.113549.1.7.1"), element(0xa0, &octets(&sequence(parts)))])
}

/// A `SafeBag` with a private key that is not encrypted.
pub fn key_bag(pkcs8: &[u8]) -> Vec<u8> {
    sequence(&[oid("1.2.840.113549.1.12.10.1.1"), element(0xa0, pkcs8)])
}

/// A `SafeBag` with a certificate.
pub fn certificate_bag(certificate: &[u8]) -> Vec<u8> {
    let x509 = sequence(&[oid("1.2.840.113549.1.9.22.1"), element(0xa0, &octets(certificate))]);
    sequence(&[oid("1.2.840.113549.1.12.10.1.3"), element(0xa0, &x509)])
}

/// A `ContentInfo` of encrypted data, with an algorithm and its parameters.
pub fn encrypted_data(algorithm: Vec<u8>, ciphertext: &[u8]) -> Vec<u8> {
    let content = sequence(&[oid("1.2.840.113549.1.7.1"), algorithm, element(0x80, ciphertext)]);
    let data = sequence(&[integer(&[0]), content]);
    sequence(&[oid("1.2.840.113549.1.7.6"), element(0xa0, &data)])
}

/// A `SafeBag` with a private key that is encrypted.
pub fn shrouded_bag(algorithm: Vec<u8>, ciphertext: &[u8]) -> Vec<u8> {
    let value = sequence(&[algorithm, octets(ciphertext)]);
    sequence(&[oid("1.2.840.113549.1.12.10.1.2"), element(0xa0, &value)])
}

/// Something in the frame of a certificate: with this content, and a signature that is none.
pub fn certificate(content: &[Vec<u8>]) -> Vec<u8> {
    let algorithm = sequence(&[oid("1.2.840.10045.4.3.2")]);
    sequence(&[sequence(content), algorithm, element(3, &[0; 100])])
}

/// The same element with indefinite lengths, and strings in pieces: BER as BouncyCastle writes it. Primitive elements and
/// the contents of `kept` stay as they are.
pub fn ber(element: &[u8], kept: &[u8]) -> Vec<u8> {
    let (tag, content) = (element[0], content(element));
    let indefinite = |tag: u8, content: Vec<u8>| [vec![tag, 0x80], content, vec![0, 0]].concat();
    match tag {
        _ if element == kept => element.to_vec(),
        0x30 | 0x31 | 0xa0.. => {
            indefinite(tag, parts(content).iter().flat_map(|part| ber(part, kept)).collect())
        }
        4 | 12 | 19 => {
            let (start, end) = content.split_at(content.len() / 2);
            indefinite(tag | 0x20, [octets(start), octets(end)].concat())
        }
        _ => element.to_vec(),
    }
}

/// The content of an element in DER.
pub fn content(element: &[u8]) -> &[u8] {
    &element[header(element)..]
}

/// The elements that lie one behind the other in DER.
pub fn parts(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let start = header(rest);
        let length = match rest[1] {
            short @ 0..0x80 => short.into(),
            _ => rest[2..start].iter().fold(0, |length, digit| length << 8 | usize::from(*digit)),
        };
        let (element, after) = rest.split_at(start + length);
        found.push(element);
        rest = after;
    }
    found
}

fn header(element: &[u8]) -> usize {
    match element[1] {
        0..0x80 => 2,
        long => 2 + usize::from(long & 0x7f),
    }
}
