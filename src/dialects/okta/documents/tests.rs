//! Okta's documents: their reference, and the laws.

use serde_json::json;

use super::*;
use crate::dialects::document::laws::Subject;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::okta::applications::modes::{MODE, MODES, Mode};
use crate::dialects::okta::wire::{self, KINDS, Kind};
use crate::env::Entropy;
use crate::model::{
    Application, CertificationRequest, Id, IdentityProvider, Key, Link, Remainder, Remainders, Secret, User,
    VendorRecord,
};
use crate::pki::{EcCurve, Jwk, Timestamp};

const ID: Id = Id::from_number(7);
const NOW: Timestamp = Timestamp::from_unix_seconds(1_768_471_200);

/// Entropy that is the same each time.
#[derive(Debug)]
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

pub(in crate::dialects::okta) fn provider(kind: &Kind) -> IdentityProvider {
    IdentityProvider::new(ID, NOW, "", kind.blank())
}

pub(in crate::dialects::okta) fn application(mode: &Mode) -> Application {
    let mut blank = Application { alias: Some("x".to_owned()), ..Application::new(ID, NOW, "") };
    let kept = Remainder::from(Members::from_iter([(MODE.to_owned(), mode.name.into())]));
    blank.remainders.insert(wire::NAME.to_owned(), kept);
    blank
}

pub(in crate::dialects::okta) fn user() -> User {
    User { id: ID, created: NOW, updated: NOW, ..User::named("") }
}

pub(in crate::dialects::okta) fn link() -> Link {
    Link { provider: ID, user: ID, external_id: String::new(), created: NOW, updated: NOW }
}

pub(in crate::dialects::okta) fn vendor_record() -> VendorRecord {
    VendorRecord {
        id: ID,
        created: NOW,
        updated: NOW,
        owners: vec![ID, ID],
        ..VendorRecord::named("okta.x", "x")
    }
}

/// An active key for encryption, which has no links.
pub(in crate::dialects::okta) fn encryption_key() -> VendorRecord {
    let mut key = vendor_record();
    key.remainders.entry(wire::NAME.to_owned()).or_default().insert(credential::USE.to_owned(), "enc".into());
    key
}

/// Keys, each with all that is shown of some.
pub(in crate::dialects::okta) fn keys() -> Vec<(&'static str, Key)> {
    let text = String::new;
    let (rsa, ec) = (Jwk::Rsa { n: text(), e: text() }, Jwk::Ec { crv: EcCurve::P256, x: text(), y: text() });
    let key = |jwk, expires, private| Key {
        id: ID,
        kid: text(),
        created: NOW,
        updated: NOW,
        jwk,
        chain: Vec::new(),
        expires,
        private,
        request: Some(CertificationRequest { id: text(), der: text(), owner: ID }),
        remainders: Remainders::new(),
    };
    vec![
        ("signing keys", key(rsa.clone(), Some(NOW), Some(Secret::new(text())))),
        ("partners' keys", key(rsa, None, None)),
        ("partners' keys on curves", key(ec, None, None)),
    ]
}

/// Okta's documents, as `docs/documents.md` describes them.
pub(in crate::dialects::okta) fn reference() -> String {
    let kinds = KINDS.iter().map(|kind| (kind.name, provider(kind))).collect();
    let modes = MODES.iter().map(|mode| (mode.name, application(mode))).collect();
    let sections = [
        provider::PROVIDER.reference("Identity provider", &kinds),
        application::APPLICATION.reference("Application", &modes),
        key::WANTED_KEY.reference("New trusted key", &vec![("", key::Wanted::default())]),
        key::WANTED_REQUEST.reference("New certificate signing request", &vec![("", key::Wanted::default())]),
        key::KEY.reference("Key", &Vec::new()),
        key::REQUEST.reference("Certificate signing request", &Vec::new()),
        user::USER.reference("User", &vec![("", user())]),
        user::LINK.reference("Linked user", &vec![("", link())]),
        group::GROUP.reference("Group", &vec![("", vendor_record())]),
        hook::HOOK.reference("Inline hook", &vec![("", vendor_record())]),
        policy::POLICY.reference("Policy", &vec![("", vendor_record())]),
        assignment::GROUP.reference("Group of an application", &vec![("", vendor_record())]),
        assignment::USER.reference("User of an application", &vec![("", vendor_record())]),
        credential::KEY.reference("Public key of a client", &vec![("", vendor_record())]),
        credential::SECRET.reference("Secret of a client", &vec![("", vendor_record())]),
    ];
    format!("\n## Okta\n{}", sections.concat())
}

#[test]
fn the_laws_hold_for_providers_of_each_type() {
    for kind in KINDS {
        let document = &provider::PROVIDER;
        let blank = &|| provider(kind);
        // A replacement without a signing key keeps the one that was there, so each has one.
        let signing = json!({"signing": {"kid": "own", "teamId": "team"}});
        let fixed = json!({"protocol": {"type": kind.protocol, "credentials": signing}});
        let finish = |p: &mut IdentityProvider| draw_audience(p, &Sevens);
        let subject = Subject { document, blank, scene: &Scene::default(), finish, fixed };
        subject.hold();
        subject.is_described("IdentityProvider");
    }
}

#[test]
fn the_laws_hold_for_applications_of_each_mode() {
    let beside = application::Beside::default();
    let scene = application::Scene { base_url: String::new(), org: ID, shows_secrets: true, beside };
    for mode in MODES {
        let fixed = json!({MODE: mode.name, "name": "x"});
        let blank = &|| application(mode);
        let finish = |app: &mut Application| draw_secret(app, &Sevens);
        let document = &application::APPLICATION;
        let subject = Subject { document, blank, scene: &scene, finish, fixed: fixed.clone() };
        subject.hold();
        subject.is_described("Application");
    }
}

#[test]
fn the_laws_hold_for_users_and_links() {
    let scene = user::Scene::default();
    let subject =
        Subject { document: &user::USER, blank: &user, scene: &scene, finish: |_| (), fixed: json!({}) };
    subject.hold();
    subject.is_described("User");
    let subject =
        Subject { document: &user::LINK, blank: &link, scene: &scene, finish: |_| (), fixed: json!({}) };
    subject.hold();
    subject.is_described("IdentityProviderApplicationUser");
}

#[test]
fn the_laws_hold_for_what_only_okta_has() {
    let scene = Scene::default();
    for (name, document) in [
        ("Group", &group::GROUP),
        ("InlineHook", &hook::HOOK),
        ("Policy", &policy::POLICY),
        ("ApplicationGroupAssignment", &assignment::GROUP),
        ("AppUser", &assignment::USER),
        ("OAuth2ClientJsonWebKey", &credential::KEY),
        ("OAuth2ClientSecret", &credential::SECRET),
    ] {
        let blank = &vendor_record;
        let subject = Subject { document, blank, scene: &scene, finish: |_| (), fixed: json!({}) };
        subject.hold();
        subject.is_described(name);
    }
}
