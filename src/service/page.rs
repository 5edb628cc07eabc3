//! Lists, a page at a time.

use crate::error::{ErrorKind, Result};
use crate::model::Id;

/// Where a page ends, so that the next one can begin there. Later creations and deletions do not disturb it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cursor {
    /// After this id, in lists that follow the ids.
    Id(Id),
    /// After this place, in lists that follow something else, such as what a search finds. Opaque.
    Name(Vec<u8>),
}

impl Cursor {
    /// The id after which the next page begins.
    ///
    /// # Errors
    ///
    /// [`BadCursor`](crate::error::ErrorKind::BadCursor) if the cursor belongs to a list that follows something else.
    pub(crate) fn id(&self) -> Result<Id> {
        match self {
            Self::Id(id) => Ok(*id),
            Self::Name(_) => Err(ErrorKind::BadCursor.into()),
        }
    }
}

/// How many elements a page has if the caller names no number.
pub(super) const DEFAULT_LIMIT: usize = 20;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// Part of a list, found by its position. Other than a [`Page`] it is disturbed by creations and deletions before it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Portion<T> {
    /// The elements.
    pub items: Vec<T>,
    /// How many elements the whole list has.
    pub total: usize,
}

/// Which part is wanted of a list that holds everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}

impl Default for Paging {
    /// The first 20.
    fn default() -> Self {
        Self { after: None, limit: DEFAULT_LIMIT }
    }
}

impl Paging {
    /// Everything, in one page.
    #[must_use]
    pub fn all() -> Self {
        Self { after: None, limit: usize::MAX }
    }

    /// After which id the page begins.
    pub(super) fn after_id(&self) -> Result<Option<Id>> {
        self.after.as_ref().map(Cursor::id).transpose()
    }
}
