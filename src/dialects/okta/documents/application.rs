//! Okta's document of an application.

use serde_json::{Value, json};

use super::application_links as links;
use super::client::{CLIENT, NO_CLIENT, NO_CLIENT_SETTINGS, SETTINGS as CLIENT_SETTINGS, without_secret};
use super::sign_on::{RESPONSE_SIGNED, SIGN_ON, is_signed};
use crate::dialects::document::{
    Core, Document, Line, Listed, Shown, Spell, any, field, flag, ignored, object, server, text, words,
};
use crate::dialects::lens::Members;
use crate::dialects::okta::applications::modes::{MODE, Mode, SAML, is_openid, is_saml, types_passwords};
use crate::dialects::okta::{ids, time, wire};
use crate::dialects::parts::put_string;
use crate::error::Reason;
use crate::model::{Application, Id, State};

/// What an application is shown with.
pub(in crate::dialects::okta) struct Scene {
    /// How URLs begin.
    pub(in crate::dialects::okta) base_url: String,
    pub(in crate::dialects::okta) org: Id,
    /// Whether the secrets of the application are shown: it was written by this call.
    pub(in crate::dialects::okta) shows_secrets: bool,
    pub(in crate::dialects::okta) beside: Beside,
}

/// What is kept beside an application.
#[derive(Default)]
pub(in crate::dialects::okta) struct Beside {
    /// The access policy, if it is not the org's.
    pub(in crate::dialects::okta) policy: Option<Id>,
    /// The logo, if it has one of its own.
    pub(in crate::dialects::okta) logo: Option<Id>,
}

/// Okta names keys as we do.
impl Spell for Scene {}

pub(super) type Lines = &'static [Line<Application, Scene>];

/// The document of an application that has a name.
pub(in crate::dialects::okta) static APPLICATION: Document<Application, Scene> = Document::keeping_all(
    wire::NAME,
    &[
        server("id", |app: &Application, _| ids::spell(app.id).into()),
        server("orn", orn),
        words("name").between(0, 1024).required_if(is_of_template).check(is_template_name).core(ALIAS),
        text("label").between(1, 1024).required().core(LABEL),
        server("status", |app, _| if app.state == State::Active { "ACTIVE" } else { "INACTIVE" }.into()),
        server("lastUpdated", |app, _| time(app.updated).into()),
        server("created", |app, _| time(app.created).into()),
        object("accessibility", ACCESSIBILITY).merging(),
        object("visibility", VISIBILITY).merging(),
        server("features", |_, _| json!([]).into()),
        text(MODE).required().or(|_| SAML.into()),
        object("credentials", CREDENTIALS).merging(),
        // A feature of newer orgs, off by default.
        server("universalLogout", |_, _| {
            json!({
                "status": "DISABLED", "supportType": "FULL", "identityStack": "NOT_SHARED",
                "protocol": "GLOBAL_TOKEN_REVOCATION",
            })
            .into()
        }),
        object("settings", SETTINGS).merging(),
        any("profile"),
        server("_links", links::of),
        ignored("_embedded"),
    ],
)
.merging();

const ACCESSIBILITY: Lines = &[
    flag("selfService").or(|_| false.into()).always(),
    words("errorRedirectUrl").or(null),
    words("loginRedirectUrl").or(null),
];

const VISIBILITY: Lines = &[
    flag("autoLaunch").or(|_| false.into()).always(),
    flag("autoSubmitToolbar").or(|_| false.into()),
    object("hide", &[flag("iOS"), flag("web")]).or(|_| json!({"iOS": false, "web": false}).into()),
    object("appLinks", &[]).or(|app| json!({links::home_link(app): true}).into()),
];

const CREDENTIALS: Lines = &[
    one_of("scheme", |_| SCHEMES).or(|app| of_passwords(app, "EDIT_USERNAME_AND_PASSWORD".into())).always(),
    object(
        "userNameTemplate",
        &[
            words("template").or(|_| "${source.login}".into()).always(),
            one_of("type", |_| &["NONE", "BUILT_IN", "CUSTOM"]).or(|_| "BUILT_IN".into()),
            one_of("pushStatus", |_| &["PUSH", "DONT_PUSH", "NOT_CONFIGURED"]),
        ],
    ),
    any("revealPassword").or(|app| of_passwords(app, false.into())).always(),
    object("signing", &[text("kid").between(1, 1024).core(SIGNING_KEY), one_of("use", |_| &["sig"])])
        .or(empty)
        .always(),
    object("oauthClient", CLIENT).when(is_openid).normal(|_, client| Ok(Some(without_secret(client)))),
    object("oauthClient", NO_CLIENT).unless(is_openid),
];

const SCHEMES: &[&str] = &[
    "ADMIN_SETS_CREDENTIALS",
    "EDIT_PASSWORD_ONLY",
    "EDIT_USERNAME_AND_PASSWORD",
    "EXTERNAL_PASSWORD_SYNC",
    "SHARED_USERNAME_AND_PASSWORD",
];

const SETTINGS: Lines = &[
    object(
        "app",
        &[
            any("audienceRestriction"),
            one_of("groupValueFormat", |app| {
                of_federation(app, &["windowsDomainQualifiedName", "samAccountName", "dn"])
            }),
            any("wReplyURL"),
            any("siteURL"),
            one_of("usernameAttribute", |app| {
                of_federation(app, &["username", "upn", "upnAndUsername", "none"])
            }),
        ],
    )
    .or(empty)
    .always(),
    object("notifications", &[object("vpn", &[object("network", &[one_of("connection", |_| NETWORKS)])])])
        .or(|_| {
            json!({"vpn": {"network": {"connection": "DISABLED"}, "message": null, "helpUrl": null}}).into()
        }),
    flag("manualProvisioning").or(|_| false.into()),
    flag("implicitAssignment").or(|_| false.into()),
    one_of("emOptInStatus", |_| &["DISABLED", "DISABLING", "ENABLED", "ENABLING", "NONE"])
        .or(|_| "NONE".into()),
    object("notes", &[words("admin"), words("enduser")])
        .or(|_| json!({"admin": null, "enduser": null}).into()),
    object("signOn", SIGN_ON).when(is_saml).check(is_signed).reported_at(RESPONSE_SIGNED),
    object("signOn", &[]).unless(is_saml),
    object("oauthClient", CLIENT_SETTINGS).when(is_openid),
    object("oauthClient", NO_CLIENT_SETTINGS).unless(is_openid),
];

const NETWORKS: &[&str] = &["DISABLED", "ANYWHERE", "ON_NETWORK", "OFF_NETWORK", "ZONE"];

/// A text that the API description enumerates.
pub(super) const fn one_of(name: &'static str, texts: Listed<Application>) -> Line<Application, Scene> {
    words(name).between(0, 1024).listed(texts)
}

pub(super) fn null(_: &Application) -> Shown<'_> {
    Shown::Json(Value::Null)
}

fn empty(_: &Application) -> Shown<'_> {
    json!({}).into()
}

/// What an application has for which passwords are typed in.
fn of_passwords<'r>(app: &'r Application, shown: Shown<'static>) -> Shown<'r> {
    if types_passwords(app) { shown } else { Shown::Nothing }
}

fn of_federation(app: &Application, texts: &'static [&'static str]) -> &'static [&'static str] {
    if Mode::of(app).is_some_and(|mode| mode.name == "WS_FEDERATION") { texts } else { &[] }
}

fn orn<'r>(app: &'r Application, scene: &'r Scene) -> Shown<'r> {
    let name = app.alias.as_deref().unwrap_or_default();
    format!("orn:okta:idp:{}:apps:{name}:{}", ids::spell_as("00o", scene.org), ids::spell(app.id)).into()
}

/// Whether it is made from a template, which must be named.
fn is_of_template(app: &Application) -> bool {
    app.alias.is_none() && Mode::of(app).is_some_and(|mode| !mode.is_custom)
}

fn is_template_name(app: &Application, name: &Value, _: &Members) -> Result<(), Reason> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    match name.as_str() {
        Some(name) if app.alias.is_none() && !name.chars().all(is_plain) => {
            Err(Reason::Other("is no name of a template".to_owned()))
        }
        _ => Ok(()),
    }
}

/// The name by which links and the people's pages call it. It never changes.
const ALIAS: Core<Application> = field(
    "alias",
    |app| app.alias.as_deref().into(),
    |app, received| {
        let named = received.as_ref().and_then(Value::as_str).filter(|name| !name.is_empty());
        app.alias = app.alias.take().or(named.map(str::to_owned));
        None
    },
);

const LABEL: Core<Application> =
    field("name", |app| app.name.as_str().into(), |app, received| put_string(&mut app.name, received));

/// The key with which it is signed. A replacement that names none leaves it as it was.
const SIGNING_KEY: Core<Application> = field(
    "signing_key",
    |app| app.signing_key.as_deref().into(),
    |app, received| {
        if let Some(kid) = received.as_ref().and_then(Value::as_str) {
            app.signing_key = Some(kid.to_owned());
        }
        None
    },
);
