//! A replica of some tenants: those that are used are held, others are read when they are needed.

use std::collections::{BTreeMap, VecDeque};

use crate::layout::{Layout, Owner, Place, WHOLE_STORE};
use crate::state::{Change, State, Stored, Values, set};

/// How many octets of changes are remembered, for tenants that are being read.
const REMEMBERED: usize = 8 << 20;

/// Which tenants are held, and what has changed of all of them of late.
#[derive(Debug)]
pub(crate) struct Tenants {
    /// How many are held at most.
    most: usize,
    /// When each was used last.
    used: BTreeMap<Owner, u64>,
    /// How many uses there were.
    uses: u64,
    recent: VecDeque<Change>,
    /// How many octets `recent` has.
    octets: usize,
    /// All changes after this revision are in `recent`.
    since: i64,
}

impl Tenants {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            used: BTreeMap::new(),
            uses: 0,
            recent: VecDeque::new(),
            octets: 0,
            since: 0,
        }
    }

    /// Begins anew with a state in which no tenant is held.
    pub(crate) fn clear(&mut self, revision: i64) {
        *self = Self { since: revision, ..Self::new(self.most) };
    }

    /// Remembers a change, and forgets older ones.
    pub(crate) fn remember(&mut self, change: &Change) {
        self.octets += octets(change);
        self.recent.push_back(change.clone());
        while self.octets > REMEMBERED
            && let Some(oldest) = self.recent.pop_front()
        {
            self.octets -= octets(&oldest);
            self.since = self.since.max(oldest.revision);
        }
    }

    /// Notes that a tenant is used.
    pub(crate) fn touch(&mut self, owner: Owner) {
        self.uses += 1;
        if let Some(used) = self.used.get_mut(&owner) {
            *used = self.uses;
        }
    }

    /// Holds a tenant whose values were read at a revision, in place of the one that was not used for longest. It is not held if
    /// what has changed since is no longer known.
    pub(crate) fn hold(&mut self, state: &mut State, layout: &Layout, owner: Owner, read: &Read) {
        if state.has(owner) || owner == WHOLE_STORE || read.revision < self.since {
            return;
        }
        let mut values = read.values.clone();
        for change in self.recent.iter().filter(|change| change.revision > read.revision) {
            if let Place::Value(of, key) = layout.read(&change.key)
                && of == owner
            {
                let revision = change.revision;
                let stored = change.value.as_deref().map(|bytes| Stored { bytes: bytes.into(), revision });
                set(&mut values, key, stored);
            }
        }
        state.add(owner, values);
        self.uses += 1;
        self.used.insert(owner, self.uses);
        while self.used.len() > self.most
            && let Some(oldest) = self.used.iter().min_by_key(|(_, used)| **used).map(|(owner, _)| *owner)
        {
            self.used.remove(&oldest);
            state.remove(oldest);
        }
    }
}

/// The values of an owner, as they were at a revision.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) revision: i64,
    pub(crate) values: Values,
}

fn octets(change: &Change) -> usize {
    change.key.len() + change.value.as_ref().map_or(0, Vec::len) + size_of::<Change>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use idpstore::engine::keyspace::tag;

    fn key(tenant: Owner, id: u64) -> Vec<u8> {
        [&[tag::PROVIDER][..], &tenant.to_be_bytes(), &id.to_be_bytes()].concat()
    }

    fn read(revision: i64) -> Read {
        Read { revision, values: Values::new_sync() }
    }

    #[test]
    fn what_has_changed_while_a_tenant_was_read_is_not_lost() {
        let (layout, mut state, mut tenants) = (Layout::new("p/"), State::new(false), Tenants::new(2));
        for (revision, tenant) in [(3, 7), (4, 8), (5, 7)] {
            let change =
                Change { key: layout.value(tenant, &key(tenant, 1)), value: Some(vec![1]), revision };
            tenants.remember(&change);
            state.apply(&layout, change);
        }
        assert!(state.get(&key(7, 1)).is_none(), "it is not held");
        tenants.hold(&mut state, &layout, 7, &read(4));
        assert_eq!(state.get(&key(7, 1)).map(|stored| stored.revision), Some(5));
        tenants.hold(&mut state, &layout, 8, &read(4));
        assert!(state.has(8) && state.get(&key(8, 1)).is_none(), "it was read when that had happened");
        tenants.touch(7);
        tenants.hold(&mut state, &layout, 9, &read(5));
        assert_eq!(
            [7, 8, 9].map(|owner| state.has(owner)),
            [true, false, true],
            "8 was not used for longest"
        );
    }

    #[test]
    fn a_tenant_is_not_held_if_changes_of_it_may_be_forgotten() {
        let (layout, mut state, mut tenants) = (Layout::new("p/"), State::new(false), Tenants::new(2));
        tenants.clear(4);
        tenants.hold(&mut state, &layout, 7, &read(3));
        assert!(!state.has(7));
        for revision in 5..9 {
            let value = Some(vec![0; REMEMBERED / 2]);
            tenants.remember(&Change { key: layout.value(7, &key(7, 1)), value, revision });
        }
        tenants.hold(&mut state, &layout, 7, &read(6));
        assert!(!state.has(7));
        tenants.hold(&mut state, &layout, 7, &read(7));
        assert_eq!(state.get(&key(7, 1)).map(|stored| stored.revision), Some(8));
    }
}
