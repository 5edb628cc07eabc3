//! Okta's documents, a table each. May import what the folder above may.

pub(super) mod application;
mod application_links;
mod checks;
mod client;
mod cores;
mod defaults;
mod kinds;
mod linking;
pub(super) mod key;
pub(super) mod provider;
mod provider_links;
pub(super) mod sign_on;
pub(super) mod user;

pub(super) use client::draw_secret;
pub(super) use cores::{audience, draw_audience};

use crate::dialects::document::Spell;

/// What a record is shown with.
#[derive(Default)]
pub(super) struct Scene {
    /// How URLs begin.
    pub(super) base_url: String,
    /// Whether this is the answer to a replacement, which does not name the time of creation.
    pub(super) is_replaced: bool,
}

impl Scene {
    /// With URLs that begin like this.
    pub(super) fn at(base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), is_replaced: false }
    }
}

/// Okta names keys as we do.
impl Spell for Scene {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dialects::document::laws::Subject;
    use crate::dialects::kinds::ProviderKind as _;
    use crate::dialects::lens::Members;
    use crate::dialects::okta::applications::modes::{MODE, MODES};
    use crate::dialects::okta::wire::{self, KINDS};
    use crate::env::Entropy;
    use crate::model::{Application, Id, IdentityProvider, Link, Remainder, User};
    use crate::pki::Timestamp;

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

    #[test]
    fn the_laws_hold_for_providers_of_each_type() {
        for kind in KINDS {
            let document = &provider::PROVIDER;
            let blank = &|| IdentityProvider::new(ID, NOW, "", kind.blank());
            // A replacement without a signing key keeps the one that was there, so each has one.
            let signing = json!({"signing": {"kid": "own", "teamId": "team"}});
            let fixed = json!({"protocol": {"type": kind.protocol, "credentials": signing}});
            let finish = |p: &mut IdentityProvider| draw_audience(p, &Sevens);
            Subject { document, blank, scene: &Scene::default(), finish, fixed }.hold();
        }
    }

    #[test]
    fn the_laws_hold_for_applications_of_each_mode() {
        let scene = application::Scene { base_url: String::new(), org: ID, shows_secrets: true };
        for mode in MODES {
            let fixed = json!({MODE: mode.name, "name": "x"});
            let blank = &|| {
                let mut blank = Application { alias: Some("x".to_owned()), ..Application::new(ID, NOW, "") };
                let kept = Remainder::from(Members::from_iter([(MODE.to_owned(), mode.name.into())]));
                blank.remainders.insert(wire::NAME.to_owned(), kept);
                blank
            };
            let finish = |app: &mut Application| draw_secret(app, &Sevens);
            let document = &application::APPLICATION;
            Subject { document, blank, scene: &scene, finish, fixed: fixed.clone() }.hold();
        }
    }

    #[test]
    fn the_laws_hold_for_users_and_links() {
        let scene = user::Scene::default();
        let blank = &|| User { id: ID, created: NOW, updated: NOW, ..User::named("") };
        Subject { document: &user::USER, blank, scene: &scene, finish: |_| (), fixed: json!({}) }.hold();
        let blank =
            &|| Link { provider: ID, user: ID, external_id: String::new(), created: NOW, updated: NOW };
        Subject { document: &user::LINK, blank, scene: &scene, finish: |_| (), fixed: json!({}) }.hold();
    }
}
