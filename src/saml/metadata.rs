//! What a partner's metadata says of it as an identity provider.

use std::ops::ControlFlow;

use super::writer::{Entity, KeyDescriptor, Role, Side, Spelling};
use super::{BINDINGS, CharacterSets, reader, unreadable};
use crate::error::Result;
use crate::pki::Timestamp;

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
    /// `NameIDFormat`, in document order.
    pub name_id_formats: Vec<String>,
    /// `WantAuthnRequestsSigned`
    pub wants_signed_requests: Option<bool>,
    /// The certificates whose keys may sign: the DER of each in base64. A `KeyDescriptor` without `use` is for both purposes.
    pub certificates: Vec<String>,
    /// The certificates whose keys may encrypt, likewise.
    pub encryption_certificates: Vec<String>,
    /// Until when this may be used: the earliest `validUntil` of the entity, its role and the groups around it.
    pub valid_until: Option<Timestamp>,
    /// How long this may be used before it is read again: `cacheDuration`, of the role if it has one, else of the entity, else
    /// of the innermost group. A duration such as `PT6H`.
    pub cache_duration: Option<String>,
    /// Whether there is a signature over the entity, its role or a group around it. It is not verified.
    pub is_signed: bool,
    /// The names of up to 20 elements and attributes that are not read.
    pub unread: Vec<String>,
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
    /// Neither signatures nor validity are verified, and nothing is expanded but the five predefined entities
    /// and character references. What follows the root element is not read. `sets` decodes what is not in UTF-8.
    /// A certificate may be in any form that [`bundle::certificates`](crate::pki::bundle::certificates) reads; one that
    /// cannot be read is a [warning](Self::warnings).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) if it is something else, not well-formed, of too many bytes, levels or attributes,
    /// or says what its schema forbids in a place that counts: times, durations, flags and endpoints.
    pub fn read(xml: &[u8], sets: &dyn CharacterSets) -> Result<Self> {
        let (mut first, mut last) = (None, None);
        let is_aggregate = reader::each(xml, sets, &mut |entity| {
            if first.is_none() && entity.is_identity_provider {
                first = Some(entity);
            } else {
                last = Some(entity);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let none = || unreadable("none of its entities is an identity provider");
        // A single entity is taken as it is.
        first.or(last.filter(|_| !is_aggregate)).ok_or_else(none)
    }

    /// Writes metadata from which [`Metadata::read`] would read the same again, but for the signature, what was not read and
    /// warnings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) if memory cannot be written to.
    pub fn write(&self) -> Result<Vec<u8>> {
        let role = || Role {
            keys: [keys("signing", &self.certificates), keys("encryption", &self.encryption_certificates)]
                .concat(),
            single_logout: self.single_logout.clone(),
            name_id_formats: self.name_id_formats.iter().map(String::as_str).collect(),
            side: Side::IdentityProvider {
                wants_signed_requests: self.wants_signed_requests,
                single_sign_on: self.single_sign_on.clone(),
            },
        };
        let valid_until = self.valid_until.map(|time| time.to_string());
        let role = self.is_identity_provider.then(role);
        let entity = Entity {
            id: self.entity_id.as_deref(),
            valid_until: valid_until.as_deref(),
            cache_duration: self.cache_duration.as_deref(),
            role,
            organization: None,
        };
        entity.write(Spelling::Compact).map(String::into_bytes)
    }
}

fn keys<'c>(usage: &'static str, certificates: &'c [String]) -> Vec<KeyDescriptor<'c>> {
    let key = |certificate| KeyDescriptor { usage, certificate, encryption_methods: &[] };
    certificates.iter().map(String::as_str).map(key).collect()
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
            name_id_formats: vec!["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()],
            wants_signed_requests: Some(true),
            certificates: vec![vector["x5c"][0].as_str().unwrap().to_owned()],
            encryption_certificates: vec![vector["x5c"][0].as_str().unwrap().to_owned()],
            valid_until: Some(Timestamp::from_unix_seconds(1_900_000_000)),
            cache_duration: Some("PT6H".to_owned()),
            is_signed: false,
            unread: Vec::new(),
            warnings: Vec::new(),
        };
        assert_eq!(Metadata::read(&metadata.write().unwrap(), &EncodingStandard).unwrap(), metadata);
        let bare = Metadata::default();
        assert_eq!(Metadata::read(&bare.write().unwrap(), &EncodingStandard).unwrap(), bare);
    }
}
