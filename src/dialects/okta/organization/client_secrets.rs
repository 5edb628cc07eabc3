//! Calls about the secrets of a client of OAuth 2.0: the one that its document has, and another one.

use super::RecordKind;
use super::credentials::{id, refused, set_status, status, with_id};
use crate::dialects::lens::Members;
use crate::dialects::okta::applications;
use crate::dialects::okta::documents::credential::{
    CLIENT_SECRET, OF, SECRET, SECRET_PREFIX, hash, is_active, kept,
};
use crate::dialects::okta::documents::{authentication, drawn, drop_secret};
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Response, body};
use crate::model::{Application, SEALED, VendorRecord};
use crate::service::Draft;

static RECORDS: RecordKind =
    RecordKind { kind: "okta.client_secret", prefix: SECRET_PREFIX, document: &SECRET };

/// How clients call the secret in a path.
const ID: &str = "secretId";

/// How many secrets a client may have.
const MOST: usize = 2;

/// The secrets of a client, first its own. Of that one only the status is kept, no sooner than it is changed and no longer than the
/// document has the same secret.
fn all(app: &Application, mut secrets: Vec<VendorRecord>) -> Vec<VendorRecord> {
    let name = app.id.to_string();
    let kept_own = secrets.iter().position(|secret| secret.name == name).map(|at| secrets.remove(at));
    if let (_, Some(secret)) = authentication(app) {
        // While the store is locked it is not known of which secret the status is: then it is of this one.
        let of = Some(hash(secret)).filter(|_| !secret.starts_with(SEALED));
        let is_same = |own: &VendorRecord| of.is_none() || kept(own, OF) == of.as_deref();
        let mut own = kept_own.filter(is_same).unwrap_or_else(|| VendorRecord {
            owners: vec![app.id],
            ..VendorRecord::named(RECORDS.kind, name)
        });
        own.id = app.id;
        own.created = app.created;
        own.updated = own.updated.max(app.created);
        own.keep(CLIENT_SECRET, secret.into());
        if let Some(of) = of {
            own.keep(OF, of.into());
        }
        secrets.insert(0, own);
    }
    secrets
}

fn found(call: &Call<'_>, app: &Application) -> Result<Vec<VendorRecord>> {
    Ok(all(app, call.service.vendor_records_of(app.id, RECORDS.kind)?))
}

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    RECORDS.list(call, &found(call, &applications::named(call)?)?)
}

/// Adds a secret: the one that is sent, or a new one.
pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?;
    let document = if call.request.body().is_empty() { Members::new() } else { body::json_object(call)? };
    let made = call.service.create_vendor_record(|draft| {
        if all(&app, draft.vendor_records_of(app.id, RECORDS.kind)?).len() >= MOST {
            return Err(refused("", "You've reached the maximum number of client secrets per client."));
        }
        let mut secret = RECORDS.read(draft, None, document.clone())?;
        match kept(&secret, CLIENT_SECRET) {
            Some(text) => check(text, &app)?,
            None => secret.keep(CLIENT_SECRET, drawn(&*draft.env().entropy).into()),
        }
        Ok(VendorRecord { owners: vec![app.id], ..secret })
    })?;
    RECORDS.made(call, &made)
}

/// Whether a client may have this secret.
fn check(secret: &str, app: &Application) -> Result<()> {
    let words = match (authentication(app).0, secret.chars().count()) {
        (Some("private_key_jwt"), _) => {
            "'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'."
        }
        _ if !secret.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => {
            "client_secret: ''client_secret'' must only contain printable ASCII: [x20-x7E]+"
        }
        (Some("client_secret_jwt"), ..32) => {
            "client_secret: 'client_secret' must be at least '32' characters long when 'token_endpoint_auth_method' is \
             'client_secret_jwt'."
        }
        (_, ..14) => "client_secret: 'client_secret' must be at least '14' characters long.",
        (_, 101..) => "client_secret: 'client_secret' can't be more than '100' characters long.",
        _ => return Ok(()),
    };
    Err(refused(&format!("/{CLIENT_SECRET}"), words))
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    shown(call, &applications::named(call)?)
}

fn shown(call: &Call<'_>, app: &Application) -> Result<Response> {
    RECORDS.shown(call, with_id(&RECORDS, id(call, &RECORDS, ID)?, &found(call, app)?)?)
}

/// Removes a secret that is out of use: the client's own one from its document.
pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    let (app, id) = (applications::id(call)?, id(call, &RECORDS, ID)?);
    let refuse_active = |secret: &VendorRecord| {
        let words = "You can't delete an active client secret. Deactivate the secret before deleting it.";
        if is_active(secret) { Err(refused("", words)) } else { Ok(()) }
    };
    if id == app {
        applications::update(call, app, &mut |app, draft| {
            let secrets = all(app, draft.vendor_records_of(id, RECORDS.kind)?);
            refuse_active(with_id(&RECORDS, id, &secrets)?)?;
            let mut app = app.clone();
            drop_secret(&mut app);
            Ok(app)
        })?;
        if let Some(status) = call.service.vendor_record_named(RECORDS.kind, &id.to_string())? {
            call.service.delete_vendor_record(status.id)?;
        }
    } else {
        with_id(&RECORDS, id, &found(call, &applications::named(call)?)?)?;
        call.service.delete_vendor_record_that(id, &|secret, _| refuse_active(secret))?;
    }
    Ok(body::no_content())
}

pub(in crate::dialects::okta) fn activate(call: &Call<'_>) -> Result<Response> {
    change(call, true)
}

pub(in crate::dialects::okta) fn deactivate(call: &Call<'_>) -> Result<Response> {
    change(call, false)
}

fn change(call: &Call<'_>, activates: bool) -> Result<Response> {
    let (app, id) = (applications::named(call)?, id(call, &RECORDS, ID)?);
    let all = |draft: &Draft<'_, '_>| Ok(all(&app, draft.vendor_records_of(app.id, RECORDS.kind)?));
    set_status(call, &RECORDS, id, status(activates), &all, &|secret, secrets| {
        if id == app.id && secret.kept(OF).is_none() {
            return Err(ErrorKind::Sealed.into());
        }
        if activates || secrets.iter().any(|other| other.id != id && is_active(other)) {
            return Ok(());
        }
        Err(refused("", "You can't deactivate the only active client secret."))
    })?;
    shown(call, &app)
}
