//! Who uses a key, which keys no owner uses, and who lacks one.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::keys::key_users;
use super::{Owner, Service, tenant};
use crate::engine::ReadTx;
use crate::engine::records;
use crate::error::Result;
use crate::model::{Application, Id, IdentityProvider, Key, SAML, Tenant};

/// An owner that uses a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The tenant of the owner.
    pub tenant: Id,
    /// The owner.
    pub owner: Owner,
    /// The name of the owner.
    pub name: String,
    /// How the owner uses the key.
    pub uses: BTreeSet<KeyUse>,
}

/// How an owner uses a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KeyUse {
    /// What the owner gets is signed with it.
    Signing,
    /// It may be chosen for signing.
    Attached,
    /// It is trusted as the owner's.
    Trusted,
    /// What the owner gets is encrypted to it.
    Encryption,
    /// Providers of the tenant get it if they name no other.
    Default,
}

impl KeyUse {
    /// Its name in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Attached => "attached",
            Self::Trusted => "trusted",
            Self::Encryption => "encryption",
            Self::Default => "default",
        }
    }
}

impl Reference {
    /// That this owner uses a key in those of these ways that are true.
    fn of<const N: usize>(tenant: Id, owner: Owner, name: &str, uses: [(bool, KeyUse); N]) -> Self {
        let uses = uses.into_iter().filter_map(|(is_true, used)| is_true.then_some(used)).collect();
        Self { tenant, owner, name: name.to_owned(), uses }
    }

    /// How a provider uses a key.
    fn by_provider(tenant: Id, provider: &IdentityProvider, kid: &str, is_attached: bool) -> Self {
        let uses = [
            (provider.signing_key.as_deref() == Some(kid), KeyUse::Signing),
            (is_attached, KeyUse::Attached),
            (provider.trusted_keys.iter().any(|known| known == kid), KeyUse::Trusted),
        ];
        Self::of(tenant, Owner::Provider(provider.id), &provider.name, uses)
    }

    /// How an application uses a key.
    fn by_application(tenant: Id, application: &Application, kid: &str, is_attached: bool) -> Self {
        let uses = [
            (application.signing_key.as_deref() == Some(kid), KeyUse::Signing),
            (is_attached, KeyUse::Attached),
            (application.trusted_keys.iter().any(|known| known == kid), KeyUse::Trusted),
            (application.encryption_key.as_deref() == Some(kid), KeyUse::Encryption),
        ];
        Self::of(tenant, Owner::Application(application.id), &application.name, uses)
    }
}

impl Service {
    /// Every owner of this tenant that uses a key: providers, applications and then the tenant, each in the order of their ids.
    ///
    /// ```
    /// use idpstore::model::{IdentityProvider, Saml};
    /// use idpstore::{IdpStore, KeyUse, NewSigningKey, Owner};
    /// # use idpstore::pki::KeySpec;
    ///
    /// let store = IdpStore::in_memory()?;
    /// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let new = NewSigningKey::default();
    /// # let new = NewSigningKey { spec: KeySpec::Ec { curve: idpstore::pki::EcCurve::P256 }, ..new };
    /// let key = store.signing_keys(Owner::Provider(partner.id)).generate(&new)?;
    /// let [reference] = &store.service().references(&key.kid)?[..] else { unreachable!() };
    /// assert_eq!((reference.owner, &*reference.name), (Owner::Provider(partner.id), "Partner"));
    /// assert!(reference.uses.contains(&KeyUse::Attached) && !reference.uses.contains(&KeyUse::Signing));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// The cost is that of what is found.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the tenant is missing, and those of the storage.
    pub fn references(&self, kid: &str) -> Result<Vec<Reference>> {
        self.read(|tx| references(tx, &tenant(tx, self.tenant)?, kid))
    }

    /// As [`Service::references`], of all tenants. Each tenant costs a few look-ups.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn references_everywhere(&self, kid: &str) -> Result<Vec<Reference>> {
        self.read(|tx| {
            let tenants = records::tenants(tx, None, usize::MAX)?;
            let found = tenants.iter().map(|tenant| references(tx, tenant, kid));
            Ok(found.collect::<Result<Vec<_>>>()?.concat())
        })
    }

    /// The SAML providers of this tenant and its applications with an entity id that sign with no key. All of its providers
    /// and applications are read.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn owners_without_key(&self) -> Result<Vec<Reference>> {
        self.read(|tx| {
            let mut found = Vec::new();
            for stored in records::providers(tx, self.tenant, Some(SAML), None, usize::MAX)? {
                let provider = stored.record()?;
                if provider.signing_key.is_none() {
                    found.push(Reference::of(self.tenant, Owner::Provider(provider.id), &provider.name, []));
                }
            }
            let lacks = |application: &Application| {
                application.signing_key.is_none() && application.entity_id.is_some()
            };
            let applications =
                records::applications(tx, self.tenant, records::Among::All, None, usize::MAX, &lacks)?;
            for (_, application) in applications {
                let owner = Owner::Application(application.id);
                found.push(Reference::of(self.tenant, owner, &application.name, []));
            }
            Ok(found)
        })
    }

    /// The keys of this tenant that none of its owners refers to, signing keys first; an owner may be allowed to sign with
    /// them. Keys whose certificate has been requested are not among them. All keys are read.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the tenant is missing, and those of the storage.
    pub fn unused_keys(&self) -> Result<Vec<Key>> {
        self.read(|tx| {
            let tenant = tenant(tx, self.tenant)?;
            let mut keys =
                records::signing_keys(tx, tenant.id, None, usize::MAX, &|key| key.request.is_none())?;
            keys.extend(records::trusted_keys(tx, tenant.id, None, usize::MAX)?);
            let mut unused = Vec::new();
            for key in keys {
                let is_default = tenant.default_signing_key.as_ref() == Some(&key.kid);
                if !is_default && key_users(tx, tenant.id, &key.kid, 1)?.is_empty() {
                    unused.push(key);
                }
            }
            Ok(unused)
        })
    }
}

fn references(tx: &dyn ReadTx, tenant: &Tenant, kid: &str) -> Result<Vec<Reference>> {
    let attachments = records::attachments_of_key(tx, tenant.id, kid)?;
    let mut attached: BTreeSet<Id> = attachments.iter().map(|attachment| attachment.owner).collect();
    let (mut providers, mut applications, mut found) = (Vec::new(), Vec::new(), Vec::new());
    records::each_provider_using(tx, tenant.id, kid, &mut |provider| {
        providers.push((attached.remove(&provider.id), provider));
        Ok(ControlFlow::Continue(()))
    })?;
    records::each_application_using(tx, tenant.id, kid, &mut |application| {
        applications.push((attached.remove(&application.id), application));
        Ok(ControlFlow::Continue(()))
    })?;
    let tenant_is_attached = attached.remove(&tenant.id);
    for id in attached {
        if let Some(provider) = records::provider(tx, tenant.id, id)? {
            providers.push((true, provider));
        } else if let Some(application) = records::application(tx, tenant.id, id)? {
            applications.push((true, application));
        }
    }
    providers.sort_by_key(|(_, provider)| provider.id);
    applications.sort_by_key(|(_, application)| application.id);
    for (is_attached, provider) in &providers {
        found.push(Reference::by_provider(tenant.id, provider, kid, *is_attached));
    }
    for (is_attached, application) in &applications {
        found.push(Reference::by_application(tenant.id, application, kid, *is_attached));
    }
    let is_default = tenant.default_signing_key.as_deref() == Some(kid);
    if is_default || tenant_is_attached {
        let uses = [(tenant_is_attached, KeyUse::Attached), (is_default, KeyUse::Default)];
        found.push(Reference::of(tenant.id, Owner::Tenant, &tenant.name, uses));
    }
    Ok(found)
}
