//! How people sign in to an application.

use crate::dialects::okta::wire::NAME;
use crate::model::Application;

/// The member that names it.
pub(in crate::dialects::okta) const MODE: &str = "signOnMode";

/// One value of it.
#[derive(Debug)]
pub(in crate::dialects::okta) struct Mode {
    /// The value.
    pub(in crate::dialects::okta) name: &'static str,
    /// Whether an org can define applications of this mode on its own; all others name their template.
    pub(in crate::dialects::okta) is_custom: bool,
    /// Whether a password is typed in for the user.
    pub(super) types_passwords: bool,
}

const fn mode(name: &'static str, is_custom: bool, types_passwords: bool) -> Mode {
    Mode { name, is_custom, types_passwords }
}

pub(in crate::dialects::okta) const SAML: &str = "SAML_2_0";

/// SAML before version 2.
pub(super) const SAML_1_1: &str = "SAML_1_1";

/// OAuth 2.0 clients.
pub(super) const OPENID_CONNECT: &str = "OPENID_CONNECT";

/// All of them.
pub(in crate::dialects::okta) static MODES: &[Mode] = &[
    mode(SAML, true, false),
    mode("AUTO_LOGIN", true, true),
    mode("BASIC_AUTH", false, true),
    mode("BOOKMARK", false, false),
    mode("BROWSER_PLUGIN", false, true),
    mode(OPENID_CONNECT, false, false),
    mode(SAML_1_1, false, false),
    mode("SECURE_PASSWORD_STORE", false, true),
    mode("WS_FEDERATION", false, false),
];

impl Mode {
    /// The mode with this name.
    fn named(name: &str) -> Option<&'static Self> {
        MODES.iter().find(|mode| mode.name == name)
    }

    /// The mode of an application: the one received here, or SAML if it came through another API and has an entity id;
    /// otherwise it is of a kind that Okta does not show.
    pub(in crate::dialects::okta) fn of(application: &Application) -> Option<&'static Self> {
        match application.remainders.get(NAME) {
            Some(kept) => Self::named(kept.get(MODE)?.as_str()?),
            None => application.entity_id.as_ref().and_then(|_| Self::named(SAML)),
        }
    }

    pub(super) fn is_saml(&self) -> bool {
        self.name == SAML
    }

    /// Whether the application can read SAML metadata of ours: also one of SAML 1.1 gets that of SAML 2.0.
    pub(super) fn has_metadata(&self) -> bool {
        matches!(self.name, SAML | SAML_1_1)
    }

    /// Whether we sign what the application gets, with a key of its own.
    pub(super) fn is_signed(&self) -> bool {
        matches!(self.name, SAML | SAML_1_1 | "WS_FEDERATION")
    }
}

/// Whether people sign in by SAML 2.0.
pub(in crate::dialects::okta) fn is_saml(application: &Application) -> bool {
    Mode::of(application).is_some_and(Mode::is_saml)
}

/// Whether it is a client of OAuth 2.0.
pub(in crate::dialects::okta) fn is_openid(application: &Application) -> bool {
    Mode::of(application).is_some_and(|mode| mode.name == OPENID_CONNECT)
}

/// Whether a password is typed in for the user.
pub(in crate::dialects::okta) fn types_passwords(application: &Application) -> bool {
    Mode::of(application).is_some_and(|mode| mode.types_passwords)
}
