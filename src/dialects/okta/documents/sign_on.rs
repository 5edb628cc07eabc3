//! What a document of a SAML application holds about signing on.

use serde_json::{Value, json};

use super::application::{APPLICATION, Lines, Scene, null, one_of};
use super::checks::is_url;
use crate::dialects::document::{
    Core, Line, Normal, Shown, Strict, any, each, field, flag, object, server, text, words,
};
use crate::dialects::lens::Members;
use crate::dialects::parts::put_text;
use crate::error::Reason;
use crate::model::Application;
use crate::pki::{Certificate, bundle, pem};

pub(super) const SIGN_ON: Lines = &[
    words("defaultRelayState").normal(FILLED).or(null),
    words(CONSUMER).between(0, 1024).required_unless(is_own, CONSUMER_OVERRIDE).strict(URL),
    words(ISSUER).or(|_| OUR_ISSUER.into()),
    text("audience").between(1, 1024).required_unless(is_own, AUDIENCE_OVERRIDE).core(ENTITY_ID),
    words("recipient"),
    words("destination"),
    words("subjectNameIdTemplate"),
    one_of(FORMAT, |_| NAME_ID_FORMATS),
    flag(RESPONSE_SIGNED),
    flag(ASSERTION_SIGNED),
    one_of("signatureAlgorithm", |_| &["RSA_SHA1", "RSA_SHA256"]),
    one_of("digestAlgorithm", |_| &["SHA1", "SHA256"]),
    flag("honorForceAuthn"),
    one_of("authnContextClassRef", |_| CONTEXTS),
    server("spIssuer", |app, _| logout_issuer(app).map_or(Shown::Json(Value::Null), Shown::from)),
    flag("requestCompressed").or(|_| false.into()),
    each("attributeStatements", ATTRIBUTE).or(none),
    each("inlineHooks", &[]).normal(|_, hooks| Ok(Some(without_links(hooks)))).dress(with_links).or(none),
    object("spCertificate", &[CHAIN]),
    object(
        "assertionEncryption",
        &[
            CHAIN,
            // The description lists `AES256_CBC` twice, once in place of the last.
            one_of("encryptionAlgorithm", |_| &["AES128_CBC", "AES128_GCM", "AES256_CBC", "AES256_GCM"]),
            one_of("keyTransportAlgorithm", |_| &["RSA_OAEP", "RSA_15"]),
        ],
    )
    .or(disabled),
    flag("allowMultipleAcsEndpoints").or(|_| false.into()),
    each("acsEndpoints", &[any("url").strict(URL)]).check(are_few).or(none),
    flag("samlSignedRequestEnabled").or(|_| false.into()),
    object(LOGOUT, &[flag(LOGOUT_ENABLED), words(LOGOUT_ISSUER), words("logoutUrl").strict(URL)])
        .or(disabled),
    object("participateSlo", &[one_of("bindingType", |_| &["POST", "REDIRECT"])]),
    words(AUDIENCE_OVERRIDE).normal(FILLED),
    words(CONSUMER_OVERRIDE).normal(FILLED),
    words("recipientOverride").normal(FILLED),
    words("ssoAcsUrlOverride").normal(FILLED),
];

const CONSUMER: &str = "ssoAcsUrl";
const CONSUMER_OVERRIDE: &str = "destinationOverride";
const AUDIENCE_OVERRIDE: &str = "audienceOverride";
const ISSUER: &str = "idpIssuer";
const FORMAT: &str = "subjectNameIdFormat";
pub(super) const RESPONSE_SIGNED: &str = "responseSigned";
const ASSERTION_SIGNED: &str = "assertionSigned";
const LOGOUT: &str = "slo";
const LOGOUT_ENABLED: &str = "enabled";
const LOGOUT_ISSUER: &str = "issuer";

/// What stands in an issuer for the part that differs between applications.
pub(in crate::dialects::okta) const ISSUER_KEY: &str = "${org.externalKey}";

/// Our entity id towards an application that does not choose another.
const OUR_ISSUER: &str = "http://www.okta.com/${org.externalKey}";

const ATTRIBUTE: Lines = &[
    one_of("type", |_| &["EXPRESSION", "GROUP"]),
    one_of("namespace", |_| {
        &[
            "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
            "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
            "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
        ]
    }),
    one_of("filterType", |_| &["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"]),
];

const CONTEXTS: &[&str] = &[
    "urn:federation:authentication:windows",
    // How the description spells the next one.
    "oasis:names:tc:SAML:2.0:ac:classes:Kerberos",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
];

/// The format of name ids that is always there.
pub(in crate::dialects::okta) const EMAIL_ADDRESS: &str =
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

/// The formats of name ids that an application can have, in the order of metadata: those of SAML 1.1 first (recorded
/// for all but `x509SubjectName` and `transient`).
pub(in crate::dialects::okta) const NAME_ID_FORMATS: &[&str] = &[
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    EMAIL_ADDRESS,
    "urn:oasis:names:tc:SAML:1.1:nameid-format:x509SubjectName",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
];

/// The certificates of the application. They are kept in lines, whatever they looked like.
const CHAIN: Line<Application, Scene> = any("x5c").normal(|_, chain| wrapped(&chain).map(Some));

/// How many characters of base64 a line of a certificate has.
const COLUMNS: usize = 76;

/// How many endpoints for assertions an application may have.
const ENDPOINTS: i64 = 100;

const URL: Strict<Application> = Strict::Check(|_, url, _| is_url(url));

/// Its entity id.
const ENTITY_ID: Core<Application> = field(
    "entity_id",
    |app| app.entity_id.as_deref().into(),
    |app, received| put_text(Some(&mut app.entity_id), received),
);

/// Our entity id towards the application.
pub(in crate::dialects::okta) fn issuer(app: &Application) -> &str {
    kept(app, ISSUER).and_then(Value::as_str).unwrap_or(OUR_ISSUER)
}

/// The format of name ids that the application wants.
pub(in crate::dialects::okta) fn name_id_format(app: &Application) -> Option<&str> {
    kept(app, FORMAT)?.as_str()
}

/// Whether people are logged out of the application when they log out of us.
pub(in crate::dialects::okta) fn logs_out(app: &Application) -> bool {
    kept(app, LOGOUT).is_some_and(|logout| logout.get(LOGOUT_ENABLED) == Some(&Value::Bool(true)))
}

/// Who logs people out; it only repeats what the settings of logout have.
fn logout_issuer(app: &Application) -> Option<&str> {
    kept(app, LOGOUT).filter(|_| logs_out(app))?.get(LOGOUT_ISSUER)?.as_str()
}

fn kept<'a>(app: &'a Application, name: &str) -> Option<&'a Value> {
    APPLICATION.find(app, name)?.1
}

/// Whether an org has defined it on its own, so that its settings must be sent; a template has some.
fn is_own(app: &Application) -> bool {
    app.alias.is_none() || kept(app, CONSUMER).is_some()
}

/// The response or the assertion is signed, or both.
pub(super) fn is_signed(app: &Application, sign_on: &Value, _: &Members) -> Result<(), Reason> {
    let is_unsigned = |member| sign_on.get(member) == Some(&Value::Bool(false));
    if is_own(app) && is_unsigned(RESPONSE_SIGNED) && is_unsigned(ASSERTION_SIGNED) {
        return Err(Reason::Other("or the assertion must be signed".to_owned()));
    }
    Ok(())
}

fn are_few(_: &Application, endpoints: &Value, _: &Members) -> Result<(), Reason> {
    let count = endpoints.as_array().map_or(0, Vec::len);
    if i64::try_from(count).is_ok_and(|count| count <= ENDPOINTS) {
        Ok(())
    } else {
        Err(Reason::OutOfRange(0, ENDPOINTS))
    }
}

fn none(_: &Application) -> Shown<'_> {
    json!([]).into()
}

fn disabled(_: &Application) -> Shown<'_> {
    json!({LOGOUT_ENABLED: false}).into()
}

/// An empty text is none.
const FILLED: Normal<Application> = |_, text| Ok(Some(text).filter(|text| *text != ""));

/// Hooks are shown with a link to each.
fn with_links<'r>(hooks: &'r Value, scene: &'r Scene) -> Shown<'r> {
    let mut hooks = hooks.clone();
    for hook in hooks.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(id) = hook.get("id").and_then(Value::as_str) {
            let href = format!("{}/api/v1/inlineHooks/{id}", scene.base_url);
            let link = json!({"self": {"href": href, "hints": {"allow": ["GET", "PUT", "DELETE"]}}});
            hook.insert(LINKS.to_owned(), link);
        }
    }
    hooks.into()
}

fn without_links(mut hooks: Value) -> Value {
    for hook in hooks.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        hook.shift_remove(LINKS);
    }
    hooks
}

const LINKS: &str = "_links";

fn wrapped(chain: &Value) -> Result<Value, Reason> {
    let texts =
        chain.as_array().and_then(|texts| texts.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    let texts = texts.ok_or(Reason::UnreadableCertificate)?;
    let wrapped = texts.into_iter().map(wrapped_each).collect::<crate::error::Result<Vec<_>>>();
    let wrapped = wrapped.map_err(|error| {
        let violation = error.violations().first();
        violation.map_or(Reason::UnreadableCertificate, |violation| violation.reason.clone())
    });
    Ok(wrapped?.concat().into())
}

/// The certificates in a text, each in lines.
fn wrapped_each(text: &str) -> crate::error::Result<Vec<String>> {
    let wrap = |der: Vec<u8>| {
        Certificate::from_der(&der)?;
        Ok(format!("{}\r\n", pem::wrap_base64(&der, COLUMNS).replace('\n', "\r\n")))
    };
    bundle::certificates(text.as_bytes())?.into_iter().map(wrap).collect()
}
