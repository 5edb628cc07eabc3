//! Harbor's document of a connection. May import what the folder above may.

use std::borrow::Cow;

use crate::dialects::cores::{
    CLIENT_ID, CLIENT_SECRET, ENABLED, ENTITY_ID, ISSUER, NAME as DISPLAY_NAME, REQUESTS_SIGNED,
    SINGLE_SIGN_ON,
};
use crate::dialects::document::{Core, Document, Shown, Spell, field, flag, object, server, text, url};
use crate::dialects::kinds::{Canonical, ProviderKind};
use crate::dialects::parts::{client, oidc, put_text, saml};
use crate::http::Call;
use crate::model::{IdentityProvider, social};

/// Under which name remainders of this dialect are kept.
pub(super) const NAME: &str = "harbor";

/// A kind of connection.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    canonical: Canonical<'static>,
}

/// All kinds. Chirp is a service that no other dialect knows.
pub(super) static KINDS: &[Kind] = &[
    Kind { name: "saml", canonical: Canonical::Saml },
    Kind { name: "oidc", canonical: Canonical::OpenIdConnect },
    Kind { name: "google", canonical: Canonical::Social(social::GOOGLE) },
    Kind { name: "chirp", canonical: Canonical::Social("chirp") },
];

impl ProviderKind for Kind {
    const DIALECT: &'static str = NAME;

    fn all() -> impl Iterator<Item = &'static Self> + Clone {
        KINDS.iter()
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn canonical(&self) -> Canonical<'static> {
        self.canonical
    }
}

/// What a connection is shown with.
#[derive(Default)]
pub(super) struct Scene {
    pub(super) base_url: String,
}

impl Scene {
    pub(super) fn of(call: &Call<'_>) -> Self {
        Self { base_url: call.base_url.to_owned() }
    }

    /// Where a connection is.
    pub(super) fn url(&self, p: &IdentityProvider) -> String {
        let alias =
            percent_encoding::utf8_percent_encode(&alias(p), percent_encoding::NON_ALPHANUMERIC).to_string();
        format!("{}/api/v1/connections/{alias}", self.base_url)
    }
}

/// Harbor names keys as we do.
impl Spell for Scene {}

/// The name that a client has chosen. What another dialect has made has the number of its id in its place.
pub(super) fn alias(p: &IdentityProvider) -> Cow<'_, str> {
    p.alias.as_deref().map_or_else(|| p.id.to_string().into(), Cow::Borrowed)
}

const ALIAS: Core<IdentityProvider> =
    field("alias", |p| Shown::Text(alias(p)), |p, received| put_text(Some(&mut p.alias), received));

/// The document.
pub(super) static CONNECTION: Document<IdentityProvider, Scene> = Document::of(
    NAME,
    &[
        text("alias").required().fixed(|_| true).core(ALIAS),
        server("kind", |p, _| Kind::of(&p.protocol).map(|kind| kind.name).into()),
        text("displayName").required().core(DISPLAY_NAME),
        flag("enabled").fill(|_| Some(true.into())).core(ENABLED),
        flag("hideOnLogin").or(|_| false.into()),
        object(
            "saml",
            &[
                text("entityId").required().core(ENTITY_ID),
                url("ssoUrl").required().core(SINGLE_SIGN_ON),
                flag("signRequests").core(REQUESTS_SIGNED),
            ],
        )
        .when(|p| saml(p).is_some()),
        url("issuer").required().when(|p| oidc(p).is_some()).core(ISSUER),
        object("client", &[text("id").needed().core(CLIENT_ID), text("secret").write_only(CLIENT_SECRET)])
            .when(|p| client(p).is_some()),
        server("url", |p, scene| scene.url(p).into()),
    ],
);
