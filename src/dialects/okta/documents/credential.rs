//! Okta's documents of what a client of OAuth 2.0 proves itself by: a public key, or a secret.

use serde_json::{Value, json};

use super::Scene;
use super::hook::{STATUS, STATUSES};
use crate::dialects::base64url;
use crate::dialects::document::{Document, Shown, choice, hidden, server, text, words};
use crate::dialects::okta::{ids, time, wire};
use crate::model::{SEALED, VendorRecord};
use crate::pki::thumbprint;

/// What a key is for.
pub(in crate::dialects::okta) const USE: &str = "use";
pub(in crate::dialects::okta) const USES: &[&str] = &["sig", "enc"];
pub(in crate::dialects::okta) const KID: &str = "kid";
pub(in crate::dialects::okta) const CLIENT_SECRET: &str = "client_secret";

/// The digest of the application's own secret whose status is kept.
pub(in crate::dialects::okta) const OF: &str = "secret_of";

/// How the ids of keys and of secrets start.
pub(in crate::dialects::okta) const KEY_PREFIX: &str = "pks";
pub(in crate::dialects::okta) const SECRET_PREFIX: &str = "ocs";

/// The document of a key. Which members make one, the caller checks.
pub(in crate::dialects::okta) static KEY: Document<VendorRecord, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |key: &VendorRecord, _| ids::spell_as(KEY_PREFIX, key.id).into()),
        words(KID).between(0, 1024),
        text("kty").required(),
        words("alg"),
        choice(USE, USES).or(|_| "sig".into()),
        words("e"),
        words("n"),
        words("crv"),
        words("x"),
        words("y"),
        choice(STATUS, STATUSES).or(|_| "ACTIVE".into()),
        server("created", |key, _| time(key.created).into()),
        server("lastUpdated", |key, _| time(key.updated).into()),
        server("_links", key_links),
    ],
);

/// The document of a secret, which is always shown.
pub(in crate::dialects::okta) static SECRET: Document<VendorRecord, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |secret: &VendorRecord, _| ids::spell_as(SECRET_PREFIX, secret.id).into()),
        choice(STATUS, STATUSES).or(|_| "ACTIVE".into()),
        words(CLIENT_SECRET),
        server("secret_hash", |secret, _| {
            let text = kept(secret, CLIENT_SECRET).unwrap_or_default();
            if text.starts_with(SEALED) { Shown::Nothing } else { hash(text).into() }
        }),
        server("created", |secret, _| time(secret.created).into()),
        server("lastUpdated", |secret, _| time(secret.updated).into()),
        server("_links", secret_links),
        hidden(OF),
    ],
);

/// What is kept of a credential under this name.
pub(in crate::dialects::okta) fn kept<'r>(credential: &'r VendorRecord, name: &str) -> Option<&'r str> {
    credential.kept(name)?.as_str()
}

pub(in crate::dialects::okta) fn is_active(credential: &VendorRecord) -> bool {
    kept(credential, STATUS).is_none_or(|status| status == "ACTIVE")
}

/// As long as Okta's, whose method is not known.
pub(in crate::dialects::okta) fn hash(secret: &str) -> String {
    let digest = thumbprint::sha256(secret.as_bytes());
    base64url(digest.first_chunk::<16>().unwrap_or(&[0; 16]))
}

/// A key for encryption is replaced by another one, and not deactivated.
fn key_links<'r>(key: &'r VendorRecord, scene: &'r Scene) -> Shown<'r> {
    if is_active(key) && kept(key, USE) == Some("enc") {
        return Shown::Nothing;
    }
    links(key, &format!("{}/credentials/jwks/{}", app_url(key, scene), ids::spell_as(KEY_PREFIX, key.id)))
}

fn secret_links<'r>(secret: &'r VendorRecord, scene: &'r Scene) -> Shown<'r> {
    links(
        secret,
        &format!(
            "{}/credentials/secrets/{}",
            app_url(secret, scene),
            ids::spell_as(SECRET_PREFIX, secret.id)
        ),
    )
}

fn app_url(credential: &VendorRecord, scene: &Scene) -> String {
    let app = credential.owners.first().map(|app| ids::spell(*app)).unwrap_or_default();
    format!("{}/api/v1/apps/{app}", scene.base_url)
}

fn links(credential: &VendorRecord, own: &str) -> Shown<'static> {
    let link = |path: &str, method: &str| -> Value {
        json!({"href": format!("{own}{path}"), "hints": {"allow": [method]}})
    };
    if is_active(credential) {
        json!({"deactivate": link("/lifecycle/deactivate", "POST")})
    } else {
        json!({"activate": link("/lifecycle/activate", "POST"), "delete": link("", "DELETE")})
    }
    .into()
}
