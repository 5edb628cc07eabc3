//! Who uses a key, which keys no owner uses, and who lacks one.

use std::collections::BTreeSet;

use super::keys::key_users;
use super::parts::{self, Take};
use super::{Owner, Page, Paging, Service, tenant};
use crate::engine::ReadTx;
use crate::engine::keyspace::tag;
use crate::engine::records::{self, VisitId};
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
        let mut reference = Self { tenant, owner, name: name.to_owned(), uses: BTreeSet::new() };
        reference.uses.extend(uses.into_iter().filter_map(|(is_true, used)| is_true.then_some(used)));
        reference
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
    /// Every owner of this tenant that uses a key: providers, applications, the tenant and then vendor records, each in the order
    /// of their ids.
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
        Ok(self.references_page(kid, &Paging::all())?.items)
    }

    /// A page of them.
    pub(crate) fn references_page(&self, kid: &str, paging: &Paging) -> Result<Page<Reference>> {
        self.read(|tx| references(tx, &tenant(tx, self.tenant)?, kid, paging))
    }

    /// As [`Service::references`], of all tenants. Each tenant costs a few look-ups.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn references_everywhere(&self, kid: &str) -> Result<Vec<Reference>> {
        self.read(|tx| {
            let tenants = records::tenants(tx, None, usize::MAX)?;
            let found = tenants.iter().map(|tenant| Ok(references(tx, tenant, kid, &Paging::all())?.items));
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
        Ok(self.owners_without_key_page(&Paging::all())?.items)
    }

    /// A page of them, see [`parts::page`].
    pub(crate) fn owners_without_key_page(&self, paging: &Paging) -> Result<Page<Reference>> {
        let of = |owner, name: &str| Reference::of(self.tenant, owner, name, []);
        self.read(|tx| {
            let providers = |after: Option<Id>, take: &mut Take<'_, _>| {
                records::each_id_of_kind(tx, self.tenant, SAML, after, &mut |id| {
                    let provider = records::provider(tx, self.tenant, id)?;
                    let lacking = provider.filter(|provider| provider.signing_key.is_none());
                    take(id, lacking.map(|it| of(Owner::Provider(id), &it.name)))
                })
            };
            let applications = |after: Option<Id>, take: &mut Take<'_, _>| {
                let mut each = |it: Application| {
                    let lacks = it.signing_key.is_none() && it.entity_id.is_some();
                    take(it.id, lacks.then(|| of(Owner::Application(it.id), &it.name)))
                };
                records::each_record_after(tx, tag::APPLICATION, self.tenant, after, &mut each)
            };
            parts::page(paging, &[&providers, &applications])
        })
    }

    /// The keys of this tenant that none of its owners refers to, signing keys first; an owner may be allowed to sign with
    /// them. Keys whose certificate has been requested are not among them. All keys are read.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the tenant is missing, and those of the storage.
    pub fn unused_keys(&self) -> Result<Vec<Key>> {
        Ok(self.unused_keys_page(&Paging::all())?.items)
    }

    /// A page of them, see [`parts::page`].
    pub(crate) fn unused_keys_page(&self, paging: &Paging) -> Result<Page<Key>> {
        self.read(|tx| {
            let tenant = tenant(tx, self.tenant)?;
            let is_unused = |key: &Key| -> Result<bool> {
                let is_default = tenant.default_signing_key.as_ref() == Some(&key.kid);
                let is_free = key.request.is_none() && !is_default;
                Ok(is_free && key_users(tx, tenant.id, &key.kid, 1)?.is_empty())
            };
            let of_table = |table, after, take: &mut Take<'_, _>| {
                records::each_record_after(tx, table, tenant.id, after, &mut |key: Key| {
                    let is_unused = is_unused(&key)?;
                    take(key.id, is_unused.then_some(key))
                })
            };
            let signing = |after: Option<Id>, take: &mut Take<'_, _>| of_table(tag::SIGNING_KEY, after, take);
            let trusted = |after: Option<Id>, take: &mut Take<'_, _>| of_table(tag::TRUSTED_KEY, after, take);
            parts::page(paging, &[&signing, &trusted])
        })
    }
}

/// How many ids of those who may use a key are looked up at once.
const AT_ONCE: usize = 1000;

fn references(tx: &dyn ReadTx, tenant: &Tenant, kid: &str, paging: &Paging) -> Result<Page<Reference>> {
    let is_attached =
        |owner| records::attachment(tx, tenant.id, owner, kid).map(|attachment| attachment.is_some());
    let used = |it: Reference| Some(it).filter(|it| !it.uses.is_empty());
    let users = |index, mut after, each: &mut VisitId<'_>| {
        let at_once = paging.limit.saturating_add(1).min(AT_ONCE);
        loop {
            let ids = records::ids_using(tx, tenant.id, kid, index, after, at_once)?;
            for id in &ids {
                if each(*id)?.is_break() {
                    return Ok(());
                }
            }
            if ids.len() < at_once {
                return Ok(());
            }
            after = ids.last().copied();
        }
    };
    let providers = |after: Option<Id>, take: &mut Take<'_, _>| {
        users(tag::KEY_USE, after, &mut |id| {
            let Some(provider) = records::provider(tx, tenant.id, id)? else { return take(id, None) };
            take(id, used(Reference::by_provider(tenant.id, &provider, kid, is_attached(id)?)))
        })
    };
    let applications = |after: Option<Id>, take: &mut Take<'_, _>| {
        users(tag::KEY_USE_BY_APPLICATION, after, &mut |id| {
            let Some(application) = records::application(tx, tenant.id, id)? else { return take(id, None) };
            take(id, used(Reference::by_application(tenant.id, &application, kid, is_attached(id)?)))
        })
    };
    let tenant_itself = |after: Option<Id>, take: &mut Take<'_, _>| {
        let is_default = tenant.default_signing_key.as_deref() == Some(kid);
        let uses = [(is_attached(tenant.id)?, KeyUse::Attached), (is_default, KeyUse::Default)];
        match after {
            None => {
                take(tenant.id, used(Reference::of(tenant.id, Owner::Tenant, &tenant.name, uses))).map(drop)
            }
            Some(_) => Ok(()),
        }
    };
    let vendor_records = |after: Option<Id>, take: &mut Take<'_, _>| {
        for attachment in records::attachments_of_key(tx, tenant.id, kid)? {
            if after.is_some_and(|after| attachment.owner <= after) {
                continue;
            }
            let Some(it) = records::vendor_record(tx, tenant.id, attachment.owner)? else { continue };
            let uses = [(it.signing_key.as_deref() == Some(kid), KeyUse::Signing), (true, KeyUse::Attached)];
            if take(it.id, Some(Reference::of(tenant.id, Owner::Record(it.id), &it.name, uses)))?.is_break() {
                break;
            }
        }
        Ok(())
    };
    parts::page(paging, &[&providers, &applications, &tenant_itself, &vendor_records])
}
