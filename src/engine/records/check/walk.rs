//! The walk over a store: all keys once, and once more those of index tables that hold more than records account for.
//!
//! What is remembered on the way is a number for each table, and the problems.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::keys::Keys;
use super::references::Refers;
use super::{ProblemKind, RecordWarning, Report, entries};
use crate::engine::keyspace::{self, Key as Place, tag};
use crate::engine::one_owner::log_key;
use crate::engine::records::{Entry, Mark, Record};
use crate::engine::tables::{self, Parts};
use crate::engine::{Direction, ReadTx, Scan, Value};
use crate::error::Result;
use crate::model::{Application, Attachment, Id, IdentityProvider, Key, Link, Tenant, User, VendorRecord};
use crate::pki::Timestamp;

/// After all keys.
const END: &[u8] = &[0xff; 256];

const UNREADABLE: &str = "the record cannot be read";
const MISPLACED: &str = "the record belongs under another key";

/// Checks everything that a transaction sees at the time `now`. Several owners do not give numbers in a row, so these are
/// not compared then.
///
/// The cost grows with the number of entries. The memory does not grow, but for what is listed and for up to 2000 keys
/// that are compared.
///
/// # Errors
///
/// Those of the storage. What is wrong with the store itself is in the report.
pub(crate) fn check(tx: &dyn ReadTx, now: Timestamp, several_owners: bool) -> Result<Report> {
    let mut walk = Walk::new(tx, now);
    tx.scan(Scan::ascending(&[], END), &mut |key, value| {
        match tables::read(key) {
            (None, _) => walk.note(ProblemKind::UnknownTable, key, "no table has such keys"),
            (Some(_), None) => walk.note(ProblemKind::BadKey, key, "no key of this table looks like this"),
            (Some(table), Some(_)) if table.tag == tag::CHANGE => walk.unit(key, value),
            // Of the seal nothing can be checked without its keys, and with them it is checked by opening the records.
            (Some(table), Some(_)) if tag::OF_SEALS.contains(&table.tag) => {}
            (Some(table), Some(_)) if table.tag == tag::CLOCK => walk.clock(key, value),
            (Some(_), Some(parts)) => walk.entry(key, value, &parts)?,
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if several_owners {
        tx.log(0, Direction::Ascending, &mut |version, bytes| {
            walk.unit(log_key(version).bytes(), Value { bytes, version });
            Ok(ControlFlow::Continue(()))
        })?;
    } else {
        walk.compare_counts();
    }
    walk.end()
}

struct Walk<'t> {
    tx: &'t dyn ReadTx,
    report: Report,
    keys: Keys,
    /// The table and tenant of the entry before.
    here: Option<(u8, Id)>,
    /// For each index table how many entries it has.
    found: BTreeMap<u8, u64>,
    /// For each index table how many entries lead to records that have them. No two records have the same entry, so if
    /// this is as many as were found, all lead somewhere.
    good: BTreeMap<u8, u64>,
    /// The highest id of a record.
    last_id: Id,
    /// The highest version of a value.
    last_version: u64,
    /// The number of the last unit in the log, and the last id that it knows.
    last_unit: Option<(u64, Id)>,
}

impl<'t> Walk<'t> {
    fn new(tx: &'t dyn ReadTx, now: Timestamp) -> Self {
        Self {
            tx,
            report: Report::default(),
            keys: Keys::new(now),
            here: None,
            found: BTreeMap::new(),
            good: BTreeMap::new(),
            last_id: Tenant::DEFAULT,
            last_version: 0,
            last_unit: None,
        }
    }

    fn note(&mut self, kind: ProblemKind, key: &[u8], words: impl Into<String>) {
        self.report.note(kind, tables::Place(key), words);
    }

    fn entry(&mut self, key: &[u8], value: Value<&[u8]>, parts: &Parts) -> Result<()> {
        let (Some(tag), Some(tenant)) = (key.first().copied(), parts.tenant) else { return Ok(()) };
        self.tenant(tag, tenant, key)?;
        match tag {
            tag::TENANT => drop(self.record::<Tenant>(tenant, key, value)?),
            tag::PROVIDER => {
                let found = self.record::<IdentityProvider>(tenant, key, value)?;
                for words in found.into_iter().flat_map(|found| found.warnings) {
                    self.report.warn(RecordWarning { place: tables::Place(key).to_string(), words });
                }
            }
            tag::SIGNING_KEY | tag::TRUSTED_KEY => {
                if let Some(found) = self.record::<Key>(tenant, key, value)? {
                    self.keys.look_at(key, found, &mut self.report);
                }
            }
            tag::ATTACHMENT => return self.record::<Attachment>(tenant, key, value).map(drop),
            tag::APPLICATION => drop(self.record::<Application>(tenant, key, value)?),
            tag::USER => drop(self.record::<User>(tenant, key, value)?),
            tag::VENDOR_RECORD => drop(self.record::<VendorRecord>(tenant, key, value)?),
            tag::LINK => return self.record::<Link>(tenant, key, value).map(drop),
            _ => {
                self.report.entries += 1;
                *self.found.entry(tag).or_default() += 1;
                return Ok(());
            }
        }
        self.last_id = parts.ids.iter().copied().fold(self.last_id.max(tenant), Id::max);
        Ok(())
    }

    fn tenant(&mut self, tag: u8, tenant: Id, key: &[u8]) -> Result<()> {
        let is_new = self.here.replace((tag, tenant)) != Some((tag, tenant));
        if is_new && self.tx.get(Place::of(tag::TENANT).id(tenant).bytes())?.is_none() {
            self.note(ProblemKind::MissingReference, key, "belongs to a tenant that is missing");
        }
        Ok(())
    }

    /// Checks a record, and returns it if it can be read and is in its place.
    fn record<R: Record + Refers>(
        &mut self,
        tenant: Id,
        key: &[u8],
        value: Value<&[u8]>,
    ) -> Result<Option<R>> {
        self.report.records += 1;
        let Ok(record) = keyspace::decode::<R>(value.bytes) else {
            self.note(ProblemKind::Unreadable, key, UNREADABLE);
            return Ok(None);
        };
        if !record.belongs_at(tenant, key) {
            self.note(ProblemKind::Misplaced, key, MISPLACED);
            return Ok(None);
        }
        self.last_version = self.last_version.max(value.version);
        for (entry, note) in record.index(tenant) {
            let stored = self.tx.get(entry.bytes())?;
            if stored.as_ref().is_some_and(|stored| stored.bytes == note) {
                *self.good.entry(entry.tag()).or_default() += 1;
            } else {
                let what = if stored.is_some() { "leads elsewhere" } else { "is missing" };
                let words = format!("the index entry at {} {what}", tables::Place(entry.bytes()));
                self.note(ProblemKind::MissingEntry, key, words);
            }
        }
        for reference in record.references(tenant) {
            if !reference.is_met(self.tx)? {
                let words = format!("refers to the {}, which is missing", reference.what);
                self.note(ProblemKind::MissingReference, key, words);
            }
        }
        Ok(Some(record))
    }

    fn unit(&mut self, key: &[u8], value: Value<&[u8]>) {
        self.report.records += 1;
        match keyspace::decode::<Entry>(value.bytes) {
            Err(_) => self.note(ProblemKind::Unreadable, key, UNREADABLE),
            Ok(_) if log_key(value.version).bytes() != key => {
                self.note(ProblemKind::Misplaced, key, MISPLACED);
            }
            Ok(entry) => self.last_unit = Some((value.version, entry.last_id.unwrap_or(Tenant::DEFAULT))),
        }
    }

    fn clock(&mut self, key: &[u8], value: Value<&[u8]>) {
        if keyspace::decode::<Mark>(value.bytes).is_err() {
            self.note(ProblemKind::Unreadable, key, UNREADABLE);
        }
    }

    /// Compares the numbers that were given with those that are in use.
    fn compare_counts(&mut self) {
        let (number, id) = self.last_unit.unwrap_or((0, Tenant::DEFAULT));
        let counted =
            [("id", id.number(), self.last_id.number()), ("change number", number, self.last_version)];
        for (what, last, highest) in counted.into_iter().filter(|(_, last, highest)| last < highest) {
            let words = format!("the last {what} is {last}, but {highest} is in use");
            self.note(ProblemKind::LowCounter, log_key(number).bytes(), words);
        }
    }

    /// Looks for what index tables have too much, and compares the keys.
    fn end(mut self) -> Result<Report> {
        for (tag, found) in std::mem::take(&mut self.found) {
            if self.good.get(&tag) != Some(&found) {
                self.strays(&Place::of(tag))?;
            }
        }
        self.keys.compare(&mut self.report);
        Ok(self.report)
    }

    /// Looks for entries of an index table that lead nowhere.
    fn strays(&mut self, table: &Place) -> Result<()> {
        let tx = self.tx;
        tx.scan(Scan::ascending(table.bytes(), &table.end()), &mut |key, note| {
            if let (_, Some(parts)) = tables::read(key)
                && let Some(words) = entries::fault(tx, (key, note.bytes), &parts)?
            {
                self.note(ProblemKind::StrayEntry, key, words);
            }
            Ok(ControlFlow::Continue(()))
        })
    }
}
