//! How names are compared, and the parts of a search by their starts.

use crate::engine::keyspace::Key;
use crate::error::{ErrorKind, Result};

/// A name as it is compared: without regard to case. Character by character, so that a part of a name is folded as
/// it is in the whole; Greek has a small sigma of its own for the ends of words.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
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

    /// The key at a place, if the place is in this part.
    fn key<'p>(&self, place: &'p [u8]) -> Option<&'p [u8]> {
        let key = if self.is_exact { place.strip_prefix(&[EXACT])? } else { place };
        key.starts_with(self.names.bytes()).then_some(key)
    }
}

/// What is left of a search after a place: the parts, and the first key of the first of them.
///
/// # Errors
///
/// [`ErrorKind::BadCursor`] if the place is in no part.
pub(super) fn left_after<'p>(passes: &'p [Pass], place: &[u8]) -> Result<(&'p [Pass], Vec<u8>)> {
    let begun = passes.iter().enumerate().find_map(|(at, pass)| Some((passes.get(at..)?, pass.key(place)?)));
    let (left, key) = begun.ok_or(ErrorKind::BadCursor)?;
    Ok((left, [key, &[0]].concat()))
}
