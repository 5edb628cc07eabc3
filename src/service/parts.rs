//! Lists of several parts, each of which follows the ids. What is looked at for a page is bounded, whether it belongs to the list
//! or not.

use std::ops::ControlFlow;

use super::page::{Cursor, Page, Paging};
use crate::error::{ErrorKind, Result};
use crate::model::Id;

/// How many candidates are looked at for a page, if it is not longer.
const LOOKED_AT: usize = 1000;

/// Takes a candidate, which is an element or not.
pub(super) type Take<'t, T> = dyn FnMut(Id, Option<T>) -> Result<ControlFlow<()>> + 't;

/// Hands over the candidates of a part after an id, in the order of their ids.
pub(super) type Part<'p, T> = &'p dyn Fn(Option<Id>, &mut Take<'_, T>) -> Result<()>;

/// The number of a part, and an id in it.
#[derive(Clone, Copy, Default)]
struct Place {
    part: u8,
    id: Option<Id>,
}

/// A page of a list of these parts. It may have fewer elements than there is room for, or none, although it is not the last.
///
/// # Errors
///
/// [`ErrorKind::BadCursor`] if the page before was of another list, and those of the parts.
pub(super) fn page<T>(paging: &Paging, parts: &[Part<'_, T>]) -> Result<Page<T>> {
    let mut place = Place::of(paging.after.as_ref())?;
    if usize::from(place.part) >= parts.len() {
        return Err(ErrorKind::BadCursor.into());
    }
    let (mut items, mut left) = (Vec::new(), paging.limit.max(LOOKED_AT));
    for (number, part) in (0..).zip(parts).skip(usize::from(place.part)) {
        let after = place.id.filter(|_| number == place.part);
        let mut is_full = false;
        part(after, &mut |id, item| {
            is_full = left == 0 || (items.len() == paging.limit && item.is_some());
            if is_full {
                return Ok(ControlFlow::Break(()));
            }
            left -= 1;
            items.extend(item);
            place = Place { part: number, id: Some(id) };
            Ok(ControlFlow::Continue(()))
        })?;
        if is_full {
            return Ok(Page { items, next: Some(place.cursor()) });
        }
    }
    Ok(Page { items, next: None })
}

impl Place {
    fn of(cursor: Option<&Cursor>) -> Result<Self> {
        let read = |place: &[u8]| {
            let (part, id) = place.split_first()?;
            let number = u64::from_be_bytes(id.try_into().ok()?);
            Some(Self { part: *part, id: Some(Id::try_from(number).ok()?) })
        };
        match cursor {
            None => Ok(Self::default()),
            Some(Cursor::Name(place)) => read(place).ok_or_else(|| ErrorKind::BadCursor.into()),
            Some(Cursor::Id(_)) => Err(ErrorKind::BadCursor.into()),
        }
    }

    fn cursor(self) -> Cursor {
        let id = self.id.map_or(0, Id::number);
        Cursor::Name([&[self.part][..], &id.to_be_bytes()].concat())
    }
}
