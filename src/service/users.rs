//! Users and their links to identity providers.

use super::changes::ChangeKind;
use super::drafts::Draft;
use super::found::provider;
use super::page::{Cursor, DEFAULT_LIMIT, Page};
use super::{Service, Unit};
use crate::engine::ReadTx;
use crate::engine::records::{self, fold};
use crate::error::{Error, Resource, Result};
use crate::model::{Id, Link, User, UserState};

/// Which links to a provider are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkQuery {
    /// Only those where the provider's name for the user, or the user's login, contains this text, in any case. No
    /// index helps to find them: all links to the provider are read until the page is full.
    pub contains: Option<String>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}

impl Default for LinkQuery {
    /// The first 20 of all.
    fn default() -> Self {
        Self { contains: None, after: None, limit: DEFAULT_LIMIT }
    }
}

/// What names a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserName<'n> {
    /// The id.
    Id(Id),
    /// The login in any case, or the part of it before its `@` if only one user has that.
    Login(&'n str),
}

impl From<Id> for UserName<'_> {
    fn from(id: Id) -> Self {
        Self::Id(id)
    }
}

impl<'n> From<&'n str> for UserName<'n> {
    fn from(login: &'n str) -> Self {
        Self::Login(login)
    }
}

impl Service {
    /// Saves the user that `make` drafts under the id of the draft, whatever id and times the drafted record has.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::error::ErrorKind::AlreadyExists) if another user has the login, [`WrongState`](crate::error::ErrorKind::WrongState) inside of another draft, whatever `make` fails with, and those of the
    /// storage.
    pub fn create_user(&self, mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<User>) -> Result<User> {
        self.write(|unit| unit.create(ChangeKind::UserCreated, &mut make))
    }

    /// The user with this name: an id or a login.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if there is none, or a part of a login is that of more than one, and
    /// those of the storage.
    pub fn user<'n>(&self, name: impl Into<UserName<'n>>) -> Result<User> {
        self.read(|tx| user(tx, self.tenant, name.into()))
    }

    /// Ends a user's sign-ins. One who cannot sign in any more stays unchanged.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the user is not there, and those of the storage.
    pub fn deactivate_user<'n>(&self, name: impl Into<UserName<'n>>) -> Result<User> {
        let name = name.into();
        self.write(|unit| {
            let old = user(&*unit.tx, unit.tenant_id(), name)?;
            unit.deactivate_user(old)
        })
    }

    /// Removes a user with all links, as the policy allows for the user's state.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the user is not there, [`WrongState`](crate::error::ErrorKind::WrongState)
    /// if the policy keeps users who can sign in, and those of the storage.
    pub fn delete_user<'n>(&self, name: impl Into<UserName<'n>>) -> Result<()> {
        let name = name.into();
        self.write(|unit| {
            let old = user(&*unit.tx, unit.tenant_id(), name)?;
            if unit.service.policy.user_deletion.deletes(old.state != UserState::Deprovisioned)? {
                unit.delete_user(&old)
            } else {
                unit.deactivate_user(old).map(drop)
            }
        })
    }

    /// Links a user to a provider that calls the user `external_id`; a link that is there gets this name.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if either is not there, [`Invalid`](crate::error::ErrorKind::Invalid) if
    /// the policy refuses the provider, and those of the storage.
    pub fn link_user(&self, provider_id: Id, user_id: Id, external_id: &str) -> Result<Link> {
        self.write(|unit| {
            let tenant = unit.tenant_id();
            let provider = provider(&*unit.tx, unit.service, provider_id)?;
            user(&*unit.tx, tenant, user_id.into())?;
            (unit.service.policy.linkable)(&provider)?;
            let old = records::link(&*unit.tx, tenant, provider_id, user_id)?;
            let new = Link {
                provider: provider_id,
                user: user_id,
                external_id: external_id.to_owned(),
                created: old.as_ref().map_or(unit.now, |old| old.created),
                updated: unit.now,
            };
            records::save(&mut *unit.tx, tenant, old.as_ref(), &new)?;
            unit.log(ChangeKind::UserLinked, provider_id, None);
            Ok(new)
        })
    }

    /// The link of a user to a provider.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the provider, the user or the link is not there, and those of the storage.
    pub fn link(&self, provider_id: Id, user_id: Id) -> Result<Link> {
        self.read(|tx| {
            provider(tx, self, provider_id)?;
            link(tx, self.tenant, provider_id, user_id)
        })
    }

    /// A page of the links to a provider with their users, in the order in which the users were made.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the provider is not there, and those of the storage.
    pub fn links(&self, provider_id: Id, query: &LinkQuery) -> Result<Page<(Link, User)>> {
        let limit = query.limit.saturating_add(1);
        let needle = query.contains.as_deref().map(fold);
        let wanted = |link: &Link, user: &User| {
            let contains = |needle: &String| {
                [&link.external_id, &user.login].into_iter().any(|text| fold(text).contains(needle))
            };
            needle.as_ref().is_none_or(contains)
        };
        let after = query.after.as_ref().map(Cursor::id).transpose()?;
        let found = self.read(|tx| {
            provider(tx, self, provider_id)?;
            records::linked_users(tx, self.tenant, provider_id, after, limit, &wanted)
        })?;
        Ok(Page::cut(found, query.limit, |(last, _)| Cursor::Id(last.user)))
    }

    /// Removes the link of a user to a provider.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the provider or the link is not there, and those of the storage.
    pub fn unlink_user(&self, provider_id: Id, user_id: Id) -> Result<()> {
        self.write(|unit| {
            provider(&*unit.tx, unit.service, provider_id)?;
            let old = link(&*unit.tx, unit.tenant_id(), provider_id, user_id)?;
            records::remove(&mut *unit.tx, unit.service.tenant, &old)?;
            unit.log(ChangeKind::UserUnlinked, provider_id, None);
            Ok(())
        })
    }
}

impl Unit<'_> {
    fn deactivate_user(&mut self, old: User) -> Result<User> {
        if old.state == UserState::Deprovisioned {
            return Ok(old);
        }
        let new = User { state: UserState::Deprovisioned, updated: self.now, ..old.clone() };
        records::save(&mut *self.tx, self.service.tenant, Some(&old), &new)?;
        self.log(ChangeKind::UserDeactivated, new.id, None);
        Ok(new)
    }

    fn delete_user(&mut self, old: &User) -> Result<()> {
        let tenant = self.tenant_id();
        for link in records::links_of_user(&*self.tx, tenant, old.id)? {
            records::remove(&mut *self.tx, tenant, &link)?;
        }
        records::remove(&mut *self.tx, tenant, old)?;
        self.release_vendor_records(old.id)?;
        self.log(ChangeKind::UserDeleted, old.id, None);
        Ok(())
    }

    /// Removes all links to a provider.
    pub(super) fn release_users(&mut self, provider: Id) -> Result<()> {
        let tenant = self.tenant_id();
        for link in records::links(&*self.tx, tenant, provider, None, usize::MAX)? {
            records::remove(&mut *self.tx, tenant, &link)?;
        }
        Ok(())
    }
}

fn user(tx: &dyn ReadTx, tenant: Id, name: UserName<'_>) -> Result<User> {
    match name {
        UserName::Id(id) => {
            records::user(tx, tenant, id)?.ok_or_else(|| Error::not_found(Resource::User, id.number()))
        }
        UserName::Login(login) => user_with_login(tx, tenant, login),
    }
}

fn user_with_login(tx: &dyn ReadTx, tenant: Id, login: &str) -> Result<User> {
    let mut found = records::users_with_login(tx, tenant, login)?;
    if found.is_empty() {
        found = records::users_with_login_start(tx, tenant, &format!("{login}@"))?;
    }
    match found.pop() {
        Some(user) if found.is_empty() => Ok(user),
        _ => Err(Error::not_found(Resource::User, login)),
    }
}

fn link(tx: &dyn ReadTx, tenant: Id, provider: Id, user: Id) -> Result<Link> {
    records::link(tx, tenant, provider, user)?.ok_or_else(|| Error::not_found(Resource::User, user.number()))
}
