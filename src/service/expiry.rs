//! Which keys end before a given time.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::{Cursor, Page, Paging, Service};
use crate::engine::{ReadTx, records};
use crate::error::{ErrorKind, Result};
use crate::model::{Id, Key, KeyDate};
use crate::pki::Timestamp;

/// A date of a key that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expiring {
    /// The tenant of the key.
    pub tenant: Id,
    /// The date.
    pub at: Timestamp,
    /// What happens then.
    pub what: KeyDate,
    /// The key.
    pub key: Key,
}

impl Service {
    /// What ends before this time, in all tenants, soonest first: the certificates of signing keys and trusted keys, and
    /// those that lead to their roots. Among them are the requests that were made before this time and wait for a certificate.
    ///
    /// ```
    /// use idpstore::model::KeyDate;
    /// use idpstore::{IdpStore, NewSigningKey, Owner};
    /// # use idpstore::pki::KeySpec;
    ///
    /// let store = IdpStore::in_memory()?;
    /// let new = NewSigningKey { years: 1, ..NewSigningKey::default() };
    /// # let new = NewSigningKey { spec: KeySpec::Ec { curve: idpstore::pki::EcCurve::P256 }, ..new };
    /// let key = store.signing_keys(Owner::Tenant).generate(&new)?;
    /// let end = key.expires.expect("a certificate");
    /// assert_eq!(store.service().expiring(end)?, []);
    /// let found = store.service().expiring(end.plus_seconds(1))?;
    /// assert_eq!((found[0].what, &found[0].key), (KeyDate::Certificate, &key));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// The cost is that of what is found, and of a look-up for each tenant.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn expiring(&self, before: Timestamp) -> Result<Vec<Expiring>> {
        Ok(self.expiring_page(before, &Paging::all())?.items)
    }

    /// A page of it. The cost is that of the page, and of a look-up for each tenant.
    pub(crate) fn expiring_page(&self, before: Timestamp, paging: &Paging) -> Result<Page<Expiring>> {
        let mut last = paging.after.as_ref().map(Place::read).transpose()?;
        self.read(|tx| {
            let tenants: Vec<_> =
                records::tenants(tx, None, usize::MAX)?.into_iter().map(|tenant| tenant.id).collect();
            let mut found = Vec::new();
            // One that was there on the page before, and one to see whether there is another page.
            let wanted = paging.limit.saturating_add(2);
            loop {
                let entries = soonest(tx, &tenants, last.map(|last| last.entry), before, wanted)?;
                for entry in &entries {
                    let (at, tenant, id) = *entry;
                    let Some(key) = records::key_by_id(tx, tenant, id)? else { continue };
                    let dates =
                        key.dates().into_iter().filter(|(date, _)| (*date).max(Timestamp::default()) == at);
                    for (at, what) in dates {
                        let place = Place { entry: *entry, what };
                        if last.is_none_or(|last| place > last) {
                            found.push((place, Expiring { tenant, at, what, key: key.clone() }));
                        }
                    }
                }
                match entries.last() {
                    Some(entry) if entries.len() == wanted && found.len() <= paging.limit => {
                        last = Some(Place { entry: *entry, what: KeyDate::Request });
                    }
                    _ => break,
                }
            }
            let page = Page::cut(found, paging.limit, |(place, _)| place.cursor());
            Ok(Page { items: page.items.into_iter().map(|(_, item)| item).collect(), next: page.next })
        })
    }
}

/// A date in the index: the time, the tenant and the key.
type Entry = (Timestamp, Id, Id);

/// Up to `limit` dates before a time from an entry on, soonest first.
fn soonest(
    tx: &dyn ReadTx,
    tenants: &[Id],
    from: Option<Entry>,
    before: Timestamp,
    limit: usize,
) -> Result<BTreeSet<Entry>> {
    let mut found = BTreeSet::new();
    let start = from.map_or_else(Timestamp::default, |(at, ..)| at);
    for tenant in tenants {
        records::each_date(tx, *tenant, start, before, &mut |at, key| {
            let entry = (at, *tenant, key);
            if from.is_none_or(|from| entry >= from) {
                found.insert(entry);
            }
            // All that follow are later than the last of those that are wanted.
            let is_late = found.len() > limit && found.pop_last() == Some(entry);
            Ok(if is_late { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
    }
    Ok(found)
}

/// Where a page of dates ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    entry: Entry,
    what: KeyDate,
}

/// What happens at a date, in the order in which that is listed.
const WHAT: [KeyDate; 3] = [KeyDate::Certificate, KeyDate::Issuer, KeyDate::Request];

impl Place {
    fn read(cursor: &Cursor) -> Result<Self> {
        let read = |place: &[u8]| {
            let (what, numbers) = place.split_last()?;
            let number = |at: usize| Some(u64::from_be_bytes(numbers.get(at..at + 8)?.try_into().ok()?));
            let id = |at| Id::try_from(number(at)?).ok();
            let at = Timestamp::from_unix_millis(i64::try_from(number(0)?).ok()?);
            let what = *WHAT.get(usize::from(*what))?;
            (numbers.len() == 24).then_some(Self { entry: (at, id(8)?, id(16)?), what })
        };
        let place = if let Cursor::Name(place) = cursor { read(place) } else { None };
        place.ok_or_else(|| ErrorKind::BadCursor.into())
    }

    fn cursor(&self) -> Cursor {
        let (at, tenant, key) = self.entry;
        let at = u64::try_from(at.unix_millis()).unwrap_or_default();
        let what = WHAT.iter().position(|what| *what == self.what).and_then(|what| u8::try_from(what).ok());
        let mut place = [at, tenant.number(), key.number()].map(u64::to_be_bytes).concat();
        place.extend(what);
        Cursor::Name(place)
    }
}
