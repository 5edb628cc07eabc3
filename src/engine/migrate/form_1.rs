//! From form 1 to form 2.

use std::ops::ControlFlow;

use serde_json::{Map, Value, json};

use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{Direction, ReadTx, Visit, WriteTx};
use crate::error::Result;

/// Go on with the next entry.
const NEXT: Result<ControlFlow<()>> = Ok(ControlFlow::Continue(()));

/// Brings what a store of form 1 holds to form 2.
pub(super) fn bring_forward(tx: &mut dyn WriteTx) -> Result<()> {
    for key in ends_of_names(tx)? {
        tx.delete(&key)?;
    }
    for (key, record) in permissions(tx)? {
        tx.put(&key, &record)?;
    }
    Ok(())
}

/// Each end of a provider's name was an index entry.
fn ends_of_names(tx: &dyn ReadTx) -> Result<Vec<Vec<u8>>> {
    let mut ends = Vec::new();
    each(tx, b'S', &mut |key, _| {
        ends.push(key.to_vec());
        NEXT
    })?;
    Ok(ends)
}

/// Whether users are created and linked was a truth value each: the providers of which that was known. A record that
/// cannot be read stays as it is.
fn permissions(tx: &dyn ReadTx) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut changed = Vec::new();
    each(tx, tag::PROVIDER, &mut |key, value| {
        let Ok(mut record) = keyspace::decode::<Map<String, Value>>(value) else { return NEXT };
        let Some(linking) = record.get_mut("linking").and_then(Value::as_object_mut) else { return NEXT };
        let permission = |does: Value| json!({"allowed": does, "automatic": does});
        let (creation, link) = (linking.shift_remove("creation"), linking.shift_remove("automatic"));
        let known = [("creation", creation), ("link", link)];
        linking
            .extend(known.into_iter().filter_map(|(name, does)| Some((name.to_owned(), permission(does?)))));
        if !linking.is_empty() {
            changed.push((key.to_vec(), keyspace::encode(&record)?));
        }
        NEXT
    })?;
    Ok(changed)
}

/// Visits a table.
fn each(tx: &dyn ReadTx, tag: u8, visit: &mut Visit<'_>) -> Result<()> {
    let all = Key::of(tag);
    tx.scan(all.bytes(), &all.end(), Direction::Ascending, visit)
}
