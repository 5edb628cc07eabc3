//! Users by id and login, and their links to providers from both sides.

use std::ops::ControlFlow;

use super::names::fold;
use super::{Index, Record, ids, load, page};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{Direction, ReadTx};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Id, Link, User};

impl Record for User {
    fn key(&self, tenant: Id) -> Key {
        Key::of(tag::USER).id(tenant).id(self.id)
    }

    fn index(&self, tenant: Id) -> Index {
        let login = Key::of(tag::USER_LOGIN).id(tenant).text(&fold(&self.login)).id(self.id);
        Index::from([(login, Vec::new())])
    }
}

impl Record for Link {
    fn key(&self, tenant: Id) -> Key {
        Key::of(tag::LINK).id(tenant).id(self.provider).id(self.user)
    }

    fn index(&self, tenant: Id) -> Index {
        Index::from([(Key::of(tag::LINK_OF_USER).id(tenant).id(self.user).id(self.provider), Vec::new())])
    }
}

/// The user with this id.
pub(crate) fn user(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<User>> {
    load(tx, &Key::of(tag::USER).id(tenant).id(id))
}

/// The user with this login, in any case.
pub(crate) fn user_with_login(tx: &dyn ReadTx, tenant: Id, login: &str) -> Result<Option<Id>> {
    Ok(ids(tx, &Key::of(tag::USER_LOGIN).id(tenant).text(&fold(login)), 1)?.pop())
}

/// Up to two users whose logins start with a text, in any case: enough to see whether it means one.
pub(crate) fn users_with_login_start(tx: &dyn ReadTx, tenant: Id, start: &str) -> Result<Vec<Id>> {
    ids(tx, &Key::of(tag::USER_LOGIN).id(tenant).text_start(&fold(start)), 2)
}

/// The link of a user to a provider.
pub(crate) fn link(tx: &dyn ReadTx, tenant: Id, provider: Id, user: Id) -> Result<Option<Link>> {
    load(tx, &Key::of(tag::LINK).id(tenant).id(provider).id(user))
}

/// Up to `limit` links to a provider after that of the user `after`, in the order of the users' ids.
pub(crate) fn links(
    tx: &dyn ReadTx,
    tenant: Id,
    provider: Id,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<Link>> {
    page(tx, &Key::of(tag::LINK).id(tenant).id(provider), after, limit)
}

/// As [`links`], with the users, and only those that pass `wanted`.
pub(crate) fn linked_users(
    tx: &dyn ReadTx,
    tenant: Id,
    provider: Id,
    after: Option<Id>,
    limit: usize,
    wanted: &dyn Fn(&Link, &User) -> bool,
) -> Result<Vec<(Link, User)>> {
    let all = Key::of(tag::LINK).id(tenant).id(provider);
    let from = after.map_or_else(|| all.bytes().to_vec(), |after| all.clone().id(after).next());
    let mut found = Vec::new();
    tx.scan(&from, &all.end(), Direction::Ascending, &mut |_, value| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        let link: Link = keyspace::decode(value)?;
        let user = user(tx, tenant, link.user)?.ok_or_else(|| {
            let words = format!("the linked user {} is not there", link.user);
            Error::new(ErrorKind::Corrupt).context(words)
        })?;
        if wanted(&link, &user) {
            found.push((link, user));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The providers to which a user is linked.
pub(crate) fn linked_providers(tx: &dyn ReadTx, tenant: Id, user: Id) -> Result<Vec<Id>> {
    ids(tx, &Key::of(tag::LINK_OF_USER).id(tenant).id(user), usize::MAX)
}
