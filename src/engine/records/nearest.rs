//! Ids of providers on either side of one of them.

use std::ops::ControlFlow;

use super::{id_at, misplaced};
use crate::engine::keyspace::{Key, tag};
use crate::engine::{Direction, ReadTx, Scan};
use crate::error::Result;
use crate::model::Id;

/// Up to `limit` ids of providers after the id `from`, or before it if the direction is a descending one, the
/// nearest first. No provider is read.
pub(crate) fn nearest_provider_ids(
    tx: &dyn ReadTx,
    tenant: Id,
    from: Option<Id>,
    direction: Direction,
    limit: usize,
) -> Result<Vec<Id>> {
    let all = Key::of(tag::PROVIDER).id(tenant);
    let (start, end) = match (from, direction) {
        (None, _) => (all.bytes().to_vec(), all.end()),
        (Some(id), Direction::Ascending) => (all.clone().id(id).next(), all.end()),
        (Some(id), Direction::Descending) => (all.bytes().to_vec(), all.clone().id(id).bytes().to_vec()),
    };
    let mut found = Vec::new();
    tx.scan(Scan { from: &start, to: &end, direction, limit }, &mut |key, _| {
        found.push(id_at(&all, key).ok_or_else(|| misplaced(key))?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
