//! One certificate, in every form that files of certificates have.

#![allow(dead_code, unreachable_pub, reason = "each test that uses this room is a program of its own")]

use idpstore::pki::{pem, pkcs7};
use proptest::strategy::Strategy;

use crate::der::{ber, content, indefinite, parts, sequence};

type Step = (&'static str, fn(&[u8]) -> Vec<u8>);

/// What the file contains.
const CONTAINERS: &[Step] = &[
    ("a certificate", |der| der.to_vec()),
    ("and a line feed", |der| [der, b"\n"].concat()),
    ("and zeros", |der| [der, &[0; 9]].concat()),
    ("BER around what is signed", |der| {
        let frame = parts(content(der));
        indefinite(0x30, &[frame[0], &indefinite(0x30, content(frame[1])), frame[2]].concat())
    }),
    ("a long length", |der| [&[0x30, 0x84, 0, 0], &length(der)[..], content(der)].concat()),
    ("PKCS #7", |der| pkcs7::write(&[der.to_vec()]).unwrap()),
    ("BER of PKCS #7", |der| ber(&pkcs7::write(&[der.to_vec()]).unwrap(), der)),
    ("a PkiPath", |der| sequence(&[der.to_vec()])),
];

/// How it is written.
const WRITINGS: &[Step] = &[
    ("binary", |octets| octets.to_vec()),
    ("base64", |octets| pem::wrap_base64(octets, 4000).into_bytes()),
    ("base64 in lines", |octets| pem::wrap_base64(octets, 76).replace('\n', "\r\n \t").into_bytes()),
    ("base64url", |octets| url_safe(&pem::wrap_base64(octets, 64)).into_bytes()),
    ("CERTIFICATE", |octets| block("CERTIFICATE", octets)),
    ("X509 CERTIFICATE", |octets| block("X509 CERTIFICATE", octets)),
    ("CERTIFICATE CHAIN", |octets| block("CERTIFICATE CHAIN", octets)),
    ("PKCS7", |octets| block("PKCS7", octets)),
    ("PKCS #7 SIGNED DATA", |octets| block("PKCS #7 SIGNED DATA", octets)),
    ("CMS", |octets| block("CMS", octets)),
    ("in one line", |octets| pem::encode("CERTIFICATE", octets).replace('\n', " ").into_bytes()),
    ("with headers", |octets| {
        let headers = "-----\nProc-Type: 4,CLEAR\nX-Folded: a\n\tb: c\n  d\n\n";
        pem::encode("CERTIFICATE", octets).replacen("-----\n", headers, 1).into_bytes()
    }),
    ("with attributes", |octets| {
        let attributes =
            "Bag Attributes\n    friendlyName: x\\y\n    localKeyID: 54 69 6D\nsubject=CN = a -----\n";
        let text = pem::encode("CERTIFICATE", octets);
        format!("{attributes}{text}{}", pem::encode("PRIVATE KEY", b"0")).into_bytes()
    }),
];

/// In which characters, if it is text.
const ENCODINGS: &[Step] = &[
    ("UTF-8", |text| text.to_vec()),
    ("UTF-8 with a mark", |text| [b"\xef\xbb\xbf", text].concat()),
    ("CR LF", |text| replaced(text, "\n", "\r\n")),
    ("CR", |text| replaced(text, "\n", "\r")),
    ("\\n", |text| replaced(text, "\n", "\\n")),
    ("\\r\\n", |text| replaced(text, "\n", "\\r\\n")),
    ("UTF-16BE", |text| utf16(text, u16::to_be_bytes)),
    ("UTF-16LE", |text| utf16(text, u16::to_le_bytes)),
    ("UTF-16BE with a mark", |text| [vec![0xfe, 0xff], utf16(text, u16::to_be_bytes)].concat()),
    ("UTF-16LE with a mark", |text| [vec![0xff, 0xfe], utf16(text, u16::to_le_bytes)].concat()),
    ("base64", |text| pem::wrap_base64(text, 64).into_bytes()),
];

/// The steps that make a file of a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    container: usize,
    writing: usize,
    encoding: usize,
}

impl Spelling {
    /// The names of the steps.
    pub fn name(self) -> String {
        let Self { container, writing, encoding } = self;
        format!("{}, {}, {}", CONTAINERS[container].0, WRITINGS[writing].0, ENCODINGS[encoding].0)
    }

    /// The file of a certificate in DER.
    pub fn of(self, der: &[u8]) -> Vec<u8> {
        let written = WRITINGS[self.writing].1(&CONTAINERS[self.container].1(der));
        if WRITINGS[self.writing].0 == "binary" { written } else { ENCODINGS[self.encoding].1(&written) }
    }
}

pub fn any() -> impl Strategy<Value = Spelling> {
    (0..CONTAINERS.len(), 0..WRITINGS.len(), 0..ENCODINGS.len())
        .prop_map(|(container, writing, encoding)| Spelling { container, writing, encoding })
}

fn length(der: &[u8]) -> [u8; 2] {
    u16::try_from(content(der).len()).unwrap().to_be_bytes()
}

fn block(label: &str, octets: &[u8]) -> Vec<u8> {
    pem::encode(label, octets).into_bytes()
}

fn url_safe(base64: &str) -> String {
    base64.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}

fn replaced(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(text.to_vec()).unwrap().replace(from, to).into_bytes()
}

fn utf16(text: &[u8], octets: fn(u16) -> [u8; 2]) -> Vec<u8> {
    String::from_utf8(text.to_vec()).unwrap().encode_utf16().flat_map(octets).collect()
}
