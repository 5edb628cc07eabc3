//! All names of a tenant's providers in one piece of memory, searched from end to end.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use memchr::memmem::Finder;

use crate::error::Result;
use crate::model::Id;

/// Stands behind each name, and in place of those that are gone. It occurs in no UTF-8.
const SEPARATOR: u8 = 0xff;

/// Names that contain a text further on are ordered by so many characters from there.
const ORDERED_BY: usize = 32;

/// Folded names, and whose they are.
#[derive(Debug, Default)]
pub(super) struct Table {
    text: Vec<u8>,
    /// In the order of the text.
    rows: Vec<Row>,
    /// The row of each provider.
    row_of: BTreeMap<Id, usize>,
    /// How many octets of the text are names that are gone.
    gone: usize,
}

#[derive(Debug)]
struct Row {
    start: usize,
    /// `None` if the name is gone.
    id: Option<Id>,
}

/// Where a name that a search has found stands among all that it finds: first the name itself and those that begin
/// with the needle, then those that contain it further on, each group in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place<T> {
    pub(super) is_inside: bool,
    /// The name, or its end from where the needle first occurs, cut to 32 characters.
    pub(super) text: T,
    pub(super) id: Id,
}

impl Table {
    /// Gives a provider this folded name; without one the provider is gone.
    pub(super) fn set(&mut self, id: Id, name: Option<&str>) {
        if let Some(row) = self.row_of.get(&id).copied() {
            if name.is_some_and(|name| self.name(row) == name.as_bytes()) {
                return;
            }
            self.remove(id, row);
        }
        if let Some(name) = name {
            self.row_of.insert(id, self.rows.len());
            self.rows.push(Row { start: self.text.len(), id: Some(id) });
            self.text.extend_from_slice(name.as_bytes());
            self.text.push(SEPARATOR);
        }
        if self.gone > self.text.len() / 2 {
            self.compact();
        }
    }

    fn remove(&mut self, id: Id, row: usize) {
        self.row_of.remove(&id);
        let (start, end) = self.bounds(row);
        if let Some(name) = self.text.get_mut(start..end) {
            name.fill(SEPARATOR);
        }
        if let Some(row) = self.rows.get_mut(row) {
            row.id = None;
        }
        self.gone += end - start + 1;
    }

    fn compact(&mut self) {
        let before = std::mem::take(self);
        for (id, row) in &before.row_of {
            self.row_of.insert(*id, self.rows.len());
            self.rows.push(Row { start: self.text.len(), id: Some(*id) });
            self.text.extend_from_slice(before.name(*row));
            self.text.push(SEPARATOR);
        }
    }

    /// How many providers there are.
    pub(super) fn len(&self) -> usize {
        self.row_of.len()
    }

    /// The names that contain the folded needle and lie behind `after`, in their order, up to `limit`. Of each provider
    /// that would be among them `wanted` decides.
    pub(super) fn search(
        &self,
        needle: &str,
        after: Option<&Place<String>>,
        limit: usize,
        wanted: &mut dyn FnMut(Id) -> Result<bool>,
    ) -> Result<Vec<Place<&[u8]>>> {
        let finder = Finder::new(needle);
        let mut best = BinaryHeap::new(); // the last of them on top
        let mut from = 0;
        let rest = |from| self.text.get(from..).filter(|rest| !rest.is_empty());
        while let Some(found) = rest(from).and_then(|rest| finder.find(rest)) {
            let row = self.row_at(from + found);
            let place = self.place(row, from + found);
            from = self.bounds(row).1 + 1;
            let Some(place) = place.filter(|place| after.is_none_or(|after| place.is_behind(after))) else {
                continue;
            };
            if best.len() == limit && best.peek().is_none_or(|last| place >= *last) {
                continue;
            }
            if wanted(place.id)? {
                best.push(place);
                if best.len() > limit {
                    best.pop();
                }
            }
        }
        Ok(best.into_sorted_vec())
    }

    /// The place of a name in which the needle first occurs at `at`.
    fn place(&self, row: usize, at: usize) -> Option<Place<&[u8]>> {
        let (start, end) = self.bounds(row);
        let (is_inside, text) = (at > start, self.text.get(at..end)?);
        let text = if is_inside { first_characters(text) } else { text };
        Some(Place { is_inside, text, id: self.rows.get(row)?.id? })
    }

    /// The row to which this octet of the text belongs.
    fn row_at(&self, at: usize) -> usize {
        self.rows.partition_point(|row| row.start <= at).saturating_sub(1)
    }

    /// Where the name of a row begins and ends.
    fn bounds(&self, row: usize) -> (usize, usize) {
        let start = self.rows.get(row).map_or(0, |row| row.start);
        let next = self.rows.get(row + 1).map_or(self.text.len(), |row| row.start);
        (start, next.saturating_sub(1).max(start))
    }

    fn name(&self, row: usize) -> &[u8] {
        let (start, end) = self.bounds(row);
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Place<String> {
    /// Whether a search for this needle can find it.
    pub(super) fn is_found_by(&self, needle: &str) -> bool {
        let needle = if self.is_inside { first_characters(needle.as_bytes()) } else { needle.as_bytes() };
        self.text.as_bytes().starts_with(needle)
    }
}

impl Place<&[u8]> {
    fn is_behind(&self, other: &Place<String>) -> bool {
        let text = self.text.cmp(other.text.as_bytes());
        self.is_inside.cmp(&other.is_inside).then(text).then(self.id.cmp(&other.id)) == Ordering::Greater
    }
}

fn first_characters(text: &[u8]) -> &[u8] {
    let starts = text.iter().enumerate().filter(|(_, octet)| !matches!(octet, 0x80..=0xbf));
    let end = starts.map(|(at, _)| at).nth(ORDERED_BY);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(table: &Table, needle: &str, limit: usize) -> Vec<u64> {
        let places = table.search(needle, None, limit, &mut |_| Ok(true)).unwrap();
        places.iter().map(|place| place.id.number()).collect()
    }

    fn table(names: &[&str]) -> Table {
        let mut table = Table::default();
        for (id, name) in (1..).zip(names) {
            table.set(Id::from_number(id), Some(name));
        }
        table
    }

    #[test]
    fn names_come_in_the_order_of_a_search() {
        let table = table(&["a partner", "partners", "partner", "", "the partner b"]);
        assert_eq!(found(&table, "partner", 9), [3, 2, 1, 5]);
        assert_eq!(found(&table, "partner", 2), [3, 2]);
        assert_eq!(found(&table, "", 9), [4, 1, 3, 2, 5]);
        assert_eq!(found(&table, "r", 0), [0; 0]);
        assert_eq!(found(&table, "partner\u{0}", 9), [0; 0]);
    }

    #[test]
    fn names_that_are_gone_are_not_found_and_leave_no_memory_behind() {
        let mut table = table(&["one", "two", "three"]);
        table.set(Id::from_number(2), None);
        table.set(Id::from_number(1), Some("three and a half"));
        assert_eq!(found(&table, "o", 9), [0; 0]);
        assert_eq!(found(&table, "", 9), [3, 1]);
        for number in 0..1000 {
            table.set(Id::from_number(1), Some(&format!("name {number}")));
        }
        assert!(table.text.len() < 100 && table.rows.len() < 10, "{table:?}");
        assert_eq!((found(&table, "name", 9), table.len()), (vec![1], 2));
    }

    /// How one name compares with another, straightforwardly.
    fn naive(names: &BTreeMap<u64, String>, needle: &str) -> Vec<u64> {
        let mut found: Vec<_> = names
            .iter()
            .filter_map(|(id, name)| {
                let at = name.find(needle)?;
                let text = if at == 0 { name.clone() } else { name[at..].chars().take(32).collect() };
                Some((at > 0, text, *id))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(_, _, id)| id).collect()
    }

    proptest! {
        #[test]
        fn any_changes_and_needles(
            steps in prop::collection::vec((1..9_u64, prop::option::of("[abß\0]{0,40}")), 0..60),
            needle in "[abß\0]{0,3}",
            page in 1..4_usize,
        ) {
            let (mut table, mut names) = (Table::default(), BTreeMap::new());
            for (id, name) in steps {
                table.set(Id::from_number(id), name.as_deref());
                match name {
                    Some(name) => names.insert(id, name),
                    None => names.remove(&id),
                };
            }
            prop_assert_eq!(table.len(), names.len());
            let expected = naive(&names, &needle);
            prop_assert_eq!(&found(&table, &needle, usize::MAX), &expected);
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let places = table.search(&needle, after.as_ref(), page, &mut |_| Ok(true)).unwrap();
                seen.extend(places.iter().map(|place| place.id.number()));
                let Some(last) = places.last() else { break };
                let text = String::from_utf8(last.text.to_vec()).unwrap();
                after = Some(Place { is_inside: last.is_inside, text, id: last.id });
            }
            prop_assert_eq!(seen, expected);
        }
    }
}
