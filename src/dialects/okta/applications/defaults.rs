//! What Okta's server adds to a document of an application, and what it rewrites (recorded behaviour).

use serde_json::{Value, json};

use super::modes::Mode;
use crate::dialects::lens::{Members, default, get, insert, remove};
use crate::error::{Error, Reason, Result};
use crate::pki::Certificate;
use crate::pki::{bundle, pem};

/// What stands in an issuer for the part that differs between applications.
pub(super) const ISSUER_KEY: &str = "${org.externalKey}";

/// Our entity id towards an application that does not ask for another.
pub(super) const ISSUER: &str = "http://www.okta.com/${org.externalKey}";

/// Members of the sign-on settings that are dropped if they are empty.
const OVERRIDES: [&str; 4] =
    ["audienceOverride", "destinationOverride", "recipientOverride", "ssoAcsUrlOverride"];

/// How many characters of base64 a line of a certificate has.
const COLUMNS: usize = 76;

/// Rewrites what Okta does not keep as it was sent.
///
/// # Errors
///
/// [`Invalid`](crate::error::ErrorKind::Invalid) if a certificate cannot be read.
pub(super) fn normalise(mode: &Mode, document: &mut Members) -> Result<()> {
    if !mode.is_saml() {
        return Ok(());
    }
    for member in OVERRIDES {
        let path = ["settings", "signOn", member];
        if get(document, &path).and_then(Value::as_str) == Some("") {
            remove(document, &path);
        }
    }
    let relay_state = ["settings", "signOn", "defaultRelayState"];
    if get(document, &relay_state).and_then(Value::as_str) == Some("") {
        insert(document, &relay_state, Value::Null);
    }
    if let Some(Value::Array(mut hooks)) = remove(document, &["settings", "signOn", "inlineHooks"]) {
        for hook in hooks.iter_mut().filter_map(Value::as_object_mut) {
            hook.shift_remove("_links");
        }
        insert(document, &["settings", "signOn", "inlineHooks"], Value::Array(hooks));
    }
    wrap_certificates(document, "spCertificate")?;
    wrap_certificates(document, "assertionEncryption")
}

/// Certificates come back in lines, whatever they looked like.
fn wrap_certificates(document: &mut Members, member: &str) -> Result<()> {
    let path = ["settings", "signOn", member, "x5c"];
    let Some(chain) = get(document, &path).filter(|chain| !chain.is_null()) else { return Ok(()) };
    let place = format!("/{}", path.join("/"));
    let texts =
        chain.as_array().and_then(|texts| texts.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    let texts = texts.ok_or_else(|| Error::invalid(&place, Reason::UnreadableCertificate))?;
    let wrapped: Result<Vec<_>> = texts.into_iter().map(wrapped).collect();
    insert(document, &path, wrapped.map_err(|error| error.at(&place))?.concat().into());
    Ok(())
}

fn wrapped(text: &str) -> Result<Vec<String>> {
    let wrap = |der: Vec<u8>| {
        Certificate::from_der(&der)?;
        Ok(format!("{}\r\n", pem::wrap_base64(&der, COLUMNS).replace('\n', "\r\n")))
    };
    bundle::certificates(text.as_bytes())?.into_iter().map(wrap).collect()
}

/// Makes a document of this mode complete. Doing it again changes nothing.
pub(super) fn complete(mode: &Mode, link: &str, document: &mut Members) {
    object(document, &["accessibility"]);
    default(document, &["accessibility", "selfService"], json!(false));
    default(document, &["accessibility", "errorRedirectUrl"], Value::Null);
    default(document, &["accessibility", "loginRedirectUrl"], Value::Null);
    object(document, &["visibility"]);
    default(document, &["visibility", "autoLaunch"], json!(false));
    default(document, &["visibility", "autoSubmitToolbar"], json!(false));
    default(document, &["visibility", "hide"], json!({"iOS": false, "web": false}));
    default(document, &["visibility", "appLinks"], json!({link: true}));
    default(document, &["features"], json!([]));
    credentials(mode, document);
    // A feature of newer orgs, which is off until somebody sets it up.
    let logout = json!({
        "status": "DISABLED", "supportType": "FULL", "identityStack": "NOT_SHARED",
        "protocol": "GLOBAL_TOKEN_REVOCATION",
    });
    default(document, &["universalLogout"], logout);
    settings(mode, document);
}

fn credentials(mode: &Mode, document: &mut Members) {
    object(document, &["credentials"]);
    if mode.types_passwords {
        default(document, &["credentials", "scheme"], json!("EDIT_USERNAME_AND_PASSWORD"));
        default(document, &["credentials", "revealPassword"], json!(false));
    }
    object(document, &["credentials", "userNameTemplate"]);
    default(document, &["credentials", "userNameTemplate", "template"], json!("${source.login}"));
    default(document, &["credentials", "userNameTemplate", "type"], json!("BUILT_IN"));
    object(document, &["credentials", "signing"]);
}

fn settings(mode: &Mode, document: &mut Members) {
    object(document, &["settings"]);
    object(document, &["settings", "app"]);
    let silent = json!({"vpn": {"network": {"connection": "DISABLED"}, "message": null, "helpUrl": null}});
    default(document, &["settings", "notifications"], silent);
    default(document, &["settings", "manualProvisioning"], json!(false));
    default(document, &["settings", "implicitAssignment"], json!(false));
    default(document, &["settings", "emOptInStatus"], json!("NONE"));
    default(document, &["settings", "notes"], json!({"admin": null, "enduser": null}));
    if mode.is_saml() {
        object(document, &["settings", "signOn"]);
        sign_on(document);
    }
}

fn sign_on(document: &mut Members) {
    let issuer = match get(document, &["settings", "signOn", "slo", "enabled"]) {
        Some(Value::Bool(true)) => get(document, &["settings", "signOn", "slo", "issuer"]).cloned(),
        _ => None,
    };
    for (member, value) in [
        ("defaultRelayState", Value::Null),
        ("idpIssuer", json!(ISSUER)),
        ("requestCompressed", json!(false)),
        ("attributeStatements", json!([])),
        ("inlineHooks", json!([])),
        ("assertionEncryption", json!({"enabled": false})),
        ("allowMultipleAcsEndpoints", json!(false)),
        ("acsEndpoints", json!([])),
        ("samlSignedRequestEnabled", json!(false)),
        ("slo", json!({"enabled": false})),
    ] {
        default(document, &["settings", "signOn", member], value);
    }
    // It only says again who logs out.
    insert(document, &["settings", "signOn", "spIssuer"], issuer.unwrap_or_default());
}

/// An empty object where nothing is.
fn object(document: &mut Members, path: &[&str]) {
    if get(document, path).is_none() {
        insert(document, path, Value::Object(Members::new()));
    }
}
