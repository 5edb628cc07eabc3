//! Searching providers by a part of their names, and counting them.
//!
//! No order of keys helps to find a text inside of names, or the thousandth provider, so the names and ids of a tenant are
//! kept in memory: the names in one piece that is searched from end to end, the ids in their order. They are read from the store when they are searched for the first time, which is the one cost
//! that grows with the store, and the change log says what has to be read again. May import what `service` may.

mod table;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use table::{Place, Questions, Rank, Table};

use super::{Change, ChangeKind, Service};
use crate::engine::keyspace::{Key, tag};
use crate::engine::tables::{self, Parts};
use crate::engine::{ReadTx, records};
use crate::error::{ErrorKind, Result};
use crate::model::Id;

/// After more changes than there are providers, and so many, all names are read anew.
const MOST_CHANGES: usize = 1000;

/// Of how many tenants names are kept: a process may serve more tenants than it is to hold.
const MOST_TENANTS: usize = 1000;

/// The names of each tenant that was searched, each with a lock of its own.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<BTreeMap<Id, Arc<RwLock<Known>>>>);

/// The names as they were after a change.
#[derive(Debug, Default)]
struct Known {
    /// The number of the unit of that change.
    sequence: u64,
    names: Table,
}

/// What is searched for; [`Place`] has the order.
pub(super) struct Search<'a> {
    /// A part of the name, in any case.
    pub(super) needle: &'a str,
    /// The kinds that are wanted; any if there is none.
    pub(super) kinds: &'a [String],
    /// Where the search before this one ended.
    pub(super) after: Option<&'a [u8]>,
    /// How many hits are wanted.
    pub(super) limit: usize,
}

/// A provider that was found, and its place, from where a later search can go on.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) id: Id,
    pub(super) place: Vec<u8>,
}

impl Service {
    /// What a search finds, read together with whatever `then` reads.
    pub(super) fn search<T>(
        &self,
        search: &Search<'_>,
        then: impl Fn(&dyn ReadTx, Vec<Hit>) -> Result<T>,
    ) -> Result<T> {
        self.with_names(|tx, names| then(tx, names.hits(tx, self.tenant, search)?))
    }

    /// How many providers there are, and what `then` makes of the ids from this position in their order, up to `limit`.
    pub(super) fn ids_from<T>(
        &self,
        offset: usize,
        limit: usize,
        then: impl Fn(&dyn ReadTx, Vec<Id>) -> Result<T>,
    ) -> Result<(usize, T)> {
        self.with_names(|tx, names| Ok((names.len(), then(tx, names.ids_from(offset, limit).collect())?)))
    }

    /// Forgets all names, such as those of a store that is locked from now on.
    pub(crate) fn forget_names(&self) {
        self.names.all().clear();
    }

    /// What `read` finds in the names as they are in its transaction.
    fn with_names<T>(&self, read: impl Fn(&dyn ReadTx, &Table) -> Result<T>) -> Result<T> {
        let names = self.names.of(self.tenant);
        let known = names.read().unwrap_or_else(PoisonError::into_inner);
        // Begun after the names are locked, no transaction is older than they are.
        let tx = self.begin_reading()?;
        if known.sequence > 0 && known.sequence == tx.number()? {
            return read(&*tx, &known.names);
        }
        drop((known, tx));
        let mut known = names.write().unwrap_or_else(PoisonError::into_inner);
        let tx = self.begin_reading()?;
        known.follow(&*tx, self.tenant)?;
        read(&*tx, &known.names)
    }
}

impl Names {
    /// Those of a tenant. If there are those of too many tenants, they are read anew as they are needed.
    fn of(&self, tenant: Id) -> Arc<RwLock<Known>> {
        let mut all = self.all();
        if all.len() >= MOST_TENANTS && !all.contains_key(&tenant) {
            all.clear();
        }
        Arc::clone(all.entry(tenant).or_default())
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Id, Arc<RwLock<Known>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Makes these the names that a transaction sees.
    fn follow(&mut self, tx: &dyn ReadTx, tenant: Id) -> Result<()> {
        let sequence = tx.number()?;
        let most = self.names.len().max(MOST_CHANGES);
        // A table that is new follows nothing.
        let limit = if self.sequence == 0 { 0 } else { most + 1 };
        // From the last one that is known: if it is no longer in the log, what followed may be missing, too.
        let changes = records::changes(tx, self.sequence, limit)?;
        let known = self.sequence;
        let is_new = |change: &Change| change.sequence > known;
        let is_followed = self.sequence > 0
            && changes.len() <= most
            && changes.first().is_some_and(|change| !is_new(change))
            && !changes.iter().any(|change| is_new(change) && sets_all(change.kind));
        if is_followed {
            let of_providers =
                |change: &&Change| is_new(change) && change.tenant == tenant && is_of_provider(change.kind);
            for change in changes.iter().filter(of_providers) {
                let name = records::provider_name(tx, tenant, change.subject)?;
                self.names.set(change.subject, name.map(|name| records::fold(&name)).as_deref());
            }
        } else {
            self.names = Table::read(|append| {
                records::each_provider_name(tx, tenant, &mut |id, name| {
                    append(id, name);
                    Ok(ControlFlow::Continue(()))
                })
            })?;
        }
        self.sequence = sequence;
        Ok(())
    }
}

/// Whether a change may give or take the name of a provider.
fn is_of_provider(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::ProviderCreated
            | ChangeKind::ProviderReplaced
            | ChangeKind::ProviderDeleted
            | ChangeKind::Imported
            | ChangeKind::Undone
    )
}

/// Whether more records may have changed than those that the log names.
fn sets_all(kind: ChangeKind) -> bool {
    matches!(kind, ChangeKind::Restored | ChangeKind::TenantDeleted)
}

impl Table {
    fn hits(&self, tx: &dyn ReadTx, tenant: Id, search: &Search<'_>) -> Result<Vec<Hit>> {
        let needle = records::fold(search.needle);
        let after = search.after.map(|after| place(tenant, after)).transpose()?;
        if after.as_ref().is_some_and(|after| !after.is_found_by(&needle)) {
            return Err(ErrorKind::BadCursor.into());
        }
        let questions = Questions {
            is_same: &|id| {
                Ok(records::provider_name(tx, tenant, id)?.is_some_and(|name| name == search.needle))
            },
            is_wanted: &|id| {
                let mut kinds = search.kinds.iter();
                let found = kinds.find_map(|kind| match records::is_of_kind(tx, tenant, kind, id) {
                    Ok(false) => None,
                    found => Some(found),
                });
                found.unwrap_or(Ok(search.kinds.is_empty()))
            },
        };
        let found = self.search(&needle, after.as_ref(), search.limit, &questions)?;
        Ok(found.iter().map(|place| Hit { id: place.id, place: octets(tenant, place) }).collect())
    }
}

/// With what the place of a name begins that is the needle to the letter.
const SAME: u8 = 0;

/// The tag in the place of a name that contains the needle further on.
const INSIDE: u8 = b'S';

/// A place as a cursor: a key of the index of names, marked by its rank.
fn octets(tenant: Id, place: &Place<&[u8]>) -> Vec<u8> {
    let (mark, tag): (&[u8], u8) = match place.rank {
        Rank::Same => (&[SAME], tag::PROVIDER_NAME),
        Rank::Begins => (&[], tag::PROVIDER_NAME),
        Rank::Inside => (&[], INSIDE),
    };
    let key = Key::of(tag).id(tenant).whole_text(&String::from_utf8_lossy(place.text)).id(place.id);
    [mark, key.bytes()].concat()
}

fn place(tenant: Id, octets: &[u8]) -> Result<Place<String>> {
    let read = || {
        let (is_same, key) = octets.strip_prefix(&[SAME]).map_or((false, octets), |key| (true, key));
        let (tag, rest) = key.split_first()?;
        let rank = match (is_same, *tag) {
            (true, tag::PROVIDER_NAME) => Rank::Same,
            (false, tag::PROVIDER_NAME) => Rank::Begins,
            (false, INSIDE) => Rank::Inside,
            _ => return None,
        };
        let (_, parts) = tables::read(&[&[tag::PROVIDER_NAME], rest].concat());
        let Parts { ids, mut texts, .. } =
            parts.filter(|parts| parts.tenant == Some(tenant) && !parts.is_cut)?;
        Some(Place { rank, text: texts.pop()?, id: *ids.first()? })
    };
    read().ok_or_else(|| ErrorKind::BadCursor.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nothing_else_is() {
        let (tenant, id) = (Id::from_number(1), Id::from_number(7));
        let long = "é\0".repeat(2000);
        let texts = [(Rank::Same, ""), (Rank::Begins, "partner"), (Rank::Inside, "é\0"), (Rank::Same, &long)];
        for (rank, text) in texts {
            let octets = octets(tenant, &Place { rank, text: text.as_bytes(), id });
            assert_eq!(place(tenant, &octets).unwrap(), Place { rank, text: text.to_owned(), id });
        }
        let key = |tag, tenant| Key::of(tag).id(tenant).text("a").id(id).bytes().to_vec();
        let (foreign, cut) = (key(tag::PROVIDER_NAME, id), &key(INSIDE, tenant)[..9]);
        for wrong in [&b""[..], &key(b'T', tenant), &[&[SAME], &*key(INSIDE, tenant)].concat(), &foreign, cut]
        {
            assert_eq!(place(tenant, wrong).unwrap_err().kind(), &ErrorKind::BadCursor);
        }
    }
}
