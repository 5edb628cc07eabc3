//! PingOne's document of a key rotation policy.

use serde_json::Value;

use super::record::Within;
use crate::dialects::document::{Document, choice, hidden, integer, server, text};
use crate::dialects::lens::Members;
use crate::dialects::pingone::{names, wire};
use crate::error::Reason;
use crate::model::VendorRecord;
use crate::pki::Timestamp;

/// The document.
pub(in crate::dialects::pingone) static POLICY: Document<VendorRecord, Within> = Document::of(
    wire::NAME,
    &[
        server("_links", |_, within: &Within| within.links().into()),
        server("id", |_, within| within.id.as_str().into()),
        text("name").required(),
        choice("algorithm", &["RSA"]).required(),
        server("environment", |_, within| within.reference().into()),
        text(DN).required().check(|_, text, _| names::read(text.as_str().unwrap_or_default()).map(drop)),
        integer(LENGTH, i64::MIN, i64::MAX).required().check(|_, bits, _| match bits.as_i64() {
            Some(2048 | 3072 | 4096 | 7680) => Ok(()),
            _ => Err(Reason::NotAllowed(vec!["2048", "3072", "4096", "7680"])),
        }),
        choice("signatureAlgorithm", &["SHA256withRSA"]).required(),
        choice("usageType", &["SIGNING"]).required(),
        integer(ROTATION, i64::MIN, i64::MAX).check(is_period).or(|_| Value::from(ROTATION_DEFAULT).into()),
        integer(VALIDITY, LEAST + 1, DAYS).or(|_| Value::from(VALIDITY_DEFAULT).into()),
        server("currentKeyId", |_, within| within.keys[0].as_deref().into()),
        server("nextKeyId", |_, within| within.keys[1].as_deref().into()),
        server("rotatedAt", |policy, _| rotated(policy).map(|time| Value::from(time.to_string())).into()),
        hidden(ROTATED),
    ],
);

pub(in crate::dialects::pingone) const DN: &str = "dn";
pub(in crate::dialects::pingone) const LENGTH: &str = "keyLength";
pub(in crate::dialects::pingone) const VALIDITY: &str = "validityPeriod";
pub(in crate::dialects::pingone) const ROTATION: &str = "rotationPeriod";

/// When keys were rotated last, in milliseconds.
pub(in crate::dialects::pingone) const ROTATED: &str = "rotated";

pub(in crate::dialects::pingone) const VALIDITY_DEFAULT: i64 = 365;
pub(in crate::dialects::pingone) const ROTATION_DEFAULT: i64 = 90;

/// The shortest rotation period in days.
const LEAST: i64 = 30;

/// The longest period of validity in days: no certificate lasts beyond the year 9999.
const DAYS: i64 = 1_000_000;

fn is_period(_: &VendorRecord, days: &Value, document: &Members) -> Result<(), Reason> {
    let validity = document.get(VALIDITY).and_then(Value::as_i64).unwrap_or(VALIDITY_DEFAULT);
    in_time(days.as_i64().unwrap_or_default(), validity)
}

/// Whether keys are rotated before their certificates end.
pub(in crate::dialects::pingone) fn in_time(rotation: i64, validity: i64) -> Result<(), Reason> {
    let most = validity.saturating_sub(1);
    if (LEAST..=most).contains(&rotation) { Ok(()) } else { Err(Reason::OutOfRange(LEAST, most)) }
}

/// When the keys of a policy were rotated last.
pub(in crate::dialects::pingone) fn rotated(policy: &VendorRecord) -> Option<Timestamp> {
    let millis = policy.kept(ROTATED)?.as_i64()?;
    Some(Timestamp::from_unix_millis(millis))
}
