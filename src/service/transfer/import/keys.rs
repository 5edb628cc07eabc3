//! Keys of a document. They are known by their ids and `kid`s, partners' certificates and our own keys also by themselves.

use serde_json::Value;
use zeroize::Zeroizing;

use super::super::form::{self, Members};
use super::super::kinds::{SigningKeys, TrustedKeys};
use super::Importing;
use super::owners::{self, NamedOwner};
use super::records::Incoming;
use crate::engine::keyspace::encode;
use crate::engine::records::{self, Record as _, Revealed};
use crate::error::{Error, Reason, Result};
use crate::model::{Id, Key, Remainders, Secret};
use crate::pki::csr::CertificationRequest;
use crate::pki::{Certificate, Jwk, PrivateKey, Timestamp, pem, thumbprint};
use crate::service::Unit;
use crate::service::keys::certificates_of;
use crate::service::trusted_keys::{read_chain, trusted};

/// The words for a member that holds a certificate and those that lead to its root.
const CHAIN: &str = "/chain";

impl Incoming for TrustedKeys {
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<Key>> {
        let (tx, tenant) = (&*import.unit.tx, import.unit.tenant);
        let chain = chain(members)?.ok_or_else(|| Error::invalid(CHAIN, Reason::Missing))?;
        let named = text(members, "kid").map(str::to_owned);
        let id = members.get("id").and_then(Value::as_u64).map(Id::from_number);
        let old = match id.or_else(|| Id::from_uuid(named.as_ref()?)) {
            Some(id) => records::trusted_key(tx, tenant, id)?,
            None => None,
        };
        let (old, mut key) = match old {
            Some(old) if old.chain == chain => (Some(old.clone()), old),
            Some(old) => {
                let (leaf, chain) = read_chain(&chain)?;
                let key = trusted(old.id, old.created, &leaf, &chain);
                (Some(old), key)
            }
            None => {
                let (leaf, chain) = read_chain(&chain)?;
                let key = trusted(Id::from_number(0), import.unit.now, &leaf, &chain);
                let twins =
                    if id.is_none() { records::same_certificate(tx, tenant, &key)? } else { Vec::new() };
                let twin = twins.first().map(|twin| records::trusted_key(tx, tenant, *twin)).transpose()?;
                (twin.flatten(), key)
            }
        };
        key.id = match &old {
            Some(old) => old.id,
            None => import.new_id(members)?,
        };
        key.kid = key.id.to_uuid();
        if let Some(named) = named {
            import.call_key(tenant, named, &key.kid)?;
        }
        put(members, &Key { remainders: Remainders::new(), ..key })?;
        Ok(old)
    }

    fn check(unit: &mut Unit<'_>, new: &mut Key, _: Option<&Key>) -> Result<()> {
        unit.refuse_twin(new)
    }
}

impl Incoming for SigningKeys {
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<Key>> {
        let named = text(members, "kid").map(str::to_owned);
        let owners = owners::received(members)?;
        let known = import.known_key(members)?;
        let (old, key) = match known {
            Some(old) if is_as_stored(members, &old)? => (Some(old.clone()), old),
            known => import.compared_key(members, known, owners.as_deref())?,
        };
        let (tenant, kid) = (import.unit.tenant, key.kid.clone());
        if old.is_none() && !key.can_sign() {
            import.effects.cannot_sign.push(kid.clone());
        }
        let named = named.unwrap_or_else(|| kid.clone());
        import.call_key(tenant, named, &kid)?;
        import.remember_owners(kid, owners);
        put(members, &Key { remainders: Remainders::new(), ..key })?;
        Ok(old)
    }

    /// Its request must be one of this key and named after its octets, and the owner must be there.
    fn check(unit: &mut Unit<'_>, new: &mut Key, _: Option<&Key>) -> Result<()> {
        if let Some(request) = &new.request {
            let der = pem::base64_any(&request.der).map_err(|error| error.at("/request/der"))?;
            if thumbprint::sha256_base64url(&der) != request.id {
                let words = "is not the SHA-256 of the request".to_owned();
                return Err(Error::invalid("/request/id", Reason::Other(words)));
            }
            let read = CertificationRequest::from_der(&der).and_then(|read| read.verify().map(|()| read));
            if *read.map_err(|error| error.at("/request/der"))?.jwk() != new.jwk {
                let words = "is a request of another key".to_owned();
                return Err(Error::invalid("/request/der", Reason::Other(words)));
            }
        }
        let (place, bytes) = (new.key(unit.tenant), encode(&Revealed(new))?);
        match records::missing_reference(&*unit.tx, place.bytes(), &bytes)? {
            Some(what) => Err(Error::invalid(
                "/request",
                Reason::Other(format!("refers to the {what}, which is missing")),
            )),
            None => Ok(()),
        }
    }
}

/// What a document says of a signing key itself.
struct Material {
    /// The public part. Without it the document only says that there is to be a key.
    jwk: Option<Jwk>,
    private: Option<(String, PrivateKey)>,
    chain: Vec<String>,
    expires: Option<Timestamp>,
}

impl Material {
    fn read(members: &Members) -> Result<Self> {
        let private = match text(members, "private").filter(|text| !text.is_empty()) {
            Some(text) => {
                let der = Zeroizing::new(pem::base64_any(text).map_err(|error| error.at("/private"))?);
                let read = PrivateKey::from_pkcs8_der(&der).map_err(|error| error.at("/private"))?;
                Some((text.to_owned(), read))
            }
            None => None,
        };
        let chain = chain(members)?.unwrap_or_default();
        let der = chain.first().map(|first| pem::base64_any(first)).transpose();
        let leaf = der.and_then(|der| der.map(|der| Certificate::from_der(&der)).transpose());
        let leaf = leaf.map_err(|error| error.at("/chain/0"))?;
        let mut expires = None;
        let jwk: Option<Jwk> =
            members.get("jwk").map(form::parse).transpose().map_err(|error| error.at("/jwk"))?;
        let jwk = jwk.or_else(|| private.as_ref().map(|(_, key)| key.public_jwk()));
        let jwk = jwk.or_else(|| leaf.as_ref().map(|leaf| leaf.jwk().clone()));
        if let Some(jwk) = &jwk {
            jwk.check().map_err(|error| error.at("/jwk"))?;
            let is_other = |key: &Jwk| key != jwk;
            if private.as_ref().is_some_and(|(_, private)| is_other(&private.public_jwk())) {
                let words = "is not the private part of this key".to_owned();
                return Err(Error::invalid("/private", Reason::Other(words)));
            }
            if leaf.as_ref().is_some_and(|leaf| is_other(leaf.jwk())) {
                let words = "is a certificate of another key".to_owned();
                return Err(Error::invalid("/chain/0", Reason::Other(words)));
            }
            match (chain.is_empty(), members.contains_key("request")) {
                (true, false) => return Err(Error::invalid(CHAIN, Reason::Missing)),
                (false, true) => {
                    let words = "is of a key that has a certificate".to_owned();
                    return Err(Error::invalid("/request", Reason::Other(words)));
                }
                (true, true) => {}
                (false, false) => expires = certificates_of(jwk, &chain)?.1,
            }
        }
        Ok(Self { jwk, private, chain, expires })
    }
}

impl Importing<'_, '_> {
    /// Notes what the document calls a key, which it can call no other key.
    fn call_key(&mut self, tenant: Id, named: String, kid: &str) -> Result<()> {
        match self.dealt.kids.insert((tenant, named), kid.to_owned()) {
            Some(other) if other != kid => {
                let words = "is what the document calls another key, too".to_owned();
                Err(Error::invalid("/kid", Reason::Other(words)))
            }
            _ => Ok(()),
        }
    }

    /// The signing key that is stored under the id or the `kid` that was received.
    fn known_key(&self, members: &Members) -> Result<Option<Key>> {
        let (tx, tenant) = (&*self.unit.tx, self.unit.tenant);
        match (members.get("id").and_then(Value::as_u64), text(members, "kid")) {
            (Some(id), _) => records::signing_key_by_id(tx, tenant, Id::from_number(id)),
            (None, Some(kid)) => records::signing_key(tx, tenant, kid),
            (None, None) => Ok(None),
        }
    }

    /// The key that is stored, if it is, and what it becomes.
    fn compared_key(
        &mut self,
        members: &mut Members,
        known: Option<Key>,
        owners: Option<&[NamedOwner]>,
    ) -> Result<(Option<Key>, Key)> {
        let material = Material::read(members)?;
        let old = match known {
            None if !members.contains_key("id") => self.same_key(material.jwk.as_ref(), owners)?,
            known => known,
        };
        let mut key = match (&old, &material.jwk) {
            (Some(old), None) => old.clone(),
            (None, None) => self.made_key(members)?,
            (Some(old), Some(jwk)) if *jwk != old.jwk => {
                return Err(Error::invalid("/jwk", Reason::Immutable));
            }
            // Providers may sign with it, and partners know its certificate.
            (Some(old), Some(_)) if material.chain.is_empty() && !old.chain.is_empty() => {
                return Err(Error::invalid(CHAIN, Reason::Missing));
            }
            (_, Some(jwk)) => self.received_key(members, old.as_ref(), jwk.clone(), material)?,
        };
        if let Some(old) = &old {
            (key.id, key.kid) = (old.id, old.kid.clone());
        }
        Ok((old, key))
    }

    /// The stored key that has this public part; without one, the first that the first owner has.
    fn same_key(&self, jwk: Option<&Jwk>, owners: Option<&[NamedOwner]>) -> Result<Option<Key>> {
        let (tx, tenant) = (&*self.unit.tx, self.unit.tenant);
        if let Some(jwk) = jwk {
            return records::signing_key(tx, tenant, &thumbprint::jwk_thumbprint(jwk));
        }
        let Some(owner) = owners.and_then(<[NamedOwner]>::first) else { return Ok(None) };
        let Some(owner) = self.owner(owner)? else { return Ok(None) };
        let attached = records::attachments(tx, tenant, owner)?;
        attached.first().map_or(Ok(None), |first| records::signing_key(tx, tenant, &first.kid))
    }

    /// A new key with a certificate of its own.
    fn made_key(&mut self, members: &mut Members) -> Result<Key> {
        let id = self.new_id(members)?;
        let plan = self.unit.usual_certificate(id)(self.tenant_name(), self.unit.now);
        self.unit.generated_key(id, plan)
    }

    /// The key that was received. What is stored of it stays if the document does not have it.
    fn received_key(
        &mut self,
        members: &mut Members,
        old: Option<&Key>,
        jwk: Jwk,
        material: Material,
    ) -> Result<Key> {
        let id = match old {
            Some(old) => old.id,
            None => self.new_id(members)?,
        };
        let thumbprint = thumbprint::jwk_thumbprint(&jwk);
        let is_first = records::signing_key(&*self.unit.tx, self.unit.tenant, &thumbprint)?.is_none();
        // A second record of the same key is known by its own id.
        let is_twin = text(members, "kid") == Some(&*id.to_uuid());
        let kept = old.and_then(|old| old.private.clone());
        let private = match material.private {
            Some((text, _)) => Secret::new(text),
            None => kept.unwrap_or_else(|| Secret::new(String::new())),
        };
        Ok(Key {
            id,
            kid: if is_first && !is_twin { thumbprint } else { id.to_uuid() },
            created: self.unit.now,
            updated: self.unit.now,
            jwk,
            chain: material.chain,
            expires: material.expires,
            private: Some(private),
            request: None,
            remainders: Remainders::new(),
        })
    }
}

/// Whether what was received of a key is what is stored.
fn is_as_stored(members: &Members, old: &Key) -> Result<bool> {
    let private = text(members, "private").filter(|private| !private.is_empty());
    let jwk = members.get("jwk").map(form::parse::<Jwk>).transpose();
    Ok(chain(members)?.unwrap_or_default() == old.chain
        && jwk.map_err(|error| error.at("/jwk"))?.is_none_or(|jwk| jwk == old.jwk)
        && private.is_none_or(|private| old.private.as_ref().is_some_and(|old| old.stored() == private)))
}

/// Puts what is known of a key in the place of what was received; its age, its request and its remainders are as received.
fn put(members: &mut Members, key: &Key) -> Result<()> {
    if let Value::Object(known) = records::json(key)? {
        for (name, value) in known {
            if ["created", "updated", "request"].contains(&&*name) {
                members.entry(name).or_insert(value);
            } else {
                members.insert(name, value);
            }
        }
    }
    Ok(())
}

fn text<'m>(members: &'m Members, name: &str) -> Option<&'m str> {
    members.get(name).and_then(Value::as_str)
}

fn chain(members: &Members) -> Result<Option<Vec<String>>> {
    members.get("chain").map(form::parse).transpose().map_err(|error| error.at(CHAIN))
}
