//! Okta's documents of a user, and of a user who is linked to a provider.

use serde_json::{Value, json};

use crate::dialects::document::{
    Core, Document, Line, Record, Shown, Spell, any, field, object, server, text,
};
use crate::dialects::okta::links::{self, Links};
use crate::dialects::okta::{ids, time, wire};
use crate::dialects::parts::put_string;
use crate::model::{Link, User, UserState};

/// What a user or a link is shown with.
#[derive(Default)]
pub(in crate::dialects::okta) struct Scene {
    /// How URLs begin.
    pub(in crate::dialects::okta) base_url: String,
    /// The user of a link, if the caller wants it.
    pub(in crate::dialects::okta) user: Option<Value>,
}

impl Spell for Scene {}

/// The document of a user.
pub(in crate::dialects::okta) static USER: Document<User, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |user: &User, _| ids::spell_as(ids::USER, user.id).into()),
        server("status", |user, _| status(user).into()),
        server("created", |user, _| time(user.created).into()),
        server("activated", |user, _| or_null(user.activated.map(time))),
        server("statusChanged", |user, _| {
            or_null((user.state != UserState::Staged).then(|| time(user.updated)))
        }),
        server("lastLogin", |_, _| or_null(None)),
        server("lastUpdated", |user, _| time(user.updated).into()),
        server("passwordChanged", |_, _| or_null(None)),
        object("profile", PROFILE).open(),
        object("credentials", CREDENTIALS),
        server("_links", user_links),
    ],
);

const PROFILE: &[Line<User, Scene>] = &[
    any("firstName"),
    any("lastName"),
    text("email").between(5, 100).required(),
    text("login").between(5, 100).required().core(LOGIN),
    any("mobilePhone").or(|_| or_null(None)),
    any("secondEmail").or(|_| or_null(None)),
];

/// No one signs in here: only that there is a password is kept.
const CREDENTIALS: &[Line<User, Scene>] = &[
    any(PASSWORD).normal(|_, _| Ok(Some(json!({})))),
    server("provider", |_, _| json!({"type": "OKTA", "name": "OKTA"}).into()),
];

const PASSWORD: &str = "password";

/// Whether the user has a password.
pub(in crate::dialects::okta) fn has_password(user: &User) -> bool {
    USER.find(user, PASSWORD).is_some_and(|(_, kept)| kept.is_some())
}

/// The name with which the user signs in.
const LOGIN: Core<User> =
    field("login", |user| user.login.as_str().into(), |user, received| put_string(&mut user.login, received));

fn status(user: &User) -> &'static str {
    match user.state {
        UserState::Staged => "STAGED",
        UserState::Provisioned => "PROVISIONED",
        UserState::Active => "ACTIVE",
        UserState::Deprovisioned => "DEPROVISIONED",
    }
}

fn or_null<'r>(text: Option<String>) -> Shown<'r> {
    Shown::Json(text.into())
}

fn user_links<'r>(user: &'r User, scene: &'r Scene) -> Shown<'r> {
    let own = format!("{}/api/v1/users/{}", scene.base_url, ids::spell_as(ids::USER, user.id));
    let mut links = Links::default();
    links.add("self", links::Link::to(own.clone()));
    if user.state != UserState::Deprovisioned {
        links.add("deactivate", links::Link::to(format!("{own}/lifecycle/deactivate")).method("POST"));
    }
    links.shown()
}

impl Record for Link {}

/// The document of a user who is linked to a provider.
pub(in crate::dialects::okta) static LINK: Document<Link, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |link: &Link, _| ids::spell_as(ids::USER, link.user).into()),
        text("externalId").between(1, 512).required().core(EXTERNAL_ID),
        server("created", |link, _| time(link.created).into()),
        server("lastUpdated", |link, _| time(link.updated).into()),
        server("profile", |_, _| profile().into()),
        server("_links", link_links),
        server("_embedded", |_, scene| scene.user.as_ref().map(|user| json!({"user": user})).into()),
    ],
);

const EXTERNAL_ID: Core<Link> = field(
    "external_id",
    |link| link.external_id.as_str().into(),
    |link, received| put_string(&mut link.external_id, received),
);

/// What a provider may report about a user. No one has signed in yet, so every member is null.
fn profile() -> Value {
    let members = [
        "profileUrl",
        "firstName",
        "lastName",
        "honorificSuffix",
        "displayName",
        "honorificPrefix",
        "middleName",
        "email",
    ];
    members.into_iter().map(|member| (member.to_owned(), Value::Null)).collect()
}

fn link_links<'r>(link: &'r Link, scene: &'r Scene) -> Shown<'r> {
    let (provider, user) = (ids::spell(link.provider), ids::spell_as(ids::USER, link.user));
    let idp = format!("{}/api/v1/idps/{provider}", scene.base_url);
    let mut links = Links::default();
    links.add("self", links::Link::to(format!("{idp}/users/{user}")).allow(&["GET", "DELETE"]));
    links.add("idp", links::Link::to(idp).allow(&["GET"]));
    links.add("user", links::Link::to(format!("{}/api/v1/users/{user}", scene.base_url)).allow(&["GET"]));
    links.shown()
}
