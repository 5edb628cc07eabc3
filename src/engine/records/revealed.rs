//! Records as they are written to the store, secrets and all. `Serialize` of the model leaves secrets and remainders
//! out; this is the other serializer, and nothing outside of the crate can reach it.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::model::{
    AppleKey, Application, Attachment, CertificationRequest, Client, Endpoint, Foreign, Id, IdentityProvider,
    Key, Link, Linking, MutualTls, OpenIdConnect, Protocol, Remainder, Saml, Secret, Social, Source, State,
    Tenant, User, UserState, VendorRecord,
};
use crate::pki::{Jwk, Timestamp};

/// A value that serializes as it is stored.
pub(crate) struct Revealed<'a, T>(pub(crate) &'a T);

impl<T: Reveal> Serialize for Revealed<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.write(to)
    }
}

/// What can be written to the store.
pub(crate) trait Reveal {
    /// Writes the value, secrets and all.
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error>;

    /// Whether a member with this value is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A record whose members can be written one by one, in their order.
trait Members {
    fn write_members<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error>;
}

/// Implements [`Reveal`] for records. A member that is missing in the list does not compile; what is known from elsewhere
/// follows after a semicolon.
macro_rules! records {
    ($($record:ident { $($member:ident),+ $(; $omitted:ident)? })+) => {$(
        impl Members for $record {
            fn write_members<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
                let Self { $($member),+ $(, $omitted: _)? } = self;
                $(if !$member.is_absent() {
                    object.serialize_entry(stringify!($member), &Revealed($member))?;
                })+
                Ok(())
            }
        }

        impl Reveal for $record {
            fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut object = to.serialize_map(None)?;
                self.write_members(&mut object)?;
                object.end()
            }
        }
    )+};
}

records! {
    AppleKey { team_id, key_id, private_key }
    Application {
        id, created, updated, name, alias, state, entity_id, signing_key, trusted_keys, encryption_key, remainders
    }
    Client { id, secret, scopes, pkce, token_endpoint_auth_method }
    Foreign { dialect, kind }
    IdentityProvider {
        id, created, updated, name, alias, state, protocol, trusted_keys, trust_ends, signing_key, linking, warnings, source,
        remainders;
        sequence
    }
    Key { id, kid, created, updated, jwk, chain, expires, private, request, remainders }
    MutualTls { issuer }
    OpenIdConnect {
        issuer, discovery_endpoint, authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri, client
    }
    Saml {
        entity_id, service_provider_entity_id, single_sign_on, single_logout, requests_signed, signature_algorithm,
        logout_requests, name_id_format
    }
    Social { service, client, tenant, apple_key }
    Tenant { id, name, created, updated, remainders, default_signing_key }
    User { id, created, updated, login, state, activated, remainders }
    VendorRecord { id, created, updated, kind, name, owners, signing_key, remainders }
}

/// Implements [`Reveal`] for what holds no secrets.
macro_rules! plain {
    ($($type:ident),+) => {$(
        impl Reveal for $type {
            fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                self.serialize(to)
            }
        }
    )+};
}

plain!(bool, u64, String, Id, Timestamp, Jwk, State, UserState, Linking, Endpoint);
plain!(CertificationRequest, Attachment, Link, Source);

impl Reveal for Protocol {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut object = to.serialize_map(None)?;
        let mut begin = |kind: &str| object.serialize_entry("type", kind);
        match self {
            Self::Saml(_) => begin("saml"),
            Self::OpenIdConnect(_) => begin("open_id_connect"),
            Self::Social(_) => begin("social"),
            Self::MutualTls(_) => begin("mutual_tls"),
            Self::Foreign(_) => begin("foreign"),
        }?;
        match self {
            Self::Saml(saml) => saml.write_members(&mut object),
            Self::OpenIdConnect(oidc) => oidc.write_members(&mut object),
            Self::Social(social) => social.write_members(&mut object),
            Self::MutualTls(mutual_tls) => mutual_tls.write_members(&mut object),
            Self::Foreign(foreign) => foreign.write_members(&mut object),
        }?;
        object.end()
    }
}

impl Reveal for Secret {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.stored())
    }
}

impl Reveal for Remainder {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.text() {
            Some(text) => text.serialize(to),
            None => (**self).serialize(to),
        }
    }
}

impl<T: Reveal> Reveal for Option<T> {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Revealed).serialize(to)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Reveal> Reveal for Vec<T> {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.len()))?;
        self.iter().try_for_each(|item| list.serialize_element(&Revealed(item)))?;
        list.end()
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Reveal> Reveal for BTreeMap<String, T> {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter().map(|(name, value)| (name, Revealed(value))))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
