//! The keys that we sign with, inside of a unit of work: made, attached to their owners, taken from them.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::Unit;
use super::changes::ChangeKind;
use super::keys::CertificatePlan;
use crate::engine::records;
use crate::env::Generator;
use crate::error::{ErrorKind, Resource, Result};
use crate::model::{Attachment, Id, Key, Remainders, Secret};
use crate::pki::issuance::{Issuance, issue};
use crate::pki::{PrivateKey, Timestamp, thumbprint};

impl Unit<'_> {
    /// Makes, certifies and saves a signing key.
    pub(super) fn new_signing_key(&mut self, plan: &CertificatePlan) -> Result<Key> {
        let private = self.private_key(plan.spec)?;
        let issuance = Issuance {
            serial_number: plan.serial_number.clone(),
            not_before: plan.not_before,
            not_after: plan.not_after,
            issuer: &plan.issuer,
            subject: &plan.subject,
            hash: plan.hash,
            profile: plan.profile,
        };
        let mut rng = Generator(&*self.service.env.entropy);
        let der = issue(&issuance, &private.public_jwk(), &private, &mut rng)?;
        let mut key = self.held_key(&private)?;
        key.chain = vec![BASE64_STANDARD.encode(der)];
        key.expires = Some(plan.not_after);
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
        let (id, jwk) = (self.next_id(), private.public_jwk());
        let thumbprint = thumbprint::jwk_thumbprint(&jwk);
        let twin = records::signing_key_id(&*self.tx, self.tenant_id(), &thumbprint)?;
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
        let key = self.new_signing_key(&plan(&self.tenant()?.name, self.now))?;
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
        let mut tenant = self.tenant()?;
        let kid = if let Some(kid) = tenant.default_signing_key {
            kid
        } else {
            // The tenant is an owner, too, so that the key stays when the last provider goes.
            let key = self.own_signing_key(tenant.id, plan, None)?;
            tenant.default_signing_key = Some(key.kid.clone());
            records::save_tenant(&mut *self.tx, &tenant)?;
            key.kid
        };
        if records::attachment(&*self.tx, self.tenant_id(), owner, &kid)?.is_none() {
            self.attach(owner, &kid, self.now)?;
        }
        Ok(kid)
    }

    /// Takes from an owner all its keys and requests; a key that nobody may sign with any more is removed.
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

    /// Takes a key from an owner; if nobody may sign with it any more, it is removed.
    fn detach(&mut self, attachment: &Attachment) -> Result<()> {
        let tenant = self.tenant_id();
        records::remove(&mut *self.tx, tenant, attachment)?;
        if records::owners(&*self.tx, tenant, &attachment.kid)?.is_empty()
            && let Some(key) = records::signing_key(&*self.tx, tenant, &attachment.kid)?
        {
            records::remove(&mut *self.tx, tenant, &key)?;
        }
        Ok(())
    }
}
