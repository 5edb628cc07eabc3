//! Tenants: create, list, delete with all that is theirs.

use super::changes::ChangeKind;
use super::drafts::Draft;
use super::page::{Cursor, Page, Paging};
use super::trial::Mode;
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
    /// [`ErrorKind::WrongState`] if one with its id was deleted, and that is not complete, and those of the storage.
    pub fn found_tenant(&self, name: &str) -> Result<()> {
        if self.read(|tx| records::tenant(tx, self.tenant))?.is_some() {
            return Ok(());
        }
        self.write(|unit| {
            let made = Tenant::new(self.tenant, unit.now, name);
            if records::tenant(&*unit.tx, made.id)?.is_some() {
                return Ok(());
            }
            if records::has_entries(&*unit.tx, made.id)? {
                let words = "a tenant with this id was deleted, and that is not complete: repeat it";
                return Err(Error::new(ErrorKind::WrongState).context(words));
            }
            records::save(&mut *unit.tx, made.id, None, &made)?;
            // Ids of records ascend from there, so that none is the tenant's.
            unit.last_id = unit.last_id.map(|last| last.max(made.id));
            unit.log(ChangeKind::TenantCreated, made.id, None);
            Ok(())
        })
    }

    /// Removes this service's tenant and everything that is its own. Where commits have a limit, that may take several; the tenant goes
    /// with the first, and what was broken off goes on when it is repeated. Such a removal cannot be undone.
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
        let most = self.engine.capabilities().entries_at_a_time();
        let (mut is_all, _) = self.run(|unit| {
            let id = match tenant(&*unit.tx, self.tenant) {
                Err(error)
                    if matches!(error.kind(), ErrorKind::NotFound { .. })
                        && records::has_entries(&*unit.tx, self.tenant)? =>
                {
                    return Ok(false);
                }
                found => found?.id,
            };
            let is_all = records::remove_tenant(&mut *unit.tx, id, most)?;
            if !is_all {
                unit.tx.keep_no_images();
            }
            unit.log(ChangeKind::TenantDeleted, id, None);
            Ok(is_all)
        })?;
        while !is_all && !matches!(self.mode, Some(Mode::Plan(_))) {
            is_all = self.remove_more(most)?;
        }
        Ok(())
    }

    /// Removes what is left of a tenant that is no longer there, up to so many entries. Whether that is all is the answer.
    fn remove_more(&self, most: usize) -> Result<bool> {
        self.refuse_changes()?;
        let _turn = self.turns.take()?;
        let mut tx = self.engine.write()?;
        if records::tenant(&*tx, self.tenant)?.is_some() {
            return tx.release().map(|()| true); // nothing was left, and it is there again
        }
        let is_all = records::remove_tenant(&mut *tx, self.tenant, most)?;
        match tx.commit(None) {
            Err(error) if *error.kind() == ErrorKind::Conflict => Ok(false),
            done => done.map(|_| is_all),
        }
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
