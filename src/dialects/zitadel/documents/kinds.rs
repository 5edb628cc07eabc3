//! The kinds of identity providers that ZITADEL has.

use super::commands::{Command, Ids, OF_ORGANIZATION, command, first, ids};
use super::{NAME, fields};
use crate::dialects::kinds::{Canonical, ProviderKind};
use crate::dialects::protojson::Message;
use crate::dialects::zitadel::failure::{INVALID, NOT_EXISTING};
use crate::model::social;

/// A kind of identity provider.
pub(crate) struct Kind {
    /// The name of the type, after `PROVIDER_TYPE_` or `IDP_TYPE_`.
    pub(crate) name: &'static str,
    /// What it is in the canonical model.
    canonical: Canonical<'static>,
    /// The message with which it is added, whose name is that of the operation and `Request`.
    pub(crate) add: Message,
    /// What is checked then.
    pub(crate) adding: Command,
    /// The same for updates.
    pub(crate) update: Message,
    pub(crate) updating: Command,
}

/// Makes a kind of each entry: its name, what it is in the core, the name in its messages and their fields, and the commands.
///
/// The fields come in the order of their numbers, as far as it decides which broken rule is reported. Options have no rules.
/// One in brackets comes first in an addition only.
macro_rules! kinds {
    ($(
        $kind:ident $canonical:expr, $name:literal $([$first:ident])? $($fields:ident)+;
        add $({ $($adding:tt)* })? update $({ $($updating:tt)* })?
    )*) => {
        $(
            pub(crate) static $kind: Kind = Kind {
                name: stringify!($kind),
                canonical: $canonical,
                add: Message::of(
                    concat!("Add", $name, "ProviderRequest"),
                    &[&fields::OPTIONS, $(&fields::$first,)? $(&fields::$fields),+],
                ),
                adding: command!($($($adding)*)?),
                update: Message::of(
                    concat!("Update", $name, "ProviderRequest"),
                    &[&fields::ID, &fields::OPTIONS, $(&fields::$fields),+],
                )
                .update(),
                updating: command!($($($updating)*)?),
            };
        )*

        /// All kinds.
        pub(crate) static KINDS: &[&Kind] = &[$(&$kind),*];
    };
}

kinds! {
    SAML Canonical::Saml, "SAML" NAME SAML;
    add { NAME "o07zjotgnd" "957lr0f8u3" }
    update { ID "7o3rq1owpm" "wwdwdlaya0", NAME "q2s9rak7o9" "egixaofgyl" => "D3r1s" "z82dddndql" }

    OIDC Canonical::OpenIdConnect, "GenericOIDC" NAME OIDC;
    add { NAME "Sgtj5", ISSUER "Hz6zj", CLIENT_ID "fb5jm", CLIENT_SECRET "Sfdf4" }
    update { ID "SAfd3", NAME "Dvf4f", ISSUER "BDfr3", CLIENT_ID "Db3bs" => "Dg331" }

    GOOGLE Canonical::Social(social::GOOGLE), "Google" ANY_NAME CLIENT;
    add { CLIENT_ID "D3fvs", CLIENT_SECRET "W2vqs" }
    update { ID "S32t1", CLIENT_ID "ds432" => "D3r1s" "Dqrg1" }

    GITHUB Canonical::Social(social::GIT_HUB), "GitHub" ANY_NAME CLIENT;
    add { CLIENT_ID "Jdsgf", CLIENT_SECRET "dsgz3" }
    update { ID "sdf4h", CLIENT_ID "fdh5z" => "Dr1gs" }

    GITLAB Canonical::Social(social::GIT_LAB), "GitLab" ANY_NAME CLIENT;
    add { CLIENT_ID "adsg2", CLIENT_SECRET "GD1j2" }
    update { ID "HJK91", CLIENT_ID "D12t6" => "HBReq" }

    AZURE_AD Canonical::Social(social::MICROSOFT), "AzureAD" NAME AZURE;
    add { NAME "sdf3g", CLIENT_ID "Fhbr2", CLIENT_SECRET "Dzh3g" }
    update { ID "SAgh2", NAME "fh3h1", CLIENT_ID "dmitg" => "BHz3q" }

    APPLE Canonical::Social(social::APPLE), "Apple" ANY_NAME APPLE;
    add {
        CLIENT_ID "jkn3w" = "Errors.IDP.ClientIDMissing", TEAM_ID "Ffg32" = "Errors.IDP.TeamIDMissing",
        KEY_ID "GDjm5" = "Errors.IDP.KeyIDMissing", PRIVATE_KEY "GVD4n" = "Errors.IDP.PrivateKeyMissing"
    }
    update {
        ID "FRHBH" = "ID missing", CLIENT_ID "SFm4l" = "Errors.IDP.ClientIDMissing",
        TEAM_ID "SG34t" = "Errors.IDP.TeamIDMissing", KEY_ID "Gh4z2" = "Errors.IDP.KeyIDMissing"
        => "SG3bh" = NOT_EXISTING
    }

    OAUTH Canonical::Foreign, "GenericOAuth" NAME OAUTH;
    add {
        NAME "D32ef", CLIENT_ID "Dbgzf", CLIENT_SECRET "DF4ga", AUTHORIZATION_ENDPOINT "B23bs",
        TOKEN_ENDPOINT "D2gj8", USER_ENDPOINT "Fb8jk", ID_ATTRIBUTE "sdf3f" "sadf3d"
    }
    update {
        ID "SAffg" "asfsa", NAME "Sf3gh" "D32ef", CLIENT_ID "SHJ3ui" "Dbgzf", AUTHORIZATION_ENDPOINT "SVrgh" "B23bs",
        TOKEN_ENDPOINT "DJKeio" "D2gj8", USER_ENDPOINT "ILSJi" "Fb8jk", ID_ATTRIBUTE "JKD3h" "SAe4gh"
        => "D3r1s" "JNsd3"
    }

    JWT Canonical::Foreign, "JWT" NAME ISSUER JWT;
    add { NAME "JLKef", ISSUER "WNJK3", JWT_ENDPOINT "NJKSD", KEYS_ENDPOINT "NJKE3", HEADER_NAME "2rlks" }
    update {
        ID "HUe3q", NAME "JKLS2", ISSUER "JKs3f", JWT_ENDPOINT "NJKS2", KEYS_ENDPOINT "SJk2d", HEADER_NAME "SJK2f"
        => "Bhju5"
    }

    LDAP Canonical::Foreign, "LDAP" NAME LDAP;
    add {
        NAME "SAfdd", BASE_DN "sv31s", BIND_DN "sdgf4", BIND_PASSWORD "AEG2w", USER_BASE "SAD5n",
        SERVERS "SAx905n" "SAy945n", USER_OBJECT_CLASSES "S1x905n" "S1x705n", USER_FILTERS "aAx905n" "aAx9x1n"
    }
    update {
        ID "Dgdbs", NAME "Sffgd", BASE_DN "vb3ss", BIND_DN "hbere", USER_BASE "DG45z", SERVERS "SAx945n" "Sxx945n",
        USER_OBJECT_CLASSES "S1x605n" "S1p605n", USER_FILTERS "aAx901n" "aBx901n" => "ASF3F"
    }

    GITHUB_ES Canonical::Foreign, "GitHubEnterpriseServer" [CLIENT_ID] NAME GITHUB_ES;
    add {
        NAME "Dg4td", CLIENT_ID "dgj53", CLIENT_SECRET "Ghjjs", AUTHORIZATION_ENDPOINT "sani2",
        TOKEN_ENDPOINT "agj42", USER_ENDPOINT "sd5hn"
    }
    update {
        ID "sdfh3", NAME "shj42", CLIENT_ID "sdh73", AUTHORIZATION_ENDPOINT "acx2w", TOKEN_ENDPOINT "dgj6q",
        USER_ENDPOINT "ybj62" => "GBr42"
    }

    GITLAB_SELF_HOSTED Canonical::Foreign, "GitLabSelfHosted" ISSUER NAME GITLAB_SELF_HOSTED;
    add { NAME "jw4ZT", ISSUER "AST4S", CLIENT_ID "DBZHJ", CLIENT_SECRET "SDGJ4" }
    update { ID "SAFG4", NAME "DG4H", ISSUER "SD4eb", CLIENT_ID "GHWE3" => "D2tg1" }

    ZITADEL Canonical::Foreign, "Zitadel" NAME ZITADEL;
    add {
        NAME "Sgtj5" "c3EC3W", ISSUER "Hz6zj" "TYAbiK", CLIENT_ID "fb5jm" "feyb3A", CLIENT_SECRET "Sfdf4" "DxaSb9"
    }
    update {
        ID "3pxLbA", NAME "Sgtj5" "c3EC3W", ISSUER "Hz6zj" "TYAbiK", CLIENT_ID "fb5jm" "feyb3A" => "Bg281"
    }
}

impl ProviderKind for Kind {
    const DIALECT: &'static str = NAME;

    fn all() -> impl Iterator<Item = &'static Self> + Clone {
        KINDS.iter().copied()
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn canonical(&self) -> Canonical<'static> {
        self.canonical
    }
}

impl Kind {
    pub(crate) fn is_saml(&self) -> bool {
        self.canonical == Canonical::Saml
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
