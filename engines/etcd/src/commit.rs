//! A transaction becomes one request: what it has looked at is compared, and then what it has changed is put and deleted.

use std::collections::BTreeSet;
use std::time::Instant;

use etcd_client::{Compare, CompareOp, GetOptions, KeyValue, Txn, TxnOp, TxnOpResponse, TxnResponse};
use idpstore::engine::{Capabilities, Direction};
use idpstore::{ErrorKind, Result};
use tokio::time::sleep;

use crate::Inner;
use crate::failure::Failure;
use crate::layout::{Layout, Owner, owner_of, owner_of_range};
use crate::state::State;
use crate::transaction::{Changes, Seen};

/// How many operations and how many comparisons etcd accepts in one request by default.
const MOST: usize = 128;

/// Of up to so many values in a range, each is compared; of more, whether any value of the owner was deleted.
const COMPARED: usize = 4;

/// What one request may change: without the newest revision and the mark of deletions, and with room in 1.5 MiB for what is
/// compared.
pub(crate) const CAPABILITIES: Capabilities = {
    let mut capabilities = Capabilities::ONE_OWNER;
    capabilities.several_owners = true;
    capabilities.commit_entries = MOST - 2;
    capabilities.commit_bytes = 1 << 20;
    capabilities.value_bytes = 1 << 20;
    capabilities
};

/// The pause between two attempts to find out what has become of a request.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// What a transaction asks of etcd.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    compares: Vec<Compare>,
    operations: Vec<TxnOp>,
    /// Where the entry of the log is put, if there is one. No other transaction puts it.
    mark: Option<Vec<u8>>,
}

impl Commit {
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] if that is more than one request may change.
    pub(crate) fn new(
        layout: &Layout,
        state: &State,
        seen: &Seen,
        changes: Changes,
        entry: Option<(&[u8], [u8; 8])>,
    ) -> Result<Self> {
        check(&changes, entry.map(|(bytes, _)| bytes))?;
        let mut compares = Compared { layout, state }.all(seen);
        let mut operations = operations(layout, changes);
        let mark = entry.map(|(bytes, lot)| {
            let mark = layout.entry(state.revision, lot);
            operations.push(TxnOp::put(mark.clone(), bytes, None));
            compares.push(is_absent(&mark));
            mark
        });
        Ok(Self { compares, operations, mark })
    }

    fn request(&self, layout: &Layout) -> Txn {
        let newest = TxnOp::get(layout.newest(), None);
        Txn::new().when(self.compares.clone()).and_then(self.operations.clone()).or_else([newest])
    }
}

/// Refuses what etcd would refuse.
fn check(changes: &Changes, entry: Option<&[u8]>) -> Result<()> {
    let values = changes.iter().map(|(key, value)| (key.len(), value.as_ref().map_or(0, Vec::len)));
    let (mut count, mut bytes, mut longest) = (0, 0, 0);
    for (key, value) in values.chain(entry.map(|entry| (0, entry.len()))) {
        (count, bytes, longest) = (count + 1, bytes + key + value, longest.max(value));
    }
    let Capabilities { commit_entries, commit_bytes, value_bytes, .. } = CAPABILITIES;
    let is_within = count <= commit_entries && bytes <= commit_bytes && longest <= value_bytes;
    if is_within { Ok(()) } else { Err(ErrorKind::TooLarge.into()) }
}

fn operations(layout: &Layout, changes: Changes) -> Vec<TxnOp> {
    let mut deleted = BTreeSet::new();
    let mut operations = vec![TxnOp::put(layout.newest(), [], None)];
    for (key, value) in changes {
        let owner = owner_of(&key);
        let place = layout.value(owner, &key);
        operations.push(if let Some(value) = value {
            TxnOp::put(place, value, None)
        } else {
            deleted.insert(owner);
            TxnOp::delete(place, None)
        });
    }
    let owner = deleted.first().copied().filter(|_| deleted.len() == 1);
    if !deleted.is_empty() {
        operations.push(TxnOp::put(layout.deleted(owner), [], None));
    }
    operations
}

fn is_absent(key: &[u8]) -> Compare {
    Compare::version(key, CompareOp::Equal, 0)
}

/// What must be as it was for a transaction that saw a state.
struct Compared<'t> {
    layout: &'t Layout,
    state: &'t State,
}

impl Compared<'_> {
    fn all(&self, seen: &Seen) -> Vec<Compare> {
        if seen.is_everything {
            return vec![self.is_unchanged(self.layout.newest())];
        }
        let exact = self.exactly(seen);
        if exact.len() < MOST { exact } else { self.roughly(seen) }
    }

    /// The keys and ranges that were looked at.
    fn exactly(&self, seen: &Seen) -> Vec<Compare> {
        let mut keys: BTreeSet<&[u8]> = seen.keys.iter().map(Vec::as_slice).collect();
        let (mut compares, mut owners) = (Vec::new(), BTreeSet::new());
        for (from, to, count) in &seen.ranges {
            let owner = owner_of_range(from, to);
            let (start, end) = match owner {
                Some(owner) => (self.layout.value(owner, from), self.layout.value(owner, to)),
                None => self.layout.all_values(),
            };
            compares.push(self.is_unchanged(start).with_range(end));
            if *count <= COMPARED {
                keys.extend(self.state.range(from, to, Direction::Ascending).map(|(key, _)| key));
            } else {
                owners.insert(owner);
            }
        }
        compares.extend(self.nothing_deleted(&owners));
        compares.extend(keys.into_iter().map(|key| {
            let revision = self.state.get(key).map_or(0, |stored| stored.revision);
            Compare::mod_revision(self.layout.value(owner_of(key), key), CompareOp::Equal, revision)
        }));
        compares
    }

    /// All that the owners of the keys and ranges have, where that are too many: it may conflict with what was not looked at.
    fn roughly(&self, seen: &Seen) -> Vec<Compare> {
        let of_ranges = seen.ranges.iter().map(|(from, to, _)| owner_of_range(from, to));
        let owners: BTreeSet<_> = seen.keys.iter().map(|key| Some(owner_of(key))).chain(of_ranges).collect();
        let (owners, ranges) = if owners.len() * 2 < MOST - 2 && !owners.contains(&None) {
            let ranges = owners.iter().flatten().map(|owner| self.layout.values(*owner)).collect();
            (owners, ranges)
        } else {
            (BTreeSet::from([None]), vec![self.layout.all_values()])
        };
        let unchanged = ranges.into_iter().map(|(from, to)| self.is_unchanged(from).with_range(to));
        unchanged.chain(self.nothing_deleted(&owners)).collect()
    }

    /// That no value of these owners was deleted; of no owner, if one of them is `None`.
    fn nothing_deleted(&self, owners: &BTreeSet<Option<Owner>>) -> Vec<Compare> {
        if owners.contains(&None) {
            let (from, to) = self.layout.all_deleted();
            return vec![self.is_unchanged(from).with_range(to)];
        }
        let of_several = owners.first().map(|_| None);
        let marks = owners.iter().copied().chain(of_several);
        marks.map(|owner| self.is_unchanged(self.layout.deleted(owner))).collect()
    }

    /// That a key, or whatever is in a range, was not put after the state.
    fn is_unchanged(&self, key: Vec<u8>) -> Compare {
        Compare::mod_revision(key, CompareOp::Less, self.state.revision + 1)
    }
}

/// What has become of a request.
enum Outcome {
    /// It was committed at this revision.
    Committed(i64),
    /// It was not, because of a transaction up to this revision.
    Refused(i64),
}

/// Commits, and gives the revision.
pub(crate) async fn commit(inner: &Inner, commit: Commit) -> Result<i64> {
    match request(inner, &commit).await? {
        Outcome::Committed(revision) => {
            inner.replica.meet(revision);
            Ok(revision)
        }
        Outcome::Refused(revision) => {
            inner.replica.meet(revision);
            Err(ErrorKind::Conflict.into())
        }
    }
}

async fn request(inner: &Inner, commit: &Commit) -> Result<Outcome, Failure> {
    let connection = inner.link.connection()?;
    match connection.txn(commit.request(&inner.layout)).await {
        Ok(answer) if answer.succeeded() => Ok(Outcome::Committed(revision(&answer))),
        Ok(answer) => Ok(Outcome::Refused(found(&answer).map_or(0, |newest| newest.mod_revision()))),
        Err(failure @ (Failure::TooLarge | Failure::Refused(_))) => Err(failure),
        Err(failure) => match &commit.mark {
            Some(mark) => resolve(inner, mark, failure).await,
            // Without a mark it is not known. It can be repeated: if it has happened, what it compares has changed.
            None => Err(failure),
        },
    }
}

/// Finds out whether a transaction has put its mark. If it has not, something else is put there, so that it never will.
async fn resolve(inner: &Inner, mark: &[u8], mut failure: Failure) -> Result<Outcome, Failure> {
    // A request that the database was too full for has been dealt with. Any other may still come while nothing can be put.
    let is_dealt_with = matches!(failure, Failure::NoSpace);
    let begun = Instant::now();
    let fence = Txn::new()
        .when([is_absent(mark)])
        .and_then([TxnOp::put(mark, [], None), TxnOp::put(inner.layout.newest(), [], None)])
        .or_else([TxnOp::get(mark, None)]);
    while begun.elapsed() < inner.link.options.patience {
        let answer = found_at(inner, mark, &fence, &failure).await;
        match answer {
            Ok(Some(entry)) if !entry.value().is_empty() => {
                return Ok(Outcome::Committed(entry.mod_revision()));
            }
            Ok(_) if is_dealt_with => return Err(failure),
            Ok(_) if matches!(failure, Failure::NoSpace) => {}
            Ok(_) => return Ok(Outcome::Refused(0)),
            Err(later) => failure = later,
        }
        sleep(PAUSE).await;
    }
    Err(failure)
}

/// What is found under a mark, after a fence was put there unless there was anything.
async fn found_at(
    inner: &Inner,
    mark: &[u8],
    fence: &Txn,
    failure: &Failure,
) -> Result<Option<KeyValue>, Failure> {
    let connection = inner.link.connection()?;
    if matches!(failure, Failure::NoSpace) {
        // Nothing can be put.
        return Ok(connection.get(mark.to_vec(), GetOptions::new()).await?.take_kvs().pop());
    }
    let answer = connection.txn(fence.clone()).await?;
    Ok(if answer.succeeded() { None } else { found(&answer) })
}

fn revision(answer: &TxnResponse) -> i64 {
    answer.header().map_or(0, etcd_client::ResponseHeader::revision)
}

/// What a transaction has got instead of being done.
fn found(answer: &TxnResponse) -> Option<KeyValue> {
    answer.op_responses().into_iter().find_map(|response| match response {
        TxnOpResponse::Get(mut found) => found.take_kvs().pop(),
        _ => None,
    })
}

/// Removes entries of the log.
pub(crate) async fn forget(inner: &Inner, keys: &[Vec<u8>]) -> Result<(), Failure> {
    for keys in keys.chunks(MOST) {
        let deletes: Vec<_> = keys.iter().map(|key| TxnOp::delete(key.clone(), None)).collect();
        inner.link.connection()?.txn(Txn::new().and_then(deletes)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_refused_before_it_is_sent() {
        let (layout, state) = (Layout::new("p/"), State::new(true));
        let made = |count: usize, bytes: usize, entry: Option<&[u8]>| {
            let changes =
                (0..count).map(|number| (number.to_be_bytes().to_vec(), Some(vec![0; bytes]))).collect();
            let entry = entry.map(|entry| (entry, [0; 8]));
            Commit::new(&layout, &state, &Seen::default(), changes, entry).map(|made| made.operations.len())
        };
        let most = CAPABILITIES.commit_entries;
        assert_eq!(made(most, 0, None).ok(), Some(most + 1));
        assert_eq!(made(most - 1, 0, Some(b"entry")).ok(), Some(most + 1));
        for refused in [made(most, 0, Some(b"")), made(most + 1, 0, None), made(1, (1 << 20) + 1, None)] {
            assert_eq!(refused.map_err(|error| error.kind().clone()), Err(ErrorKind::TooLarge));
        }
    }

    #[test]
    fn whatever_was_looked_at_fits_into_a_request() {
        let (layout, state) = (Layout::new("p/"), State::new(true));
        for owners in [1, 2, 100, 1000_u64] {
            let keys = (0..owners).flat_map(|owner| {
                (0..300_u64).map(move |id| [&b"P"[..], &owner.to_be_bytes(), &id.to_be_bytes()].concat())
            });
            let ranges = vec![(vec![b'T'], vec![b'U'], 9)];
            let seen = Seen { keys: keys.collect(), ranges, is_everything: false };
            let compares = Compared { layout: &layout, state: &state }.all(&seen);
            assert!(!compares.is_empty() && compares.len() < MOST, "{owners}: {}", compares.len());
        }
    }
}
