//! What each record was at which revision, as the log and the answers have it.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Call, Entry, History, Id, Kind, Outcome, Revision, Value};

/// What a record was from one revision on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Was {
    Absent,
    Known(Value),
    /// Written by a call that was not answered: one of those of this kind that may have written it.
    ByOneOf(Kind),
}

/// The records over time.
pub(super) struct Timeline<'h> {
    records: BTreeMap<Id, BTreeMap<Revision, Was>>,
    /// The calls that write and were not answered.
    unanswered: Vec<&'h Call>,
    /// Which unanswered value has turned out to be written at which revision, and the other way round.
    written: BTreeMap<Value, Revision>,
    values: BTreeMap<Revision, Value>,
}

impl<'h> Timeline<'h> {
    /// The records as the log has them, and what is wrong with it: answered writes that are lost, and writes that are doubled.
    pub(super) fn new(history: &'h History) -> (Self, [Vec<String>; 2]) {
        let (mut lost, mut doubled) = (Vec::new(), Vec::new());
        let log: BTreeMap<Revision, Entry> =
            history.log.iter().map(|entry| (entry.revision, *entry)).collect();
        if log.len() < history.log.len() {
            doubled.push("the log has two entries with one number".to_owned());
        }
        let mut claims: BTreeMap<Revision, &Call> = BTreeMap::new();
        for call in &history.calls {
            let (Outcome::Answered { revision, .. }, Some(written)) = (&call.outcome, call.what.written())
            else {
                continue;
            };
            match log.get(revision) {
                Some(entry) if entry.kind == written.0 && written.1.is_none_or(|id| id == entry.id) => {}
                found => lost.push(format!("the log has {found:?} in place of {call:?}")),
            }
            if let Some(other) = claims.insert(*revision, call) {
                doubled.push(format!("one number for two writes: {other:?} and {call:?}"));
            }
        }
        let unanswered = history
            .calls
            .iter()
            .filter(|call| call.outcome == Outcome::Unknown && call.what.written().is_some());
        let unanswered: Vec<_> = unanswered.collect();
        doubled.extend(beyond(&log, &claims, &unanswered));
        let mut records: BTreeMap<Id, BTreeMap<Revision, Was>> = BTreeMap::new();
        for (revision, Entry { kind, id, .. }) in &log {
            let was = match (kind, claims.get(revision)) {
                (Kind::Delete, _) => Was::Absent,
                (_, Some(call)) => call.what.value().map_or(Was::Absent, Was::Known),
                (kind, None) => Was::ByOneOf(*kind),
            };
            records.entry(*id).or_default().insert(*revision, was);
        }
        let timeline = Self { records, unanswered, written: BTreeMap::new(), values: BTreeMap::new() };
        (timeline, [lost, doubled])
    }

    /// All records that were ever there.
    pub(super) fn ids(&self) -> BTreeSet<Id> {
        self.records.keys().copied().collect()
    }

    /// What is wrong if a record was seen with this value, or absent, at a revision.
    pub(super) fn see(&mut self, id: Id, at: Revision, seen: Option<Value>) -> Option<Wrong> {
        let last = self.records.get(&id).and_then(|record| record.range(..=at).next_back());
        match (last.map_or((0, Was::Absent), |(revision, was)| (*revision, *was)), seen) {
            ((_, Was::Absent), None) => None,
            ((_, Was::Known(value)), Some(seen)) if value == seen => None,
            ((since, Was::ByOneOf(kind)), Some(seen)) => self.assign(id, since, kind, seen),
            ((since, was), seen) => {
                Some(Wrong::Other(format!("record {id} at {at}: {seen:?} in place of {was:?} since {since}")))
            }
        }
    }

    /// Notes by which unanswered call an entry was written.
    fn assign(&mut self, id: Id, at: Revision, kind: Kind, seen: Value) -> Option<Wrong> {
        let may = |call: &Call| {
            call.what.value() == Some(seen)
                && call
                    .what
                    .written()
                    .is_some_and(|(of, whose)| of == kind && whose.is_none_or(|whose| whose == id))
        };
        if !self.unanswered.iter().copied().any(may) {
            return Some(Wrong::Other(format!("record {id} at {at}: {seen}, which was never written there")));
        }
        let (value, revision) =
            (*self.values.entry(at).or_insert(seen), *self.written.entry(seen).or_insert(at));
        if revision != at {
            return Some(Wrong::Twice(format!(
                "{seen} was written to record {id} at {revision} and at {at}"
            )));
        }
        (value != seen).then(|| Wrong::Other(format!("record {id} at {at}: {seen} and {value}")))
    }
}

/// What is wrong with what was seen.
#[derive(Debug)]
pub(super) enum Wrong {
    /// One call was done twice.
    Twice(String),
    Other(String),
}

/// More entries of the log than there are unanswered calls that may have written them.
fn beyond(
    log: &BTreeMap<Revision, Entry>,
    claims: &BTreeMap<Revision, &Call>,
    unanswered: &[&Call],
) -> Vec<String> {
    let mut counts: BTreeMap<(Kind, Option<Id>), i64> = BTreeMap::new();
    for call in unanswered {
        *counts.entry(call.what.written().unwrap()).or_default() -= 1;
    }
    for entry in log.values().filter(|entry| !claims.contains_key(&entry.revision)) {
        let id = Some(entry.id).filter(|_| entry.kind != Kind::Create);
        *counts.entry((entry.kind, id)).or_default() += 1;
    }
    let beyond = counts.into_iter().filter(|(_, count)| *count > 0);
    beyond.map(|(of, count)| format!("{count} entries of {of:?} that no call has asked for")).collect()
}
