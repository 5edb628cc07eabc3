//! What is done once for a store is done by one of its processes, the keeper: who has the lease.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use etcd_client::{Compare, CompareOp, GetOptions, PutOptions, Txn, TxnOp};
use tokio::time::sleep;

use crate::commit::forget;
use crate::failure::Failure;
use crate::{Inner, layout::Layout};

/// For how long a lease holds if it is not renewed.
const LEASE: Duration = Duration::from_secs(10);

/// How often it is renewed, and how often others try to have it.
const RENEWAL: Duration = Duration::from_secs(3);

/// How many entries of the log are removed between two renewals.
const REMOVED: usize = 10_000;

/// Until when this process is the keeper.
#[derive(Debug, Default)]
pub(crate) struct Keeper(Mutex<Option<Instant>>);

impl Keeper {
    pub(crate) fn is_this(&self) -> bool {
        self.until().is_some_and(|until| Instant::now() < until)
    }

    fn until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has the lease, or tries to, for as long as the engine is there; and cuts the log while it does.
pub(crate) async fn keep(inner: Arc<Inner>) {
    loop {
        let Err(_) = hold(&inner).await;
        *inner.keeper.until() = None;
        sleep(RENEWAL).await;
    }
}

async fn hold(inner: &Inner) -> Result<Infallible, Failure> {
    let connection = inner.link.connection()?;
    let is_other = || Failure::Refused("another process is the keeper".to_owned());
    // What is looked up costs etcd less than a lease.
    if connection.get(inner.layout.keeper(), GetOptions::new()).await?.count() > 0 {
        return Err(is_other());
    }
    let (mut client, begun) = (connection.client().lease_client(), Instant::now());
    let seconds = i64::try_from(LEASE.as_secs()).unwrap_or(i64::MAX);
    let lease = connection.bounded(async { client.grant(seconds, None).await }).await?.id();
    if !connection.txn(candidacy(&inner.layout, lease)).await?.succeeded() {
        connection.bounded(async { client.revoke(lease).await }).await?;
        return Err(is_other());
    }
    *inner.keeper.until() = Some(begun + LEASE);
    let (mut renewals, mut answers) = connection.bounded(client.keep_alive(lease)).await?;
    let mut looks = VecDeque::new();
    loop {
        cut_log(inner, &mut looks).await?;
        sleep(RENEWAL).await;
        let begun = Instant::now();
        connection.bounded(renewals.keep_alive()).await?;
        let answer = connection.bounded(answers.message()).await?.ok_or(Failure::Unreachable)?;
        if answer.ttl() <= 0 {
            return Err(Failure::Unreachable);
        }
        *inner.keeper.until() = Some(begun + LEASE);
    }
}

/// Removes entries of the log that are too many. By new ones a process may still have to find out what has become of a unit, so they
/// are removed only when that is over: `looks` says which revision the replica had at each earlier look.
async fn cut_log(inner: &Inner, looks: &mut VecDeque<(Instant, i64)>) -> Result<(), Failure> {
    let (options, state) = (&inner.link.options, inner.replica.latest());
    looks.push_back((Instant::now(), state.revision));
    let longest = (options.patience + options.timeout) * 2;
    while looks.get(1).is_some_and(|(at, _)| at.elapsed() >= longest) {
        looks.pop_front();
    }
    let Some((_, until)) = looks.front().filter(|(at, _)| at.elapsed() >= longest) else { return Ok(()) };
    let surplus = state.log_beyond(options.log_entries, *until).take(REMOVED);
    forget(inner, &surplus.map(|key| key.to_vec()).collect::<Vec<_>>()).await
}

/// Takes the lease, if it is free.
fn candidacy(layout: &Layout, lease: i64) -> Txn {
    let key = layout.keeper();
    let put = TxnOp::put(key.clone(), [], Some(PutOptions::new().with_lease(lease)));
    Txn::new().when([Compare::version(key, CompareOp::Equal, 0)]).and_then([put])
}
