//! Which revision of the store an answer shows, where other processes write to it, too, and which one a request requires.

use std::time::Duration;

use http::HeaderMap;
use http::header::AGE;

use crate::error::{Error, Reason, Result};
use crate::http::{REVISION_HEADER, Response};
use crate::service::Seen;
use crate::store::IdpStore;

/// The value of the header that requires all that had been committed, by any process, when the request arrived.
const LATEST: &str = "latest";

/// How long a request waits for the revision that it requires.
const PATIENCE: Duration = Duration::from_secs(3);

/// The revision that a request requires.
#[derive(Debug, PartialEq, Eq)]
enum Required {
    /// That of this unit, or a later one.
    Unit(u64),
    Latest,
}

impl Required {
    /// The one that the headers name, if they name one.
    fn of(headers: &HeaderMap) -> Result<Option<Self>> {
        let mut values = headers.get_all(REVISION_HEADER).iter();
        let Some(value) = values.next() else { return Ok(None) };
        let read = || match value.to_str().ok()? {
            LATEST => Some(Self::Latest),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok().map(Self::Unit),
            _ => None,
        };
        read().filter(|_| values.next().is_none()).map(Some).ok_or_else(|| {
            let words = format!("is neither the number of a change nor `{LATEST}`");
            Error::invalid(format!("?{REVISION_HEADER}"), Reason::Other(words))
        })
    }
}

/// What is noted of a request while it is answered, if other processes may write to the same store.
pub(super) struct View {
    seen: Seen,
    /// How old what was seen may have been when the call began.
    lag: Duration,
}

impl View {
    /// Adds the revision that an answer shows and, if that is no longer new, its age. An answer that shows nothing of the store has
    /// neither.
    pub(super) fn mark(&self, response: &mut Response) {
        let shows_any = !response.status().is_server_error();
        let Some(revision) = self.seen.revision().filter(|_| shows_any) else { return };
        let headers = response.headers_mut();
        headers.insert(REVISION_HEADER, revision.into());
        let seconds = self.lag.as_secs();
        if seconds > 0 && !self.seen.is_written() {
            headers.insert(AGE, seconds.into());
        }
    }
}

impl IdpStore {
    /// Waits until the store shows the revision that a request requires, and begins to note what is seen of it from then on, if
    /// other processes may write to it.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if the header cannot be read, [`Unavailable`](crate::ErrorKind::Unavailable) if the
    /// revision is not there in time.
    pub(super) fn view(&self, headers: &HeaderMap) -> Result<Option<View>> {
        match Required::of(headers)? {
            None => {}
            Some(Required::Latest) => self.catch_up(PATIENCE)?,
            Some(Required::Unit(number)) => {
                // In a store of one process, all that a caller can know of is there.
                self.wait_for(number, if self.is_shared() { PATIENCE } else { Duration::ZERO })?;
            }
        }
        Ok(self.is_shared().then(|| View { seen: Seen::default(), lag: self.lag() }))
    }

    /// The same store, of which is noted what is seen.
    pub(super) fn viewed(&self, view: Option<&View>) -> Self {
        match view {
            Some(view) => Self { service: self.service.seen_by(&view.seen), ..self.clone() },
            None => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(values: &[&'static str]) -> Result<Option<Required>> {
        let values = values.iter().map(|value| (REVISION_HEADER, HeaderValue::from_static(value)));
        Required::of(&values.collect())
    }

    #[test]
    fn a_revision_is_a_number_or_the_latest() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["latest"]).unwrap(), Some(Required::Latest));
        assert_eq!(read(&["0"]).unwrap(), Some(Required::Unit(0)));
        assert_eq!(read(&["18446744073709551615"]).unwrap(), Some(Required::Unit(u64::MAX)));
        let refused = ["", "+1", "-1", "1 ", "Latest", "18446744073709551616"];
        assert!(refused.iter().all(|value| read(&[value]).is_err()));
        assert!(read(&["1", "1"]).is_err(), "which of them counts is not clear");
    }
}
