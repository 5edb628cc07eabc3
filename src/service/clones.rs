//! Copies of providers, also in other tenants.

use std::collections::BTreeMap;

use super::changes::ChangeKind;
use super::found::{provider, trusted_key};
use super::{Service, Unit};
use crate::engine::records;
use crate::error::{Error, Resource, Result};
use crate::model::{Attachment, Id, IdentityProvider, Key};
use crate::pki::thumbprint;

impl Service {
    /// Copies a provider into a tenant, which may be its own: under a new id, and with another name if one is given.
    ///
    /// The keys that it trusts, and those that it may sign with together with their roles in a rotation, are found in that tenant
    /// by their certificates, or copied. An alias is copied unless the tenant is the same. Users who are linked to the
    /// provider and certification requests are not copied. Ids that a vendor's own members hold, such as those of groups,
    /// stay as they are.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// let store = IdpStore::in_memory()?;
    /// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let acme = store.tenants().create("Acme")?;
    /// let copy = store.service().clone_provider(partner.id, acme.id, Some("Partner of Acme"))?;
    /// assert_eq!(store.for_tenant(acme.id).providers().get(copy.id)?.protocol, partner.protocol);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the provider or the tenant is missing,
    /// [`Invalid`](crate::error::ErrorKind::Invalid) if the alias is taken there or the policy refuses the name, and those of the
    /// storage.
    pub fn clone_provider(&self, id: Id, tenant: Id, name: Option<&str>) -> Result<IdentityProvider> {
        self.for_tenant(tenant).write_numbered(|unit| unit.clone_provider(self, id, name))
    }
}

impl Unit<'_> {
    /// Copies a provider from the tenant of this service.
    fn clone_provider(&mut self, from: &Service, id: Id, name: Option<&str>) -> Result<IdentityProvider> {
        let old = provider(&*self.tx, from, id)?;
        let mut new = IdentityProvider {
            id: self.next_id()?,
            created: self.now,
            updated: self.now,
            sequence: 0,
            trusted_keys: Vec::new(),
            trust_ends: BTreeMap::new(),
            signing_key: None,
            ..old.clone()
        };
        if let Some(name) = name {
            name.clone_into(&mut new.name);
        }
        if from.tenant == self.tenant {
            new.alias = None;
        }
        for kid in &old.trusted_keys {
            let end = old.trust_ends.get(kid);
            let kid = self.copied_trusted_key(from.tenant, kid)?;
            new.trust_ends.extend(end.map(|end| (kid.clone(), *end)));
            if !new.trusted_keys.contains(&kid) {
                new.trusted_keys.push(kid);
            }
        }
        let kids = self.copy_signing_keys(from.tenant, id, new.id)?;
        if let Some(kid) = &old.signing_key {
            let missing = || Error::not_found(Resource::SigningKey, kid.as_str());
            new.signing_key = Some(kids.get(kid).cloned().ok_or_else(missing)?);
        }
        self.rule(&mut new, Some(&old))?; // what the original has been let in with is no fault of the copy
        records::save(&mut *self.tx, self.tenant, None, &new)?;
        self.log(ChangeKind::ProviderCreated, new.id, None);
        Ok(new)
    }

    /// The `kid` of the trusted key with the same certificate as that of another tenant, copied if there is none.
    fn copied_trusted_key(&mut self, from: Id, kid: &str) -> Result<String> {
        let key = trusted_key(&*self.tx, from, kid)?;
        let key = key.ok_or_else(|| Error::not_found(Resource::TrustedKey, kid))?;
        if from == self.tenant {
            return Ok(key.kid);
        }
        if let Some(known) = records::same_certificate(&*self.tx, self.tenant, &key)?.first() {
            return Ok(known.to_uuid());
        }
        let id = self.next_id()?;
        let copy = Key { id, kid: id.to_uuid(), created: self.now, updated: self.now, ..key };
        records::save(&mut *self.tx, self.tenant, None, &copy)?;
        self.log(ChangeKind::TrustedKeyImported, id, Some(&copy.kid));
        Ok(copy.kid)
    }

    /// Lets an owner sign with the keys of another one in another tenant. What each is called here, by its `kid` there.
    fn copy_signing_keys(&mut self, from: Id, owner: Id, new_owner: Id) -> Result<BTreeMap<String, String>> {
        let mut kids = BTreeMap::new();
        for attachment in records::attachments(&*self.tx, from, owner)? {
            let key = records::signing_key(&*self.tx, from, &attachment.kid)?;
            let Some(key) = key.filter(|key| !key.chain.is_empty()) else { continue };
            let (kid, kind) = self.copied_signing_key(from, key)?;
            let copy = Attachment { owner: new_owner, kid: kid.clone(), ..attachment.clone() };
            records::save(&mut *self.tx, self.tenant, None, &copy)?;
            self.log(kind, new_owner, Some(&kid));
            kids.insert(attachment.kid, kid);
        }
        Ok(kids)
    }

    /// The `kid` of the signing key that is the same as one of another tenant and has the same certificate, copied if there is
    /// none; and what was done.
    fn copied_signing_key(&mut self, from: Id, key: Key) -> Result<(String, ChangeKind)> {
        if from == self.tenant {
            return Ok((key.kid, ChangeKind::SigningKeyCloned));
        }
        let thumbprint = thumbprint::jwk_thumbprint(&key.jwk);
        let twin = records::signing_key(&*self.tx, self.tenant, &thumbprint)?;
        if twin.as_ref().is_some_and(|twin| twin.certificate_digest() == key.certificate_digest()) {
            return Ok((thumbprint, ChangeKind::SigningKeyCloned));
        }
        let id = self.next_id()?;
        let kid = if twin.is_some() { id.to_uuid() } else { thumbprint };
        let copy = Key { id, kid: kid.clone(), created: self.now, updated: self.now, request: None, ..key };
        records::save(&mut *self.tx, self.tenant, None, &copy)?;
        Ok((kid, ChangeKind::SigningKeyImported))
    }
}
