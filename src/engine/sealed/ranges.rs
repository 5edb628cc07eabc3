//! Ranges of keys in a store in which everything is sealed.
//!
//! Where all texts of a range are whole, such as in the index entries of one name, what is stored is in the order of the keys.
//! Otherwise entries are opened and sorted: those that have the same whole parts, and ids and numbers within the range. Of names that
//! start with a text, these are all of the table: that costs what is there, not what is found.

use std::ops::{ControlFlow, Range};

use super::everything::Everything;
use crate::engine::keyspace::prefix_end;
use crate::engine::one_owner::{read, stamped};
use crate::engine::snapshot::Entries;
use crate::engine::tables;
use crate::engine::{Direction, Scan, Value, Visit};
use crate::error::Result;

/// Scans what is stored.
pub(super) type Below<'b> = dyn Fn(Scan<'_>, &mut Visit<'_>) -> Result<()> + 'b;

impl Everything<'_> {
    /// Visits what is in a range of keys, in the order of the keys.
    pub(super) fn scan(self, scan: Scan<'_>, below: &Below<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let Scan { from, to, direction, mut limit } = scan;
        let tag = |key: &[u8]| key.first().copied().unwrap_or_default();
        let mut tags = tag(from)..=tag(to);
        let mut next = || if direction == Direction::Descending { tags.next_back() } else { tags.next() };
        while limit > 0
            && let Some(tag) = next()
        {
            let (table, end) = ([tag], prefix_end(&[tag]));
            let from = from.max(&table);
            let to = if end.is_empty() { to } else { to.min(&end) };
            if from < to {
                limit = self.scan_table(Scan { from, to, direction, limit }, below, visit)?;
            }
        }
        Ok(())
    }

    /// The same in one table. Gives how many more may be visited.
    fn scan_table(self, scan: Scan<'_>, below: &Below<'_>, visit: &mut Visit<'_>) -> Result<usize> {
        let Scan { from, to, direction, limit } = scan;
        let (Range { start, end }, is_in_order) = self.stored_range(from, to);
        let (mut left, mut found) = (limit, Entries::new());
        let mut show = |key: &[u8], value: Value<&[u8]>| {
            let flow = visit(key, value)?;
            left = if flow.is_break() { 0 } else { left - 1 };
            Ok(if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        };
        let limit = if is_in_order { limit } else { usize::MAX };
        below(Scan { from: &start, to: &end, direction, limit }, &mut |stored, value| {
            let (key, bytes) = self.shown(stored, value.bytes);
            if *key < *from || *to <= *key {
                return Ok(ControlFlow::Continue(()));
            }
            if is_in_order {
                return show(&key, Value { bytes: &bytes, version: value.version });
            }
            found.insert((&*key).into(), stamped(&bytes, value.version).into());
            Ok(ControlFlow::Continue(()))
        })?;
        let mut each = found.iter();
        let mut next = || if direction == Direction::Descending { each.next_back() } else { each.next() };
        while let Some((key, stored)) = next() {
            if show(key, read(stored))?.is_break() {
                break;
            }
        }
        Ok(left)
    }

    /// Where what is in a range of one table is stored, and whether it is in the same order there and nothing is between.
    fn stored_range(self, from: &[u8], to: &[u8]) -> (Range<Vec<u8>>, bool) {
        let prefix = |end| from.get(..end).unwrap_or_default();
        let is_shared = |(_, end): &(u8, usize)| to <= &*prefix_end(prefix(*end));
        let ends: Vec<_> = tables::ends(from).into_iter().take_while(is_shared).collect();
        let shared = prefix(ends.last().map_or(1, |(_, end)| *end));
        let stored = self.stored(shared);
        // What follows up to the next text is stored as it is.
        let until_text = tables::length_until_text(from, ends.len());
        let cut = |rest: &[u8]| rest.len().min(until_text.unwrap_or(usize::MAX));
        let beyond = |rest: &[u8]| [&stored, rest.get(..cut(rest)).unwrap_or_default()].concat();
        let start = beyond(from.strip_prefix(shared).unwrap_or_default());
        let end = match to.strip_prefix(shared) {
            Some(rest) if cut(rest) == rest.len() => beyond(rest),
            Some(rest) => prefix_end(&beyond(rest)),
            None => prefix_end(&stored),
        };
        (start..end, until_text.is_none())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use crate::engine::keyspace::{Key, tag};
    use crate::engine::one_owner::{OneOwner as _, RawRead as _};
    use crate::engine::sealed::{KeyWrap, Sealed};
    use crate::engine::{Direction, Engine, MemoryEngine, Scan, Value, Visit};
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
                keys.push(Key::of(tag::PLANNED_END).id(tenant).number(number % 3).id(id(number)).text(text));
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
            let lengths = [1, 9, 10, 12, 17, 21, 25, key.bytes().len()];
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
    fn a_range_of_times_costs_what_is_in_it() {
        let inner: &'static MemoryEngine = Box::leak(Box::default());
        let sealed = Sealed::new(Arc::new(inner), Some(Arc::new(SeededEntropy::new([7; 32]))));
        sealed.open_or_found(&KeyWrap::key([7; 32]), true).unwrap();
        let of = |time| Key::of(tag::PLANNED_END).id(Id::from_number(1)).number(time);
        let mut tx = sealed.write().unwrap();
        for time in 0..1000 {
            tx.put(of(time).id(Id::from_number(5)).text("kid").bytes(), b"").unwrap();
        }
        tx.commit(None).unwrap();
        let (ring, visited) = (sealed.open(&*inner.read().unwrap()).unwrap(), Cell::new(0));
        let below = |scan: Scan<'_>, visit: &mut Visit<'_>| {
            inner.read().unwrap().scan(scan, &mut |key, value| {
                visited.set(visited.get() + 1);
                visit(key, value)
            })
        };
        let (mut found, from, to) = (0, Key::of(tag::PLANNED_END).id(Id::from_number(1)), of(9).end());
        let scan = Scan::ascending(from.bytes(), &to);
        let count = &mut |_: &[u8], _: Value<&[u8]>| {
            found += 1;
            Ok(ControlFlow::Continue(()))
        };
        ring.everything().unwrap().scan(scan, &below, count).unwrap();
        assert_eq!((found, visited.get()), (10, 10));
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
