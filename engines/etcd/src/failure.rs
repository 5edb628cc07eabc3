//! What can go wrong between us and etcd, and what is known then.

use std::fmt;

use idpstore::{Error, ErrorKind};

/// A failed request.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No answer, or one that says that the member cannot answer now. What was sent may have happened.
    Unreachable,
    /// The connection has ended, or could not be made, in the words of the client. What was sent may have happened.
    Lost(String),
    /// The replica and etcd do not fit together any more: it has to be read anew.
    Compacted,
    /// The database is full. What was sent has been dealt with by now, and may have happened.
    NoSpace,
    /// More than etcd accepts in one request. Nothing has happened.
    TooLarge,
    /// Wrong or expired credentials. Nothing has happened.
    Refused(String),
    /// Anything else, in the words of the client. What was sent may have happened.
    Other(String),
}

impl Failure {
    /// Whether another member may do better.
    pub(crate) fn is_of_member(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Lost(_) | Self::Other(_) | Self::Refused(_))
    }
}

impl From<etcd_client::Error> for Failure {
    fn from(error: etcd_client::Error) -> Self {
        match Self::from_words(&error.to_string()) {
            Self::Other(words) if is_of_connection(&error) => Self::Lost(words),
            failure => failure,
        }
    }
}

impl Failure {
    /// What a message of etcd says. The codes of gRPC are too coarse: a full database and too many requests have the same.
    pub(crate) fn from_words(words: &str) -> Self {
        let has = |part: &str| words.contains(part);
        if has("database space exceeded") {
            Self::NoSpace
        } else if has("too many operations") || has("request is too large") || has("larger than max") {
            Self::TooLarge
        } else if has("required revision has been compacted") || has("future revision") {
            Self::Compacted
        } else if has("permission denied")
            || has("auth token")
            || has("authentication failed")
            || has("user name")
        {
            Self::Refused(words.to_owned())
        } else {
            Self::Other(words.to_owned())
        }
    }
}

/// Whether the connection or the member is at fault, and not what was sent.
fn is_of_connection(error: &etcd_client::Error) -> bool {
    use etcd_client::Error::{GRpcStatus, IoError, LeaseKeepAliveError, TransportError, WatchError};
    match error {
        IoError(_) | TransportError(_) | WatchError(_) | LeaseKeepAliveError(_) => true,
        GRpcStatus(status) => {
            let code = i32::from(status.code());
            [CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNAVAILABLE].contains(&code)
        }
        _ => false,
    }
}

/// Codes of gRPC that a lost connection, a member that ends and one without a leader have.
const CANCELLED: i32 = 1;
const UNKNOWN: i32 = 2;
const DEADLINE_EXCEEDED: i32 = 4;
const ABORTED: i32 = 10;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => out.write_str("no member answers in time"),
            Self::Compacted => out.write_str("a revision that was to be read is no longer there"),
            Self::NoSpace => out.write_str("the database is full"),
            Self::TooLarge => out.write_str("a request is too large"),
            Self::Lost(words) | Self::Refused(words) | Self::Other(words) => out.write_str(words),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLarge => ErrorKind::TooLarge.into(),
            failure @ Failure::Other(_) => Error::new(ErrorKind::Storage).context(format!("etcd: {failure}")),
            failure => unavailable(&failure.to_string()),
        }
    }
}

/// That etcd cannot be used now, and why.
pub(crate) fn unavailable(why: &str) -> Error {
    Error::new(ErrorKind::Unavailable { retry_after: RETRY_AFTER }).context(format!("etcd: {why}"))
}

/// After how many seconds a call may be tried again: a cluster has a new leader by then.
const RETRY_AFTER: u32 = 2;
