//! What a provider speaks.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{OpenIdConnect, Saml, Social};
use crate::error::json;

/// The protocol of a provider with the settings that dialects share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// What [`Protocol`] writes first.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Type {
    Saml,
    OpenIdConnect,
    Social,
    MutualTls,
    Foreign,
}

const TYPE: &str = "type";

impl Type {
    /// Reads the other members of a protocol of this type.
    fn read<'de, D: Deserializer<'de>>(self, members: D) -> Result<Protocol, D::Error> {
        match self {
            Self::Saml => Saml::deserialize(members).map(Protocol::Saml),
            Self::OpenIdConnect => OpenIdConnect::deserialize(members).map(Protocol::OpenIdConnect),
            Self::Social => Social::deserialize(members).map(Protocol::Social),
            Self::MutualTls => MutualTls::deserialize(members).map(Protocol::MutualTls),
            Self::Foreign => Foreign::deserialize(members).map(Protocol::Foreign),
        }
    }
}

/// The derived implementation would copy all members before it looks at any. Here the type is usually the first, and the
/// others are read as they come.
impl<'de> Deserialize<'de> for Protocol {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Protocol;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a protocol")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Protocol, A::Error> {
        let mut before = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name != TYPE {
                before.insert(name, map.next_value::<Value>()?);
                continue;
            }
            let kind: Type = map.next_value()?;
            if before.is_empty() {
                return kind.read(MapAccessDeserializer::new(map));
            }
            while let Some((name, value)) = map.next_entry()? {
                before.insert(name, value);
            }
            // As text: this has the code that reads records already, and values would need their own.
            let text = Zeroizing::new(Value::Object(before).to_string());
            let read = kind.read(&mut serde_json::Deserializer::from_str(&text));
            return read.map_err(|cause| de::Error::custom(json::words(&cause)));
        }
        Err(de::Error::missing_field(TYPE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_may_stand_anywhere_and_must_be_known() {
        let saml =
            Protocol::from(Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso"));
        let last = r#"{"entity_id":"https://idp.example.com","single_sign_on":{"location":"https://idp.example.com/sso"},"type":"saml"}"#;
        let between = r#"{"entity_id":"https://idp.example.com","type":"saml","single_sign_on":{"location":"https://idp.example.com/sso"}}"#;
        let first = serde_json::to_string(&saml).unwrap();
        assert!(first.starts_with(r#"{"type":"saml","#), "{first}");
        for json in [&first, last, between] {
            assert_eq!(serde_json::from_str::<Protocol>(json).unwrap(), saml, "{json}");
        }
        for (json, expected) in [
            (r#"{"entity_id":"a"}"#, "missing field `type`"),
            (r#"{"type":"other"}"#, "unknown variant `other`"),
            (r#"{"type":"foreign","dialect":"a"}"#, "missing field `kind`"),
            (r#"{"entity_id":1,"type":"saml"}"#, "invalid type"),
        ] {
            let error = serde_json::from_str::<Protocol>(json).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
