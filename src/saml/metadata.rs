//! What a partner's metadata says of it as an identity provider.

use super::writer::{Entity, KeyDescriptor, Role, Side, Spelling};
use super::{BINDINGS, CharacterSets, reader};
use crate::error::Result;

/// Where messages are sent, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// The binding, a URN.
    pub binding: String,
    /// A URL; empty where the binding is an unknown one.
    pub location: String,
    /// Where responses are sent, if elsewhere than requests.
    pub response_location: Option<String>,
}

/// What an `EntityDescriptor` says of an identity provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `entityID`
    pub entity_id: Option<String>,
    /// Whether there is an `IDPSSODescriptor` at all.
    pub is_identity_provider: bool,
    /// `SingleSignOnService`, in document order.
    pub single_sign_on: Vec<Endpoint>,
    /// `SingleLogoutService`, in document order.
    pub single_logout: Vec<Endpoint>,
    /// The certificates whose keys may sign: the DER of each in base64.
    pub certificates: Vec<String>,
    /// Which certificates whose keys may sign could not be read, and why; of more than 20 the first, and that there are
    /// more.
    pub warnings: Vec<String>,
}

impl Endpoint {
    /// The endpoint at this URL, by the binding of this short name, such as `HTTP-POST`.
    pub(crate) fn at(location: &str, binding: &str) -> Self {
        let binding = format!("{BINDINGS}{binding}");
        Self { binding, location: location.to_owned(), response_location: None }
    }
}

impl Metadata {
    /// Reads metadata: an `EntityDescriptor`, or the first identity provider of an `EntitiesDescriptor`.
    ///
    /// Neither signatures nor validity are looked at, and nothing is expanded but the five predefined entities
    /// and character references. What follows the root element is not read. `sets` decodes what is not in UTF-8.
    /// A certificate may be in any form that [`bundle::certificates`](crate::pki::bundle::certificates) reads; one that
    /// cannot be read is a [warning](Self::warnings).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) if it is something else, not well-formed, of too many bytes, levels or attributes,
    /// or says what its schema forbids in a place that counts: times, durations and endpoints.
    pub fn read(xml: &[u8], sets: &dyn CharacterSets) -> Result<Self> {
        reader::read(xml, sets)
    }

    /// Writes metadata from which [`Metadata::read`] would read the same again, but for warnings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) if memory cannot be written to.
    pub fn write(&self) -> Result<Vec<u8>> {
        let key = |certificate| KeyDescriptor { usage: "signing", certificate, encryption_methods: &[] };
        let role = || Role {
            keys: self.certificates.iter().map(String::as_str).map(key).collect(),
            single_logout: self.single_logout.clone(),
            name_id_formats: Vec::new(),
            side: Side::IdentityProvider {
                wants_signed_requests: None,
                single_sign_on: self.single_sign_on.clone(),
            },
        };
        let role = self.is_identity_provider.then(role);
        let entity = Entity { id: self.entity_id.as_deref(), role, ..Entity::default() };
        entity.write(Spelling::Compact).map(String::into_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::EncodingStandard;

    #[test]
    fn what_is_written_is_read_again() {
        let vector: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/rfc7517-b.json")).unwrap();
        let metadata = Metadata {
            entity_id: Some("https://idp.example.com/?a=1&b=<\">".to_owned()),
            is_identity_provider: true,
            single_sign_on: vec![
                Endpoint::at("https://idp.example.com/sso?x=1&y=2", "HTTP-POST"),
                Endpoint::at("http://idp.example.com/sso", "HTTP-Redirect"),
            ],
            single_logout: vec![Endpoint {
                response_location: Some("https://idp.example.com/done".to_owned()),
                ..Endpoint::at("https://idp.example.com/slo", "HTTP-POST")
            }],
            certificates: vec![vector["x5c"][0].as_str().unwrap().to_owned()],
            warnings: Vec::new(),
        };
        assert_eq!(Metadata::read(&metadata.write().unwrap(), &EncodingStandard).unwrap(), metadata);
        let bare = Metadata::default();
        assert_eq!(Metadata::read(&bare.write().unwrap(), &EncodingStandard).unwrap(), bare);
    }
}
