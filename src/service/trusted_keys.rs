//! Trusted keys: partners' certificates, imported, replaced and deleted.

use std::ops::ControlFlow;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::changes::ChangeKind;
use super::found::trusted_key;
use super::page::{Cursor, Page, Paging};
use super::policy::{Policy, Unique};
use super::{Service, Unit};
use crate::engine::{ReadTx, records};
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violations, pointer};
use crate::model::{Id, IdentityProvider, Key, Remainders, place};
use crate::pki::Certificate;
use crate::pki::{Timestamp, bundle, pem};

/// A partner's certificate to be imported, with those that lead to its root.
///
/// ```
/// use idpstore::NewTrustedKey;
///
/// let pem = "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----";
/// assert_eq!(NewTrustedKey::from(pem), NewTrustedKey::from(pem.as_bytes()));
/// // The chain of another key will do, too: `NewTrustedKey::from(&key.chain)`.
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTrustedKey {
    /// The certificates, the partner's first. A text that is base64 of one certificate is kept exactly as given; of
    /// another that [`bundle::certificates`] reads, such as PEM, the certificates in it are kept, the leaf first.
    pub chain: Vec<String>,
    /// What a dialect says of it.
    pub remainders: Remainders,
}

impl NewTrustedKey {
    /// These certificates, each in DER.
    #[must_use]
    pub fn from_ders(ders: &[Vec<u8>]) -> Self {
        let chain = ders.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
        Self { chain, ..Self::default() }
    }
}

impl From<&[u8]> for NewTrustedKey {
    /// The certificates in a file: PEM, base64 or DER.
    fn from(file: &[u8]) -> Self {
        match std::str::from_utf8(file) {
            Ok(text) => text.into(),
            Err(_) => Self::from_ders(&[file.to_vec()]),
        }
    }
}

impl From<&str> for NewTrustedKey {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for NewTrustedKey {
    fn from(text: String) -> Self {
        Self { chain: vec![text], ..Self::default() }
    }
}

impl From<&Vec<String>> for NewTrustedKey {
    fn from(chain: &Vec<String>) -> Self {
        Self { chain: chain.clone(), ..Self::default() }
    }
}

/// What gives the certificates of the keys that a provider trusts: the DER of each in base64.
pub(crate) type Certificates<'c> = dyn Fn() -> Result<Vec<String>> + 'c;

impl Service {
    /// Imports a partner's certificate, followed by those that lead to its root.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if one cannot be read or the policy wants another, [`ErrorKind::AlreadyExists`] if the
    /// policy has a certificate in a tenant once and it is there already, and those of the storage.
    pub fn create_trusted_key(&self, new: impl Into<NewTrustedKey>) -> Result<Key> {
        let new = new.into();
        let (leaf, chain) = read_chain(&new.chain)?;
        self.write(|unit| {
            unit.service.policy.check_imported(&leaf, unit.now)?;
            let id = unit.next_id()?;
            let key = Key { remainders: new.remainders.clone(), ..trusted(id, unit.now, &leaf, &chain) };
            unit.refuse_twin(&key)?;
            records::save(&mut *unit.tx, unit.service.tenant, None, &key)?;
            unit.log(ChangeKind::TrustedKeyImported, id, Some(&key.kid));
            Ok(key)
        })
    }

    /// Puts another certificate in the place of a trusted key, which keeps its `kid`, its age and what dialects say of
    /// it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, [`ErrorKind::Invalid`] if a provider that trusts the key may not trust
    /// the new one, and as [`Service::create_trusted_key`].
    pub fn replace_trusted_key(&self, kid: &str, new: impl Into<NewTrustedKey>) -> Result<Key> {
        let (leaf, chain) = read_chain(&new.into().chain)?;
        self.write(|unit| {
            let policy = unit.service.policy;
            policy.check_imported(&leaf, unit.now)?;
            let old = existing_trusted_key(&*unit.tx, unit.tenant_id(), kid)?;
            let remainders = old.remainders.clone();
            let new = Key { created: old.created, remainders, ..trusted(old.id, unit.now, &leaf, &chain) };
            unit.refuse_twin(&new)?;
            records::each_provider_using(&*unit.tx, unit.tenant_id(), kid, &mut |provider| {
                policy.check_trust(&provider, &new, place::CERTIFICATE).map(ControlFlow::Continue)
            })?;
            records::save(&mut *unit.tx, unit.service.tenant, Some(&old), &new)?;
            unit.log(ChangeKind::TrustedKeyReplaced, new.id, Some(kid));
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
            unit.log(ChangeKind::TrustedKeyDeleted, old.id, Some(kid));
            Ok(())
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

    /// The certificates of the keys that a provider trusts: the DER of each in base64.
    pub(crate) fn trusted_certificates(&self, provider: &IdentityProvider) -> Result<Vec<String>> {
        self.read(|tx| trusted_certificates(tx, self.tenant, provider))
    }

    /// A page of trusted keys, in the order in which they were imported.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCursor`] if the cursor belongs to another list, and those of the storage.
    pub fn trusted_keys(&self, paging: &Paging) -> Result<Page<Key>> {
        let (after, one_more) = (paging.after_id()?, paging.limit.saturating_add(1));
        let found = self.read(|tx| records::trusted_keys(tx, self.tenant, after, one_more))?;
        Ok(Page::cut(found, paging.limit, |last| Cursor::Id(last.id)))
    }
}

impl Policy {
    /// Whether a provider could trust this certificate once it is imported now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if not.
    pub(crate) fn check_certificate(
        &self,
        provider: &IdentityProvider,
        certificate: &str,
        now: Timestamp,
    ) -> Result<()> {
        let (leaf, chain) = read_chain(&[certificate.to_owned()])?;
        self.check_imported(&leaf, now)?;
        self.check_trust(provider, &trusted(provider.id, now, &leaf, &chain), place::CERTIFICATE)
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
        self.log(ChangeKind::TrustedKeyImported, key.id, Some(&key.kid));
        Ok(key.kid)
    }

    /// Refuses a certificate that another trusted key has, if the policy says so.
    pub(super) fn refuse_twin(&self, key: &Key) -> Result<()> {
        if !self.service.policy.unique.iter().any(|unique| matches!(unique, Unique::Certificate)) {
            return Ok(());
        }
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
pub(super) fn trusted(id: Id, now: Timestamp, leaf: &Certificate, chain: &[String]) -> Key {
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
pub(super) fn read_chain(chain: &[String]) -> Result<(Certificate, Vec<String>)> {
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
                let error = error.at(&pointer::element(place::CERTIFICATE, position));
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

/// See [`Service::trusted_certificates`].
pub(super) fn trusted_certificates(
    tx: &dyn ReadTx,
    tenant: Id,
    provider: &IdentityProvider,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for kid in &provider.trusted_keys {
        let key = existing_trusted_key(tx, tenant, kid)?;
        if !key.chain.is_empty() {
            found.push(BASE64_STANDARD.encode(key.certificate_der()?));
        }
    }
    Ok(found)
}

fn existing_trusted_key(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Key> {
    trusted_key(tx, tenant, kid)?.ok_or_else(|| Error::not_found(Resource::TrustedKey, kid))
}
