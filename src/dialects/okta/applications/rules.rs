//! What Okta demands of a document that describes an application.

use serde_json::Value;

use super::modes::{MODES, Mode};
use crate::dialects::lens::Members;
use crate::dialects::okta::rules::Rules;
use crate::error::{ErrorKind, Reason, Result};

/// The mode of the application that a document describes. `is_defined` says that it is made from a template, whose
/// sign-on settings need not be told.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] with everything that is wrong.
pub(super) fn check(document: &Members, is_defined: bool) -> Result<&'static Mode> {
    let mut rules = Rules::of(document);
    rules.text(&["label"], 1, 1024);
    let mode = mode(&mut rules);
    for members in [
        &["accessibility"][..],
        &["visibility"],
        &["visibility", "hide"],
        &["credentials"],
        &["credentials", "signing"],
        &["credentials", "userNameTemplate"],
        &["credentials", "oauthClient"],
        &["settings"],
        &["settings", "app"],
        &["settings", "notes"],
        &["settings", "signOn"],
    ] {
        rules.optional_object(members);
    }
    rules.optional_text(&["credentials", "signing", "kid"], 1, 1024);
    if let Some(mode) = mode {
        if !mode.is_custom && !is_defined {
            rules.refuse(&["name"], Reason::Missing);
        }
        if mode.is_saml() {
            saml(&mut rules, is_defined);
        }
    }
    match (mode, rules.violations) {
        (Some(mode), violations) if violations.is_empty() => Ok(mode),
        (_, violations) => Err(ErrorKind::Invalid { violations }.into()),
    }
}

fn mode(rules: &mut Rules<'_>) -> Option<&'static Mode> {
    let path = &["signOnMode"];
    if !rules.is_text(path) {
        return None;
    }
    let mode = rules.said(path).and_then(Value::as_str).and_then(Mode::named);
    if mode.is_none() {
        rules.refuse(path, Reason::NotAllowed(MODES.iter().map(|mode| mode.name).collect()));
    }
    mode
}

const NAME_ID_FORMATS: &[&str] = &[
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:x509SubjectName",
];

/// How many endpoints for assertions an application may have.
const ENDPOINTS: usize = 100;

fn saml(rules: &mut Rules<'_>, is_defined: bool) {
    if !is_defined {
        for (member, instead) in [("ssoAcsUrl", "destinationOverride"), ("audience", "audienceOverride")] {
            if rules.said(&["settings", "signOn", instead]).is_none() {
                rules.text(&["settings", "signOn", member], 1, 1024);
            }
        }
    }
    rules.optional_text(&["settings", "signOn", "audience"], 1, 1024);
    rules.one_of(&["settings", "signOn", "subjectNameIdFormat"], NAME_ID_FORMATS);
    rules.one_of(&["settings", "signOn", "signatureAlgorithm"], &["RSA_SHA1", "RSA_SHA256"]);
    rules.one_of(&["settings", "signOn", "digestAlgorithm"], &["SHA1", "SHA256"]);
    for member in [
        "responseSigned",
        "assertionSigned",
        "honorForceAuthn",
        "requestCompressed",
        "allowMultipleAcsEndpoints",
        "samlSignedRequestEnabled",
    ] {
        rules.optional_boolean(&["settings", "signOn", member]);
    }
    rules.optional_boolean(&["settings", "signOn", "slo", "enabled"]);
    let signs = |member| rules.said(&["settings", "signOn", member]) != Some(&Value::Bool(false));
    if !is_defined && !signs("responseSigned") && !signs("assertionSigned") {
        rules.refuse(
            &["settings", "signOn", "responseSigned"],
            Reason::Other("or the assertion must be signed".to_owned()),
        );
    }
    rules.optional_array(&["settings", "signOn", "attributeStatements"]);
    rules.optional_array(&["settings", "signOn", "inlineHooks"]);
    rules.optional_array(&["settings", "signOn", "acsEndpoints"]);
    let path = &["settings", "signOn", "acsEndpoints"];
    if rules.said(path).and_then(Value::as_array).is_some_and(|endpoints| endpoints.len() > ENDPOINTS) {
        rules.refuse(path, Reason::OutOfRange(0, 100));
    }
}
