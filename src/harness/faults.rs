//! Faults that a test scripts, and which request meets which.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Disturbance;
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::pki::Timestamp;

/// What goes wrong, and for which requests: those that fit all of `dialect`, `operation`, `method` and `path` that are there.
///
/// A fault that has a `status` or a `body` is answered in place of the call, which is not made: a status with the error
/// document and the headers of the vendor. `delay` and `drop` are for the host, which finds a [`Disturbance`] among the
/// extensions of the response; of a fault that only delays, the call is made.
///
/// ```
/// use idpstore::harness::Fault;
///
/// let fault: Fault = serde_json::from_str(r#"{"operation": "createIdentityProvider", "status": 500, "times": 1}"#)?;
/// assert_eq!(fault, Fault { operation: Some("createIdentityProvider".into()), ..Fault::status(500).once() });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// The dialect, such as `okta`; `api` is the neutral API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// The operation, as the vendor or `docs/api.md` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The start of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many such requests pass before.
    #[serde(skip_serializing_if = "is_zero")]
    pub after: u32,
    /// How many such requests meet it; without it all, until it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The status of the answer: 400, 401, 403, 404, 405, 409, 413, 429, 500 or 503, or with a body any from 200 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The answer: a text as it is, anything else as JSON. Without it, it is the vendor's error document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// How many milliseconds the answer takes longer.
    #[serde(skip_serializing_if = "is_zero")]
    pub delay: u32,
    /// Whether the connection is closed in place of an answer, and the call is not made.
    #[serde(skip_serializing_if = "is_false")]
    pub drop: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What is known of a request when it meets a fault.
pub(crate) struct Target<'r> {
    pub(crate) dialect: &'static str,
    pub(crate) operation: Option<&'static str>,
    pub(crate) method: &'r http::Method,
    pub(crate) path: &'r str,
}

/// A fault with the number by which it is removed. Its `after` and `times` are what is left of them.
#[derive(Clone, Debug)]
struct Scripted {
    number: u64,
    fault: Fault,
}

/// What a request has met, and at which faults it was counted.
#[derive(Debug, Default)]
pub(crate) struct Met {
    /// The fault that applies to it.
    pub(crate) fault: Option<Fault>,
    /// The faults whose `after` counts it.
    passed: Vec<u64>,
    /// The fault that applies to it, as it was before.
    before: Option<Scripted>,
}

/// Those that are scripted.
#[derive(Debug, Default)]
pub(super) struct Faults {
    last: u64,
    scripted: Vec<Scripted>,
}

/// How many there are at most.
const MOST: usize = 1000;

impl Fault {
    /// All requests get this status, with the vendor's error document.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Reads a fault in JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] if it is not JSON, and [`ErrorKind::Invalid`] if it is no object of these members.
    pub fn read(json: &str) -> Result<Self> {
        // A list would pass for an object whose members have no names.
        if json.trim_start().starts_with('[') {
            return Err(Error::invalid("", Reason::WrongType("object")));
        }
        serde_json::from_str(json).map_err(|cause| {
            if cause.is_data() {
                Error::invalid("", Reason::Other(format!("cannot be read: {cause}")))
            } else {
                Error::new(ErrorKind::Malformed).caused_by(cause)
            }
        })
    }

    /// The same fault, which only the next request meets that fits.
    #[must_use]
    pub fn once(self) -> Self {
        Self { times: Some(1), ..self }
    }

    /// The same fault, for one of the operations of a vendor.
    #[must_use]
    pub fn on(self, operation: impl Into<String>) -> Self {
        Self { operation: Some(operation.into()), ..self }
    }

    fn check(&self) -> Result<()> {
        let refuse = |at: &str, words: &str| Err(Error::invalid(at, Reason::Other(words.to_owned())));
        if self.times == Some(0) {
            return refuse("/times", "must be at least 1");
        }
        match self.status {
            Some(status) if self.body.is_some() && !(200..600).contains(&status) => {
                refuse("/status", "must be a number from 200 to 599")
            }
            Some(_) if self.body.is_none() && self.kind(Timestamp::default()).is_none() => {
                let known = "400, 401, 403, 404, 405, 409, 413, 429, 500 or 503";
                refuse("/status", &format!("must be {known}; any other needs a `body`"))
            }
            None if self.body.is_none() && self.delay == 0 && !self.drop => {
                refuse("", "has no `status`, `body`, `delay` or `drop`, and would do nothing")
            }
            _ => Ok(()),
        }
    }

    fn fits(&self, target: &Target<'_>) -> bool {
        let is = |wanted: &Option<String>, has: Option<&str>| wanted.is_none() || wanted.as_deref() == has;
        is(&self.dialect, Some(target.dialect))
            && is(&self.operation, target.operation)
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(target.method.as_str()))
            && self.path.as_ref().is_none_or(|start| target.path.starts_with(start.as_str()))
    }

    /// What the host does to the response.
    pub(crate) fn disturbance(&self) -> Disturbance {
        Disturbance { delay: Duration::from_millis(self.delay.into()), drop: self.drop }
    }

    /// The error that the vendor words with this status.
    pub(crate) fn error(&self, now: Timestamp) -> Option<Error> {
        self.kind(now).map(|kind| Error::new(kind).context("a scripted fault"))
    }

    /// The kind of failure that all vendors answer with this status.
    fn kind(&self, now: Timestamp) -> Option<ErrorKind> {
        Some(match self.status.filter(|_| self.body.is_none())? {
            400 => ErrorKind::Malformed,
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NoRoute,
            405 => ErrorKind::MethodNotAllowed,
            409 => ErrorKind::Conflict,
            413 => ErrorKind::TooLarge,
            429 => ErrorKind::RateLimited { reset: now.unix_seconds() + WINDOW },
            500 => ErrorKind::Storage,
            503 => ErrorKind::Locked,
            _ => return None,
        })
    }
}

/// In how many seconds a scripted 429 lets the caller try again.
const WINDOW: i64 = 60;

impl Faults {
    pub(super) fn inject(&mut self, fault: Fault) -> Result<u64> {
        fault.check()?;
        if self.scripted.len() == MOST {
            return Err(Error::invalid("", Reason::Other(format!("is one fault more than {MOST}"))));
        }
        self.last += 1;
        self.scripted.push(Scripted { number: self.last, fault });
        Ok(self.last)
    }

    pub(super) fn list(&self) -> Vec<(u64, Fault)> {
        self.scripted.iter().map(|it| (it.number, it.fault.clone())).collect()
    }

    pub(super) fn remove(&mut self, number: u64) -> bool {
        let before = self.scripted.len();
        self.scripted.retain(|it| it.number != number);
        self.scripted.len() < before
    }

    pub(super) fn clear(&mut self) {
        self.scripted.clear();
    }

    /// Counts a request at the faults that it fits, up to the one that applies to it.
    pub(super) fn meet(&mut self, target: &Target<'_>) -> Met {
        let mut met = Met::default();
        for scripted in self.scripted.iter_mut().filter(|it| it.fault.fits(target)) {
            if scripted.fault.after > 0 {
                scripted.fault.after -= 1;
                met.passed.push(scripted.number);
                continue;
            }
            met.fault = Some(scripted.fault.clone());
            met.before = Some(scripted.clone());
            scripted.fault.times = scripted.fault.times.map(|times| times.saturating_sub(1));
            break;
        }
        self.scripted.retain(|it| it.fault.times != Some(0));
        met
    }

    /// Counts one request less, where it was counted.
    pub(super) fn give_back(&mut self, met: Met) {
        for scripted in self.scripted.iter_mut().filter(|it| met.passed.contains(&it.number)) {
            scripted.fault.after += 1;
        }
        let Some(before) = met.before else { return };
        let place = self.scripted.partition_point(|it| it.number < before.number);
        match self.scripted.get_mut(place).filter(|it| it.number == before.number) {
            Some(there) => there.fault.times = there.fault.times.map(|times| times + 1),
            None if before.fault.times.is_some() => {
                // It was the last one.
                let fault = Fault { times: Some(1), ..before.fault };
                self.scripted.insert(place, Scripted { fault, ..before });
            }
            None => {}
        }
    }
}
