//! Planted secrets, in every spelling in which they could leave.

#![expect(clippy::disallowed_types, reason = "the order is never looked at, and the search must be quick")]

use std::collections::{BTreeSet, HashMap, HashSet};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// What we show to a partner's authorization server.
    ClientSecret,
    /// The private key with which Apple lets a client sign.
    AppleKey,
    /// The key of an identity-verification vendor.
    ApiKey,
    /// What an OAuth application of ours shows to us.
    ApplicationSecret,
    /// A private member of a key in JSON (RFC 7518, section 6).
    PrivateJwk,
    BindPassword,
    Password,
    /// The private part of a key that the store holds.
    HeldKey,
}

#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) what: What,
    /// The dialect through which it was given.
    pub(crate) from: &'static str,
}

/// How many bytes of a spelling are looked for.
const LENGTH: usize = 12;

/// All secrets that were planted.
#[derive(Default)]
pub(crate) struct Needles {
    secrets: Vec<Secret>,
    starts: HashMap<[u8; LENGTH], usize>,
    /// The first two bytes of all starts.
    pairs: HashSet<[u8; 2]>,
    /// Texts that have been searched, and hold none.
    clean: HashSet<Vec<u8>>,
}

impl Needles {
    /// A new text to be planted, by whose start it is known.
    pub(crate) fn text(&mut self, what: What, from: &'static str) -> String {
        let text = format!("q{:05}ZkwPlantedSecret", self.secrets.len());
        self.add(what, from, &[text.as_bytes()]);
        text
    }

    /// A private key (PKCS #8 in DER).
    pub(crate) fn key(&mut self, der: &[u8]) {
        self.add(What::HeldKey, "", &private_parts(der));
    }

    fn add(&mut self, what: What, from: &'static str, parts: &[&[u8]]) {
        for start in parts.iter().flat_map(|part| spellings(part)) {
            self.starts.entry(start).or_insert(self.secrets.len());
            self.pairs.extend(start.first_chunk().copied());
        }
        self.secrets.push(Secret { what, from });
    }

    /// The secrets that a text holds.
    pub(crate) fn find(&mut self, text: &[u8]) -> Vec<Secret> {
        if self.clean.contains(text) {
            return Vec::new();
        }
        // Lines may end anywhere in base64, and in JSON their ends are escaped.
        let joined = String::from_utf8_lossy(text).replace("\\n", "").replace(['\r', '\n'], "");
        let windows = text.windows(LENGTH).chain(joined.as_bytes().windows(LENGTH));
        let windows =
            windows.filter(|window| window.first_chunk().is_some_and(|pair| self.pairs.contains(pair)));
        let found: BTreeSet<_> = windows.filter_map(|window| self.starts.get(window)).collect();
        let found: Vec<_> =
            found.into_iter().filter_map(|secret| self.secrets.get(*secret).cloned()).collect();
        if found.is_empty() {
            self.clean.insert(text.to_vec());
        }
        found
    }

    pub(crate) fn planted(&self) -> BTreeSet<What> {
        self.secrets.iter().map(|secret| secret.what).collect()
    }
}

/// How bytes begin as they are, in hexadecimal and decimal numbers, and in base64 wherever in a group they begin.
fn spellings(bytes: &[u8]) -> Vec<[u8; LENGTH]> {
    let hex: String = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(digit).collect();
    let decimal = format!("{:?}", bytes.iter().take(4).collect::<Vec<_>>());
    let decimal = decimal.trim_start_matches('[').to_owned();
    let mut spellings = vec![bytes.to_vec(), hex.to_uppercase().into(), hex.into(), decimal.into()];
    for rest in (0..3).filter_map(|skipped| bytes.get(skipped..)) {
        spellings.push(BASE64_STANDARD_NO_PAD.encode(rest).into());
        spellings.push(BASE64_URL_SAFE_NO_PAD.encode(rest).into());
    }
    spellings.iter().filter_map(|spelling| spelling.first_chunk().copied()).collect()
}

/// The tag, the content and the rest of a value in DER.
fn value(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (tag, length) = (der[0], usize::from(der[1]));
    let (head, length) = match length.checked_sub(0x80) {
        None => (2, length),
        Some(count) => {
            (2 + count, der[2..2 + count].iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
        }
    };
    (tag, &der[head..head + length], &der[head + length..])
}

/// The values in a value.
fn values(mut content: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while !content.is_empty() {
        let (tag, inner, rest) = value(content);
        found.push((tag, inner));
        content = rest;
    }
    found
}

/// The numbers of a key that are not public: of one of RSA all but the version, modulus and exponent (RFC 8017,
/// appendix A.1.2), of one on a curve the scalar (RFC 5915).
fn private_parts(der: &[u8]) -> Vec<&[u8]> {
    let key = values(value(der).1)[2].1;
    let members = values(value(key).1);
    let private = if members.len() == 9 { &members[3..] } else { &members[1..2] };
    private.iter().map(|(_, number)| number.strip_prefix(&[0]).unwrap_or(number)).collect()
}

#[test]
fn are_found_in_every_spelling() {
    let mut needles = Needles::default();
    let text = needles.text(What::Password, "okta");
    let hex: String = text.bytes().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(digit).collect();
    let mut spelled = vec![text.clone(), hex, format!("{:?}", text.as_bytes())];
    for before in ["", "x", "xy", "xyz"] {
        spelled.push(BASE64_STANDARD_NO_PAD.encode(format!("{before}{text}")));
    }
    let base64 = BASE64_URL_SAFE_NO_PAD.encode(&text);
    let (start, end) = base64.split_at(7);
    spelled.extend([format!("{start}\r\n{end}"), format!("{start}\\n{end}")]);
    for spelled in spelled {
        assert_eq!(needles.find(format!("before {spelled} after").as_bytes()).len(), 1, "{spelled}");
    }
    assert!(needles.find(b"before and after").is_empty());
}

/// A hexadecimal digit.
fn digit(value: u8) -> Option<char> {
    char::from_digit(value.into(), 16)
}
