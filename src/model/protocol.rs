//! What a provider speaks.

use serde::{Deserialize, Serialize};

use super::{OpenIdConnect, Saml, Social};

/// The protocol of a provider with the settings that dialects share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Protocol {
    /// SAML 2.0.
    Saml(Saml),
    /// OpenID Connect with endpoints of the partner's own.
    OpenIdConnect(OpenIdConnect),
    /// OAuth 2.0 or OpenID Connect at a well-known service.
    Social(Social),
    /// Client certificates (smart cards).
    MutualTls(MutualTls),
    /// A kind that only one dialect has.
    Foreign(Foreign),
}

/// Sign-in with a client certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MutualTls {
    /// The distinguished name of the issuer that is trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// A provider of a kind that only one dialect has: all but its name and state is that dialect's remainder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// The dialect's name.
    pub dialect: String,
    /// The dialect's own word for the kind.
    pub kind: String,
}

/// The names of the protocols that are kinds of their own.
pub(crate) const SAML: &str = "saml";
const OPEN_ID_CONNECT: &str = "open_id_connect";
const MUTUAL_TLS: &str = "mutual_tls";

impl Protocol {
    /// The kinds that are not names of services.
    pub(crate) const NAMES: [&str; 3] = [SAML, OPEN_ID_CONNECT, MUTUAL_TLS];

    /// The name under which records of this kind are indexed.
    #[must_use]
    pub fn kind(&self) -> String {
        match self {
            Self::Saml(_) => SAML.to_owned(),
            Self::OpenIdConnect(_) => OPEN_ID_CONNECT.to_owned(),
            Self::Social(social) => social.service.clone(),
            Self::MutualTls(_) => MUTUAL_TLS.to_owned(),
            Self::Foreign(foreign) => format!("{}:{}", foreign.dialect, foreign.kind),
        }
    }
}

impl From<Saml> for Protocol {
    fn from(settings: Saml) -> Self {
        Self::Saml(settings)
    }
}

impl From<OpenIdConnect> for Protocol {
    fn from(settings: OpenIdConnect) -> Self {
        Self::OpenIdConnect(settings)
    }
}

impl From<Social> for Protocol {
    fn from(settings: Social) -> Self {
        Self::Social(settings)
    }
}

impl From<MutualTls> for Protocol {
    fn from(settings: MutualTls) -> Self {
        Self::MutualTls(settings)
    }
}
