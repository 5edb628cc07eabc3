//! The requests that a store has answered.

use std::collections::VecDeque;

use serde::Serialize;

use crate::pki::Timestamp;

/// A request that was answered, without its headers and body. Of its query, values that may be secrets are left out. It is also
/// among the extensions of the response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServedRequest {
    /// Its number: the first is 1.
    pub number: u64,
    /// When it was answered, by the clock of the store.
    pub time: Timestamp,
    /// The API: a dialect such as `okta`, or `api` for the neutral one; absent if the path belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<&'static str>,
    /// The operation, as the vendor names it; absent if none is served there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<&'static str>,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, without its `?`; empty if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// The status of the answer; 0 if a fault has closed the connection in its place.
    pub status: u16,
    /// The number of the last change that was made while it was answered; absent if nothing was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<u64>,
    /// Whether a [`Fault`](super::Fault) applied to it.
    pub fault: bool,
}

/// How many are kept.
const KEPT: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u64,
    served: VecDeque<ServedRequest>,
}

impl Requests {
    pub(super) fn note(&mut self, request: ServedRequest) -> ServedRequest {
        self.last += 1;
        if self.served.len() == KEPT {
            self.served.pop_front();
        }
        let request = ServedRequest { number: self.last, ..request };
        self.served.push_back(request.clone());
        request
    }

    pub(super) fn list(&self) -> Vec<ServedRequest> {
        self.served.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        self.served.clear();
    }
}
