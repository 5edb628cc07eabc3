//! What is done once for a store is done by one of its processes, the keeper: who has the lease.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use etcd_client::{Compare, CompareOp, PutOptions, Txn, TxnOp};
use tokio::time::sleep;

use crate::commit::forget;
use crate::failure::Failure;
use crate::{Inner, layout::Layout};

/// For how long a lease holds if it is not renewed.
const LEASE: Duration = Duration::from_secs(10);

/// How often it is renewed, and how often others try to have it.
const RENEWAL: Duration = Duration::from_secs(3);

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
    let (mut client, begun) = (connection.client().lease_client(), Instant::now());
    let seconds = i64::try_from(LEASE.as_secs()).unwrap_or(i64::MAX);
    let lease = connection.bounded(async { client.grant(seconds, None).await }).await?.id();
    if !connection.txn(candidacy(&inner.layout, lease)).await?.succeeded() {
        connection.bounded(async { client.revoke(lease).await }).await?;
        return Err(Failure::Refused("another process is the keeper".to_owned()));
    }
    *inner.keeper.until() = Some(begun + LEASE);
    let (mut renewals, mut answers) = connection.bounded(client.keep_alive(lease)).await?;
    loop {
        let most = inner.link.options.log_entries;
        let surplus: Vec<_> = inner.replica.latest().log_beyond(most).map(|key| key.to_vec()).collect();
        forget(inner, &surplus).await?;
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

/// Takes the lease, if it is free.
fn candidacy(layout: &Layout, lease: i64) -> Txn {
    let key = layout.keeper();
    let put = TxnOp::put(key.clone(), [], Some(PutOptions::new().with_lease(lease)));
    Txn::new().when([Compare::version(key, CompareOp::Equal, 0)]).and_then([put])
}
