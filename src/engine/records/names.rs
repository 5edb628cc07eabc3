//! Finding names by what they contain, without looking at all of them.
//!
//! Besides the folded name itself every shorter end of it is an index entry, so that each occurrence of a text
//! inside a name is the start of some entry: the hits of a search lie next to each other.

use crate::engine::keyspace::{Key, tag};
use crate::error::{ErrorKind, Result};
use crate::model::Id;

use super::Index;

/// Longer ends are cut: what a longer needle has in addition is compared with the name itself.
pub(super) const END_LENGTH: usize = 32;

/// Ends are taken from this many first characters of a name.
const ENDS: usize = 256;

/// A name as it is compared: without regard to case. Character by character, so that a part of a name is folded as
/// it is in the whole; Greek has a small sigma of its own for the ends of words.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// The first [`END_LENGTH`] characters.
pub(super) fn cut(text: &str) -> &str {
    text.char_indices().nth(END_LENGTH).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The entries that lead to the record `id` with this name.
pub(super) fn entries(tenant: Id, name: &str, id: Id, index: &mut Index) {
    let name = fold(name);
    index.insert(whole(tenant, &name).id(id), Vec::new());
    for (offset, _) in name.char_indices().take(ENDS).skip(1) {
        // Equal ends, as in `aaaa…`, are one entry.
        index.insert(end(tenant, name.get(offset..).unwrap_or_default()).id(id), Vec::new());
    }
}

/// The entry by which a search for `needle` finds a name: that of the name itself if it begins with it, otherwise
/// that of the end which begins where it first occurs. Both texts are given as folded.
pub(super) fn hit(tenant: Id, name: &str, id: Id, needle: &str) -> Option<Key> {
    let (before, _) = name.split_once(needle)?;
    match before.chars().count() {
        0 => Some(whole(tenant, name).id(id)),
        at if at < ENDS => Some(end(tenant, name.get(before.len()..)?).id(id)),
        _ => None,
    }
}

/// A part of a search. Names that are the text itself, in its own case, are found by a part of their own, which comes
/// first.
pub(super) struct Pass {
    /// With what the keys of the names begin.
    pub(super) names: Key,
    /// Whether names that are the text itself are found, or all others.
    pub(super) is_exact: bool,
}

/// What sets the places of an exact part apart from those of the others: no key begins so.
const EXACT: u8 = 0;

impl Pass {
    /// The place of the name with this key.
    pub(super) fn place(&self, key: &[u8]) -> Vec<u8> {
        if self.is_exact { [&[EXACT], key].concat() } else { key.to_vec() }
    }

    /// The key at a place, if it lies in this part.
    fn key<'p>(&self, place: &'p [u8]) -> Option<&'p [u8]> {
        let key = if self.is_exact { place.strip_prefix(&[EXACT])? } else { place };
        key.starts_with(self.names.bytes()).then_some(key)
    }
}

/// What is left of a search after a place: the parts, and the first key of the first of them.
///
/// # Errors
///
/// [`ErrorKind::BadCursor`] if the place lies in no part.
pub(super) fn left_after<'p>(passes: &'p [Pass], place: &[u8]) -> Result<(&'p [Pass], Vec<u8>)> {
    let begun = passes.iter().enumerate().find_map(|(at, pass)| Some((passes.get(at..)?, pass.key(place)?)));
    let (left, key) = begun.ok_or(ErrorKind::BadCursor)?;
    Ok((left, [key, &[0]].concat()))
}

fn whole(tenant: Id, name: &str) -> Key {
    Key::of(tag::PROVIDER_NAME).id(tenant).text(name)
}

fn end(tenant: Id, end: &str) -> Key {
    Key::of(tag::PROVIDER_NAME_END).id(tenant).text(cut(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_an_entry_and_long_ones_are_cut() {
        let mut index = Index::new();
        entries(Id::from_number(1), "Über", Id::from_number(2), &mut index);
        assert_eq!(index.len(), 4);
        assert_eq!(cut(&"ü".repeat(40)).chars().count(), END_LENGTH);
        assert_eq!(cut("short"), "short");
    }
}
