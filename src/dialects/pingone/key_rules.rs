//! What PingOne demands of a document that describes a key to be made, and what is made of it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::wire::{NAME, SIGNATURES, USAGES};
use super::{key_lens, names};
#[cfg(test)]
use crate::dialects::document::schema::Described;
use crate::dialects::document::{
    Core, Document, Line, Reading, Record, choice, field, flag, integer, named, text, words,
};
use crate::dialects::lens::Members;
use crate::dialects::parts::put_text;
use crate::error::{Reason, Result};
use crate::model::Remainders;
use crate::pki::{EcCurve, Hash, KeySpec, Profile, SerialNumber, Timestamp};
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

/// Reads a document; `body` is what it was read from.
///
/// # Errors
///
/// [`ErrorKind::Invalid`](crate::error::ErrorKind::Invalid) with everything that is wrong.
pub(super) fn read(mut document: Members, body: &[u8]) -> Result<Wanted> {
    let exact = std::str::from_utf8(body).ok().and_then(|body| serde_json::from_str::<Exact<'_>>(body).ok());
    let exact = exact.and_then(|exact| exact.serial_number);
    if let Some(digits) = exact.map(RawValue::get).filter(|digits| *digits != "null") {
        document.insert(SERIAL_NUMBER.to_owned(), digits.trim_matches('"').into());
    }
    let said = NEW_KEY.read(document, Reading::new(Said::default()))?;
    let number = |member: &str| said.value(member).and_then(Value::as_i64).unwrap_or_default();
    let name = |member: &str| said.text(member).and_then(|text| names::read(text).ok());
    let subject = name(SUBJECT).unwrap_or_default();
    let issuer = name(ISSUER.name()).unwrap_or_else(|| subject.clone());
    let usage = said.usage().unwrap_or_default();
    let subject_text = said.text(SUBJECT);
    let remainders = key_lens::saying(
        &Remainders::new(),
        [
            ("name", said.text("name").into()),
            ("subjectDN", subject_text.into()),
            ("issuerDN", said.text(ISSUER.name()).or(subject_text).into()),
            ("usageType", usage.into()),
            ("customCRL", said.text("customCRL").into()),
        ],
    );
    let plan = CertificatePlan {
        subject,
        issuer,
        serial_number: said.text(SERIAL_NUMBER).and_then(|digits| digits.parse().ok()).unwrap_or_default(),
        not_before: Timestamp::default(),
        not_after: Timestamp::default(),
        spec: key_spec(said.algorithm.as_deref(), number("keyLength")).unwrap_or(KeySpec::Rsa { bits: 2048 }),
        hash: match said.text("signatureAlgorithm").and_then(|name| name.get(..6)) {
            Some("SHA384") => Hash::Sha384,
            Some("SHA512") => Hash::Sha512,
            _ => Hash::Sha256,
        },
        profile: if usage == ISSUANCE { Profile::Authority } else { Profile::Bare },
    };
    let starts = said.text("startsAt").and_then(|text| text.parse().ok());
    let default = said.flag(DEFAULT.name()).unwrap_or(false);
    Ok(Wanted { plan, starts, days: number("validityPeriod"), remainders, default })
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
pub(super) fn read_change(document: Members) -> Result<Change> {
    let said = CHANGE.read(document, Reading::new(Said::default()))?;
    let issuer = said.text(ISSUER.name()).map(str::to_owned);
    Ok(Change { usage: said.usage(), issuer, default: said.flag(DEFAULT.name()) })
}

/// The document that changes a key.
static CHANGE: Document<Said, ()> = Document::of(NAME, &[USAGE, ISSUER, DEFAULT]);

/// The use that a part of a form names.
///
/// # Errors
///
/// [`ErrorKind::Invalid`](crate::error::ErrorKind::Invalid) if it is none.
pub(super) fn usage_of(text: Option<&str>) -> Result<&'static str> {
    static FORM: Document<Said, ()> = Document::of(NAME, &[USAGE.required()]);
    let form = Members::from_iter(text.map(|text| (USAGE.name().to_owned(), text.into())));
    Ok(FORM.read(form, Reading::new(Said::default()))?.usage().unwrap_or_default())
}

/// The document of a key to be made.
static NEW_KEY: Document<Said, ()> = Document::of(
    NAME,
    &[
        text("name").required(),
        choice("algorithm", &["RSA", "EC"]).required().core(ALGORITHM),
        integer("keyLength", i64::MIN, i64::MAX).required().check(|said, bits, _| {
            key_spec(said.algorithm.as_deref(), bits.as_i64().unwrap_or_default()).map(drop)
        }),
        named("signatureAlgorithm", SIGNATURES).required().check(signs),
        text(SUBJECT).required().check(is_name),
        USAGE.required(),
        integer("validityPeriod", 1, DAYS).required(),
        ISSUER,
        text("startsAt").check(|_, text, _| match text.as_str().unwrap_or_default().parse::<Timestamp>() {
            Ok(_) => Ok(()),
            Err(_) => Err(Reason::Other("must be a time in UTC".to_owned())),
        }),
        DEFAULT,
        words(SERIAL_NUMBER).check(is_serial_number),
        text("customCRL").check(is_custom_crl),
    ],
);

const USAGE: Line<Said, ()> = choice("usageType", USAGES).core(USAGE_TYPE);
const ISSUER: Line<Said, ()> = text("issuerDN").check(is_name);
const DEFAULT: Line<Said, ()> = flag("default");
const SUBJECT: &str = "subjectDN";
const SERIAL_NUMBER: &str = "serialNumber";

/// The use of keys that issue certificates.
const ISSUANCE: &str = "ISSUANCE";

/// What a document says of a key.
#[derive(Clone, Default, PartialEq)]
struct Said {
    algorithm: Option<String>,
    usage: Option<String>,
    remainders: Remainders,
}

impl Record for Said {
    fn remainders(&self) -> Option<&Remainders> {
        Some(&self.remainders)
    }

    fn remainders_mut(&mut self) -> Option<&mut Remainders> {
        Some(&mut self.remainders)
    }
}

const ALGORITHM: Core<Said> = field(
    "algorithm",
    |said| said.algorithm.as_deref().into(),
    |said, value| put_text(Some(&mut said.algorithm), value),
);

const USAGE_TYPE: Core<Said> =
    field("usage", |said| said.usage.as_deref().into(), |said, value| put_text(Some(&mut said.usage), value));

impl Said {
    fn value(&self, member: &str) -> Option<&Value> {
        self.remainders.get(NAME)?.get(member)
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.value(member)?.as_str()
    }

    fn flag(&self, member: &str) -> Option<bool> {
        self.value(member)?.as_bool()
    }

    fn usage(&self) -> Option<&'static str> {
        USAGES.iter().find(|known| Some(**known) == self.usage.as_deref()).copied()
    }
}

fn is_name(_: &Said, text: &Value, _: &Members) -> Result<(), Reason> {
    names::read(text.as_str().unwrap_or_default()).map(drop)
}

/// Whether keys of this type make signatures of this kind.
fn signs(said: &Said, signature: &Value, _: &Members) -> Result<(), Reason> {
    let end = match said.algorithm.as_deref() {
        Some("EC") => "ECDSA",
        Some(_) => "RSA",
        None => return Ok(()),
    };
    if signature.as_str().unwrap_or_default().ends_with(end) {
        Ok(())
    } else {
        Err(Reason::Other("is not an algorithm for keys of this type".to_owned()))
    }
}

fn is_serial_number(_: &Said, digits: &Value, _: &Members) -> Result<(), Reason> {
    match digits.as_str().unwrap_or_default().parse() {
        Ok(number) if !SerialNumber::is_negative(&number) => Ok(()),
        _ => Err(Reason::Other("must be a whole number of up to 20 octets".to_owned())),
    }
}

fn is_custom_crl(said: &Said, url: &Value, _: &Members) -> Result<(), Reason> {
    // As in the published pattern, in whose brackets the hyphen only joins the characters around it.
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    let url = url.as_str().unwrap_or_default();
    let words = if said.usage() != Some(ISSUANCE) {
        "is for keys of the usage type ISSUANCE only"
    } else if !url.strip_prefix("http://").is_some_and(|rest| rest.bytes().all(known)) {
        "must match ^http://[a-zA-Z0-9.-/]*$"
    } else {
        return Ok(());
    };
    Err(Reason::Other(words.to_owned()))
}

/// The kind of key; of an algorithm that is unknown any.
fn key_spec(algorithm: Option<&str>, bits: i64) -> Result<KeySpec, Reason> {
    match algorithm {
        Some("EC") => curve(bits),
        Some("RSA") => rsa(bits),
        _ => Ok(KeySpec::Rsa { bits: 2048 }),
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

/// The schemas of a document that describes a key to be made, and of one that changes a key; the serial number has this one.
#[cfg(test)]
pub(super) fn schemas(others: &Value) -> [Value; 2] {
    let schema = |document| {
        let (kinds, scenes) = (vec![("", Said::default())], vec![()]);
        Described { document, kinds, scenes, kind: "", others }.received()
    };
    [schema(&NEW_KEY), schema(&CHANGE)]
}
