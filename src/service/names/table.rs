//! All names of a tenant's providers in one piece of memory, searched from end to end.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

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
    /// Where in the text each name begins. A name and its provider are one row.
    starts: Vec<usize>,
    /// The provider of each row, or `None` if its name is gone.
    ids: Vec<Option<Id>>,
    /// The row of each provider, in the order of the ids.
    rows: Vec<(Id, usize)>,
    /// How many octets of the text are names that are gone.
    gone: usize,
}

/// Where a name that a search has found stands among all that it finds, in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place<T> {
    pub(super) rank: Rank,
    /// The name, or its end from where the needle first occurs, cut to 32 characters.
    pub(super) text: T,
    pub(super) id: Id,
}

/// How the needle occurs in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It is the name, to the letter.
    Same,
    /// The name begins with it.
    Begins,
    /// It is further on in the name.
    Inside,
}

/// What a search has to ask of the store.
pub(super) struct Questions<'q> {
    /// Whether the needle is the name of a provider to the letter. Called if they differ in case at most.
    pub(super) is_same: &'q dyn Fn(Id) -> Result<bool>,
    /// Whether a provider is wanted. Called if it would be on the page.
    pub(super) is_wanted: &'q dyn Fn(Id) -> Result<bool>,
}

impl Table {
    /// The table of all folded names that `each` visits, one of each provider.
    pub(super) fn read(each: impl FnOnce(&mut dyn FnMut(Id, &str)) -> Result<()>) -> Result<Self> {
        let mut table = Self::default();
        each(&mut |id, name| table.append(id, name.as_bytes()))?;
        table.find_rows();
        Ok(table)
    }

    /// Gives a provider this folded name; without one the provider is gone.
    pub(super) fn set(&mut self, id: Id, name: Option<&str>) {
        let place = self.rows.binary_search_by_key(&id, |(id, _)| *id);
        let row = place.ok().and_then(|place| self.rows.get(place)).map(|(_, row)| *row);
        if name.zip(row).is_some_and(|(name, row)| self.name(row) == name.as_bytes()) {
            return;
        }
        if let Some(row) = row {
            self.clear(row);
        }
        let new_row = (id, self.ids.len());
        match (place, name) {
            (Ok(place), None) => drop(self.rows.remove(place)),
            (Ok(place), Some(_)) => self.rows.splice(place..=place, [new_row]).for_each(drop),
            (Err(place), Some(_)) => self.rows.insert(place, new_row),
            (Err(_), None) => {}
        }
        if let Some(name) = name {
            self.append(id, name.as_bytes());
        }
        if self.gone > self.text.len() / 2 {
            self.compact();
        }
    }

    /// Makes a row one whose name is gone.
    fn clear(&mut self, row: usize) {
        let (start, end) = self.bounds(row);
        if let Some(name) = self.text.get_mut(start..end) {
            name.fill(SEPARATOR);
        }
        if let Some(id) = self.ids.get_mut(row) {
            *id = None;
        }
        self.gone += end - start + 1;
    }

    fn compact(&mut self) {
        let before = std::mem::take(self);
        for (id, row) in &before.rows {
            self.append(*id, before.name(*row));
        }
        self.find_rows();
    }

    /// Adds a row, which has yet to be entered in `rows`.
    fn append(&mut self, id: Id, name: &[u8]) {
        self.starts.push(self.text.len());
        self.ids.push(Some(id));
        self.text.extend_from_slice(name);
        self.text.push(SEPARATOR);
    }

    /// Makes `rows` anew: many rows are sorted several times faster all at once than one by one.
    fn find_rows(&mut self) {
        let rows = self.ids.iter().enumerate();
        self.rows = rows.filter_map(|(row, id)| Some(((*id)?, row))).collect();
        self.rows.sort_unstable();
    }

    /// How many providers there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The ids from this position in their order, up to `limit`.
    pub(super) fn ids_from(&self, offset: usize, limit: usize) -> impl Iterator<Item = Id> {
        self.rows.iter().skip(offset).take(limit).map(|(id, _)| *id)
    }

    /// The names that contain the folded needle and follow `after`, in their order, up to `limit`.
    pub(super) fn search(
        &self,
        needle: &str,
        after: Option<&Place<String>>,
        limit: usize,
        questions: &Questions<'_>,
    ) -> Result<Vec<Place<&[u8]>>> {
        let finder = Finder::new(needle);
        let mut best = BinaryHeap::new(); // the last of them on top
        let (mut next, mut from) = (0, 0);
        let rest = |from| self.text.get(from..).filter(|rest| !rest.is_empty());
        while let Some(found) = rest(from).and_then(|rest| finder.find(rest)) {
            let at = from + found;
            let row = self.row_at(at, next);
            let (start, end) = self.bounds(row);
            (next, from) = (row + 1, end + 1);
            let Some(id) = self.ids.get(row).copied().flatten() else { continue };
            let text = self.text.get(at..end).unwrap_or_default();
            let mut place = if at == start {
                Place { rank: Rank::Begins, text, id }
            } else {
                Place { rank: Rank::Inside, text: first_characters(text), id }
            };
            if place.rank == Rank::Begins && place.text == needle.as_bytes() && (questions.is_same)(place.id)?
            {
                place.rank = Rank::Same;
            }
            if after.is_some_and(|after| !place.is_behind(after)) {
                continue;
            }
            if best.len() == limit && best.peek().is_none_or(|last| place >= *last) {
                continue;
            }
            if (questions.is_wanted)(place.id)? {
                best.push(place);
                if best.len() > limit {
                    best.pop();
                }
            }
        }
        Ok(best.into_sorted_vec())
    }

    /// The row to which this octet of the text belongs; it is not before `first`, and likely near it.
    fn row_at(&self, at: usize, first: usize) -> usize {
        let rows = self.starts.get(first..).unwrap_or_default();
        let mut near = 1;
        while rows.get(near).is_some_and(|start| *start <= at) {
            near *= 2;
        }
        if near == 1 {
            return first; // which is so at most hits of a frequent needle
        }
        let near = rows.get(..near).unwrap_or(rows);
        first + near.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Where the name of a row begins and ends.
    fn bounds(&self, row: usize) -> (usize, usize) {
        let start = |row| self.starts.get(row).copied().unwrap_or(self.text.len());
        (start(row), start(row + 1).saturating_sub(1))
    }

    fn name(&self, row: usize) -> &[u8] {
        let (start, end) = self.bounds(row);
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Place<String> {
    /// Whether a search for this needle can find it.
    pub(super) fn is_found_by(&self, needle: &str) -> bool {
        let (text, needle) = (self.text.as_bytes(), needle.as_bytes());
        match self.rank {
            Rank::Same => text == needle,
            Rank::Begins => text.starts_with(needle),
            Rank::Inside => text.starts_with(first_characters(needle)),
        }
    }
}

impl Place<&[u8]> {
    fn is_behind(&self, other: &Place<String>) -> bool {
        let text = self.text.cmp(other.text.as_bytes());
        self.rank.cmp(&other.rank).then(text).then(self.id.cmp(&other.id)) == Ordering::Greater
    }
}

fn first_characters(text: &[u8]) -> &[u8] {
    if text.len() <= ORDERED_BY {
        return text;
    }
    let starts = text.iter().enumerate().filter(|(_, octet)| !matches!(octet, 0x80..=0xbf));
    let end = starts.map(|(at, _)| at).nth(ORDERED_BY);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Even ids have names that are the needle to the letter if they are it at all.
    const QUESTIONS: Questions<'_> =
        Questions { is_same: &|id| Ok(id.number().is_multiple_of(2)), is_wanted: &|_| Ok(true) };

    fn found(table: &Table, needle: &str, limit: usize) -> Vec<u64> {
        let places = table.search(needle, None, limit, &QUESTIONS).unwrap();
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
        let table = table(&["a partner", "partners", "partner", "partner", "the partner b"]);
        assert_eq!(found(&table, "partner", 9), [4, 3, 2, 1, 5]);
        assert_eq!(found(&table, "partner", 2), [4, 3]);
        assert_eq!(found(&table, "", 9), [1, 3, 4, 2, 5]);
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
        assert!(table.text.len() < 100 && table.ids.len() < 10, "{table:?}");
        assert_eq!((found(&table, "name", 9), table.len()), (vec![1], 2));
    }

    #[test]
    fn names_that_are_read_at_once_are_found_however_far_apart_and_can_change() {
        let name = |number| format!("name {number:04}");
        let mut table = Table::read(|append| {
            (0..2000).rev().for_each(|number| append(Id::from_number(number), &name(number)));
            Ok(())
        })
        .unwrap();
        assert_eq!(table.len(), 2000);
        for needle in ["", "0", "00", "000", "77", "1234"] {
            let expected: Vec<_> = (0..2000).filter(|number| name(*number).contains(needle)).collect();
            let mut found = found(&table, needle, usize::MAX);
            found.sort_unstable();
            assert_eq!(found, expected);
        }
        table.set(Id::from_number(1234), Some("other"));
        table.set(Id::from_number(7), None);
        assert_eq!(found(&table, "1234", 9), [0; 0]);
        assert_eq!(found(&table, "0007", 9), [0; 0]);
        assert_eq!((found(&table, "other", 9), table.len()), (vec![1234], 1999));
    }

    /// How one name compares with another, straightforwardly.
    fn naive(names: &BTreeMap<u64, String>, needle: &str) -> Vec<u64> {
        let mut found: Vec<_> = names
            .iter()
            .filter_map(|(id, name)| {
                let at = name.find(needle)?;
                let text = if at == 0 { name.clone() } else { name[at..].chars().take(32).collect() };
                let rank = match at {
                    0 if name == needle && id % 2 == 0 => 0,
                    0 => 1,
                    _ => 2,
                };
                Some((rank, text, *id))
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
            let ids: Vec<_> = table.ids_from(1, 3).map(Id::number).collect();
            prop_assert_eq!(ids, names.keys().copied().skip(1).take(3).collect::<Vec<_>>());
            let expected = naive(&names, &needle);
            prop_assert_eq!(&found(&table, &needle, usize::MAX), &expected);
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let places = table.search(&needle, after.as_ref(), page, &QUESTIONS).unwrap();
                seen.extend(places.iter().map(|place| place.id.number()));
                let Some(last) = places.last() else { break };
                let text = String::from_utf8(last.text.to_vec()).unwrap();
                after = Some(Place { rank: last.rank, text, id: last.id });
            }
            prop_assert_eq!(seen, expected);
        }
    }
}
