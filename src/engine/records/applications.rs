//! Applications: by id, by the start of their names, and by the keys that they refer to.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::names::fold;
use super::{Index, Record, ids, load};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{Direction, ReadTx};
use crate::error::Result;
use crate::model::{Application, Id};

impl Record for Application {
    fn key(&self, tenant: Id) -> Key {
        Key::of(tag::APPLICATION).id(tenant).id(self.id)
    }

    fn index(&self, tenant: Id) -> Index {
        let mut index = Index::new();
        for name in std::iter::once(&self.name).chain(&self.alias) {
            let key = Key::of(tag::APPLICATION_NAME).id(tenant).text(&fold(name)).id(self.id);
            index.insert(key, Vec::new());
        }
        if let Some(entity_id) = &self.entity_id {
            let key = Key::of(tag::APPLICATION_ENTITY_ID).id(tenant).text(entity_id).id(self.id);
            index.insert(key, Vec::new());
        }
        for kid in self.trusted_keys.iter().chain(&self.signing_key).chain(&self.encryption_key) {
            index.insert(Key::of(tag::KEY_USE_BY_APPLICATION).id(tenant).text(kid).id(self.id), Vec::new());
        }
        index
    }
}

/// The application with this id.
pub(crate) fn application(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<Application>> {
    load(tx, &Key::of(tag::APPLICATION).id(tenant).id(id))
}

/// Up to `limit` applications after `after` in the order of their ids that pass `wanted`.
pub(crate) fn applications(
    tx: &dyn ReadTx,
    tenant: Id,
    after: Option<Id>,
    limit: usize,
    wanted: &dyn Fn(&Application) -> bool,
) -> Result<Vec<Application>> {
    let all = Key::of(tag::APPLICATION).id(tenant);
    let from = after.map_or_else(|| all.bytes().to_vec(), |after| all.clone().id(after).next());
    let mut found = Vec::new();
    tx.scan(&from, &all.end(), Direction::Ascending, &mut |_, value| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        let application = keyspace::decode(value)?;
        if wanted(&application) {
            found.push(application);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The ids of all applications whose name or alias starts with a text, in any case; in the order of the ids.
pub(crate) fn applications_named(tx: &dyn ReadTx, tenant: Id, start: &str) -> Result<Vec<Id>> {
    let names = Key::of(tag::APPLICATION_NAME).id(tenant).text_start(&fold(start));
    // Both names of one application may start so.
    let found: BTreeSet<_> = ids(tx, &names)?.into_iter().collect();
    Ok(found.into_iter().collect())
}

/// All applications with this entity id.
pub(crate) fn applications_with_entity_id(tx: &dyn ReadTx, tenant: Id, entity_id: &str) -> Result<Vec<Id>> {
    ids(tx, &Key::of(tag::APPLICATION_ENTITY_ID).id(tenant).text(entity_id))
}

/// All applications that refer to a key.
pub(crate) fn application_users(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Vec<Id>> {
    ids(tx, &Key::of(tag::KEY_USE_BY_APPLICATION).id(tenant).text(kid))
}
