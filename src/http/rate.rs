//! How often callers may call: a number of requests in a window of time, for all callers together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::pki::Timestamp;

/// A limit, and how much of it is used up.
#[derive(Debug)]
pub(crate) struct RateLimit {
    limit: u32,
    window_seconds: i64,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    end: Timestamp,
    used: u32,
}

/// What a request leaves of the limit. It travels with the response, as an extension, to the dialect, which
/// shows it in its vendor's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// How many requests a window has.
    pub limit: u32,
    /// How many are left in this one.
    pub remaining: u32,
    /// When the next window begins.
    pub reset: Timestamp,
}

impl Quota {
    /// Nothing is left until this time, in seconds of Unix time.
    #[cfg(feature = "testing")]
    pub(crate) fn used_up(reset: i64) -> Self {
        Self { limit: 600, remaining: 0, reset: Timestamp::from_unix_seconds(reset) }
    }
}

impl RateLimit {
    /// At most `limit` requests in each window of this length, in whole seconds.
    #[must_use]
    pub(crate) fn new(limit: u32, window: Duration) -> Self {
        let window_seconds = u32::try_from(window.as_secs()).unwrap_or(u32::MAX).max(1).into();
        let window = Window { end: Timestamp::from_unix_millis(i64::MIN), used: 0 };
        Self { limit, window_seconds, window: Mutex::new(window) }
    }

    /// Counts a request: what is left after it, and whether it may pass.
    pub(crate) fn count(&self, now: Timestamp) -> (Option<Quota>, Result<()>) {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let end = now.truncated_to_seconds().plus_seconds(self.window_seconds);
        // A clock that was set back would otherwise keep the window shut until it has caught up.
        if now >= window.end || end < window.end {
            *window = Window { end, used: 0 };
        }
        let passes = window.used < self.limit;
        window.used += u32::from(passes);
        let quota = Quota { limit: self.limit, remaining: self.limit - window.used, reset: window.end };
        let refused = || Error::new(ErrorKind::RateLimited { reset: quota.reset.unix_seconds() });
        (Some(quota), if passes { Ok(()) } else { Err(refused()) })
    }

    /// Counts one request less: the last one was broken off, and comes again.
    pub(crate) fn give_back(&self) {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.used = window.used.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lets_so_many_pass_and_the_next_begins_anew() {
        let limit = RateLimit::new(2, Duration::from_secs(60));
        let start = Timestamp::from_unix_millis(1_800_000_000_500);
        let at = |seconds| limit.count(start.plus_seconds(seconds));
        let reset = Timestamp::from_unix_millis(1_800_000_060_000);
        assert_eq!(at(0).0, Some(Quota { limit: 2, remaining: 1, reset }));
        assert!(at(1).1.is_ok());
        let (quota, refused) = at(59);
        assert_eq!(quota, Some(Quota { limit: 2, remaining: 0, reset }));
        assert_eq!(refused.expect_err("too many").kind(), &ErrorKind::RateLimited { reset: 1_800_000_060 });
        assert_eq!(at(60).0.map(|quota| quota.remaining), Some(1));
    }

    #[test]
    fn a_clock_that_was_set_back_begins_a_new_window() {
        let limit = RateLimit::new(1, Duration::from_secs(60));
        let start = Timestamp::from_unix_millis(1_800_000_000_500);
        assert!(limit.count(start).1.is_ok());
        assert!(limit.count(start.plus_seconds(1)).1.is_err());
        let (quota, passes) = limit.count(start.plus_seconds(-3600));
        assert!(passes.is_ok());
        assert_eq!(quota.map(|quota| quota.reset), Some(Timestamp::from_unix_millis(1_799_996_460_000)));
        assert!(limit.count(start.plus_seconds(-3590)).1.is_err(), "the window is the same one");
    }

    #[test]
    fn a_limit_of_zero_refuses_all() {
        let (quota, refused) = RateLimit::new(0, Duration::ZERO).count(Timestamp::from_unix_millis(0));
        assert_eq!((quota.map(|quota| quota.remaining), refused.is_err()), (Some(0), true));
    }
}
