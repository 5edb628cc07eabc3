//! What an engine reports to its host: for the log of a server.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Something that an operator may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The connection to a member was lost: why. It is followed by another one, and reported once until etcd is reached again.
    Lost(String),
    /// Etcd is reached again.
    Reached,
    /// Everything was read anew, because the changes since were no longer there or because it was time.
    Reread,
}

impl fmt::Display for Event {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(why) => write!(out, "etcd: connection lost: {why}"),
            Self::Reached => out.write_str("etcd: connected"),
            Self::Reread => out.write_str("etcd: everything was read anew"),
        }
    }
}

/// Receives what an engine reports, on a thread of the engine.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(Event) + Send + Sync>);

impl Observer {
    /// Calls this function with each event.
    pub fn new(observe: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Observer")
    }
}

/// Passes events on, each change of the connection once.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    observer: Option<Observer>,
    is_lost: AtomicBool,
}

impl Reports {
    pub(crate) fn new(observer: Option<Observer>) -> Self {
        Self { observer, is_lost: AtomicBool::new(false) }
    }

    pub(crate) fn report(&self, event: Event) {
        if let Some(Observer(observe)) = &self.observer {
            observe(event);
        }
    }

    pub(crate) fn lost(&self, why: &impl fmt::Display) {
        if !self.is_lost.swap(true, Ordering::Relaxed) {
            self.report(Event::Lost(why.to_string()));
        }
    }

    pub(crate) fn reached(&self) {
        if self.is_lost.swap(false, Ordering::Relaxed) {
            self.report(Event::Reached);
        }
    }
}
