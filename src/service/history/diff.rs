//! What differs between two moments.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::Service;
use crate::engine::ReadTx;
use crate::engine::records;
use crate::engine::tables;
use crate::error::{Result, pointer};
use crate::model::Id;

/// A record that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Whose record it is.
    pub tenant: Id,
    /// What it is, in the plural: `providers`, `trusted keys` and so on.
    pub table: &'static str,
    /// What names it in its table: its id, or the ids and texts of which its key consists.
    pub name: String,
    /// The record at the first moment, as it is stored, its secrets empty; absent if it was not there.
    pub before: Option<Value>,
    /// The record at the second moment; absent if it was not there.
    pub after: Option<Value>,
    /// JSON Pointers to the members that differ, in their order; one that is not there on one side stands for all below it.
    /// For a record that is only on one side it is the empty pointer alone.
    pub members: Vec<String>,
}

impl Service {
    /// What differs between the store after the change `from` and after the change `to`, record by record. Secrets are not
    /// compared.
    ///
    /// # Errors
    ///
    /// As [`Service::at`] for either of the two.
    pub fn diff(&self, from: u64, to: u64) -> Result<Vec<Difference>> {
        self.read(|tx| {
            let (earlier, later) = (from.min(to), from.max(to));
            if later > tx.number()? {
                return Err(records::not_kept(later));
            }
            let (then, now) = (records_at(tx, earlier)?, records_at(tx, later)?);
            let mut found = Vec::new();
            for (key, before) in &then {
                let after = match now.get(key) {
                    Some(after) => after.clone(),
                    None => tx.get(key)?.map(|now| records::without_secrets(&now.bytes)).transpose()?,
                };
                let (before, after) =
                    if from <= to { (before.clone(), after) } else { (after, before.clone()) };
                found.extend(difference(key, before, after));
            }
            Ok(found)
        })
    }
}

/// What the records were after a change that have changed since.
fn records_at(tx: &dyn ReadTx, number: u64) -> Result<BTreeMap<Vec<u8>, Option<Value>>> {
    let mut found = BTreeMap::new();
    records::each_image_after(tx, number, &mut |image| {
        if !found.contains_key(&image.key) {
            found.insert(image.key.clone(), image.json()?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// How the record at this key differs, if it does.
pub(in crate::service) fn difference(
    key: &[u8],
    before: Option<Value>,
    after: Option<Value>,
) -> Option<Difference> {
    let members = compared(before.as_ref(), after.as_ref());
    let (table, parts) = tables::read(key);
    let (table, parts) = (table?, parts?);
    let ids = parts.ids.iter().map(ToString::to_string);
    // Of two texts, the first orders by the second without regard to case.
    let texts = parts.texts.iter().skip(parts.texts.len().saturating_sub(1)).cloned();
    let mut name = ids.chain(texts).collect::<Vec<_>>().join(", ");
    let tenant = parts.tenant?;
    if name.is_empty() {
        name = tenant.to_string(); // it is the tenant itself
    }
    (!members.is_empty()).then_some(Difference { tenant, table: table.name, name, before, after, members })
}

/// JSON Pointers to the places where two values differ: the empty one if only one of them is there.
pub(crate) fn compared(before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let mut members = Vec::new();
    match (before, after) {
        (Some(before), Some(after)) => compare(before, after, &mut String::new(), &mut members),
        (None, None) => {}
        _ => members.push(String::new()),
    }
    members
}

/// Notes the places where two values differ.
fn compare(before: &Value, after: &Value, at: &mut String, found: &mut Vec<String>) {
    if before == after {
        return;
    }
    let length = at.len();
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let gone = before.keys().filter(|name| !after.contains_key(*name));
            for name in gone.chain(after.keys()) {
                pointer::push(at, name);
                match (before.get(name), after.get(name)) {
                    (Some(before), Some(after)) => compare(before, after, at, found),
                    _ => found.push(at.clone()),
                }
                at.truncate(length);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (position, (before, after)) in before.iter().zip(after).enumerate() {
                pointer::push(at, &position.to_string());
                compare(before, after, at, found);
                at.truncate(length);
            }
        }
        _ => found.push(at.clone()),
    }
}
