//! The connection to one member at a time, and to the next one after a failure.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use etcd_client::{Client, GetOptions, GetResponse, Txn, TxnResponse};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::options::Options;

/// The members, and the connection to one of them.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) options: Options,
    members: Vec<String>,
    /// Which of them is connected to next.
    next: AtomicUsize,
    current: Mutex<Option<Current>>,
}

/// A connection on which a member has answered.
#[derive(Clone)]
struct Current {
    client: Client,
    /// Is woken when a request on it has failed.
    suspicion: Arc<Notify>,
}

impl std::fmt::Debug for Current {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Current").finish_non_exhaustive()
    }
}

/// One connection.
#[derive(Clone)]
pub(crate) struct Connection<'l> {
    options: &'l Options,
    client: Client,
    suspicion: Arc<Notify>,
}

impl Link {
    /// No connection yet. Processes begin at different members, if `first` differs.
    pub(crate) fn new(members: Vec<String>, options: Options, first: usize) -> Self {
        let next = AtomicUsize::new(first % members.len().max(1));
        Self { options, members, next, current: Mutex::new(None) }
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection as it is now.
    pub(crate) fn connection(&self) -> Result<Connection<'_>, Failure> {
        let Current { client, suspicion } = self.current().clone().ok_or(Failure::Unreachable)?;
        Ok(Connection { options: &self.options, client, suspicion })
    }

    /// A connection to the next member, which is made by the first request. Requests of others take the one before until this one
    /// is [adopted](Self::adopt).
    pub(crate) async fn connect(&self) -> Result<Connection<'_>, Failure> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let member = self.members.get(number % self.members.len().max(1)).ok_or(Failure::Unreachable)?;
        let connecting = Client::connect([member], Some(self.options.client()));
        let client = timeout(self.options.timeout, connecting).await.map_err(|_| Failure::Unreachable)??;
        Ok(Connection { options: &self.options, client, suspicion: Arc::default() })
    }

    /// Has all requests take a connection from now on.
    pub(crate) fn adopt(&self, connection: &Connection<'_>) {
        let Connection { client, suspicion, .. } = connection.clone();
        *self.current() = Some(Current { client, suspicion });
    }
}

impl Connection<'_> {
    pub(crate) async fn get(&self, key: Vec<u8>, options: GetOptions) -> Result<GetResponse, Failure> {
        let mut client = self.client.kv_client().max_decoding_message_size(LARGEST_ANSWER);
        self.bounded(Box::pin(async move { client.get(key, Some(options)).await })).await
    }

    pub(crate) async fn txn(&self, txn: Txn) -> Result<TxnResponse, Failure> {
        let mut client = self.client.kv_client();
        self.bounded(Box::pin(async move { client.txn(txn).await })).await
    }

    /// The client, for what takes longer than a request.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// The answer to a request, unless it takes too long. If the member may be at fault, another one is connected to.
    pub(crate) async fn bounded<T>(
        &self,
        request: impl Future<Output = Result<T, etcd_client::Error>>,
    ) -> Result<T, Failure> {
        let outcome = match timeout(self.options.timeout, request).await {
            Ok(outcome) => outcome.map_err(Failure::from),
            Err(_) => Err(Failure::Unreachable),
        };
        if outcome.as_ref().is_err_and(Failure::is_of_member) {
            self.suspicion.notify_one();
        }
        outcome
    }

    /// Waits until a request on this connection has failed.
    pub(crate) async fn suspected(&self) -> Failure {
        self.suspicion.notified().await;
        Failure::Unreachable
    }
}

/// How many octets an answer may have: those of a page of values, or of the changes of many transactions.
pub(crate) const LARGEST_ANSWER: usize = 1 << 30;
