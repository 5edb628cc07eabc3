//! Tenants: create, list, delete with all that is theirs.

use super::changes::ChangeKind;
use super::drafts::Draft;
use super::page::{Cursor, Page, Paging};
use super::{Service, tenant};
use crate::engine::records;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Id, Tenant};

impl Service {
    /// The same rules for another tenant's records. If there is no such tenant, the calls fail.
    #[must_use]
    pub fn for_tenant(&self, tenant: Id) -> Self {
        Self { tenant, ..self.clone() }
    }

    /// Saves the tenant that `make` drafts under the id of the draft, whatever id and times the drafted record has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it names a default signing key, [`ErrorKind::WrongState`] inside of another draft,
    /// whatever `make` fails with, and those of the storage.
    pub fn create_tenant(
        &self,
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<Tenant>,
    ) -> Result<Tenant> {
        self.write(|unit| unit.create(ChangeKind::TenantCreated, &mut make))
    }

    /// Saves the tenant that `change` makes of this service's, whatever id and times it has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the tenant is not there, and as [`Service::create_tenant`].
    pub fn update_tenant(
        &self,
        mut change: impl FnMut(&Tenant, &mut Draft<'_, '_>) -> Result<Tenant>,
    ) -> Result<Tenant> {
        self.write(|unit| {
            let old = tenant(&*unit.tx, self.tenant)?;
            unit.replace(ChangeKind::TenantReplaced, old, |old, draft| change(old, draft).map(Some))
        })
    }

    /// Makes this service's tenant, with this name, if it is not there yet.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn found_tenant(&self, name: &str) -> Result<()> {
        if self.read(|tx| records::tenant(tx, self.tenant))?.is_some() {
            return Ok(());
        }
        self.write(|unit| {
            let made = Tenant::new(self.tenant, unit.now, name);
            if records::tenant(&*unit.tx, made.id)?.is_some() {
                return Ok(());
            }
            records::save(&mut *unit.tx, made.id, None, &made)?;
            // Ids of records ascend from there, so that none is the tenant's.
            unit.last_id = unit.last_id.map(|last| last.max(made.id));
            unit.log(ChangeKind::TenantCreated, made.id, None);
            Ok(())
        })
    }

    /// Removes this service's tenant and everything that is its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, [`ErrorKind::WrongState`] if it is the default tenant, which
    /// every store has, and those of the storage.
    pub fn delete_tenant(&self) -> Result<()> {
        if self.tenant == Tenant::DEFAULT {
            return Err(Error::new(ErrorKind::WrongState).context("the default tenant stays"));
        }
        self.end_as_planned()?;
        self.run(|unit| {
            let id = tenant(&*unit.tx, self.tenant)?.id;
            records::remove_tenant(&mut *unit.tx, id)?;
            unit.log(ChangeKind::TenantDeleted, id, None);
            Ok(())
        })
        .map(drop)
    }

    /// A page of tenants in the order in which they were made.
    ///
    /// # Errors
    ///
    /// [`BadCursor`](crate::error::ErrorKind::BadCursor) if the cursor belongs to another list, and those of the storage.
    pub fn tenants(&self, paging: &Paging) -> Result<Page<Tenant>> {
        let after = paging.after_id()?;
        let found = self.read(|tx| records::tenants(tx, after, paging.limit.saturating_add(1)))?;
        Ok(Page::cut(found, paging.limit, |last| Cursor::Id(last.id)))
    }
}
