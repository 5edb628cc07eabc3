//! The order of members in answers about applications.

use crate::dialects::lens::Order;

pub(super) static ORDER: Order = Order(&[
    ("id", None),
    ("orn", None),
    ("name", None),
    ("label", None),
    ("status", None),
    ("lastUpdated", None),
    ("created", None),
    ("accessibility", None),
    ("visibility", Some(&VISIBILITY)),
    ("features", None),
    ("signOnMode", None),
    ("credentials", Some(&CREDENTIALS)),
    ("universalLogout", None),
    ("settings", Some(&SETTINGS)),
    ("profile", None),
    ("_links", None),
]);

static VISIBILITY: Order =
    Order(&[("autoLaunch", None), ("autoSubmitToolbar", None), ("hide", None), ("appLinks", None)]);

static CREDENTIALS: Order =
    Order(&[("scheme", None), ("userNameTemplate", None), ("revealPassword", None), ("signing", None)]);

static SETTINGS: Order = Order(&[
    ("app", None),
    ("notifications", None),
    ("manualProvisioning", None),
    ("implicitAssignment", None),
    ("emOptInStatus", None),
    ("notes", None),
    ("signOn", Some(&SIGN_ON)),
]);

static SIGN_ON: Order = Order(&[
    ("defaultRelayState", None),
    ("ssoAcsUrl", None),
    ("idpIssuer", None),
    ("audience", None),
    ("recipient", None),
    ("destination", None),
    ("subjectNameIdTemplate", None),
    ("subjectNameIdFormat", None),
    ("responseSigned", None),
    ("assertionSigned", None),
    ("signatureAlgorithm", None),
    ("digestAlgorithm", None),
    ("honorForceAuthn", None),
    ("authnContextClassRef", None),
    ("spIssuer", None),
    ("requestCompressed", None),
    ("attributeStatements", None),
    ("inlineHooks", None),
    ("spCertificate", None),
    ("assertionEncryption", None),
    ("allowMultipleAcsEndpoints", None),
    ("acsEndpoints", None),
    ("samlSignedRequestEnabled", None),
    ("slo", None),
]);
