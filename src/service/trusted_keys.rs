//! Trusted keys: partners' certificates, imported, replaced and deleted.

use std::ops::ControlFlow;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::changes::ChangeKind;
use super::page::{Cursor, Page};
use super::providers::trusted_key;
use super::{Service, Unit};
use crate::engine::{ReadTx, records};
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violations};
use crate::model::{Id, IdentityProvider, Key, Remainders, place};
use crate::pki::certificate::Certificate;
use crate::pki::{Timestamp, bundle, pem};

impl Service {
    /// Imports a partner's certificate, followed by those that lead to its root. A text that is base64 of one
    /// certificate is kept exactly as given; of another that [`bundle::certificates`] reads, such as PEM, the
    /// certificates in it are kept, the leaf first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if one cannot be read, [`ErrorKind::AlreadyExists`] if the certificate is there
    /// already, and those of the storage.
    pub fn import_trusted_key(&self, chain: &[String]) -> Result<Key> {
        let (leaf, chain) = read_chain(chain)?;
        self.write(|unit| {
            let id = unit.next_id()?;
            let key = trusted(id, unit.now, &leaf, &chain);
            unit.refuse_twin(&key)?;
            records::save(&mut *unit.tx, unit.service.tenant, None, &key)?;
            unit.log(ChangeKind::TrustedKeyImported, id, Some(&key.kid))?;
            Ok(key)
        })
    }

    /// Imports a partner's certificate (DER), followed by those that lead to its root, with what a dialect says
    /// of it. The same certificate may be imported several times: each is a key of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if one cannot be read, or the first is not valid now, and those of the storage.
    pub fn import_valid_certificate(&self, chain: &[Vec<u8>], remainders: &Remainders) -> Result<Key> {
        let chain: Vec<_> = chain.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
        let (leaf, chain) = read_chain(&chain)?;
        self.write(|unit| {
            if unit.now < leaf.not_before() || unit.now > leaf.not_after() {
                let words = format!("is valid from {} to {} only", leaf.not_before(), leaf.not_after());
                return Err(Error::invalid(place::CERTIFICATE, Reason::Other(words)));
            }
            let id = unit.next_id()?;
            let key = Key { remainders: remainders.clone(), ..trusted(id, unit.now, &leaf, &chain) };
            records::save(&mut *unit.tx, unit.service.tenant, None, &key)?;
            unit.log(ChangeKind::TrustedKeyImported, id, Some(&key.kid))?;
            Ok(key)
        })
    }

    /// Puts another certificate in the place of a trusted key, which keeps its `kid`, if it `fits` every provider
    /// that trusts the key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, whatever `fits` fails with, and as
    /// [`Service::import_trusted_key`].
    pub fn replace_trusted_key(
        &self,
        kid: &str,
        chain: &[String],
        fits: impl Fn(&Key, &IdentityProvider) -> Result<()>,
    ) -> Result<Key> {
        let (leaf, chain) = read_chain(chain)?;
        self.write(|unit| {
            let old = existing_trusted_key(&*unit.tx, unit.tenant_id(), kid)?;
            let remainders = old.remainders.clone();
            let new = Key { created: old.created, remainders, ..trusted(old.id, unit.now, &leaf, &chain) };
            unit.refuse_twin(&new)?;
            records::each_provider_using(&*unit.tx, unit.tenant_id(), kid, &mut |provider| {
                fits(&new, &provider).map(ControlFlow::Continue)
            })?;
            records::save(&mut *unit.tx, unit.service.tenant, Some(&old), &new)?;
            unit.log(ChangeKind::TrustedKeyReplaced, new.id, Some(kid))?;
            Ok(new)
        })
    }

    /// Removes a trusted key that no provider and no application refers to, active or not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, [`ErrorKind::InUse`] with the names of those that
    /// refer to it, and those of the storage.
    pub fn delete_trusted_key(&self, kid: &str) -> Result<()> {
        self.write(|unit| {
            let old = existing_trusted_key(&*unit.tx, unit.tenant_id(), kid)?;
            unit.refuse_in_use(kid)?;
            records::remove(&mut *unit.tx, unit.service.tenant, &old)?;
            unit.log(ChangeKind::TrustedKeyDeleted, old.id, Some(kid))
        })
    }

    /// The trusted key with this `kid`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn trusted_key(&self, kid: &str) -> Result<Key> {
        self.read(|tx| existing_trusted_key(tx, self.tenant, kid))
    }

    /// A page of trusted keys, in the order in which they were imported.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn trusted_keys(&self, after: Option<Id>, limit: usize) -> Result<Page<Key>> {
        let found = self.read(|tx| records::trusted_keys(tx, self.tenant, after, limit.saturating_add(1)))?;
        Ok(Page::cut(found, limit, |last| Cursor::Id(last.id)))
    }
}

impl Unit<'_> {
    /// The trusted key with this certificate, imported if it is not there.
    pub(super) fn trust(&mut self, certificate: &str) -> Result<String> {
        let (leaf, chain) = read_chain(&[certificate.to_owned()])?;
        let key = trusted(self.next_id()?, self.now, &leaf, &chain);
        if let Some(known) = records::same_certificate(&*self.tx, self.tenant_id(), &key)?.first() {
            return Ok(known.to_uuid());
        }
        records::save(&mut *self.tx, self.service.tenant, None, &key)?;
        self.log(ChangeKind::TrustedKeyImported, key.id, Some(&key.kid))?;
        Ok(key.kid)
    }

    /// A certificate is in the store of trusted keys once at most.
    fn refuse_twin(&self, key: &Key) -> Result<()> {
        let twins = records::same_certificate(&*self.tx, self.tenant_id(), key)?;
        match twins.into_iter().find(|twin| *twin != key.id) {
            Some(twin) => {
                Err(ErrorKind::AlreadyExists { what: Resource::TrustedKey, id: twin.to_uuid().into() }.into())
            }
            None => Ok(()),
        }
    }
}

/// A trusted key with this certificate.
fn trusted(id: Id, now: Timestamp, leaf: &Certificate, chain: &[String]) -> Key {
    Key {
        id,
        kid: id.to_uuid(),
        created: now,
        updated: now,
        jwk: leaf.jwk().clone(),
        chain: chain.to_vec(),
        expires: Some(leaf.not_after()),
        private: None,
        request: None,
        remainders: Remainders::new(),
    }
}

/// Reads every certificate of a chain. Returned are the first, and all of them as they are kept.
fn read_chain(chain: &[String]) -> Result<(Certificate, Vec<String>)> {
    let mut violations = Violations::default();
    let (mut leaf, mut kept) = (None, Vec::with_capacity(chain.len()));
    for (position, text) in chain.iter().enumerate() {
        match read_certificates(text) {
            Ok(certificates) if is_base64_of(text, &certificates) => {
                kept.push(text.clone());
                leaf = leaf.or(certificates.into_iter().next());
            }
            Ok(certificates) => {
                kept.extend(certificates.iter().map(|certificate| BASE64_STANDARD.encode(certificate.der())));
                leaf = leaf.or(certificates.into_iter().next());
            }
            Err(error) => {
                let error = error.at(&format!("{}/{position}", place::CERTIFICATE));
                violations.extend(error.violations().iter().cloned());
            }
        }
    }
    violations.end()?;
    Ok((leaf.ok_or_else(|| Error::invalid(place::CERTIFICATE, Reason::Missing))?, kept))
}

fn read_certificates(text: &str) -> Result<Vec<Certificate>> {
    let ders = bundle::certificates(text.as_bytes())?;
    let certificates: Result<_> = ders.iter().map(|der| Certificate::from_der(der)).collect();
    Ok(bundle::sorted(certificates?, None))
}

fn is_base64_of(text: &str, certificates: &[Certificate]) -> bool {
    let [only] = certificates else { return false };
    pem::base64_any(text).is_ok_and(|der| der == only.der())
}

fn existing_trusted_key(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Key> {
    trusted_key(tx, tenant, kid)?.ok_or_else(|| Error::not_found(Resource::TrustedKey, kid))
}
