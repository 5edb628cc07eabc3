//! Applications and the keys that they refer to.

use super::changes::ChangeKind;
use super::drafts::Draft;
use super::found::application;
use super::page::{Cursor, DEFAULT_LIMIT, Page};
use super::{Service, Unit};
use crate::engine::records::{self, After, Among, fold};
use crate::error::{ErrorKind, Result};
use crate::model::{Application, Id, State};

/// Which applications are wanted. All that is given must fit.
#[derive(Clone, Debug)]
pub struct ApplicationQuery {
    /// Only the one with this id.
    pub id: Option<Id>,
    /// Only those whose name or alias starts with this text, in any case; those with this very name come first.
    pub name_starts: Option<String>,
    /// Only those with this alias.
    pub alias: Option<String>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those that are signed for with the key of this `kid`.
    pub signing_key: Option<String>,
    /// Only those that refer to the key of this `kid`, whether they trust it, are signed for with it, or get encrypted
    /// with it what is sent to them.
    pub key: Option<String>,
    /// Only those of which this is true. No index helps to find them.
    pub also: Option<fn(&Application) -> bool>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}

impl Default for ApplicationQuery {
    /// The first 20 of all.
    fn default() -> Self {
        Self {
            id: None,
            name_starts: None,
            alias: None,
            state: None,
            signing_key: None,
            key: None,
            also: None,
            after: None,
            limit: DEFAULT_LIMIT,
        }
    }
}

impl ApplicationQuery {
    /// The index that leads to the fewest others.
    fn among(&self) -> Among<'_> {
        match (self.signing_key.as_ref().or(self.key.as_ref()), &self.alias, &self.name_starts, self.state) {
            (Some(kid), ..) => Among::Referring(kid),
            (None, Some(alias), ..) => Among::Named(alias),
            (None, None, Some(start), _) => Among::NameStarts(start),
            (None, None, None, Some(state)) => Among::In(state),
            (None, None, None, None) => Among::All,
        }
    }

    /// Whether an application fits in all but its place in the list.
    fn wants(&self, application: &Application) -> bool {
        let mut names = std::iter::once(&application.name).chain(&application.alias);
        let starts = |start: &String| names.any(|name| fold(name).starts_with(&fold(start)));
        self.id.is_none_or(|id| application.id == id)
            && self.name_starts.as_ref().is_none_or(starts)
            && self.alias.as_ref().is_none_or(|alias| application.alias.as_ref() == Some(alias))
            && self.state.is_none_or(|state| application.state == state)
            && self.signing_key.as_ref().is_none_or(|kid| application.signing_key.as_ref() == Some(kid))
            && self.key.as_ref().is_none_or(|kid| application.referred_keys().any(|known| known == kid))
            && self.also.is_none_or(|also| also(application))
    }
}

impl Service {
    /// Saves the application that `make` drafts under the id of the draft, whatever id and times the drafted record has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it refers to keys that are not there or the policy refuses what it says, [`ErrorKind::WrongState`] inside of another
    /// draft, whatever `make` fails with, and those of the storage.
    pub fn create_application(
        &self,
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<Application>,
    ) -> Result<Application> {
        self.write(|unit| unit.create(ChangeKind::ApplicationCreated, &mut make))
    }

    /// Saves the application that `make` drafts in place of the one with this id, keeping id and creation time. If it
    /// drafts none, the application stays as it is, and nothing is written.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and as [`Service::create_application`].
    pub fn update_application<A: Into<Option<Application>>>(
        &self,
        id: Id,
        mut make: impl FnMut(&Application, &mut Draft<'_, '_>) -> Result<A>,
    ) -> Result<Application> {
        self.write(|unit| {
            let old = application(&*unit.tx, unit.service, id)?;
            unit.replace(ChangeKind::ApplicationReplaced, old, |old, draft| make(old, draft).map(Into::into))
        })
    }

    /// Removes an application with its requests and the keys that no other owner may sign with, as the policy allows for
    /// its state.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, [`ErrorKind::WrongState`] if the policy keeps it while it is active,
    /// and those of the storage.
    pub fn delete_application(&self, id: Id) -> Result<()> {
        self.write(|unit| {
            let old = application(&*unit.tx, unit.service, id)?;
            if unit.service.policy.application_deletion.deletes(old.state == State::Active)? {
                unit.remove_application(&old)
            } else {
                unit.set_application_state(old, State::Inactive).map(drop)
            }
        })
    }

    /// Switches an application on or off. One that already is so stays unchanged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn set_application_state(&self, id: Id, state: State) -> Result<Application> {
        self.write(|unit| {
            let old = application(&*unit.tx, unit.service, id)?;
            unit.set_application_state(old, state)
        })
    }

    /// The application with this id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn application(&self, id: Id) -> Result<Application> {
        self.read(|tx| application(tx, self, id))
    }

    /// A page of applications in the order in which they were made; if the start of a name is requested, and
    /// neither an id nor a signing key nor an alias besides, in the order of the names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCursor`] if the cursor belongs to another list, and those of the storage.
    pub fn applications(&self, query: &ApplicationQuery) -> Result<Page<Application>> {
        let limit = query.limit.saturating_add(1);
        let wanted = |application: &Application| query.wants(application);
        if let Some(id) = query.id {
            let is_over = match query.after {
                None => false,
                Some(Cursor::Id(after)) => after >= id,
                Some(Cursor::Name(_)) => return Err(ErrorKind::BadCursor.into()),
            };
            let found = self.read(|tx| records::application(tx, self.tenant, id))?;
            let items = found.into_iter().filter(|found| !is_over && wanted(found)).collect();
            return Ok(Page { items, next: None });
        }
        let after = query.after.as_ref().map(|after| match after {
            Cursor::Id(id) => After::Id(*id),
            Cursor::Name(place) => After::Place(place),
        });
        let among = query.among();
        let found = self.read(|tx| records::applications(tx, self.tenant, among, after, limit, &wanted))?;
        let page = Page::cut(found, query.limit, |(place, last)| match among {
            Among::NameStarts(_) => Cursor::Name(place.clone()),
            _ => Cursor::Id(last.id),
        });
        Ok(Page { items: page.items.into_iter().map(|(_, item)| item).collect(), next: page.next })
    }
}

impl Unit<'_> {
    fn set_application_state(&mut self, old: Application, state: State) -> Result<Application> {
        if old.state == state {
            return Ok(old);
        }
        let new = Application { state, updated: self.now, ..old.clone() };
        records::save(&mut *self.tx, self.service.tenant, Some(&old), &new)?;
        let kind = match state {
            State::Active => ChangeKind::ApplicationActivated,
            State::Inactive => ChangeKind::ApplicationDeactivated,
        };
        self.log(kind, new.id, None);
        Ok(new)
    }

    fn remove_application(&mut self, old: &Application) -> Result<()> {
        records::remove(&mut *self.tx, self.service.tenant, old)?;
        self.release_keys(old.id)?;
        self.release_vendor_records(old.id)?;
        self.log(ChangeKind::ApplicationDeleted, old.id, None);
        Ok(())
    }
}
