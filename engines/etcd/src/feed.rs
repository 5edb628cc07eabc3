//! What keeps the replica: a range that is read once, a watch from there on, and a beat that shows how old the replica is.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use etcd_client::{EventType, GetOptions, WatchOptions, WatchResponse};
use tokio::time::{interval, sleep};

use crate::Inner;
use crate::events::Event;
use crate::failure::Failure;
use crate::layout::{Owner, Place, WHOLE_STORE};
use crate::link::{Connection, LARGEST_ANSWER};
use crate::replica::Expected;
use crate::state::{Change, State, Stored, Values};
use crate::tenants::Read;

/// How often is asked what the newest revision is.
const BEAT: Duration = Duration::from_millis(250);

/// After how long a watch that brings nothing, although something is there, is given up.
const STALL: Duration = Duration::from_secs(3);

/// How many entries are read at a time: at first, and at most. Etcd looks through all that is left of a range for each page, so that
/// many small pages of a large store take minutes.
const PAGES: (usize, usize) = (100, 50_000);

/// How many octets a page should have.
const PAGE_OCTETS: usize = 4 << 20;

/// The shortest and the longest pause between two attempts to connect.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// Why a feed ends.
enum End {
    /// The connection is of no use any more: the next feed goes on from the state.
    Lost(Failure),
    /// The state is of no use any more: the next feed reads it anew.
    Outdated,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Compacted => Self::Outdated,
            failure => Self::Lost(failure),
        }
    }
}

/// Keeps the replica, which has this revision, for as long as the engine is there.
pub(crate) async fn keep(inner: Arc<Inner>, mut resume: i64) {
    let mut pause = PAUSES.0;
    // The one on which the state was read.
    let mut connected = inner.link.connection();
    loop {
        let begun = Instant::now();
        let Err(end) = follow(&inner, connected, &mut resume).await;
        match end {
            End::Outdated => resume = 0,
            End::Lost(failure) => inner.reports.lost(&failure),
        }
        pause = if begun.elapsed() > PAUSES.1 { PAUSES.0 } else { (pause * 2).min(PAUSES.1) };
        sleep(pause).await;
        connected = connect(&inner).await;
    }
}

/// A connection to the next member, which has answered, with a majority behind it.
async fn connect(inner: &Inner) -> Result<Connection<'_>, Failure> {
    let connection = inner.link.connect().await?;
    connection.get(inner.layout.newest(), GetOptions::new()).await?;
    inner.link.adopt(&connection);
    Ok(connection)
}

/// Reads the state anew if `resume` is 0, and follows the changes after the revision `resume` otherwise.
async fn follow(
    inner: &Inner,
    connected: Result<Connection<'_>, Failure>,
    resume: &mut i64,
) -> Result<Infallible, End> {
    let connection = connected?;
    inner.replica.keep_changes(false);
    if *resume == 0 {
        *resume = load(inner, &connection).await?;
        inner.reports.report(Event::Reread);
    }
    tokio::select! {
        end = watch(inner, &connection, resume) => end,
        end = beat(inner, &connection) => end,
        failure = connection.suspected() => Err(failure.into()),
        end = reread(inner, &connection) => end,
    }
}

/// Reads everything anew from time to time, while the changes go on to come.
async fn reread(inner: &Inner, connection: &Connection<'_>) -> Result<Infallible, End> {
    loop {
        sleep(inner.link.options.resync).await;
        inner.replica.keep_changes(true);
        load(inner, connection).await?;
        inner.reports.report(Event::Reread);
    }
}

/// Reads all that the replica holds from the beginning, at one revision, which is the answer.
pub(crate) async fn load(inner: &Inner, connection: &Connection<'_>) -> Result<i64, Failure> {
    let (begun, is_whole) = (Instant::now(), inner.link.options.tenants.is_none());
    let ranges = if is_whole {
        vec![inner.layout.all()]
    } else {
        vec![inner.layout.but_values(), inner.layout.values(WHOLE_STORE)]
    };
    let (mut state, mut revision) = (State::new(is_whole), 0);
    for range in ranges {
        read_range(connection, range, &mut revision, |change| state.apply(&inner.layout, change)).await?;
    }
    state.revision = revision;
    inner.replica.replace(&inner.layout, state, begun);
    Ok(revision)
}

/// The values of an owner, as they were at a revision.
pub(crate) async fn read_owner(inner: &Inner, owner: Owner, mut revision: i64) -> Result<Read, Failure> {
    let mut values = Values::new_sync();
    let take = |Change { key, value, revision }: Change| {
        if let (Place::Value(_, key), Some(bytes)) = (inner.layout.read(&key), value) {
            values.insert_mut(key.into(), Stored { bytes: bytes.into(), revision });
        }
    };
    read_range(&inner.link.connection()?, inner.layout.values(owner), &mut revision, take).await?;
    Ok(Read { revision, values })
}

/// Reads what is in a range, a page at a time, at one revision: the newest if it is 0, and then that is the revision.
async fn read_range(
    connection: &Connection<'_>,
    (mut from, to): (Vec<u8>, Vec<u8>),
    revision: &mut i64,
    mut take: impl FnMut(Change),
) -> Result<(), Failure> {
    let mut limit = PAGES.0;
    loop {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let options = GetOptions::new().with_range(to.clone()).with_limit(most).with_revision(*revision);
        let mut page = match connection.get(from.clone(), options).await {
            Ok(page) => page,
            // These entries may be much larger than those before.
            Err(failure) if failure.is_of_member() && limit > PAGES.0 => {
                limit = PAGES.0;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        if *revision == 0 {
            *revision = page.header().map_or(0, etcd_client::ResponseHeader::revision);
        }
        let entries = page.take_kvs();
        let octets: usize = entries.iter().map(|entry| entry.key().len() + entry.value().len()).sum();
        limit = (PAGE_OCTETS / (octets / entries.len().max(1)).max(1)).clamp(1, PAGES.1);
        let next = entries.last().filter(|_| page.more()).map(|last| [last.key(), &[0]].concat());
        for entry in entries {
            let revision = entry.mod_revision();
            let (key, value) = entry.into_key_value();
            take(Change { key, value: Some(value), revision });
        }
        match next {
            Some(next) => from = next,
            None => return Ok(()),
        }
    }
}

/// Applies all changes after the revision `resume`, and moves that on.
async fn watch(inner: &Inner, connection: &Connection<'_>, resume: &mut i64) -> Result<Infallible, End> {
    let (from, to) = inner.layout.all();
    let options = WatchOptions::new().with_range(to).with_start_revision(*resume + 1).with_progress_notify();
    let mut client = connection.client().watch_client().max_decoding_message_size(LARGEST_ANSWER);
    let mut stream = connection.bounded(async move { client.watch(from, Some(options)).await }).await?;
    loop {
        let message = stream.message().await.map_err(Failure::from)?;
        let message = message.ok_or(Failure::Unreachable)?;
        if message.compact_revision() > 0 {
            return Err(End::Outdated);
        }
        if message.canceled() {
            return Err(Failure::from_words(message.cancel_reason()).into());
        }
        let reached = changes(&message).map(|change| change.revision).max();
        inner.replica.apply(&inner.layout, changes(&message));
        let reached = reached.or_else(|| progress(&message));
        *resume = reached.map_or(*resume, |reached| reached.max(*resume));
    }
}

/// The changes in a message of the watch. It holds whole revisions.
fn changes(message: &WatchResponse) -> impl Iterator<Item = Change> {
    message.events().iter().filter_map(|event| {
        let entry = event.kv()?;
        let value = (event.event_type() == EventType::Put).then(|| entry.value().to_vec());
        Some(Change { key: entry.key().to_vec(), value, revision: entry.mod_revision() })
    })
}

/// Up to which revision a message without changes says that there are none.
fn progress(message: &WatchResponse) -> Option<i64> {
    // The answer to the request for the watch comes before what it has to catch up with.
    if message.created() { None } else { message.header().map(etcd_client::ResponseHeader::revision) }
}

/// Finds out, again and again, what the newest revision is.
async fn beat(inner: &Inner, connection: &Connection<'_>) -> Result<Infallible, End> {
    let mut beats = interval(BEAT);
    loop {
        beats.tick().await;
        look(inner, connection).await?;
        inner.reports.reached();
        if inner.replica.stalled() > STALL {
            return Err(End::Outdated);
        }
    }
}

/// Finds out the revision of the last transaction below the prefix, which a majority of the members confirms, and notes that the
/// replica has to reach it.
///
/// # Errors
///
/// [`Failure::Compacted`] if etcd has not come as far as the replica: it was restored from a backup.
pub(crate) async fn look(inner: &Inner, connection: &Connection<'_>) -> Result<i64, Failure> {
    let (before, at) = (inner.replica.revision(), Instant::now());
    let answer = connection.get(inner.layout.newest(), GetOptions::new()).await?;
    let revision = answer.header().map_or(0, etcd_client::ResponseHeader::revision);
    if revision < before {
        return Err(Failure::Compacted);
    }
    let newest = answer.kvs().first().map_or(0, etcd_client::KeyValue::mod_revision);
    inner.replica.expect(Expected { newest, revision, at });
    Ok(newest)
}
