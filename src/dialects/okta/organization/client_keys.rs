//! Calls about the public keys by which a client of OAuth 2.0 is known.

use serde_json::Value;

use super::Sort;
use super::credentials::{named, refused, set_status, status};
use crate::dialects::lens::Members;
use crate::dialects::okta::applications;
use crate::dialects::okta::documents::credential::{KEY, KEY_PREFIX, KID, USE, is_active, kept};
use crate::dialects::okta::documents::{authentication, drop_private};
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::{Application, VendorRecord};
use crate::pki::Jwk;

static SORT: Sort = Sort { kind: "okta.client_key", prefix: KEY_PREFIX, document: &KEY };

/// How many keys a client may have.
const MOST: usize = 50;

const TOO_MANY: &str = "You can't create a new key. You have reached the maximum number of keys allowed (50). To add another \
     key, you must first delete an existing one.";

fn all(call: &Call<'_>, app: &Application) -> Result<Vec<VendorRecord>> {
    call.service.vendor_records_of(app.id, SORT.kind)
}

fn is_for_encryption(key: &VendorRecord) -> bool {
    kept(key, USE) == Some("enc")
}

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    SORT.list(call, &all(call, &applications::named(call)?)?)
}

pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    let (app, mut document) = (applications::named(call)?, body::json_object(call)?);
    let others = all(call, &app)?;
    drop_private(&mut document);
    let made = call.service.create_vendor_record(|draft| {
        let key = SORT.read(draft, None, document.clone())?;
        check_key(&document)?;
        check_beside(&key, &others)?;
        Ok(VendorRecord { owners: vec![app.id], ..key })
    })?;
    SORT.made(call, &made)
}

/// Whether the members make a key.
fn check_key(document: &Members) -> Result<()> {
    let unusable = |_| refused("", "The key in the 'jwks' can't be used.");
    let key: Jwk = serde_json::from_str(&Value::Object(document.clone()).to_string()).map_err(unusable)?;
    key.check().map_err(|error| refused("", &error.to_string()))?;
    let is_encrypting = document.get(USE).is_some_and(|used| used == "enc");
    match key {
        Jwk::Rsa { .. } if key.bits() < 2048 => {
            Err(refused("", "RSA key length in the 'jwks' is less than '2,048' bits for the given key."))
        }
        Jwk::Rsa { .. } => Ok(()),
        Jwk::Ec { .. } if !is_encrypting => Ok(()),
        _ => Err(refused("", "The key type in the 'jwks' isn't supported.")),
    }
}

/// Whether there may be such a key beside the others.
fn check_beside(key: &VendorRecord, others: &[VendorRecord]) -> Result<()> {
    if others.len() >= MOST {
        return Err(refused("", TOO_MANY));
    }
    let kid = |key| kept(key, KID).filter(|kid| !kid.is_empty());
    if !others.is_empty() && (kid(key).is_none() || others.iter().any(|other| kid(other).is_none())) {
        return Err(Error::invalid(format!("/{KID}"), Reason::Missing));
    }
    if others.iter().any(|other| kid(other) == kid(key)) {
        return Err(refused("", "All keys in the 'jwks' must have a unique `kid`."));
    }
    let is_encrypting = |key: &VendorRecord| is_for_encryption(key) && is_active(key);
    if is_encrypting(key) && others.iter().any(is_encrypting) {
        return Err(refused("", "The client can have only one active encryption key in the 'jwks'."));
    }
    Ok(())
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    SORT.shown(call, &named(call, &SORT, "keyId", all(call, &applications::named(call)?)?)?)
}

pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    let key = named(call, &SORT, "keyId", all(call, &applications::named(call)?)?)?;
    if is_active(&key) {
        return Err(refused(
            "",
            "You can't delete an active JSON Web Key. Deactivate the key before deleting it.",
        ));
    }
    call.service.delete_vendor_record(key.id)?;
    Ok(body::no_content())
}

/// Activates a key; the one for encryption that was active is that no longer.
pub(in crate::dialects::okta) fn activate(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?;
    let keys = all(call, &app)?;
    let key = named(call, &SORT, "keyId", keys.clone())?;
    let is_replaced = |other: &&VendorRecord| {
        is_for_encryption(&key) && other.id != key.id && is_for_encryption(other) && is_active(other)
    };
    for other in keys.iter().filter(is_replaced) {
        set_status(call, &SORT, &app, other, status(false))?;
    }
    SORT.shown(call, &set_status(call, &SORT, &app, &key, status(true))?)
}

pub(in crate::dialects::okta) fn deactivate(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?;
    let keys = all(call, &app)?;
    let key = named(call, &SORT, "keyId", keys.clone())?;
    if is_for_encryption(&key) && is_active(&key) {
        return Err(refused("", "You can't deactivate the active encryption key."));
    }
    let is_other = |other: &VendorRecord| other.id != key.id && is_active(other) && !is_for_encryption(other);
    if authentication(&app).0 == Some("private_key_jwt") && !keys.iter().any(is_other) {
        let words = "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is \
             `private_key_jwt`.";
        return Err(refused("", words));
    }
    SORT.shown(call, &set_status(call, &SORT, &app, &key, status(false))?)
}
