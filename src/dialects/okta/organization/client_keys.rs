//! Calls about the public keys by which a client of OAuth 2.0 is known.

use serde_json::Value;

use super::RecordKind;
use super::credentials::{id, refused, set_status, status, with_id};
use crate::dialects::lens::Members;
use crate::dialects::okta::applications;
use crate::dialects::okta::documents::credential::{KEY, KEY_PREFIX, KID, USE, is_active, kept};
use crate::dialects::okta::documents::{authentication, drop_private};
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::{Application, Id, VendorRecord};
use crate::pki::Jwk;
use crate::service::Draft;

static RECORDS: RecordKind = RecordKind { kind: "okta.client_key", prefix: KEY_PREFIX, document: &KEY };

/// How many keys a client may have.
const MOST: usize = 50;

const TOO_MANY: &str = "You can't create a new key. You have reached the maximum number of keys allowed (50). To add another \
     key, you must first delete an existing one.";

/// How clients call the key in a path.
const ID: &str = "keyId";

fn all(call: &Call<'_>, app: &Application) -> Result<Vec<VendorRecord>> {
    call.service.vendor_records_of(app.id, RECORDS.kind)
}

fn is_for_encryption(key: &VendorRecord) -> bool {
    kept(key, USE) == Some("enc")
}

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    RECORDS.list(call, &all(call, &applications::named(call)?)?)
}

pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    let (app, mut document) = (applications::named(call)?, body::json_object(call)?);
    drop_private(&mut document);
    let made = call.service.create_vendor_record(|draft| {
        let key = RECORDS.read(draft, None, document.clone())?;
        check_key(&document)?;
        check_beside(&key, &draft.vendor_records_of(app.id, RECORDS.kind)?)?;
        Ok(VendorRecord { owners: vec![app.id], ..key })
    })?;
    RECORDS.made(call, &made)
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
    let (app, id) = (applications::named(call)?, id(call, &RECORDS, ID)?);
    RECORDS.shown(call, with_id(&RECORDS, id, &all(call, &app)?)?)
}

pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    let (app, id) = (applications::named(call)?, id(call, &RECORDS, ID)?);
    with_id(&RECORDS, id, &all(call, &app)?)?;
    call.service.delete_vendor_record_that(id, &|key, _| {
        let words = "You can't delete an active JSON Web Key. Deactivate the key before deleting it.";
        if is_active(key) { Err(refused("", words)) } else { Ok(()) }
    })?;
    Ok(body::no_content())
}

/// Activates a key; the previously active encryption key is deactivated.
pub(in crate::dialects::okta) fn activate(call: &Call<'_>) -> Result<Response> {
    let (app, id) = (applications::named(call)?, id(call, &RECORDS, ID)?);
    let keys = all(call, &app)?;
    if is_for_encryption(with_id(&RECORDS, id, &keys)?) {
        let is_replaced = |key: &&VendorRecord| key.id != id && is_for_encryption(key) && is_active(key);
        for key in keys.iter().filter(is_replaced) {
            change(call, &app, key.id, false, &|_, _| Ok(()))?;
        }
    }
    RECORDS.shown(call, &change(call, &app, id, true, &|_, _| Ok(()))?)
}

pub(in crate::dialects::okta) fn deactivate(call: &Call<'_>) -> Result<Response> {
    let (app, id) = (applications::named(call)?, id(call, &RECORDS, ID)?);
    let made = change(call, &app, id, false, &|key, keys| {
        if is_for_encryption(key) && is_active(key) {
            return Err(refused("", "You can't deactivate the active encryption key."));
        }
        let is_other = |other: &VendorRecord| other.id != id && is_active(other) && !is_for_encryption(other);
        if authentication(&app).0 == Some("private_key_jwt") && !keys.iter().any(is_other) {
            let words = "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` \
                 is `private_key_jwt`.";
            return Err(refused("", words));
        }
        Ok(())
    })?;
    RECORDS.shown(call, &made)
}

fn change(
    call: &Call<'_>,
    app: &Application,
    id: Id,
    activates: bool,
    check: &dyn Fn(&VendorRecord, &[VendorRecord]) -> Result<()>,
) -> Result<VendorRecord> {
    let all = |draft: &Draft<'_, '_>| draft.vendor_records_of(app.id, RECORDS.kind);
    set_status(call, &RECORDS, id, status(activates), &all, check)
}
