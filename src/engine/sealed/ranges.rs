//! Ranges of keys in a store in which everything is sealed.
//!
//! Where all texts of a range are whole, such as in the index entries of one name, what is stored is in the order of the keys.
//! Otherwise, such as of names that start with a text, all entries of the table are opened that have the same whole parts, and
//! sorted: that costs what is there, not what is found.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use super::everything::{Everything, is_hashed};
use crate::engine::keyspace::prefix_end;
use crate::engine::tables;
use crate::engine::{Direction, Scan, Value, Visit};
use crate::error::Result;

/// Scans what is stored.
pub(super) type Below<'b> = dyn Fn(Scan<'_>, &mut Visit<'_>) -> Result<()> + 'b;

/// Entries that are scanned together.
enum Part {
    /// Those stored here, which are in order.
    InOrder(Range<Vec<u8>>),
    /// Of those stored here, the ones whose keys are in the other range.
    Among(Range<Vec<u8>>, Range<Vec<u8>>),
}

impl Everything<'_> {
    /// Visits what is in a range of keys, in the order of the keys.
    pub(super) fn scan(self, scan: Scan<'_>, below: &Below<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let Scan { from, to, direction, mut limit } = scan;
        let mut parts = self.parts(from, to);
        if direction == Direction::Descending {
            parts.reverse();
        }
        for part in parts {
            if limit == 0 {
                break;
            }
            let left = limit;
            let mut visit = |key: &[u8], value: Value<&[u8]>| {
                let flow = visit(key, value)?;
                limit = if flow.is_break() { 0 } else { limit - 1 };
                Ok(if limit == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            };
            match part {
                Part::InOrder(Range { start, end }) => {
                    let scan = Scan { from: &start, to: &end, direction, limit: left };
                    below(scan, &mut |stored, value| {
                        let (key, bytes) = self.shown(stored, value.bytes);
                        visit(&key, Value { bytes: &bytes, version: value.version })
                    })?;
                }
                Part::Among(stored, keys) => {
                    self.visit_sorted(&stored, &keys, direction, below, &mut visit)?;
                }
            }
        }
        Ok(())
    }

    fn visit_sorted(
        self,
        stored: &Range<Vec<u8>>,
        keys: &Range<Vec<u8>>,
        direction: Direction,
        below: &Below<'_>,
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        let mut found = BTreeMap::new();
        below(Scan::ascending(&stored.start, &stored.end), &mut |stored, value| {
            let (key, bytes) = self.shown(stored, value.bytes);
            if *keys.start <= *key && *key < *keys.end {
                found.insert(key.into_owned(), Value { bytes, version: value.version });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let mut each = found.iter();
        let mut next = || if direction == Direction::Descending { each.next_back() } else { each.next() };
        while let Some((key, value)) = next() {
            if visit(key, value.as_ref())?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn parts(self, from: &[u8], to: &[u8]) -> Vec<Part> {
        let mut parts = Vec::new();
        let [first, last] = [from, to].map(|key| key.first().copied());
        for tag in first.unwrap_or(0)..=last.unwrap_or(0) {
            let (table, end) = ([tag], prefix_end(&[tag]));
            let low = from.max(&table);
            let high = if end.is_empty() { to } else { to.min(&end) };
            if low < high {
                parts.push(if is_hashed(&table) {
                    self.of_table(low, high)
                } else {
                    Part::InOrder(low.to_vec()..high.to_vec())
                });
            }
        }
        parts
    }

    /// A range of a table with texts in its keys.
    fn of_table(self, low: &[u8], high: &[u8]) -> Part {
        let (mut whole, mut texts) = (1, 0);
        let prefix = |end| low.get(..end).unwrap_or_default();
        for (letter, end) in tables::ends(low) {
            if high > &*prefix_end(prefix(end)) {
                break;
            }
            whole = end;
            texts += usize::from(letter == tables::TEXT);
        }
        let (shared, stored) = (prefix(whole), self.stored(prefix(whole)));
        let end = prefix_end(&stored);
        if texts < tables::texts(low) {
            return Part::Among(stored.into_owned()..end, low.to_vec()..high.to_vec());
        }
        let beyond = |key: &[u8]| key.strip_prefix(shared).map(|rest| [&stored, rest].concat());
        Part::InOrder(beyond(low).unwrap_or_default()..beyond(high).unwrap_or(end))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::engine::keyspace::{Key, tag};
    use crate::engine::one_owner::{OneOwner as _, RawRead as _};
    use crate::engine::sealed::{KeyWrap, Sealed};
    use crate::engine::{Direction, Engine, MemoryEngine, Scan, Value};
    use crate::env::SeededEntropy;
    use crate::model::Id;

    fn keys() -> Vec<Key> {
        let (id, texts) = (Id::from_number, ["", "a", "ab", "a\0b", "b", "\u{10ffff}"]);
        let mut keys = vec![Key::of(tag::CLOCK), Key::of(tag::TENANT).id(id(1))];
        for tenant in [id(1), id(2)] {
            for (number, text) in (5..).zip(texts) {
                keys.push(Key::of(tag::PROVIDER).id(tenant).id(id(number)));
                keys.push(Key::of(tag::PROVIDER_NAME).id(tenant).text(text).id(id(number)));
                keys.push(Key::of(tag::PROVIDER_NAME).id(tenant).text("ab").id(id(100 + number)));
                keys.push(Key::of(tag::SIGNING_KID).id(tenant).text(text));
                keys.push(Key::of(tag::REQUEST).id(tenant).id(id(number % 2)).text(text));
                keys.push(Key::of(tag::ATTACHMENT).id(tenant).id(id(5)).text("kid").text(text));
                keys.push(Key::of(tag::VENDOR_RECORD_NAME).id(tenant).text("a").text(text).id(id(number)));
                keys.push(Key::of(tag::USER_LOGIN).id(tenant).text(&text.repeat(2000)).id(id(number)));
            }
        }
        keys
    }

    fn visited(engine: &dyn Engine, scan: Scan<'_>) -> Vec<(Vec<u8>, Value)> {
        let mut visited = Vec::new();
        let visit = &mut |key: &[u8], value: Value<&[u8]>| {
            visited.push((key.to_vec(), value.to_owned()));
            Ok(std::ops::ControlFlow::Continue(()))
        };
        engine.read().unwrap().scan(scan, visit).unwrap();
        visited
            .iter_mut()
            .filter(|(_, value)| value.bytes.is_empty())
            .for_each(|(_, value)| value.version = 0);
        visited
    }

    #[test]
    fn every_range_is_that_of_the_keys_in_the_clear() {
        let plain = MemoryEngine::default();
        let inner: &'static MemoryEngine = Box::leak(Box::default());
        let sealed = Sealed::new(Arc::new(inner), Some(Arc::new(SeededEntropy::new([7; 32]))));
        sealed.open_or_found(&KeyWrap::key([7; 32]), true).unwrap();
        let keys = keys();
        for engine in [&plain as &dyn Engine, &sealed] {
            let mut tx = engine.write().unwrap();
            for (number, key) in keys.iter().enumerate() {
                tx.put(key.bytes(), if number % 3 == 0 { b"" } else { b"noted" }).unwrap();
            }
            tx.commit(Some(b"unit")).unwrap();
        }
        let mut tx = plain.raw_write().unwrap();
        for of_seal in [tag::SEAL, tag::GENERATIONS] {
            let value = inner.raw_read().unwrap().get(&[of_seal]).unwrap();
            tx.put(&[of_seal], &value.unwrap()).unwrap();
        }
        tx.commit().unwrap();
        let mut bounds = vec![Vec::new(), vec![0xff; 256]];
        for key in keys.iter().step_by(17) {
            let lengths = [1, 9, 10, 12, 17, key.bytes().len()];
            let starts = lengths.into_iter().filter_map(|length| key.bytes().get(..length));
            bounds.extend(starts.flat_map(|start| [start.to_vec(), super::prefix_end(start)]));
            bounds.push(key.next());
        }
        bounds.sort();
        bounds.dedup();
        let (mut compared, mut found) = (0, 0);
        for (at, from) in bounds.iter().enumerate() {
            for to in bounds.iter().skip(at) {
                for (direction, limit) in [(Direction::Ascending, usize::MAX), (Direction::Descending, 3)] {
                    let scan = Scan { from, to, direction, limit };
                    let expected = visited(&plain, scan);
                    assert_eq!(visited(&sealed, scan), expected, "{scan:?}");
                    (compared, found) = (compared + 1, found + expected.len());
                }
            }
        }
        assert!(compared > 1000 && found > 10_000, "{compared} ranges, {found} entries");
    }

    #[test]
    fn what_is_written_is_read_and_removed() {
        let inner: &'static MemoryEngine = Box::leak(Box::default());
        let sealed = Sealed::new(Arc::new(inner), Some(Arc::new(SeededEntropy::new([7; 32]))));
        sealed.open_or_found(&KeyWrap::key([7; 32]), true).unwrap();
        let count = || inner.snapshot().unwrap().0.len();
        let (before, mut tx) = (count(), sealed.write().unwrap());
        for key in keys() {
            tx.put(key.bytes(), b"hush").unwrap();
            assert_eq!(tx.get(key.bytes()).unwrap().unwrap().bytes, b"hush");
            assert_eq!(tx.get_many(&[key.bytes()]).unwrap()[0].as_ref().unwrap().bytes, b"hush");
            tx.delete(key.bytes()).unwrap();
            assert!(tx.get(key.bytes()).unwrap().is_none());
        }
        tx.commit(None).unwrap();
        assert_eq!(count(), before);
    }
}
