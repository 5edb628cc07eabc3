//! From form 2 to form 3, in which keys are found by their dates.

use std::ops::ControlFlow;

use super::{FORM, Form, write};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{Scan, WriteTx, records};
use crate::error::Result;

/// Migrates a store of form 2 to form 3. Any other store is left as it is, and the answer is `false`. A key that cannot
/// be read has no dates.
pub(super) fn bring_forward(tx: &mut dyn WriteTx) -> Result<bool> {
    let form = tx.get(Key::of(tag::FORM).bytes())?.map(|stored| keyspace::decode(&stored.bytes));
    if !matches!(form, Some(Ok(Form { form: 2 }))) {
        return Ok(false);
    }
    let mut entries = vec![(Key::of(tag::FORM), keyspace::encode(&Form { form: FORM })?)];
    for table in [tag::SIGNING_KEY, tag::TRUSTED_KEY].map(Key::of) {
        tx.scan(Scan::ascending(table.bytes(), &table.end()), &mut |key, value| {
            let index = records::index(key, value.bytes).unwrap_or_default();
            entries.extend(index.into_iter().filter(|(key, _)| key.tag() == tag::KEY_DATE));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    write(tx, &entries)?;
    Ok(true)
}
