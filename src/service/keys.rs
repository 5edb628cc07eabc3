//! What becomes of signing keys inside of a unit of work: they are made, attached to their owners, released; and who
//! uses a key.

use std::ops::ControlFlow;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::certificate_plan::CertificatePlan;
use super::changes::ChangeKind;
use super::needs::SelfSigned;
use super::{Service, Unit};
use crate::engine::{ReadTx, records};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::model::{Attachment, Id, Key, Planned, Remainders, Secret, place};
use crate::pki::Certificate;
use crate::pki::{Jwk, PrivateKey, Timestamp, bundle, csr, pem, thumbprint};

impl Service {
    /// The names of the providers and applications that refer to a key, whether they trust it or sign with it.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn key_users(&self, kid: &str) -> Result<Vec<String>> {
        self.read(|tx| key_users(tx, self.tenant, kid, usize::MAX))
    }
}

/// How many of those that use a key are named when it cannot be removed.
const NAMED_USERS: usize = 10;

impl Unit<'_> {
    /// Refuses to remove a key that is referred to.
    pub(super) fn refuse_in_use(&self, kid: &str) -> Result<()> {
        let by = key_users(&*self.tx, self.tenant_id(), kid, NAMED_USERS)?;
        if by.is_empty() { Ok(()) } else { Err(ErrorKind::InUse { by }.into()) }
    }

    /// A new signing key, with the certificate that it issues to itself.
    pub(super) fn generated_key(&mut self, id: Id, plan: CertificatePlan) -> Result<Key> {
        let made = self.self_signed(SelfSigned::Certificate(plan))?;
        let expires = Some(Certificate::from_der(&made.der)?.not_after());
        Ok(Key {
            chain: vec![BASE64_STANDARD.encode(&made.der)],
            expires,
            ..self.only_key(id, &made.private)?
        })
    }

    /// A private key that was brought along with its certificate and those that lead to its root (DER).
    pub(super) fn imported_key(&self, id: Id, private: &PrivateKey, chain: &[Vec<u8>]) -> Result<Key> {
        let leaf = chain.first().ok_or_else(|| Error::invalid(place::CERTIFICATE, Reason::Missing))?;
        let leaf = Certificate::from_der(leaf).map_err(|error| error.at(place::CERTIFICATE))?;
        if !csr::certificate_matches(&leaf, &private.public_jwk()) {
            return Err(Error::invalid(place::CERTIFICATE, Reason::CertificateMismatch));
        }
        let chain = chain.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
        Ok(Key { chain, expires: Some(leaf.not_after()), ..self.another_key(id, private)? })
    }

    /// A signing key without a certificate. A source that gives the same key twice is refused.
    pub(super) fn only_key(&self, id: Id, private: &PrivateKey) -> Result<Key> {
        let kid = thumbprint::jwk_thumbprint(&private.public_jwk());
        let key = self.another_key(id, private)?;
        if key.kid == kid {
            Ok(key)
        } else {
            Err(ErrorKind::AlreadyExists { what: Resource::SigningKey, id: kid.into() }.into())
        }
    }

    /// A signing key without a certificate. If the same key is there already, this one has its own id for `kid`.
    fn another_key(&self, id: Id, private: &PrivateKey) -> Result<Key> {
        let jwk = private.public_jwk();
        let thumbprint = thumbprint::jwk_thumbprint(&jwk);
        let twin = records::signing_key(&*self.tx, self.tenant_id(), &thumbprint)?;
        Ok(Key {
            id,
            kid: if twin.is_some() { id.to_uuid() } else { thumbprint },
            created: self.now,
            updated: self.now,
            jwk,
            chain: Vec::new(),
            expires: None,
            private: Some(Secret::new(BASE64_STANDARD.encode(&*private.to_pkcs8_der()?))),
            request: None,
            remainders: Remainders::new(),
        })
    }

    /// Saves a new key, with which its owner may sign.
    pub(super) fn keep_key(&mut self, owner: Id, key: &Key, change: ChangeKind) -> Result<()> {
        records::save(&mut *self.tx, self.tenant, None, key)?;
        self.attach(owner, &key.kid, key.created)?;
        self.log(change, owner, Some(&key.kid));
        Ok(())
    }

    /// Lets an owner sign with a key.
    pub(super) fn attach(&mut self, owner: Id, kid: &str, created: Timestamp) -> Result<()> {
        let attachment = Attachment { owner, kid: kid.to_owned(), created, planned: None };
        records::save(&mut *self.tx, self.tenant, None, &attachment)
    }

    /// A new signing key of this owner; the key `in_place_of` is taken from it.
    pub(super) fn own_signing_key(
        &mut self,
        owner: Id,
        plan: impl FnOnce(&str, Timestamp) -> CertificatePlan,
        in_place_of: Option<&str>,
    ) -> Result<Key> {
        let plan = plan(&self.tenant()?.name, self.now);
        let id = self.next_id()?;
        let key = self.generated_key(id, plan)?;
        self.keep_key(owner, &key, ChangeKind::SigningKeyGenerated)?;
        if let Some(kid) = in_place_of
            && let Some(attachment) = records::attachment(&*self.tx, self.tenant_id(), owner, kid)?
        {
            self.detach(&attachment)?;
        }
        Ok(key)
    }

    /// The tenant's default signing key, attached to this owner; made first if there is none.
    pub(super) fn default_signing_key(
        &mut self,
        owner: Id,
        plan: impl FnOnce(&str, Timestamp) -> CertificatePlan,
    ) -> Result<String> {
        let tenant = self.tenant()?;
        let kid = if let Some(kid) = tenant.default_signing_key {
            kid
        } else {
            // The tenant is an owner, too, so that the key stays when the last provider goes.
            let kid = self.own_signing_key(tenant.id, plan, None)?.kid;
            self.change_tenant(|tenant| tenant.default_signing_key = Some(kid.clone()))?;
            kid
        };
        if records::attachment(&*self.tx, self.tenant_id(), owner, &kid)?.is_none() {
            self.attach(owner, &kid, self.now)?;
        }
        Ok(kid)
    }

    /// Takes from an owner all its keys and requests; a key without any owner left is removed.
    pub(super) fn release_keys(&mut self, owner: Id) -> Result<()> {
        let tenant = self.tenant_id();
        for attachment in records::attachments(&*self.tx, tenant, owner)? {
            self.detach(&attachment)?;
        }
        for pending in records::requests(&*self.tx, tenant, owner, None)? {
            records::remove(&mut *self.tx, tenant, &pending)?;
        }
        Ok(())
    }

    /// Takes a key from an owner; a key without any owner left is removed.
    pub(super) fn detach(&mut self, attachment: &Attachment) -> Result<()> {
        let tenant = self.tenant_id();
        records::remove(&mut *self.tx, tenant, attachment)?;
        if records::attachments_of_key(&*self.tx, tenant, &attachment.kid)?.is_empty()
            && let Some(key) = records::signing_key(&*self.tx, tenant, &attachment.kid)?
        {
            records::remove(&mut *self.tx, tenant, &key)?;
        }
        Ok(())
    }
}

/// The names of up to `limit` of those that refer to a key, or publish its certificate in a rotation.
pub(super) fn key_users(tx: &dyn ReadTx, tenant: Id, kid: &str, limit: usize) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut note = |name| {
        if names.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        names.push(name);
        Ok(ControlFlow::Continue(()))
    };
    records::each_provider_using(tx, tenant, kid, &mut |provider| note(provider.name))?;
    records::each_application_using(tx, tenant, kid, &mut |application| note(application.name))?;
    for Attachment { owner, planned, .. } in records::attachments_of_key(tx, tenant, kid)? {
        let is_planned = matches!(planned, Some(Planned::Next | Planned::Previous(_)));
        if names.len() < limit && (is_planned || signs_for_record(tx, tenant, owner, kid)?) {
            names.extend(owner_name(tx, tenant, owner)?);
        }
    }
    Ok(names)
}

/// Whether a vendor record signs with a key.
fn signs_for_record(tx: &dyn ReadTx, tenant: Id, owner: Id, kid: &str) -> Result<bool> {
    let record = records::vendor_record(tx, tenant, owner)?;
    Ok(record.is_some_and(|record| record.signing_key.as_deref() == Some(kid)))
}

/// The name of an owner of keys.
fn owner_name(tx: &dyn ReadTx, tenant: Id, owner: Id) -> Result<Option<String>> {
    if let Some(provider) = records::provider(tx, tenant, owner)? {
        return Ok(Some(provider.name));
    }
    if let Some(application) = records::application(tx, tenant, owner)? {
        return Ok(Some(application.name));
    }
    if let Some(record) = records::vendor_record(tx, tenant, owner)? {
        return Ok(Some(record.name));
    }
    Ok(records::tenant(tx, owner)?.map(|tenant| tenant.name))
}

/// The certificates of a chain for this key, with the one of the key first, and when that one ends.
pub(super) fn certificates_of(key: &Jwk, chain: &[String]) -> Result<(Vec<String>, Option<Timestamp>)> {
    let read = |text: &String| Certificate::from_der(&pem::base64_any(text)?);
    let read = chain.iter().map(read).collect::<Result<Vec<_>>>();
    let sorted = bundle::sorted(read.map_err(|error| error.at(place::CERTIFICATE))?, Some(key));
    let leaf = sorted.first().filter(|leaf| csr::certificate_matches(leaf, key));
    let leaf = leaf.ok_or_else(|| Error::invalid(place::CERTIFICATE, Reason::CertificateMismatch))?;
    let chain = sorted.iter().map(|certificate| BASE64_STANDARD.encode(certificate.der())).collect();
    Ok((chain, Some(leaf.not_after())))
}

/// The key with which an owner may sign, as that owner sees it.
pub(super) fn owned_key(tx: &dyn ReadTx, tenant: Id, owner: Id, kid: &str) -> Result<Key> {
    let attachment = records::attachment(tx, tenant, owner, kid)?;
    let key = attachment.map(|attachment| attached_key(tx, tenant, &attachment)).transpose()?.flatten();
    key.ok_or_else(|| Error::not_found(Resource::SigningKey, kid))
}

/// To its owner a key is as old as the attachment.
pub(super) fn attached_key(tx: &dyn ReadTx, tenant: Id, attachment: &Attachment) -> Result<Option<Key>> {
    let key = records::signing_key(tx, tenant, &attachment.kid)?;
    Ok(key.map(|key| Key { created: attachment.created, updated: attachment.created, ..key }))
}
