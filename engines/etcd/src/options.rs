//! How an engine is connected.

use std::fmt;
use std::time::Duration;

use etcd_client::{Certificate, ConnectOptions, Identity, TlsOptions};

use crate::events::Observer;

/// How an engine is connected to etcd, and how old what it shows may be.
///
/// ```
/// use std::time::Duration;
/// use idpstore_etcd::Options;
///
/// let mut options = Options::default();
/// options.max_lag = Duration::from_secs(3);
/// assert_eq!(options.log_entries, 10_000);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// With what TLS is spoken; without it, it is not.
    pub tls: Option<Tls>,
    /// As whom to authenticate.
    pub user: Option<User>,
    /// How long a request may take, 3 seconds by default. Then it is repeated at another member.
    pub timeout: Duration,
    /// How long a call waits until it is known what has become of a change that was sent, 15 seconds by default. All processes of a
    /// store need about the same: the keeper leaves entries in the log for more than twice as long.
    pub patience: Duration,
    /// How old what transactions see may be, 10 seconds by default. Beyond that they fail, until etcd is reached again.
    pub max_lag: Duration,
    /// How many tenants are held in memory at most: those that were used last; others are read when they are used. By default all
    /// are. A process that does not hold all is never the keeper, and cannot show the store as a whole.
    pub tenants: Option<usize>,
    /// How many entries of the log are kept, 10 000 by default; the keeper removes older ones.
    pub log_entries: usize,
    /// How often the replica is read anew as a whole, each hour by default, in case that the watch has left something out.
    pub resync: Duration,
    /// Who receives what the engine reports.
    pub observer: Option<Observer>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tls: None,
            user: None,
            timeout: Duration::from_secs(3),
            patience: Duration::from_secs(15),
            max_lag: Duration::from_secs(10),
            tenants: None,
            log_entries: 10_000,
            resync: Duration::from_secs(3600),
            observer: None,
        }
    }
}

/// The certificates of a connection with TLS, in PEM.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Tls {
    /// The authorities that the members' certificates are issued by.
    pub authorities: Vec<u8>,
    /// Our own certificate with its private key, if members require one.
    pub identity: Option<ClientIdentity>,
}

/// A certificate of a client, and its private key, in PEM.
#[derive(Clone)]
pub struct ClientIdentity {
    /// The certificate, and those between it and its authority.
    pub certificate: Vec<u8>,
    /// The private key.
    pub private_key: Vec<u8>,
}

/// Without the private key.
impl fmt::Debug for ClientIdentity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ClientIdentity").finish_non_exhaustive()
    }
}

/// A user of etcd.
#[derive(Clone)]
pub struct User {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Without the password.
impl fmt::Debug for User {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("User").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Options {
    pub(crate) fn client(&self) -> ConnectOptions {
        let mut options = ConnectOptions::new()
            .with_connect_timeout(self.timeout)
            .with_require_leader(true)
            .with_auto_token_refresh(true);
        if let Some(User { name, password }) = &self.user {
            options = options.with_user(name, password);
        }
        if let Some(Tls { authorities, identity }) = &self.tls {
            let mut tls = TlsOptions::new().ca_certificate(Certificate::from_pem(authorities));
            if let Some(ClientIdentity { certificate, private_key }) = identity {
                tls = tls.identity(Identity::from_pem(certificate, private_key));
            }
            options = options.with_tls(tls);
        }
        options
    }
}
