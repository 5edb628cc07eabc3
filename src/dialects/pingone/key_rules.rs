//! What PingOne demands of a document that describes a key to be made, and what is made of it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::wire::{SIGNATURE_NAMES, USAGES};
use super::{key_lens, names};
use crate::dialects::lens::Members;
use crate::error::{ErrorKind, Reason, Result, Violation};
use crate::model::Remainders;
use crate::pki::issuance::Profile;
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
    usage: &'static str,
    default: bool,
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
        let default = self.default && self.usage == "SIGNING";
        NewKey { plan, remainders: self.remainders.clone(), default }
    }
}

/// Of a serial number all digits are wanted, which other numbers do not keep.
#[derive(Deserialize)]
struct Exact<'a> {
    #[serde(borrow, default, rename = "serialNumber")]
    serial_number: Option<&'a RawValue>,
}

/// Reads a document; `body` is what it was read from.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] with everything that is wrong.
pub(super) fn read(document: &Members, body: &[u8]) -> Result<Wanted> {
    let mut rules = Rules { document, violations: Vec::new() };
    let name = rules.text("name");
    let (spec, hash) = rules.spec();
    let subject = rules.required_name("subjectDN");
    let issuer = rules.name("issuerDN");
    let usage = rules.usage("usageType", true).unwrap_or("SIGNING");
    let days = rules.days();
    let starts = rules.starts();
    let serial_number = rules.serial_number(body);
    let default = rules.switch("default").unwrap_or(false);
    let custom_crl = rules.custom_crl(usage);
    if !rules.violations.is_empty() {
        return Err(ErrorKind::Invalid { violations: rules.violations }.into());
    }
    let (subject_text, subject) = subject.unwrap_or_default();
    let (issuer_text, issuer) = issuer.unwrap_or_else(|| (subject_text.clone(), subject.clone()));
    let remainders = key_lens::saying(
        &Remainders::new(),
        [
            ("name", name.into()),
            ("subjectDN", subject_text.into()),
            ("issuerDN", issuer_text.into()),
            ("usageType", usage.into()),
            ("default", default.into()),
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
    Ok(Wanted { plan, starts, days, remainders, usage, default })
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
/// [`ErrorKind::Invalid`] with everything that is wrong.
pub(super) fn read_change(document: &Members) -> Result<Change> {
    let mut rules = Rules { document, violations: Vec::new() };
    let change = Change {
        usage: rules.usage("usageType", false),
        issuer: rules.name("issuerDN").map(|(text, _)| text),
        default: rules.switch("default"),
    };
    if rules.violations.is_empty() {
        Ok(change)
    } else {
        Err(ErrorKind::Invalid { violations: rules.violations }.into())
    }
}

/// The use that a part of a form names.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] if it is none.
pub(super) fn usage_of(text: Option<&str>) -> Result<&'static str> {
    let document = Members::from_iter(text.map(|text| ("usageType".to_owned(), text.into())));
    let mut rules = Rules { document: &document, violations: Vec::new() };
    let usage = rules.usage("usageType", true);
    usage.ok_or_else(|| ErrorKind::Invalid { violations: rules.violations }.into())
}

struct Rules<'d> {
    document: &'d Members,
    violations: Vec<Violation>,
}

type Name = (String, crate::pki::DistinguishedName);

impl<'d> Rules<'d> {
    /// What the document says; null says nothing.
    fn said(&self, member: &str) -> Option<&'d Value> {
        self.document.get(member).filter(|said| !said.is_null())
    }

    fn refuse<T>(&mut self, member: &str, reason: Reason) -> Option<T> {
        self.violations.push(Violation::new(format!("/{member}"), reason));
        None
    }

    fn optional_text(&mut self, member: &str) -> Option<&'d str> {
        match self.said(member) {
            None => None,
            Some(Value::String(text)) if text.is_empty() => self.refuse(member, Reason::Empty),
            Some(Value::String(text)) => Some(text),
            Some(_) => self.refuse(member, Reason::WrongType("string")),
        }
    }

    fn text(&mut self, member: &str) -> Option<&'d str> {
        match self.said(member) {
            None => self.refuse(member, Reason::Missing),
            Some(_) => self.optional_text(member),
        }
    }

    fn one_of(&mut self, member: &str, allowed: &[&'static str]) -> Option<&'static str> {
        let text = self.text(member)?;
        match allowed.iter().find(|known| **known == text) {
            Some(known) => Some(*known),
            None => self.refuse(member, Reason::NotAllowed(allowed.to_vec())),
        }
    }

    fn usage(&mut self, member: &str, required: bool) -> Option<&'static str> {
        if !required && self.said(member).is_none() {
            return None;
        }
        self.one_of(member, USAGES)
    }

    fn switch(&mut self, member: &str) -> Option<bool> {
        match self.said(member)? {
            Value::Bool(on) => Some(*on),
            _ => self.refuse(member, Reason::WrongType("boolean")),
        }
    }

    fn integer(&mut self, member: &str) -> Option<i64> {
        match self.said(member) {
            None => self.refuse(member, Reason::Missing),
            Some(said) => match said.as_i64() {
                Some(number) => Some(number),
                None => self.refuse(member, Reason::WrongType("integer")),
            },
        }
    }

    fn name(&mut self, member: &str) -> Option<Name> {
        let text = self.optional_text(member)?;
        match names::read(text) {
            Ok(name) => Some((text.to_owned(), name)),
            Err(reason) => self.refuse(member, reason),
        }
    }

    fn required_name(&mut self, member: &str) -> Option<Name> {
        match self.said(member) {
            None => self.refuse(member, Reason::Missing),
            Some(_) => self.name(member),
        }
    }

    /// The kind of key, and with what its certificate is digested.
    fn spec(&mut self) -> (KeySpec, Hash) {
        let algorithm = self.one_of("algorithm", &["RSA", "EC"]);
        let length = self.integer("keyLength");
        let signature = self.one_of("signatureAlgorithm", SIGNATURE_NAMES).unwrap_or_default();
        let spec = match (algorithm, length) {
            (Some("RSA"), Some(bits @ (2048 | 3072 | 4096 | 7680))) => {
                Some(KeySpec::Rsa { bits: u32::try_from(bits).unwrap_or_default() })
            }
            (Some("EC"), Some(256)) => Some(KeySpec::Ec { curve: EcCurve::P256 }),
            (Some("EC"), Some(384)) => Some(KeySpec::Ec { curve: EcCurve::P384 }),
            (Some("EC"), Some(521)) => Some(KeySpec::Ec { curve: EcCurve::P521 }),
            (Some("EC"), Some(224)) => {
                let words = "must be 256, 384 or 521: keys of 224 bits are not made here".to_owned();
                self.refuse("keyLength", Reason::Other(words))
            }
            (Some("EC"), Some(_)) => self.refuse("keyLength", Reason::NotAllowed(vec!["256", "384", "521"])),
            (Some(_), Some(_)) => {
                self.refuse("keyLength", Reason::NotAllowed(vec!["2048", "3072", "4096", "7680"]))
            }
            _ => None,
        };
        let fits = match algorithm {
            Some("EC") => signature.ends_with("ECDSA"),
            Some(_) => signature.ends_with("RSA"),
            None => true,
        };
        if !fits && !signature.is_empty() {
            let words = "is not an algorithm for keys of this type".to_owned();
            let _: Option<()> = self.refuse("signatureAlgorithm", Reason::Other(words));
        }
        let hash = match signature.get(..6) {
            Some("SHA384") => Hash::Sha384,
            Some("SHA512") => Hash::Sha512,
            _ => Hash::Sha256,
        };
        (spec.unwrap_or(KeySpec::Rsa { bits: 2048 }), hash)
    }

    fn days(&mut self) -> i64 {
        match self.integer("validityPeriod") {
            Some(days) if (1..=DAYS).contains(&days) => days,
            Some(_) => {
                let _: Option<()> = self.refuse("validityPeriod", Reason::OutOfRange(1, DAYS));
                1
            }
            None => 1,
        }
    }

    fn starts(&mut self) -> Option<Timestamp> {
        let text = self.optional_text("startsAt")?;
        match text.parse() {
            Ok(starts) => Some(starts),
            Err(_) => self.refuse("startsAt", Reason::Other("must be a time in UTC".to_owned())),
        }
    }

    /// The number that the caller has chosen, or zero.
    fn serial_number(&mut self, body: &[u8]) -> SerialNumber {
        let exact = serde_json::from_slice::<Exact<'_>>(body).ok();
        let Some(text) = exact.and_then(|exact| exact.serial_number).map(RawValue::get) else {
            return SerialNumber::default();
        };
        match text.trim_matches('"').parse() {
            _ if text == "null" => SerialNumber::default(),
            Ok(number) => number,
            Err(_) => {
                let words = "must be a whole number of up to 20 octets".to_owned();
                let _: Option<()> = self.refuse("serialNumber", Reason::Other(words));
                SerialNumber::default()
            }
        }
    }

    fn custom_crl(&mut self, usage: &str) -> Option<String> {
        let text = self.optional_text("customCRL")?;
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'/');
        if usage != "ISSUANCE" {
            let words = "is for keys of the usage type ISSUANCE only".to_owned();
            self.refuse("customCRL", Reason::Other(words))
        } else if !text.strip_prefix("http://").is_some_and(|rest| rest.bytes().all(known)) {
            self.refuse("customCRL", Reason::Other("must be an http URL".to_owned()))
        } else {
            Some(text.to_owned())
        }
    }
}
