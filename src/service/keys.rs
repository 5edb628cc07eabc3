//! Signing keys: generate, clone, release, and who uses a key.

use std::ops::ControlFlow;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::changes::ChangeKind;
use super::needs::Need;
use super::owners::Owner;
use super::{Service, Unit};
use crate::engine::{ReadTx, records};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::model::{Attachment, Id, Key, Remainders, Secret};
use crate::pki::certificate::Certificate;
use crate::pki::issuance::{Issuance, Profile};
use crate::pki::{DistinguishedName, Hash, KeySpec, PrivateKey, SerialNumber, Timestamp, thumbprint};

/// The certificate that a new signing key issues to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificatePlan {
    /// Whom the key belongs to.
    pub subject: DistinguishedName,
    /// Who is said to have issued it: the subject, in a certificate that can be verified.
    pub issuer: DistinguishedName,
    /// The serial number.
    pub serial_number: SerialNumber,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Type and size of the key.
    pub spec: KeySpec,
    /// With what it is digested to be signed.
    pub hash: Hash,
    /// Which extensions it has.
    pub profile: Profile,
}

impl CertificatePlan {
    /// What the certificate says, apart from the key.
    pub(super) fn issuance(&self) -> Issuance<'_> {
        Issuance {
            serial_number: self.serial_number.clone(),
            not_before: self.not_before,
            not_after: self.not_after,
            issuer: &self.issuer,
            subject: &self.subject,
            hash: self.hash,
            profile: self.profile,
        }
    }

    /// The same plan without what depends on the moment at which it is made.
    pub(super) fn undated(&self) -> Self {
        Self {
            serial_number: SerialNumber::default(),
            not_before: Timestamp::default(),
            not_after: Timestamp::default(),
            ..self.clone()
        }
    }
}

impl Service {
    /// The names of the providers and applications that refer to a key, whether they trust it or sign with it.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn key_users(&self, kid: &str) -> Result<Vec<String>> {
        self.read(|tx| key_users(tx, self.tenant, kid, usize::MAX))
    }

    /// Makes a signing key for an owner, with a certificate that it issues to itself as `plan` says for the
    /// tenant's name and the time. Nothing is signed with it before the owner refers to it.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::pki::issuance::Profile;
    /// use idpstore::pki::{DistinguishedName, Hash, KeySpec, NameAttribute};
    /// use idpstore::service::{CertificatePlan, Owner};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let name = |tenant: &str| DistinguishedName::new().with(NameAttribute::CommonName, tenant);
    /// let key = service.generate_signing_key(Owner::Tenant, |tenant, now| CertificatePlan {
    ///     subject: name(tenant),
    ///     issuer: name(tenant),
    ///     serial_number: 1.into(),
    ///     not_before: now,
    ///     not_after: now.plus_calendar_years(2),
    ///     spec: KeySpec::Rsa { bits: 2048 },
    ///     hash: Hash::Sha256,
    ///     profile: Profile::Bare,
    /// })?;
    /// assert_eq!(service.signing_keys(Owner::Tenant)?, [key.clone()]);
    ///
    /// // Whoever trusts us imports the certificate, here into the same store.
    /// let trusted = service.import_trusted_key(&key.chain)?;
    /// assert_eq!(trusted.certificate_digest(), key.certificate_digest());
    /// assert!(!trusted.is_signing());
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner is not there, [`ErrorKind::KeyPending`] if the host has to make the
    /// key first, and those of the storage.
    pub fn generate_signing_key(
        &self,
        owner: Owner,
        plan: impl Fn(&str, Timestamp) -> CertificatePlan,
    ) -> Result<Key> {
        self.write(|unit| {
            let owner = owner.filed(&*unit.tx, unit.tenant_id())?;
            unit.own_signing_key(owner, &plan, None)
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
            let owner = owner.filed(&*unit.tx, unit.tenant_id())?;
            let key = owned_key(&*unit.tx, unit.tenant_id(), owner, kid)?;
            let target = target.filed(&*unit.tx, unit.tenant_id())?;
            if records::attachment(&*unit.tx, unit.tenant_id(), target, kid)?.is_some() {
                return Err(ErrorKind::AlreadyExists { what: Resource::SigningKey, id: kid.into() }.into());
            }
            unit.attach(target, kid, key.created)?;
            unit.log(ChangeKind::SigningKeyCloned, target, Some(kid))?;
            Ok(key)
        })
    }

    /// The keys with which an owner may sign, by `kid` without regard to case.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner is not there, and those of the storage.
    pub fn signing_keys(&self, owner: Owner) -> Result<Vec<Key>> {
        self.read(|tx| {
            let owner = owner.filed(tx, self.tenant)?;
            let attached = records::attachments(tx, self.tenant, owner)?;
            let keys = attached.iter().map(|attachment| attached_key(tx, self.tenant, attachment));
            keys.filter_map(Result::transpose).collect()
        })
    }

    /// The key with this `kid`, with which this owner may sign.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the owner or the key is not there, and those of the storage.
    pub fn signing_key(&self, owner: Owner, kid: &str) -> Result<Key> {
        self.read(|tx| {
            let owner = owner.filed(tx, self.tenant)?;
            owned_key(tx, self.tenant, owner, kid)
        })
    }
}

/// How many of those that use a key are named when it cannot be removed.
const NAMED_USERS: usize = 10;

impl Unit<'_> {
    /// Refuses to remove a key that somebody refers to.
    pub(super) fn refuse_in_use(&self, kid: &str) -> Result<()> {
        let by = key_users(&*self.tx, self.tenant_id(), kid, NAMED_USERS)?;
        if by.is_empty() { Ok(()) } else { Err(ErrorKind::InUse { by }.into()) }
    }

    /// Saves a new signing key, with the certificate that it issues to itself.
    pub(super) fn new_signing_key(&mut self, plan: CertificatePlan) -> Result<Key> {
        let made = self.need(Need::Certificate(plan))?;
        let mut key = self.held_key(&made.private)?;
        key.chain = vec![BASE64_STANDARD.encode(&made.der)];
        key.expires = Some(Certificate::from_der(&made.der)?.not_after());
        records::save(&mut *self.tx, self.service.tenant, None, &key)?;
        Ok(key)
    }

    /// A signing key without a certificate. A source that gives the same key twice is refused.
    pub(super) fn held_key(&mut self, private: &PrivateKey) -> Result<Key> {
        let kid = thumbprint::jwk_thumbprint(&private.public_jwk());
        let key = self.another_held_key(private)?;
        if key.kid == kid {
            Ok(key)
        } else {
            Err(ErrorKind::AlreadyExists { what: Resource::SigningKey, id: kid.into() }.into())
        }
    }

    /// A signing key without a certificate. If the same key is there already, this one has its own id for `kid`.
    pub(super) fn another_held_key(&mut self, private: &PrivateKey) -> Result<Key> {
        let (id, jwk) = (self.next_id()?, private.public_jwk());
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

    /// Lets an owner sign with a key.
    pub(super) fn attach(&mut self, owner: Id, kid: &str, created: Timestamp) -> Result<()> {
        let attachment = Attachment { owner, kid: kid.to_owned(), created };
        records::save(&mut *self.tx, self.service.tenant, None, &attachment)
    }

    /// A new signing key of this owner; the key `in_place_of` is taken from it.
    pub(super) fn own_signing_key(
        &mut self,
        owner: Id,
        plan: impl FnOnce(&str, Timestamp) -> CertificatePlan,
        in_place_of: Option<&str>,
    ) -> Result<Key> {
        let key = self.new_signing_key(plan(&self.tenant()?.name, self.now))?;
        self.attach(owner, &key.kid, key.created)?;
        if let Some(kid) = in_place_of
            && let Some(attachment) = records::attachment(&*self.tx, self.tenant_id(), owner, kid)?
        {
            self.detach(&attachment)?;
        }
        self.log(ChangeKind::SigningKeyGenerated, owner, Some(&key.kid))?;
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
    fn detach(&mut self, attachment: &Attachment) -> Result<()> {
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

/// The names of up to `limit` of those that refer to a key.
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
    Ok(names)
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
