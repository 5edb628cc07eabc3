//! What PingOne demands of a document that describes a key to be made, and what is made of it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::members::{self, Form, Member, optional, required, unless, violation};
use super::wire::{SIGNATURE_NAMES, USAGES};
use super::{key_lens, names};
use crate::dialects::lens::Members;
use crate::error::{Reason, Result, Violation};
use crate::model::Remainders;
use crate::pki::Profile;
use crate::pki::{EcCurve, Hash, KeySpec, SerialNumber, Timestamp};
use crate::service::{CertificatePlan, NewKey};

const DAY: i64 = 24 * 60 * 60;

/// The longest period of validity: no certificate lasts beyond the year 9999.
const DAYS: i64 = 1_000_000;

/// A key to be made.
#[derive(Debug)]
pub(super) struct Wanted {
    plan: CertificatePlan,
    starts: Option<Timestamp>,
    days: i64,
    remainders: Remainders,
    /// Whether it becomes the default for its use.
    pub(super) default: bool,
}

impl Wanted {
    /// The key, if it is made now.
    pub(super) fn at(&self, now: Timestamp) -> NewKey {
        let not_before = self.starts.unwrap_or(now).truncated_to_seconds();
        let mut plan = self.plan.clone();
        (plan.not_before, plan.not_after) = (not_before, not_before.plus_seconds(self.days * DAY));
        if plan.serial_number == SerialNumber::default() {
            plan.serial_number = u128::try_from(now.unix_millis()).unwrap_or_default().into();
        }
        NewKey { remainders: self.remainders.clone(), ..plan.into() }
    }
}

/// Of a serial number all digits are wanted, which other numbers do not keep.
#[derive(Deserialize)]
struct Exact<'a> {
    #[serde(borrow, default, rename = "serialNumber")]
    serial_number: Option<&'a RawValue>,
}

const KEY: &[Member] = &[
    required(&["name"], Form::Text),
    required(&["algorithm"], Form::OneOf(&["RSA", "EC"])),
    required(&["keyLength"], Form::Integer),
    required(&["signatureAlgorithm"], Form::OneOf(SIGNATURE_NAMES)),
    required(&["subjectDN"], Form::Text),
    USAGE,
    required(&["validityPeriod"], Form::Between(1, DAYS)),
    ISSUER,
    optional(&["startsAt"], Form::Text),
    DEFAULT,
    optional(&["customCRL"], Form::Text),
];

const USAGE: Member = required(&["usageType"], Form::OneOf(USAGES));
const ISSUER: Member = optional(&["issuerDN"], Form::Text);
const DEFAULT: Member = optional(&["default"], Form::Switch);

/// Reads a document; `body` is what it was read from.
///
/// # Errors
///
/// [`ErrorKind::Invalid`](crate::error::ErrorKind::Invalid) with everything that is wrong.
pub(super) fn read(document: &Members, body: &[u8]) -> Result<Wanted> {
    let mut rules = Rules::of(document, KEY);
    let name = rules.text("name").unwrap_or_default().to_owned();
    let usage = rules.usage().unwrap_or("SIGNING");
    let (spec, hash) = rules.spec();
    let (subject_text, subject) = rules.name("subjectDN").unwrap_or_default();
    let (issuer_text, issuer) =
        rules.name("issuerDN").unwrap_or_else(|| (subject_text.clone(), subject.clone()));
    let starts = rules.starts();
    let serial_number = rules.serial_number(body);
    let custom_crl = rules.custom_crl(usage);
    let remainders = key_lens::saying(
        &Remainders::new(),
        [
            ("name", name.into()),
            ("subjectDN", subject_text.into()),
            ("issuerDN", issuer_text.into()),
            ("usageType", usage.into()),
            ("customCRL", custom_crl.into()),
        ],
    );
    let plan = CertificatePlan {
        subject,
        issuer,
        serial_number,
        not_before: Timestamp::default(),
        not_after: Timestamp::default(),
        spec,
        hash,
        profile: if usage == "ISSUANCE" { Profile::Authority } else { Profile::Bare },
    };
    let days = rules.said.get("validityPeriod").and_then(Value::as_i64).unwrap_or(1);
    let default = rules.switch("default").unwrap_or(false);
    unless(rules.violations, Wanted { plan, starts, days, remainders, default })
}

/// What a document says that changes a key: its use, its issuer, and whether it is the default.
pub(super) struct Change {
    pub(super) usage: Option<&'static str>,
    pub(super) issuer: Option<String>,
    pub(super) default: Option<bool>,
}

/// Reads a document that changes a key; its other members say nothing that counts.
///
/// # Errors
///
/// [`ErrorKind::Invalid`](crate::error::ErrorKind::Invalid) with everything that is wrong.
pub(super) fn read_change(document: &Members) -> Result<Change> {
    const CHANGE: &[Member] = &[optional(&["usageType"], Form::OneOf(USAGES)), ISSUER, DEFAULT];
    let mut rules = Rules::of(document, CHANGE);
    let change = Change {
        usage: rules.usage(),
        issuer: rules.name("issuerDN").map(|(text, _)| text),
        default: rules.switch("default"),
    };
    unless(rules.violations, change)
}

/// The use that a part of a form names.
///
/// # Errors
///
/// [`ErrorKind::Invalid`](crate::error::ErrorKind::Invalid) if it is none.
pub(super) fn usage_of(text: Option<&str>) -> Result<&'static str> {
    let document = Members::from_iter(text.map(|text| ("usageType".to_owned(), text.into())));
    let rules = Rules::of(&document, &[USAGE]);
    let usage = rules.usage().unwrap_or_default();
    unless(rules.violations, usage)
}

/// What a document says in the right form, and what is wrong with it nevertheless.
struct Rules {
    said: Members,
    violations: Vec<Violation>,
}

type Name = (String, crate::pki::DistinguishedName);

impl Rules {
    fn of(document: &Members, members: &[Member]) -> Self {
        let mut violations = Vec::new();
        let said = members::read(document, members, &mut violations);
        Self { said, violations }
    }

    fn refuse(&mut self, member: &str, reason: Reason) {
        self.violations.push(violation(&[member], reason));
    }

    fn text(&self, member: &str) -> Option<&str> {
        members::text(&self.said, member)
    }

    fn usage(&self) -> Option<&'static str> {
        let said = self.text("usageType")?;
        USAGES.iter().find(|known| **known == said).copied()
    }

    fn switch(&self, member: &str) -> Option<bool> {
        self.said.get(member).and_then(Value::as_bool)
    }

    fn name(&mut self, member: &str) -> Option<Name> {
        let text = self.text(member)?.to_owned();
        match names::read(&text) {
            Ok(name) => Some((text, name)),
            Err(reason) => {
                self.refuse(member, reason);
                None
            }
        }
    }

    /// The kind of key, and with what its certificate is digested.
    fn spec(&mut self) -> (KeySpec, Hash) {
        let spec = match (self.text("algorithm"), self.said.get("keyLength").and_then(Value::as_i64)) {
            (Some("RSA"), Some(bits)) => rsa(bits),
            (Some("EC"), Some(bits)) => curve(bits),
            _ => Ok(KeySpec::Rsa { bits: 2048 }),
        };
        let spec = spec.unwrap_or_else(|reason| {
            self.refuse("keyLength", reason);
            KeySpec::Rsa { bits: 2048 }
        });
        let (algorithm, signature) = (self.text("algorithm"), self.text("signatureAlgorithm"));
        let fits = match (algorithm, signature) {
            (Some("EC"), Some(signature)) => signature.ends_with("ECDSA"),
            (Some(_), Some(signature)) => signature.ends_with("RSA"),
            _ => true,
        };
        let hash = match signature.and_then(|signature| signature.get(..6)) {
            Some("SHA384") => Hash::Sha384,
            Some("SHA512") => Hash::Sha512,
            _ => Hash::Sha256,
        };
        if !fits {
            let words = "is not an algorithm for keys of this type".to_owned();
            self.refuse("signatureAlgorithm", Reason::Other(words));
        }
        (spec, hash)
    }

    fn starts(&mut self) -> Option<Timestamp> {
        let starts = self.text("startsAt")?.parse();
        if starts.is_err() {
            self.refuse("startsAt", Reason::Other("must be a time in UTC".to_owned()));
        }
        starts.ok()
    }

    /// The number that the caller has chosen, or zero.
    fn serial_number(&mut self, body: &[u8]) -> SerialNumber {
        let exact = serde_json::from_slice::<Exact<'_>>(body).ok();
        let Some(text) = exact.and_then(|exact| exact.serial_number).map(RawValue::get) else {
            return SerialNumber::default();
        };
        match text.trim_matches('"').parse() {
            _ if text == "null" => SerialNumber::default(),
            Ok(number) if !SerialNumber::is_negative(&number) => number,
            _ => {
                let words = "must be a whole number of up to 20 octets".to_owned();
                self.refuse("serialNumber", Reason::Other(words));
                SerialNumber::default()
            }
        }
    }

    fn custom_crl(&mut self, usage: &str) -> Option<String> {
        let text = self.text("customCRL")?.to_owned();
        // As in the published pattern, in whose brackets the hyphen only joins the characters around it.
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
        let words = if usage != "ISSUANCE" {
            "is for keys of the usage type ISSUANCE only"
        } else if !text.strip_prefix("http://").is_some_and(|rest| rest.bytes().all(known)) {
            "must match ^http://[a-zA-Z0-9.-/]*$"
        } else {
            return Some(text);
        };
        self.refuse("customCRL", Reason::Other(words.to_owned()));
        None
    }
}

fn rsa(bits: i64) -> Result<KeySpec, Reason> {
    match bits {
        2048 | 3072 | 4096 | 7680 => Ok(KeySpec::Rsa { bits: u32::try_from(bits).unwrap_or_default() }),
        _ => Err(Reason::NotAllowed(vec!["2048", "3072", "4096", "7680"])),
    }
}

fn curve(bits: i64) -> Result<KeySpec, Reason> {
    let curve = match bits {
        224 => {
            let words = "must be 256, 384 or 521: keys of 224 bits are not made here".to_owned();
            return Err(Reason::Other(words));
        }
        256 => EcCurve::P256,
        384 => EcCurve::P384,
        521 => EcCurve::P521,
        _ => return Err(Reason::NotAllowed(vec!["256", "384", "521"])),
    };
    Ok(KeySpec::Ec { curve })
}
