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
    /// Whether the needle is the name of a provider to the letter. Asked if they differ in case at most.
    pub(super) is_same: &'q dyn Fn(Id) -> Result<bool>,
    /// Whether a provider is wanted. Asked if it would be on the page.
    pub(super) is_wanted: &'q dyn Fn(Id) -> Result<bool>,
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

    /// The names that contain the folded needle and lie behind `after`, in their order, up to `limit`.
    pub(super) fn search(
        &self,
        needle: &str,
        after: Option<&Place<String>>,
        limit: usize,
        questions: &Questions<'_>,
    ) -> Result<Vec<Place<&[u8]>>> {
        let finder = Finder::new(needle);
        let mut best = BinaryHeap::new(); // the last of them on top
        let (mut row, mut from) = (0, 0);
        let rest = |from| self.text.get(from..).filter(|rest| !rest.is_empty());
        while let Some(found) = rest(from).and_then(|rest| finder.find(rest)) {
            row = self.row_at(from + found, row);
            let place = self.place(row, from + found);
            from = self.bounds(row).1 + 1;
            let Some(mut place) = place else { continue };
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

    /// The place of a name in which the needle first occurs at `at`, whatever its case.
    fn place(&self, row: usize, at: usize) -> Option<Place<&[u8]>> {
        let (start, end) = self.bounds(row);
        let (rank, text) = (if at > start { Rank::Inside } else { Rank::Begins }, self.text.get(at..end)?);
        let text = if rank == Rank::Inside { first_characters(text) } else { text };
        Some(Place { rank, text, id: self.rows.get(row)?.id? })
    }

    /// The row to which this octet of the text belongs; it is not before this one, and likely the same or the next.
    fn row_at(&self, at: usize, row: usize) -> usize {
        let is_behind = |row: usize| self.rows.get(row).is_none_or(|row| row.start > at);
        match (is_behind(row + 1), is_behind(row + 2)) {
            (true, _) => row,
            (false, true) => row + 1,
            _ => self.rows.partition_point(|row| row.start <= at).saturating_sub(1),
        }
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
