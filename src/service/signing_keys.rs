//! The signing keys of a tenant: make and import, change and certify, lend to other owners, delete.

use super::certificate_plan::CertificatePlan;
use super::changes::ChangeKind;
use super::drafts::Draft;
use super::keys::{attached_key, certificates_of, owned_key};
use super::owners::Owner;
use super::page::{Cursor, DEFAULT_LIMIT, Page};
use super::{Service, Unit};
use crate::engine::{ReadTx, records};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::model::{Attachment, Id, Key, Remainders};
use crate::pki::PrivateKey;

/// A signing key that is to be there.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Where it comes from.
    pub material: KeyMaterial,
    /// What a dialect says of it.
    pub remainders: Remainders,
    /// Whether it becomes the tenant's default signing key.
    pub is_default: bool,
}

/// Where a signing key comes from.
#[derive(Clone, Debug)]
pub enum KeyMaterial {
    /// It is made, and issues a certificate to itself.
    Generated(CertificatePlan),
    /// It is brought along with its certificate and those that lead to its root (DER). The same key may be imported
    /// several times: each is a key of its own.
    Imported(PrivateKey, Vec<Vec<u8>>),
}

impl From<KeyMaterial> for NewKey {
    fn from(material: KeyMaterial) -> Self {
        Self { material, remainders: Remainders::new(), is_default: false }
    }
}

impl From<CertificatePlan> for NewKey {
    fn from(plan: CertificatePlan) -> Self {
        KeyMaterial::Generated(plan).into()
    }
}

/// What names a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyName<'k> {
    /// Its id.
    Id(Id),
    /// Its `kid`.
    Kid(&'k str),
    /// One of its owners, and its `kid`: to its owner a key is as old as the permission to sign with it.
    Of(Owner, &'k str),
}

impl From<Id> for KeyName<'_> {
    fn from(id: Id) -> Self {
        Self::Id(id)
    }
}

impl<'k> From<&'k str> for KeyName<'k> {
    fn from(kid: &'k str) -> Self {
        Self::Kid(kid)
    }
}

impl<'k> From<(Owner, &'k str)> for KeyName<'k> {
    fn from((owner, kid): (Owner, &'k str)) -> Self {
        Self::Of(owner, kid)
    }
}

/// Which signing keys are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyQuery {
    /// Only those with which this owner may sign, by `kid` without regard to case. Without an owner, all of the tenant's
    /// in the order in which they were made.
    pub owner: Option<Owner>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}

impl Default for SigningKeyQuery {
    fn default() -> Self {
        Self { owner: None, after: None, limit: DEFAULT_LIMIT }
    }
}

impl SigningKeyQuery {
    /// All of the tenant's.
    #[must_use]
    pub fn all() -> Self {
        Self { limit: usize::MAX, ..Self::default() }
    }
}

impl From<Owner> for SigningKeyQuery {
    /// All keys of one owner.
    fn from(owner: Owner) -> Self {
        Self { owner: Some(owner), ..Self::all() }
    }
}

impl Service {
    /// Makes or imports a signing key for an owner, as `make` says. Nothing is signed with it before the owner refers to
    /// it.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::pki::Profile;
    /// use idpstore::pki::{DistinguishedName, Hash, KeySpec, NameAttribute};
    /// use idpstore::{CertificatePlan, Owner};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let key = service.create_signing_key(Owner::Tenant, |draft| {
    ///     let name = DistinguishedName::new().with(NameAttribute::CommonName, draft.tenant()?.name);
    ///     Ok(CertificatePlan {
    ///         subject: name.clone(),
    ///         issuer: name,
    ///         serial_number: 1.into(),
    ///         not_before: draft.now(),
    ///         not_after: draft.now().plus_calendar_years(2),
    ///         spec: KeySpec::Rsa { bits: 2048 },
    ///         hash: Hash::Sha256,
    ///         profile: Profile::Bare,
    ///     })
    /// })?;
    /// assert_eq!(service.signing_keys(&Owner::Tenant.into())?.items, [key.clone()]);
    ///
    /// // The partner imports the certificate, here into the same store.
    /// let trusted = service.create_trusted_key(&key.chain)?;
    /// assert_eq!(trusted.certificate_digest(), key.certificate_digest());
    /// assert!(!trusted.is_signing());
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner is not there, [`ErrorKind::Pending`] if the host has to make the key
    /// first, [`ErrorKind::Invalid`] if the first certificate that is imported cannot be read or is of another key,
    /// whatever `make` fails with, and those of the storage.
    pub fn create_signing_key<N: Into<NewKey>>(
        &self,
        owner: Owner,
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<N>,
    ) -> Result<Key> {
        self.write(|unit| {
            let owner = owner.filed(&*unit.tx, unit.service)?;
            let id = unit.next_id()?;
            let NewKey { material, remainders, is_default } = make(&mut Draft::of(unit, id))?.into();
            let (made, change) = match material {
                KeyMaterial::Generated(plan) => {
                    (unit.generated_key(id, plan)?, ChangeKind::SigningKeyGenerated)
                }
                KeyMaterial::Imported(private, chain) => {
                    (unit.imported_key(id, &private, &chain)?, ChangeKind::SigningKeyImported)
                }
            };
            let key = Key { remainders, ..made };
            unit.keep_key(owner, &key, change)?;
            if is_default {
                unit.change_tenant(|tenant| tenant.default_signing_key = Some(key.kid.clone()))?;
            }
            Ok(key)
        })
    }

    /// Changes a signing key as `change` says: what dialects say of it, and its chain. A new chain may be in any order;
    /// one of its certificates must be of this key. All else stays as it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the key is not there, [`ErrorKind::Invalid`] if a certificate cannot be read or none is
    /// of this key, whatever `change` fails with, and those of the storage.
    pub fn update_signing_key(
        &self,
        id: Id,
        mut change: impl FnMut(&Key, &mut Draft<'_, '_>) -> Result<Key>,
    ) -> Result<Key> {
        self.write(|unit| {
            let tenant = unit.tenant_id();
            let old = certified(&*unit.tx, tenant, id)?;
            let Key { chain, remainders, .. } = change(&old, &mut Draft::of(unit, id))?;
            let mut new = Key { remainders, updated: unit.now, ..old.clone() };
            let mut kind = ChangeKind::SigningKeyReplaced;
            if chain != old.chain {
                (new.chain, new.expires) = certificates_of(&old.jwk, &chain)?;
                kind = ChangeKind::CertificateInstalled;
            }
            records::save(&mut *unit.tx, tenant, Some(&old), &new)?;
            unit.log(kind, tenant, Some(&new.kid));
            Ok(new)
        })
    }

    /// Removes a signing key that is in no use, though it may have owners. If it was the tenant's default signing key, it
    /// is no longer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, [`ErrorKind::InUse`] with the names of those that sign with it, and
    /// those of the storage.
    pub fn delete_signing_key(&self, id: Id) -> Result<()> {
        self.write(|unit| {
            let (policy, tenant) = (unit.service.policy, unit.tenant_id());
            let old = certified(&*unit.tx, tenant, id)?;
            unit.refuse_in_use(&old.kid)?;
            for attachment in records::attachments_of_key(&*unit.tx, tenant, &old.kid)? {
                records::remove(&mut *unit.tx, tenant, &attachment)?;
            }
            unit.change_tenant(|tenant| {
                tenant.default_signing_key = tenant.default_signing_key.take().filter(|kid| *kid != old.kid);
                (policy.forget_key)(tenant, &old);
            })?;
            records::remove(&mut *unit.tx, tenant, &old)?;
            unit.log(ChangeKind::SigningKeyDeleted, tenant, Some(&old.kid));
            Ok(())
        })
    }

    /// Lets another owner sign with a key, too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner, the key or the target is not there, [`ErrorKind::AlreadyExists`]
    /// if the target has the key already, and those of the storage.
    pub fn clone_signing_key(&self, owner: Owner, kid: &str, target: Owner) -> Result<Key> {
        self.write(|unit| {
            let owner = owner.filed(&*unit.tx, unit.service)?;
            let key = owned_key(&*unit.tx, unit.tenant_id(), owner, kid)?;
            let target = target.filed(&*unit.tx, unit.service)?;
            if records::attachment(&*unit.tx, unit.tenant_id(), target, kid)?.is_some() {
                return Err(ErrorKind::AlreadyExists { what: Resource::SigningKey, id: kid.into() }.into());
            }
            unit.attach(target, kid, key.created)?;
            unit.log(ChangeKind::SigningKeyCloned, target, Some(kid));
            Ok(key)
        })
    }

    /// The signing key with this name: an id, a `kid`, or an owner and a `kid`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner or the key is not there, and those of the storage.
    pub fn signing_key<'k>(&self, name: impl Into<KeyName<'k>>) -> Result<Key> {
        self.read(|tx| match name.into() {
            KeyName::Id(id) => certified(tx, self.tenant, id),
            KeyName::Kid(kid) => records::signing_key(tx, self.tenant, kid)?
                .filter(is_certified)
                .ok_or_else(|| Error::not_found(Resource::SigningKey, kid)),
            KeyName::Of(owner, kid) => owned_key(tx, self.tenant, owner.filed(tx, self)?, kid),
        })
    }

    /// A page of signing keys. Those without a certificate are not among them: they are requests.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner is not there, [`ErrorKind::BadCursor`] if the cursor belongs to another list,
    /// and those of the storage.
    pub fn signing_keys(&self, query: &SigningKeyQuery) -> Result<Page<Key>> {
        let one_more = query.limit.saturating_add(1);
        match (query.owner, &query.after) {
            (None, after) => {
                let after = after.as_ref().map(Cursor::id).transpose()?;
                let found =
                    self.read(|tx| records::signing_keys(tx, self.tenant, after, one_more, &is_certified))?;
                Ok(Page::cut(found, query.limit, |last| Cursor::Id(last.id)))
            }
            (Some(_), Some(Cursor::Id(_))) => Err(ErrorKind::BadCursor.into()),
            (Some(owner), after) => self.read(|tx| {
                let owner = owner.filed(tx, self)?;
                let attached = records::attachments(tx, self.tenant, owner)?.into_iter();
                let is_over = |attachment: &Attachment| match after {
                    Some(Cursor::Name(last)) => place(&attachment.kid) <= *last,
                    _ => false,
                };
                let keys = attached.skip_while(is_over);
                let keys = keys.map(|attachment| attached_key(tx, self.tenant, &attachment));
                let keys: Vec<_> =
                    keys.filter_map(Result::transpose).take(one_more).collect::<Result<_>>()?;
                Ok(Page::cut(keys, query.limit, |last| Cursor::Name(place(&last.kid))))
            }),
        }
    }
}

impl Unit<'_> {
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

/// The place of a key among those of its owner, which stays when the key goes.
fn place(kid: &str) -> Vec<u8> {
    [kid.to_lowercase().as_bytes(), b"\0", kid.as_bytes()].concat()
}

fn is_certified(key: &Key) -> bool {
    !key.chain.is_empty()
}

/// The signing key with this id, if it has a certificate.
pub(super) fn certified(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Key> {
    records::signing_key_by_id(tx, tenant, id)?
        .filter(is_certified)
        .ok_or_else(|| Error::not_found(Resource::SigningKey, id.number()))
}
