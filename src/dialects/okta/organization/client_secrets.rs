//! Calls about the secrets of a client of OAuth 2.0: the one that its document has, and another one.

use super::credentials::{named, refused, set_status, status};
use super::{Sort, keep};
use crate::dialects::lens::Members;
use crate::dialects::okta::applications;
use crate::dialects::okta::documents::credential::{CLIENT_SECRET, SECRET, SECRET_PREFIX, is_active, kept};
use crate::dialects::okta::documents::hook::STATUS;
use crate::dialects::okta::documents::{authentication, drawn};
use crate::error::Result;
use crate::http::{Call, Response, body};
use crate::model::{Application, VendorRecord};

static SORT: Sort = Sort { kind: "okta.client_secret", prefix: SECRET_PREFIX, document: &SECRET };

/// How many secrets a client may have.
const MOST: usize = 2;

/// The status of an application's own secret that is deleted here, and is still in its document.
const DELETED: &str = "DELETED";

/// The secrets of a client, first its own. Of that one only the status is kept, and no sooner than it is changed.
fn all(call: &Call<'_>, app: &Application) -> Result<Vec<VendorRecord>> {
    let mut secrets = call.service.vendor_records_of(app.id, SORT.kind)?;
    let name = app.id.to_string();
    let kept_own = secrets.iter().position(|secret| secret.name == name).map(|at| secrets.remove(at));
    if let (_, Some(secret)) = authentication(app) {
        let mut own = kept_own
            .unwrap_or_else(|| VendorRecord { owners: vec![app.id], ..VendorRecord::named(SORT.kind, name) });
        own.id = app.id;
        own.created = app.created;
        own.updated = own.updated.max(app.created);
        keep(&mut own, CLIENT_SECRET, secret.into());
        if kept(&own, STATUS) != Some(DELETED) {
            secrets.insert(0, own);
        }
    }
    Ok(secrets)
}

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    SORT.list(call, &all(call, &applications::named(call)?)?)
}

/// Adds a secret: the one that is sent, or a new one.
pub(in crate::dialects::okta) fn create(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?;
    let document = if call.request.body().is_empty() { Members::new() } else { body::json_object(call)? };
    if all(call, &app)?.len() >= MOST {
        return Err(refused("", "You've reached the maximum number of client secrets per client."));
    }
    let made = call.service.create_vendor_record(|draft| {
        let mut secret = SORT.read(draft, None, document.clone())?;
        match kept(&secret, CLIENT_SECRET) {
            Some(text) => check(text, &app)?,
            None => keep(&mut secret, CLIENT_SECRET, drawn(&*draft.env().entropy).into()),
        }
        Ok(VendorRecord { owners: vec![app.id], ..secret })
    })?;
    SORT.made(call, &made)
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
    SORT.shown(call, &named(call, &SORT, "secretId", all(call, &applications::named(call)?)?)?)
}

pub(in crate::dialects::okta) fn delete(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?;
    let secret = named(call, &SORT, "secretId", all(call, &app)?)?;
    if is_active(&secret) {
        let words = "You can't delete an active client secret. Deactivate the secret before deleting it.";
        return Err(refused("", words));
    }
    if secret.id == app.id {
        set_status(call, &SORT, &app, &secret, DELETED)?;
    } else {
        call.service.delete_vendor_record(secret.id)?;
    }
    Ok(body::no_content())
}

pub(in crate::dialects::okta) fn activate(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?;
    let secret = named(call, &SORT, "secretId", all(call, &app)?)?;
    change(call, &app, &secret, true)
}

pub(in crate::dialects::okta) fn deactivate(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?;
    let secrets = all(call, &app)?;
    let secret = named(call, &SORT, "secretId", secrets.clone())?;
    if !secrets.iter().any(|other| other.id != secret.id && is_active(other)) {
        return Err(refused("", "You can't deactivate the only active client secret."));
    }
    change(call, &app, &secret, false)
}

fn change(call: &Call<'_>, app: &Application, secret: &VendorRecord, is_active: bool) -> Result<Response> {
    set_status(call, &SORT, app, secret, status(is_active))?;
    SORT.shown(call, &named(call, &SORT, "secretId", all(call, app)?)?)
}
