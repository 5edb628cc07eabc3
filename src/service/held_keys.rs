//! The signing keys of a tenant, whatever their owners: list, generate, import, change, certify,
//! delete.
//!
//! [`Service::signing_keys`] and its neighbours see the same keys through one owner.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use zeroize::Zeroizing;

use super::changes::ChangeKind;
use super::keys::CertificatePlan;
use super::page::{Cursor, Page};
use super::{Service, Unit};
use crate::engine::{ReadTx, records};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::model::{Id, Key, Remainders, Tenant, place};
use crate::pki::certificate::Certificate;
use crate::pki::{PrivateKey, Timestamp, bundle, csr, pem};

/// A signing key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Its certificate.
    pub plan: CertificatePlan,
    /// What a dialect says of it.
    pub remainders: Remainders,
}

impl Service {
    /// A page of the tenant's signing keys that have a certificate, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn held_keys(&self, after: Option<Id>, limit: usize) -> Result<Page<Key>> {
        let one_more = limit.saturating_add(1);
        let found = self.read(|tx| records::signing_keys(tx, self.tenant, after, one_more, &is_certified))?;
        Ok(Page::cut(found, limit, |last| Cursor::Id(last.id)))
    }

    /// The signing key with this id, if it has a certificate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn held_key(&self, id: Id) -> Result<Key> {
        self.read(|tx| held(tx, self.tenant, id))
    }

    /// The id of the signing key with this `kid`.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn signing_key_id(&self, kid: &str) -> Result<Option<Id>> {
        self.read(|tx| Ok(records::signing_key(tx, self.tenant, kid)?.map(|key| key.id)))
    }

    /// Makes a signing key for the tenant as `plan` says for the time; `settle` tells the tenant what changes for
    /// it, such as its default signing key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::KeyPending`] if the host has to make the key first, whatever `plan` fails with, and those
    /// of the storage.
    pub fn generate_held_key(
        &self,
        plan: impl Fn(Timestamp) -> Result<NewKey>,
        settle: impl Fn(&mut Tenant, &Key),
    ) -> Result<Key> {
        self.write(|unit| {
            let NewKey { plan, remainders } = plan(unit.now)?;
            let made = unit.new_signing_key(plan)?;
            let key = Key { remainders, ..made.clone() };
            records::save(&mut *unit.tx, unit.service.tenant, Some(&made), &key)?;
            unit.hold(&key, ChangeKind::SigningKeyGenerated)?;
            unit.change_tenant(|tenant| settle(tenant, &key))?;
            Ok(key)
        })
    }

    /// Imports a private key with its certificate and those that lead to its root (DER). The same key may be
    /// imported several times: each is a key of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the first certificate cannot be read or is of another key, and those of the
    /// storage.
    pub fn import_held_key(
        &self,
        private: &PrivateKey,
        chain: &[Vec<u8>],
        remainders: &Remainders,
    ) -> Result<Key> {
        let leaf = chain.first().ok_or_else(|| Error::invalid(place::CERTIFICATE, Reason::Missing))?;
        let leaf = Certificate::from_der(leaf).map_err(|error| error.at(place::CERTIFICATE))?;
        if !csr::certificate_matches(&leaf, &private.public_jwk()) {
            return Err(Error::invalid(place::CERTIFICATE, Reason::CertificateMismatch));
        }
        self.write(|unit| {
            let key = Key {
                chain: chain.iter().map(|der| BASE64_STANDARD.encode(der)).collect(),
                expires: Some(leaf.not_after()),
                remainders: remainders.clone(),
                ..unit.another_held_key(private)?
            };
            records::save(&mut *unit.tx, unit.service.tenant, None, &key)?;
            unit.hold(&key, ChangeKind::SigningKeyImported)?;
            Ok(key)
        })
    }

    /// Puts other words of the dialects in the place of those that a signing key has; `make` also tells the
    /// tenant what changes for it, such as its default signing key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the key is not there, whatever `make` fails with, and those of the storage.
    pub fn replace_held_key(
        &self,
        id: Id,
        make: impl Fn(&Key, &mut Tenant, Timestamp) -> Result<Remainders>,
    ) -> Result<Key> {
        self.write(|unit| {
            let old = held(&*unit.tx, unit.tenant_id(), id)?;
            let mut tenant = unit.tenant()?;
            let remainders = make(&old, &mut tenant, unit.now)?;
            let new = Key { remainders, updated: unit.now, ..old.clone() };
            records::save(&mut *unit.tx, unit.service.tenant, Some(&old), &new)?;
            unit.change_tenant(|before| *before = tenant)?;
            unit.log(ChangeKind::SigningKeyReplaced, unit.tenant_id(), Some(&new.kid))?;
            Ok(new)
        })
    }

    /// A request to certify a signing key under the name that it has (RFC 2986), in DER. It is not kept: any
    /// certificate of the key answers it, and asking again gives the same octets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the key is not there, and those of the storage.
    pub fn held_key_request(&self, id: Id) -> Result<Vec<u8>> {
        let key = self.held_key(id)?;
        let corrupt = |what: &str| Error::new(ErrorKind::Corrupt).context(format!("a key without {what}"));
        let private = key.private.as_ref().ok_or_else(|| corrupt("its private part"))?;
        let private = PrivateKey::from_stored_pkcs8_der(&Zeroizing::new(pem::base64_any(private.reveal())?))?;
        let certificate = key.chain.first().ok_or_else(|| corrupt("a certificate"))?;
        let certificate = Certificate::from_stored_der(&pem::base64_any(certificate)?)?;
        let hash = certificate.hash().unwrap_or_default();
        csr::build(certificate.subject(), &[], &private, hash, &mut self.env.signer())
    }

    /// Attaches the certificate (DER) that was issued for a signing key, with those that lead to its root, in any order,
    /// in place of the one that it has; `rename` makes the dialects' new words of the old ones.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the key is not there, [`ErrorKind::Invalid`] if no certificate of the chain
    /// is of this key, and those of the storage.
    pub fn certify_held_key(
        &self,
        id: Id,
        chain: &[Vec<u8>],
        rename: impl Fn(&Key, &Certificate) -> Result<Remainders>,
    ) -> Result<Key> {
        let mut read = Vec::new();
        for der in chain {
            read.push(Certificate::from_der(der).map_err(|error| error.at(place::CERTIFICATE))?);
        }
        self.write(|unit| {
            let old = held(&*unit.tx, unit.tenant_id(), id)?;
            let sorted = bundle::sorted(read.clone(), Some(&old.jwk));
            let issued = sorted
                .first()
                .filter(|leaf| csr::certificate_matches(leaf, &old.jwk))
                .ok_or_else(|| Error::invalid(place::CERTIFICATE, Reason::CertificateMismatch))?;
            let chain = sorted.iter().map(|certificate| BASE64_STANDARD.encode(certificate.der()));
            let new = Key {
                chain: chain.collect(),
                expires: Some(issued.not_after()),
                updated: unit.now,
                remainders: rename(&old, issued)?,
                ..old.clone()
            };
            records::save(&mut *unit.tx, unit.service.tenant, Some(&old), &new)?;
            unit.log(ChangeKind::CertificateInstalled, unit.tenant_id(), Some(&new.kid))?;
            Ok(new)
        })
    }

    /// Removes a signing key that is in no use, though it may have owners. `settle` changes the tenant as the caller needs
    /// it; if the key was the tenant's default signing key, it is no longer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, [`ErrorKind::InUse`] with the names of those that sign with
    /// it, and those of the storage.
    pub fn delete_held_key(&self, id: Id, settle: impl Fn(&mut Tenant, &Key)) -> Result<()> {
        self.write(|unit| {
            let tenant = unit.tenant_id();
            let old = held(&*unit.tx, tenant, id)?;
            unit.refuse_in_use(&old.kid)?;
            for attachment in records::attachments_of_key(&*unit.tx, tenant, &old.kid)? {
                records::remove(&mut *unit.tx, tenant, &attachment)?;
            }
            unit.change_tenant(|tenant| {
                tenant.default_signing_key = tenant.default_signing_key.take().filter(|kid| *kid != old.kid);
            })?;
            records::remove(&mut *unit.tx, tenant, &old)?;
            unit.change_tenant(|tenant| settle(tenant, &old))?;
            unit.log(ChangeKind::SigningKeyDeleted, tenant, Some(&old.kid))
        })
    }
}

impl Unit<'_> {
    /// The tenant may sign with a new key.
    fn hold(&mut self, key: &Key, change: ChangeKind) -> Result<()> {
        let tenant = self.tenant_id();
        self.attach(tenant, &key.kid, key.created)?;
        self.log(change, tenant, Some(&key.kid))
    }

    /// Lets an owner sign with the key of this id, and gives it; `None` if there is no such key.
    pub(super) fn lend(&mut self, id: Id, owner: Id) -> Result<Option<Key>> {
        let tenant = self.tenant_id();
        let Some(key) = records::signing_key_by_id(&*self.tx, tenant, id)?.filter(is_certified) else {
            return Ok(None);
        };
        if records::attachment(&*self.tx, tenant, owner, &key.kid)?.is_none() {
            self.attach(owner, &key.kid, self.now)?;
        }
        Ok(Some(key))
    }
}

fn is_certified(key: &Key) -> bool {
    !key.chain.is_empty()
}

fn held(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Key> {
    records::signing_key_by_id(tx, tenant, id)?
        .filter(is_certified)
        .ok_or_else(|| Error::not_found(Resource::SigningKey, id.number()))
}
