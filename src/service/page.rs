//! Lists, a page at a time.

use crate::model::Id;

/// Where a page ends, so that the next one can begin there. Later creations and deletions do not disturb it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// After this id, in lists that follow the ids.
    Id(Id),
    /// After this place among all that a search finds. Opaque.
    Name(Vec<u8>),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The elements.
    pub items: Vec<T>,
    /// Where the next page begins; absent if this is the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The first `limit` of `found`, which holds one more if there is another page.
    pub(crate) fn cut(mut found: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> Cursor) -> Self {
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(cursor);
        Self { items: found, next }
    }
}

/// Which providers are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderQuery {
    /// Only those whose name contains this text, in any case.
    pub name_contains: Option<String>,
    /// Only those of this kind, as [`Protocol::kind`](crate::model::Protocol::kind) names it.
    pub kind: Option<String>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}
