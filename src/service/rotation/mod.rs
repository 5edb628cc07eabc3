//! Rotating signing keys with an overlap: the next certificate is published before it signs, and the previous one stays
//! published for a while. May import what `service` may.
//!
//! What a key is to an owner is its [`Role`]. A key that several owners share is rotated for all of them in one transaction.

mod owned;
mod status;

pub use status::{OwnedKey, Rotation};

use self::owned::Signer;
use super::changes::ChangeKind;
use super::drafts::Draft;
use super::owners::Owner;
use super::signing_keys::NewKey;
use super::{CertificatePlan, KeyMaterial, Service, Unit};
use crate::engine::records;
use crate::error::{Error, ErrorKind, Resource, Result, excerpt};
use crate::model::{Attachment, Id, Key, Planned, Remainders, Role};

impl Service {
    /// Makes a new key the next one of these owners, as `make` says: its certificate is published, and nothing is signed with
    /// it yet.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Role, Saml};
    /// use idpstore::{NewSigningKey, Owner};
    /// use idpstore::pki::{EcCurve, KeySpec};
    ///
    /// let store = IdpStore::in_memory()?;
    /// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let owner = Owner::Provider(partner.id);
    /// let new = NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, ..NewSigningKey::default() };
    ///
    /// let first = store.rotation().prepare(&[owner], &new)?;
    /// store.rotation().promote(&first.kid, &[owner], 0)?;
    /// let second = store.rotation().prepare(&[owner], &new)?;
    /// store.rotation().promote(&second.kid, &[owner], 3600)?;
    ///
    /// let rotation = store.rotation().status(owner)?;
    /// let roles: Vec<_> = rotation.keys.iter().map(|owned| (owned.role.name(), &owned.key.kid)).collect();
    /// assert_eq!(roles, [("active", &second.kid), ("previous", &first.kid)]);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if one of the owners has a next key already or none is named, and as
    /// [`Service::create_signing_key`].
    pub fn prepare_key<N: Into<NewKey>>(
        &self,
        owners: &[Owner],
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<N>,
    ) -> Result<Key> {
        self.write(|unit| {
            let first = *owners.first().ok_or_else(|| wrong("no owner is named"))?;
            let first = first.filed(&*unit.tx, unit.service)?;
            let id = unit.next_id()?;
            let new = make(&mut Draft::of(unit, id))?.into();
            let key = unit.new_key(first, id, new)?;
            unit.prepare(&key.kid, owners)?;
            Ok(key)
        })
    }

    /// Makes a signing key that is there the next one of these owners, also of those that may not sign with it yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if an owner or the key is not there or has no certificate, [`ErrorKind::WrongState`] if one of
    /// the owners has another next key or signs with this one, and those of the storage.
    pub fn prepare_existing_key(&self, kid: &str, owners: &[Owner]) -> Result<()> {
        self.write(|unit| unit.prepare(kid, owners))
    }

    /// Installs the certificate that was issued for a request, and makes its key the next one of its owner.
    ///
    /// # Errors
    ///
    /// As [`Service::install_certificate`], and [`ErrorKind::WrongState`] if the owner has another next key.
    pub fn publish_certificate(&self, owner: Owner, request: &str, file: &[u8]) -> Result<Key> {
        self.write(|unit| {
            let key = unit.install_certificate(owner, request, file)?;
            unit.prepare(&key.kid, &[owner])?;
            Ok(key)
        })
    }

    /// Makes a key the active one of these owners, or of all whose next key it is if none is named. The certificates of the
    /// keys that it replaces stay published for `overlap` seconds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if an owner is not there or may not sign with the key, [`ErrorKind::WrongState`] if it is no
    /// one's next key, [`ErrorKind::Invalid`] if the policy refuses it, and those of the storage.
    pub fn promote_key(&self, kid: &str, owners: &[Owner], overlap: u32) -> Result<()> {
        self.write(|unit| {
            let key = unit.usable_key(kid)?;
            unit.warn_of_certificate(&key, overlap);
            for signer in unit.signers(kid, owners, |role| role == Role::Next)? {
                unit.warn_of_role(&signer, kid)?;
                let until = unit.now.plus_seconds(i64::from(overlap));
                unit.activate(&signer, kid, Planned::Previous(until), ChangeKind::SigningKeyPromoted)?;
            }
            Ok(())
        })
    }

    /// Makes the previous key of these owners the active one again, while its certificate is still published. The present one
    /// becomes the next.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if an owner is not there, [`ErrorKind::WrongState`] if one has no previous key or a next one
    /// already, and those of the storage.
    pub fn roll_back_key(&self, owners: &[Owner]) -> Result<()> {
        self.write(|unit| {
            for owner in owners {
                let signer = Signer::find(&*unit.tx, unit.service, *owner)?;
                let attachments = records::attachments(&*unit.tx, unit.tenant_id(), signer.id)?;
                let role = |it: &Attachment| it.role(signer.active.as_deref(), unit.now);
                let previous = attachments.iter().filter(|it| matches!(role(it), Role::Previous(_)));
                let previous = previous.max_by_key(|it| role(it));
                let previous =
                    previous.ok_or_else(|| wrong(&format!("owner {} has no previous key", signer.id)))?;
                if attachments.iter().any(|it| role(it) == Role::Next) {
                    return Err(wrong(&format!("owner {} has a next key already", signer.id)));
                }
                unit.activate(&signer, &previous.kid, Planned::Next, ChangeKind::SigningKeyRolledBack)?;
            }
            Ok(())
        })
    }

    /// Ends the overlap of a key now: its certificate is no longer published for these owners, or for all to whom it is the
    /// next or a previous one if none is named.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if an owner is not there or may not sign with the key, [`ErrorKind::WrongState`] if one signs
    /// with it, and those of the storage.
    pub fn retire_key(&self, kid: &str, owners: &[Owner]) -> Result<()> {
        self.write(|unit| {
            let is_published = |role: Role| matches!(role, Role::Next | Role::Previous(_));
            for signer in unit.signers(kid, owners, is_published)? {
                if signer.active.as_deref() == Some(kid) {
                    return Err(wrong(&format!("owner {} signs with the key", signer.id)));
                }
                unit.plan_for(signer.id, kid, Some(Planned::Ended(unit.now)))?;
                unit.log(ChangeKind::SigningKeyRetired, signer.id, Some(kid));
            }
            Ok(())
        })
    }
}

impl Unit<'_> {
    /// The signing key with this `kid`, if owners can sign with it.
    fn usable_key(&self, kid: &str) -> Result<Key> {
        let key = records::signing_key(&*self.tx, self.tenant_id(), kid)?.filter(|key| !key.chain.is_empty());
        let key = key.ok_or_else(|| Error::not_found(Resource::SigningKey, kid))?;
        if key.can_sign() { Ok(key) } else { Err(wrong("the key has no private part, and cannot sign")) }
    }

    /// Makes or imports a key for an owner.
    fn new_key(&mut self, owner: Id, id: Id, new: NewKey) -> Result<Key> {
        let made = match new.material {
            KeyMaterial::Generated(plan) => self.generated_key(id, plan)?,
            KeyMaterial::Imported(private, chain) => self.imported_key(id, &private, &chain)?,
        };
        let key = Key { remainders: new.remainders, ..made };
        self.keep_key(owner, &key, ChangeKind::SigningKeyGenerated)?;
        Ok(key)
    }

    /// Makes the next key of an owner its active one in place of `active`, which is noted elsewhere, and a new key the next
    /// one. Both are new if there is no next key.
    pub(super) fn rotate(
        &mut self,
        owner: Id,
        active: Option<&str>,
        overlap: u32,
        plan: &dyn Fn(Id) -> (CertificatePlan, Remainders),
    ) -> Result<String> {
        let mut next = None;
        for attachment in records::attachments(&*self.tx, self.tenant_id(), owner)? {
            match attachment.role(active, self.now) {
                Role::Retired => self.detach(&attachment)?,
                Role::Next => next = Some(attachment.kid),
                _ => {}
            }
        }
        let make = |unit: &mut Self| {
            let id = unit.next_id()?;
            let (plan, remainders) = plan(id);
            unit.new_key(owner, id, NewKey { remainders, ..plan.into() }).map(|key| key.kid)
        };
        let next = next.map_or_else(|| make(self), Ok)?;
        let later = make(self)?;
        if let Some(active) = active {
            let until = self.now.plus_seconds(i64::from(overlap));
            self.plan_for(owner, active, Some(Planned::Previous(until)))?;
        }
        self.plan_for(owner, &next, None)?;
        self.plan_for(owner, &later, Some(Planned::Next))?;
        self.log(ChangeKind::SigningKeyPromoted, owner, Some(&next));
        Ok(next)
    }

    /// Makes a key the next one of these owners.
    fn prepare(&mut self, kid: &str, owners: &[Owner]) -> Result<()> {
        let tenant = self.tenant_id();
        let key = self.usable_key(kid)?;
        for owner in owners {
            let signer = Signer::find(&*self.tx, self.service, *owner)?;
            for other in records::attachments(&*self.tx, tenant, signer.id)? {
                match other.role(signer.active.as_deref(), self.now) {
                    Role::Active if other.kid == kid => {
                        return Err(wrong(&format!("owner {} signs with the key already", signer.id)));
                    }
                    Role::Next if other.kid != kid => {
                        return Err(wrong(&format!("owner {} has a next key already", signer.id)));
                    }
                    _ => {}
                }
            }
            if records::attachment(&*self.tx, tenant, signer.id, kid)?.is_none() {
                self.attach(signer.id, kid, key.created)?;
            }
            self.plan_for(signer.id, kid, Some(Planned::Next))?;
            self.log(ChangeKind::SigningKeyPrepared, signer.id, Some(kid));
        }
        Ok(())
    }

    /// Makes a key the active one of an owner. `planned` is what becomes of the one that it replaces.
    fn activate(&mut self, signer: &Signer, kid: &str, planned: Planned, kind: ChangeKind) -> Result<()> {
        if let Some(active) = signer.active.as_deref().filter(|active| *active != kid) {
            self.plan_for(signer.id, active, Some(planned))?;
        }
        self.plan_for(signer.id, kid, None)?;
        signer.sign_with(self, kid)?;
        self.log(kind, signer.id, Some(kid));
        Ok(())
    }

    /// Adds a warning to the plan for a certificate that is not valid for as long as the overlap lasts.
    fn warn_of_certificate(&mut self, key: &Key, overlap: u32) {
        if let Some(expires) =
            key.expires.filter(|expires| *expires <= self.now.plus_seconds(i64::from(overlap)))
        {
            let verb = if expires <= self.now { "expired" } else { "expires" };
            self.warnings.push(format!("the certificate of the key {verb} at {expires}"));
        }
    }

    /// Adds a warning to the plan for a key whose certificate was not published.
    fn warn_of_role(&mut self, signer: &Signer, kid: &str) -> Result<()> {
        let attachment = records::attachment(&*self.tx, self.tenant_id(), signer.id, kid)?;
        let role = attachment.map(|attachment| attachment.role(signer.active.as_deref(), self.now));
        if role.is_some_and(|role| !role.is_published()) {
            let name = excerpt(signer.name());
            self.warnings
                .push(format!("partners of `{name}` have not seen the certificate: it was not published"));
        }
        Ok(())
    }

    /// Notes what is planned for a key of an owner.
    pub(super) fn plan_for(&mut self, owner: Id, kid: &str, planned: Option<Planned>) -> Result<()> {
        let tenant = self.tenant_id();
        let old = records::attachment(&*self.tx, tenant, owner, kid)?;
        let old = old.ok_or_else(|| Error::not_found(Resource::SigningKey, kid))?;
        records::save(&mut *self.tx, tenant, Some(&old), &Attachment { planned, ..old.clone() })
    }

    /// These owners of a key, or if none is named all to whom it has such a role.
    fn signers(&self, kid: &str, owners: &[Owner], has_role: impl Fn(Role) -> bool) -> Result<Vec<Signer>> {
        if !owners.is_empty() {
            return owners.iter().map(|owner| Signer::find(&*self.tx, self.service, *owner)).collect();
        }
        let mut found = Vec::new();
        for attachment in records::attachments_of_key(&*self.tx, self.tenant_id(), kid)? {
            let signer = Signer::filed(&*self.tx, self.service, attachment.owner)?;
            if has_role(attachment.role(signer.active.as_deref(), self.now)) {
                found.push(signer);
            }
        }
        if found.is_empty() {
            return Err(wrong(&format!("no owner has the key `{}` in such a role", excerpt(kid))));
        }
        Ok(found)
    }
}

fn wrong(words: &str) -> Error {
    Error::new(ErrorKind::WrongState).context(words.to_owned())
}
