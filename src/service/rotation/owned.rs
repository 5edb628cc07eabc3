//! Owners that sign with keys: a provider, an application, a vendor record, or the tenant with its default key.

use super::super::changes::ChangeKind;
use super::super::found::{application, provider, vendor_record};
use super::super::owners::Owner;
use super::super::{Service, Unit};
use crate::engine::{ReadTx, records};
use crate::error::Result;
use crate::model::{Application, Id, IdentityProvider, Tenant, VendorRecord};

/// An owner, and the key that it signs with.
pub(super) struct Signer {
    pub(super) id: Id,
    pub(super) active: Option<String>,
    record: Record,
}

/// The owner's record.
enum Record {
    Tenant(Tenant),
    Provider(Box<IdentityProvider>),
    Application(Box<Application>),
    Vendor(Box<VendorRecord>),
}

impl Signer {
    /// This owner.
    pub(super) fn find(tx: &dyn ReadTx, service: &Service, owner: Owner) -> Result<Self> {
        Ok(match owner {
            Owner::Tenant => Record::Tenant(super::super::tenant(tx, service.tenant)?),
            Owner::Provider(id) => Record::Provider(provider(tx, service, id)?.into()),
            Owner::Application(id) => Record::Application(application(tx, service, id)?.into()),
            Owner::Record(id) => Record::Vendor(vendor_record(tx, service, id)?.into()),
        }
        .into())
    }

    /// The owner under whose id a key is filed.
    pub(super) fn filed(tx: &dyn ReadTx, service: &Service, id: Id) -> Result<Self> {
        let owner = if id == service.tenant {
            Owner::Tenant
        } else if records::provider(tx, service.tenant, id)?.is_some() {
            Owner::Provider(id)
        } else if records::vendor_record(tx, service.tenant, id)?.is_some() {
            Owner::Record(id)
        } else {
            Owner::Application(id)
        };
        Self::find(tx, service, owner)
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        match &self.record {
            Record::Tenant(tenant) => &tenant.name,
            Record::Provider(provider) => &provider.name,
            Record::Application(application) => &application.name,
            Record::Vendor(record) => &record.name,
        }
    }

    /// Makes the owner sign with this key.
    pub(super) fn sign_with(&self, unit: &mut Unit<'_>, kid: &str) -> Result<()> {
        let signing_key = Some(kid.to_owned());
        match &self.record {
            Record::Tenant(_) => unit.change_tenant(|tenant| tenant.default_signing_key = signing_key),
            Record::Provider(old) => {
                let mut new = IdentityProvider { signing_key, ..(**old).clone() };
                (unit.service.settle)(old, &mut new);
                unit.replace(ChangeKind::ProviderReplaced, (**old).clone(), |_, _| Ok(Some(new))).map(drop)
            }
            Record::Application(old) => {
                let new = Application { signing_key, ..(**old).clone() };
                unit.replace(ChangeKind::ApplicationReplaced, (**old).clone(), |_, _| Ok(Some(new))).map(drop)
            }
            Record::Vendor(old) => {
                let new = VendorRecord { signing_key, ..(**old).clone() };
                unit.replace(ChangeKind::VendorRecordReplaced, (**old).clone(), |_, _| Ok(Some(new)))
                    .map(drop)
            }
        }
    }
}

impl From<Record> for Signer {
    fn from(record: Record) -> Self {
        let (id, active) = match &record {
            Record::Tenant(tenant) => (tenant.id, &tenant.default_signing_key),
            Record::Provider(provider) => (provider.id, &provider.signing_key),
            Record::Application(application) => (application.id, &application.signing_key),
            Record::Vendor(record) => (record.id, &record.signing_key),
        };
        Self { id, active: active.clone(), record }
    }
}
