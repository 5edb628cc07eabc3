//! How people sign in to an application: the values of `signOnMode`.

use crate::dialects::lens::Members;
use crate::dialects::okta::wire::NAME;
use crate::model::Application;

/// One value of `signOnMode`.
#[derive(Debug)]
pub(super) struct Mode {
    /// The value.
    pub(super) name: &'static str,
    /// Whether an org can define applications of this mode on its own; all others name their template.
    pub(super) is_custom: bool,
    /// Whether a password is typed in for the user.
    pub(super) types_passwords: bool,
}

const fn mode(name: &'static str, is_custom: bool, types_passwords: bool) -> Mode {
    Mode { name, is_custom, types_passwords }
}

const SAML: &str = "SAML_2_0";

/// OAuth 2.0 clients.
pub(super) const OPENID_CONNECT: &str = "OPENID_CONNECT";

/// All of them.
pub(super) static MODES: &[Mode] = &[
    mode(SAML, true, false),
    mode("AUTO_LOGIN", true, true),
    mode("BASIC_AUTH", false, true),
    mode("BOOKMARK", false, false),
    mode("BROWSER_PLUGIN", false, true),
    mode(OPENID_CONNECT, false, false),
    mode("SAML_1_1", false, false),
    mode("SECURE_PASSWORD_STORE", false, true),
    mode("WS_FEDERATION", false, false),
];

impl Mode {
    /// The mode with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        MODES.iter().find(|mode| mode.name == name)
    }

    /// The mode that a document names.
    pub(super) fn said(document: &Members) -> Option<&'static Self> {
        document.get("signOnMode")?.as_str().and_then(Self::named)
    }

    /// The mode of an application: what was said of it here, or SAML if it came through another door and has an
    /// entity id; otherwise it is of a kind that Okta does not show.
    pub(super) fn of(application: &Application) -> Option<&'static Self> {
        match application.remainders.get(NAME) {
            Some(said) => Self::said(said),
            None => application.entity_id.as_ref().and_then(|_| Self::named(SAML)),
        }
    }

    pub(super) fn is_saml(&self) -> bool {
        self.name == SAML
    }

    /// Whether we sign what the application gets, with a key of its own.
    pub(super) fn is_signed(&self) -> bool {
        matches!(self.name, SAML | "SAML_1_1" | "WS_FEDERATION")
    }
}
