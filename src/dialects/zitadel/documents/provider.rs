//! ZITADEL's document of a provider.
//!
//! Requests have all members side by side, under the names of the fields of their messages.

use super::fields::{self, Line, NAME, OLDER, OPTIONS};
use super::kinds::{self, Kind};
use super::queries::{INSTANCE, ORGANIZATION};
use super::{NAME as DIALECT, Scene, Version, details};
use crate::dialects::document::{Document, Shown, object, server};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::zitadel::ids;
use crate::model::{IdentityProvider, State, Tenant};

/// The document.
pub(in crate::dialects::zitadel) static PROVIDER: Document<IdentityProvider, Scene> = Document::of(
    DIALECT,
    &[
        server("id", |p, _| ids::spell(p.id).into()),
        server("details", |p, scene| {
            details(scene.tenant, p.sequence, Some(p.created), Some(p.updated), scene.version).into()
        }),
        // ZITADEL's server does not notice here that the older API has switched one off.
        server(STATE, |p, _| state(if is_older(p) { State::Active } else { p.state }).into()),
        NAME,
        server("owner", |_, scene| match scene.version {
            Version::V1 if scene.tenant == Tenant::DEFAULT => INSTANCE.into(),
            Version::V1 => ORGANIZATION.into(),
            Version::V2 => Shown::Nothing,
        }),
        server(TYPE, |p, scene| {
            let prefix = match scene.version {
                Version::V1 => TYPE_PREFIX,
                Version::V2 => "IDP_TYPE_",
            };
            Kind::of(&p.protocol).map_or(Shown::Nothing, |kind| format!("{prefix}{}", kind.name).into())
        }),
        object(
            "config",
            &[
                OPTIONS,
                settings("ldap", fields::LDAP).when(|p| is(p, &kinds::LDAP)),
                settings("google", fields::CLIENT).when(|p| is(p, &kinds::GOOGLE)),
                settings("oauth", fields::OAUTH).when(|p| is(p, &kinds::OAUTH)),
                settings("oidc", fields::OIDC).when(|p| is(p, &kinds::OIDC)),
                settings("jwt", fields::JWT).when(|p| is(p, &kinds::JWT)),
                settings("github", fields::CLIENT).when(|p| is(p, &kinds::GITHUB)),
                settings("githubEs", fields::GITHUB_ES).when(|p| is(p, &kinds::GITHUB_ES)),
                settings("gitlab", fields::CLIENT).when(|p| is(p, &kinds::GITLAB)),
                settings("gitlabSelfHosted", fields::GITLAB_SELF_HOSTED)
                    .when(|p| is(p, &kinds::GITLAB_SELF_HOSTED)),
                settings("azureAd", fields::AZURE).when(|p| is(p, &kinds::AZURE_AD)),
                settings("apple", fields::APPLE).when(|p| is(p, &kinds::APPLE)),
                settings("saml", fields::SAML).when(|p| is(p, &kinds::SAML)),
                settings("zitadel", fields::ZITADEL).when(|p| is(p, &kinds::ZITADEL)),
            ],
        )
        .flat(),
        OLDER,
    ],
);

/// The member that says whether a provider is on.
pub(in crate::dialects::zitadel) const STATE: &str = "state";

/// How it says that.
pub(in crate::dialects::zitadel) fn state(state: State) -> &'static str {
    match state {
        State::Active => "IDP_STATE_ACTIVE",
        State::Inactive => "IDP_STATE_INACTIVE",
    }
}

/// Whether a provider was made through the older API.
pub(in crate::dialects::zitadel) fn is_older(provider: &IdentityProvider) -> bool {
    provider.remainders.get(DIALECT).is_some_and(|kept| kept.contains_key(OLDER.key()))
}

/// The member that holds the kind of a provider.
pub(in crate::dialects::zitadel) const TYPE: &str = "type";

/// How the names of kinds begin.
pub(in crate::dialects::zitadel) const TYPE_PREFIX: &str = "PROVIDER_TYPE_";

/// The settings of a kind.
const fn settings(name: &'static str, lines: &'static [Line]) -> Line {
    object(name, lines).flat()
}

fn is(p: &IdentityProvider, kind: &Kind) -> bool {
    Kind::of(&p.protocol) == Some(kind)
}
