//! How names are compared.

/// A name as it is compared: without regard to case. Character by character, so that a part of a name is folded as
/// it is in the whole; Greek has a small sigma of its own for the ends of words.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}
