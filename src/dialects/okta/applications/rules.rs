//! What Okta demands of a document that describes an application.

use serde_json::Value;

use super::described;
use super::modes::{MODES, Mode};
use crate::dialects::lens::Members;
use crate::dialects::okta::described::new_ones;
use crate::dialects::okta::rules::Rules;
use crate::error::{ErrorKind, Reason, Result};

/// The mode of the application that a document describes. `is_defined` says that it is made from a template, whose
/// sign-on settings need not be told.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] with everything that is wrong. What Okta's API description leaves out is wrong if `strict` says
/// so: then it holds the document of the application that is replaced, or nothing, and what that shows is not wrong.
pub(super) fn check(document: &Members, is_defined: bool, strict: Option<&Members>) -> Result<&'static Mode> {
    let mut rules = Rules::of(document);
    rules.text(&["label"], 1, 1024);
    let mode = mode(&mut rules);
    for path in OBJECTS {
        rules.optional_object(path);
    }
    for path in TEXTS {
        rules.optional_text(path, 0, usize::MAX);
    }
    for path in BOOLEANS {
        rules.optional_boolean(path);
    }
    for path in LISTS {
        rules.optional_array(path);
    }
    rules.optional_text(&["credentials", "signing", "kid"], 1, 1024);
    if let Some(mode) = mode {
        rules.enumerations(described::enumerations(mode));
        if !mode.is_custom && !is_defined {
            rules.refuse(&["name"], Reason::Missing);
        }
        if mode.is_saml() {
            saml(&mut rules, is_defined);
        }
        if let Some(shown) = strict {
            let shown = described::findings(mode, shown);
            rules.add(new_ones(described::findings(mode, document), &shown));
        }
    }
    match (mode, rules.violations) {
        (Some(mode), violations) if violations.is_empty() => Ok(mode),
        (_, violations) => Err(ErrorKind::Invalid { violations }.into()),
    }
}

const OBJECTS: &[&[&str]] = &[
    &["accessibility"],
    &["visibility"],
    &["visibility", "hide"],
    &["visibility", "appLinks"],
    &["credentials"],
    &["credentials", "signing"],
    &["credentials", "userNameTemplate"],
    &["credentials", "oauthClient"],
    &["settings"],
    &["settings", "app"],
    &["settings", "notes"],
    &["settings", "signOn"],
    &["settings", "signOn", "slo"],
    &["settings", "signOn", "spCertificate"],
    &["settings", "signOn", "assertionEncryption"],
];

const TEXTS: &[&[&str]] = &[
    &["accessibility", "errorRedirectUrl"],
    &["accessibility", "loginRedirectUrl"],
    &["credentials", "userNameTemplate", "template"],
    &["settings", "notes", "admin"],
    &["settings", "notes", "enduser"],
    &["settings", "signOn", "defaultRelayState"],
    &["settings", "signOn", "ssoAcsUrl"],
    &["settings", "signOn", "ssoAcsUrlOverride"],
    &["settings", "signOn", "idpIssuer"],
    &["settings", "signOn", "audience"],
    &["settings", "signOn", "audienceOverride"],
    &["settings", "signOn", "recipient"],
    &["settings", "signOn", "recipientOverride"],
    &["settings", "signOn", "destination"],
    &["settings", "signOn", "destinationOverride"],
    &["settings", "signOn", "subjectNameIdTemplate"],
    &["settings", "signOn", "slo", "issuer"],
    &["settings", "signOn", "slo", "logoutUrl"],
];

const BOOLEANS: &[&[&str]] = &[
    &["accessibility", "selfService"],
    &["visibility", "autoLaunch"],
    &["visibility", "autoSubmitToolbar"],
    &["visibility", "hide", "iOS"],
    &["visibility", "hide", "web"],
    &["settings", "manualProvisioning"],
    &["settings", "implicitAssignment"],
    &["settings", "signOn", "responseSigned"],
    &["settings", "signOn", "assertionSigned"],
    &["settings", "signOn", "honorForceAuthn"],
    &["settings", "signOn", "requestCompressed"],
    &["settings", "signOn", "allowMultipleAcsEndpoints"],
    &["settings", "signOn", "samlSignedRequestEnabled"],
    &["settings", "signOn", "slo", "enabled"],
];

const LISTS: &[&[&str]] = &[
    &["settings", "signOn", "attributeStatements"],
    &["settings", "signOn", "inlineHooks"],
    &["settings", "signOn", "acsEndpoints"],
];

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
    let signs = |member| rules.said(&["settings", "signOn", member]) != Some(&Value::Bool(false));
    if !is_defined && !signs("responseSigned") && !signs("assertionSigned") {
        rules.refuse(
            &["settings", "signOn", "responseSigned"],
            Reason::Other("or the assertion must be signed".to_owned()),
        );
    }
    let path = &["settings", "signOn", "acsEndpoints"];
    if rules.said(path).and_then(Value::as_array).is_some_and(|endpoints| endpoints.len() > ENDPOINTS) {
        rules.refuse(path, Reason::OutOfRange(0, 100));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dialects::lens::insert;
    use crate::error::Violation;

    #[test]
    fn members_of_another_json_type_are_found_wherever_they_are() {
        let kinds = [(OBJECTS, "object"), (TEXTS, "string"), (BOOLEANS, "boolean"), (LISTS, "array")];
        for (path, wanted) in
            kinds.iter().flat_map(|(paths, wanted)| paths.iter().map(move |it| (it, wanted)))
        {
            let mut document = Members::from_iter([("signOnMode".to_owned(), json!("SAML_2_0"))]);
            insert(&mut document, path, json!(5));
            let refused = check(&document, true, None).expect_err("it is refused");
            let expected = Violation::new(format!("/{}", path.join("/")), Reason::WrongType(wanted));
            assert!(refused.violations().contains(&expected), "{expected}");
        }
    }
}
