//! Finding names by what they contain, without looking at all of them.
//!
//! Besides the folded name itself every shorter end of it is an index entry, so that each occurrence of a text
//! inside a name is the start of some entry: the hits of a search lie next to each other.

use crate::engine::keyspace::{Key, tag};
use crate::model::Id;

use super::Index;

/// Longer ends are cut: what a longer needle has in addition is compared with the name itself.
pub(super) const END_LENGTH: usize = 32;

/// Ends are taken from this many first characters of a name.
const ENDS: usize = 256;

/// A name as it is compared: without regard to case.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The first [`END_LENGTH`] characters.
pub(super) fn cut(text: &str) -> &str {
    text.char_indices().nth(END_LENGTH).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The entries that lead to the record `id` with this name. Each end is noted with its offset in the name.
pub(super) fn entries(tenant: Id, name: &str, id: Id, index: &mut Index) {
    let name = fold(name);
    index.insert(Key::of(tag::PROVIDER_NAME).id(tenant).text(&name).id(id), Vec::new());
    for (offset, _) in name.char_indices().take(ENDS).skip(1) {
        let end = name.get(offset..).map(cut).unwrap_or_default();
        let key = Key::of(tag::PROVIDER_NAME_END).id(tenant).text(end).id(id);
        // Of equal ends, as in `aaaa…`, the first is enough.
        index.entry(key).or_insert_with(|| (offset as u64).to_be_bytes().to_vec());
    }
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
