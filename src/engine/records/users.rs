//! Users by id and login, and their links to providers from both sides.

use std::ops::ControlFlow;

use super::names::fold;
use super::{Index, Record, first, led_to, load, page, read};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{ReadTx, Scan};
use crate::error::Result;
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

/// The users with this login, in any case: one at most, but for a change that is to be refused.
pub(crate) fn users_with_login(tx: &dyn ReadTx, tenant: Id, login: &str) -> Result<Vec<User>> {
    let login = fold(login);
    let has = |user: &User| fold(&user.login) == login;
    let all = Key::of(tag::USER_LOGIN).id(tenant).text(&login);
    led_to(tx, &all, |id| Ok(user(tx, tenant, id)?.filter(has)))
}

/// Up to two users whose logins start with a text, in any case: enough to see whether it means one.
pub(crate) fn users_with_login_start(tx: &dyn ReadTx, tenant: Id, start: &str) -> Result<Vec<User>> {
    let start = fold(start);
    let all = Key::of(tag::USER_LOGIN).id(tenant).text_start(&start);
    let mut found = Vec::new();
    tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |entry, _| {
        let Some(id) = keyspace::last_id(entry) else { return Ok(ControlFlow::Continue(())) };
        let leads = |user: &User| {
            fold(&user.login).starts_with(&start)
                && user.index(tenant).keys().any(|known| known.bytes() == entry)
        };
        found.extend(user(tx, tenant, id)?.filter(leads));
        Ok(if found.len() < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
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
    page(tx, &Key::of(tag::LINK).id(tenant).id(provider), after, limit, &|_| true)
}

/// As [`links`], with the users, and only those that pass `wanted`. A link whose user is missing is passed over.
pub(crate) fn linked_users(
    tx: &dyn ReadTx,
    tenant: Id,
    provider: Id,
    after: Option<Id>,
    limit: usize,
    wanted: &dyn Fn(&Link, &User) -> bool,
) -> Result<Vec<(Link, User)>> {
    let all = Key::of(tag::LINK).id(tenant).id(provider);
    let mut found = Vec::new();
    tx.scan(Scan::ascending(&first(&all, after), &all.end()), &mut |key, value| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        let link: Link = read(key, value)?;
        found
            .extend(user(tx, tenant, link.user)?.filter(|user| wanted(&link, user)).map(|user| (link, user)));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The links of a user, in the order of the providers' ids.
pub(crate) fn links_of_user(tx: &dyn ReadTx, tenant: Id, user: Id) -> Result<Vec<Link>> {
    let all = Key::of(tag::LINK_OF_USER).id(tenant).id(user);
    led_to(tx, &all, |provider| link(tx, tenant, provider, user))
}
