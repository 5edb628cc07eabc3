//! Identity providers: by id, by kind and by what their names contain.

use std::ops::ControlFlow;

use serde::Deserialize;

use super::{Index, Record, Stored, ids, load, names, page_before};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{Direction, ReadTx};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Id, IdentityProvider};

impl Record for IdentityProvider {
    fn key(&self, tenant: Id) -> Key {
        Key::of(tag::PROVIDER).id(tenant).id(self.id)
    }

    fn index(&self, tenant: Id) -> Index {
        let mut index = Index::new();
        names::entries(tenant, &self.name, self.id, &mut index);
        let kind = Key::of(tag::PROVIDER_KIND).id(tenant).text(&self.protocol.kind()).id(self.id);
        index.insert(kind, Vec::new());
        for kid in self.trusted_keys.iter().chain(&self.signing_key) {
            index.insert(Key::of(tag::KEY_USE).id(tenant).text(kid).id(self.id), Vec::new());
        }
        index
    }
}

/// The provider with this id.
pub(crate) fn provider(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<IdentityProvider>> {
    load(tx, &Key::of(tag::PROVIDER).id(tenant).id(id))
}

/// The provider with this id, as it is stored.
pub(crate) fn stored_provider(
    tx: &dyn ReadTx,
    tenant: Id,
    id: Id,
) -> Result<Option<Stored<IdentityProvider>>> {
    let bytes = tx.get(Key::of(tag::PROVIDER).id(tenant).id(id).bytes())?;
    Ok(bytes.map(|bytes| Stored::new(id, bytes)))
}

/// All providers with exactly this name.
pub(crate) fn provider_named(tx: &dyn ReadTx, tenant: Id, name: &str) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for id in ids(tx, &Key::of(tag::PROVIDER_NAME).id(tenant).text(&names::fold(name)), usize::MAX)? {
        if listed(tx, tenant, id)?.record()?.name == name {
            found.push(id);
        }
    }
    Ok(found)
}

/// Up to `limit` providers after `after` in the order of their ids, of one kind or of all.
pub(crate) fn providers(
    tx: &dyn ReadTx,
    tenant: Id,
    kind: Option<&str>,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<Stored<IdentityProvider>>> {
    let all = match kind {
        Some(kind) => Key::of(tag::PROVIDER_KIND).id(tenant).text(kind),
        None => Key::of(tag::PROVIDER).id(tenant),
    };
    let from = after.map_or_else(|| all.bytes().to_vec(), |after| all.clone().id(after).next());
    let mut found = Vec::new();
    tx.scan(&from, &all.end(), Direction::Ascending, &mut |key, value| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        let id = keyspace::last_id(key)?;
        found.push(match kind {
            Some(_) => listed(tx, tenant, id)?,
            None => Stored::new(id, value.to_vec()),
        });
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The ids of all providers of one kind, in their order.
pub(crate) fn providers_of_kind(tx: &dyn ReadTx, tenant: Id, kind: &str) -> Result<Vec<Id>> {
    ids(tx, &Key::of(tag::PROVIDER_KIND).id(tenant).text(kind), usize::MAX)
}

/// The last `limit` providers before `before`, in the order of their ids.
pub(crate) fn providers_before(
    tx: &dyn ReadTx,
    tenant: Id,
    before: Id,
    limit: usize,
) -> Result<Vec<IdentityProvider>> {
    page_before(tx, &Key::of(tag::PROVIDER).id(tenant), before, limit)
}

/// The provider to which an index entry leads.
fn listed(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Stored<IdentityProvider>> {
    stored_provider(tx, tenant, id)?.ok_or_else(|| {
        Error::new(ErrorKind::Corrupt).context(format!("the index names provider {id}, which is not there"))
    })
}

/// A search for providers whose name contains a text.
pub(crate) struct Search<'a> {
    /// What is searched, in any case.
    pub(crate) needle: &'a str,
    /// The kind, if only one is wanted.
    pub(crate) kind: Option<&'a str>,
    /// Where the search before this one ended.
    pub(crate) after: Option<&'a [u8]>,
    /// How many hits are wanted.
    pub(crate) limit: usize,
}

/// The hits of a search, each with its place, from where a later search can go on: first the name itself, then
/// names that start with the text, then those that contain it further on, each group in alphabetical order.
pub(crate) fn search(
    tx: &dyn ReadTx,
    tenant: Id,
    search: &Search<'_>,
) -> Result<Vec<(Vec<u8>, Stored<IdentityProvider>)>> {
    let needle = names::fold(search.needle);
    let passes = [
        Key::of(tag::PROVIDER_NAME).id(tenant).text_start(&needle),
        Key::of(tag::PROVIDER_NAME_END).id(tenant).text_start(names::cut(&needle)),
    ];
    let mut pass = 0;
    let mut from = Vec::new();
    if let Some(after) = search.after {
        let begun = passes.iter().position(|pass| after.starts_with(pass.bytes()));
        pass = begun.ok_or(ErrorKind::BadCursor)?;
        from = [after, &[0]].concat();
    }
    let mut found = Vec::new();
    // Every name starts with nothing: no need to look further.
    let passes = passes.iter().take(if needle.is_empty() { 1 } else { 2 });
    for pass in passes.skip(pass) {
        // A place in the pass before, if any, is smaller than all of this one.
        let from = from.as_slice().max(pass.bytes());
        tx.scan(from, &pass.end(), Direction::Ascending, &mut |key, _| {
            if found.len() == search.limit {
                return Ok(ControlFlow::Break(()));
            }
            let id = keyspace::last_id(key)?;
            if let Some(kind) = search.kind
                && tx.get(Key::of(tag::PROVIDER_KIND).id(tenant).text(kind).id(id).bytes())?.is_none()
            {
                return Ok(ControlFlow::Continue(()));
            }
            let stored = listed(tx, tenant, id)?;
            let Named { name } = keyspace::decode(&stored.bytes)?;
            let hit = names::hit(tenant, &names::fold(&name), id, &needle);
            if hit.is_some_and(|hit| hit.bytes() == key) {
                found.push((key.to_vec(), stored));
            }
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(found)
}

/// All of a provider that a search looks at.
#[derive(Deserialize)]
struct Named {
    name: String,
}
