//! PingOne's document of an application.

use serde_json::{Value, json};

use super::Scene;
use crate::dialects::document::{
    Core, Document, Line, Shown, choice, field, flag, integer, list, named, object, references, server, text,
};
use crate::dialects::parts::{put_string, put_text};
use crate::dialects::pingone::links;
use crate::dialects::pingone::wire::{self, SIGNATURES};
use crate::model::{Application, State};

/// The document. Members without a line are kept as they were received.
pub(in crate::dialects::pingone) static APPLICATION: Document<Application, Scene> = Document::keeping_unknown(
    wire::NAME,
    &[
        server("_links", |application, scene| {
            let own = format!("{}/applications/{}", scene.url, application.id.to_uuid());
            links::to(&[("self", &own), ("environment", &scene.url)]).into()
        }),
        server("environment", |_, scene| scene.reference().into()),
        server("id", |application, _| application.id.to_uuid().into()),
        text("name").required().core(NAME),
        flag("enabled").required().core(ENABLED),
        text("type").required().or(|_| "WEB_APP".into()),
        text(PROTOCOL).required().or(|_| SAML.into()),
        integer("assertionDuration", 0, i64::MAX).required().when(is_saml),
        list("acsUrls").required().when(is_saml),
        text("spEntityId").required_if(is_saml).core(ENTITY_ID),
        object("idpSigning", SIGNING),
        object("spEncryption", ENCRYPTION),
        object("spVerification", VERIFICATION),
        server("createdAt", |application, _| application.created.to_string().into()),
        server("updatedAt", |application, _| application.updated.to_string().into()),
    ],
);

pub(in crate::dialects::pingone) const PROTOCOL: &str = "protocol";
const SAML: &str = "SAML";

const SIGNING: &[Line<Application, Scene>] =
    &[object("key", &[text("id").needed().reference().core(SIGNING_KEY)]), named("algorithm", SIGNATURES)];

const ENCRYPTION: &[Line<Application, Scene>] = &[
    choice("algorithm", &["AES_128", "AES_256", "TRIPLEDES"]),
    object("certificate", &[text("id").needed().core(ENCRYPTION_KEY)]),
];

const VERIFICATION: &[Line<Application, Scene>] =
    &[flag("authnRequestSigned").or(|_| false.into()), references("certificates", 0).core(TRUSTED_KEYS)];

/// Whether an application speaks SAML, as the remainder has it.
fn is_saml(application: &Application) -> bool {
    application.remainders.get(wire::NAME).is_some_and(|kept| kept.get(PROTOCOL).is_some_and(|it| it == SAML))
}

const NAME: Core<Application> = field(
    "name",
    |application| application.name.as_str().into(),
    |application, received| put_string(&mut application.name, received),
);

const ENABLED: Core<Application> = field(
    "state",
    |application| (application.state == State::Active).into(),
    |application, received| {
        application.state = if received == Some(Value::Bool(true)) { State::Active } else { State::Inactive };
        None
    },
);

const ENTITY_ID: Core<Application> = field(
    "entity_id",
    |application| application.entity_id.as_deref().into(),
    |application, received| put_text(Some(&mut application.entity_id), received),
);

const SIGNING_KEY: Core<Application> = field(
    "signing_key",
    |application| application.signing_key.as_deref().into(),
    |application, received| put_text(Some(&mut application.signing_key), received),
);

const ENCRYPTION_KEY: Core<Application> = field(
    "encryption_key",
    |application| application.encryption_key.as_deref().into(),
    |application, received| put_text(Some(&mut application.encryption_key), received),
);

const TRUSTED_KEYS: Core<Application> = field(
    "trusted_keys",
    |application| match application.trusted_keys.as_slice() {
        [] => Shown::Nothing,
        kids => kids.iter().map(|kid| json!({"id": kid})).collect::<Value>().into(),
    },
    |application, received| {
        let references = received.as_ref().and_then(Value::as_array).into_iter().flatten();
        let ids = references.filter_map(|reference| reference.get("id")?.as_str());
        application.trusted_keys = ids.map(str::to_owned).collect();
        None
    },
);
