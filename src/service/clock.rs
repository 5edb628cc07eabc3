//! What the clock alone brings: overlaps and trust that end as planned, and certificates that end soon or have ended. It is
//! logged in units of its own, so that undoing a change does not take it back.

use std::collections::BTreeSet;

use super::trial::Mode;
use super::{ChangeKind, Service, Unit};
use crate::engine::ReadTx;
use crate::engine::records::{self, Ending, Mark, Step};
use crate::error::{ErrorKind, Result};
use crate::model::{Id, IdentityProvider, Planned};
use crate::pki::Timestamp;

/// How many days before its end a certificate is logged as one that ends soon, and the end itself.
const DAYS: [u32; 5] = [60, 30, 7, 1, 0];

/// How many events a unit logs at most.
const AT_A_TIME: usize = 1000;

/// Whom the change log names.
const ACTOR: &str = "clock";

/// Something that may be due. Events are logged in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    /// When, and which owner or key it is about.
    mark: Mark,
    /// Of a planned end, the `kid` of the key that is published or trusted until then.
    kid: Option<String>,
}

impl Service {
    /// Logs what the clock has brought, in all tenants: overlaps that have ended, partners' certificates that are trusted no longer
    /// ([`distrust_at`](crate::Providers::distrust_at)), and certificates of signing keys and trusted
    /// keys that end in 60, 30, 7 or 1 days or have ended. Each is logged once, with the time at which it was due
    /// ([`Change::due`](super::Change::due)), what was due earlier first, by the actor `clock`. How many there were is the answer.
    ///
    /// A host calls it when it starts and then as often as it wants the log to be up to date, such as each minute; of several processes
    /// that share a store, one is enough ([`IdpStore::is_keeper`](crate::IdpStore::is_keeper)). It may be
    /// late: what was due in the meantime is logged then. What was due before a key was made or the store was founded is
    /// not logged. Planned ends are also logged before the next change of their tenant's records.
    ///
    /// ```
    /// use idpstore::pki::{EcCurve, KeySpec, Timestamp};
    /// use idpstore::testing::FixedClock;
    /// use idpstore::{ChangeKind, IdpStore, NewSigningKey, Owner};
    ///
    /// let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    /// let store = IdpStore::builder().clock(clock.clone()).open()?;
    /// let spec = KeySpec::Ec { curve: EcCurve::P256 };
    /// let key = store.signing_keys(Owner::Tenant).generate(&NewSigningKey { spec, years: 1, ..NewSigningKey::default() })?;
    /// let last = store.service().last_change()?;
    ///
    /// clock.advance(306 * 24 * 3600);
    /// assert_eq!(store.advance()?, 1);
    /// let change = &store.service().changes(last, 10)?[0];
    /// assert_eq!((change.kind, change.days), (ChangeKind::SigningKeyExpiring, Some(60)));
    /// assert_eq!((change.subject, change.kid.as_ref()), (key.id, Some(&key.kid)));
    /// assert_eq!(store.advance()?, 0);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// The cost is that of what is found and of a few look-ups for each tenant. A unit of work logs up to 1000 events; if a
    /// later one fails, the next call goes on where this one has ended.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn advance(&self) -> Result<usize> {
        let now = self.env.clock.now();
        let end = Mark::after(now);
        let due = self.read(|tx| {
            let (begin, mut due) = (records::logged_until(tx)?, BTreeSet::new());
            for tenant in records::tenants(tx, None, usize::MAX)? {
                due.extend(planned_ends(tx, tenant.id, now)?);
                due.extend(ends(tx, tenant.id, begin, end)?);
            }
            Ok(due.into_iter().collect::<Vec<_>>())
        })?;
        let logged = self.log_events(&due, Some(end))?;
        if !due.is_empty() {
            self.pass(end)?;
        }
        Ok(logged)
    }

    /// Ends what was planned to end by now in this tenant, before a unit that may change the same records. A plan ends nothing.
    pub(crate) fn end_as_planned(&self) -> Result<()> {
        if matches!(self.mode, Some(Mode::Plan(_))) {
            return Ok(());
        }
        let ended = self.read(|tx| planned_ends(tx, self.tenant, self.env.clock.now()))?;
        Self { mode: None, ..self.clone() }.log_events(&ended, None).map(drop)
    }

    /// Logs events, so many in a unit. How many there were is the answer. `end` is up to where certificates have been looked
    /// at, if they have.
    fn log_events(&self, due: &[Due], end: Option<Mark>) -> Result<usize> {
        let clock = self.as_actor(ACTOR);
        // A planned end changes three entries at most, and the unit writes two more.
        let most = AT_A_TIME.min(self.engine.capabilities().commit_entries / 5).max(1);
        let (mut rest, mut logged) = (due, 0);
        while !rest.is_empty() {
            let (events, later) = rest.split_at(most.min(rest.len()));
            let next = end.map(|end| later.first().map_or(end, |next| next.mark));
            logged += clock.run(|unit| unit.log_events(events, next))?.0;
            rest = later;
        }
        Ok(logged)
    }

    /// Notes that everything before this place has been looked at, so that dates that brought nothing are not looked at again.
    /// That is no unit of work; if another writer is faster, the next call does it.
    fn pass(&self, end: Mark) -> Result<()> {
        if self.mode.is_some() {
            return Ok(());
        }
        let _turn = self.turns.take()?;
        let mut tx = self.engine.write()?;
        if records::logged_until(&*tx)? >= end {
            return tx.release();
        }
        records::set_logged_until(&mut *tx, end)?;
        match tx.commit(None) {
            Err(error) if *error.kind() == ErrorKind::Conflict => Ok(()),
            done => done.map(drop),
        }
    }
}

impl Unit<'_> {
    /// Logs these events, unless another writer has done so or the records have changed since. `next` is up to where
    /// certificates have been looked at then, if they have.
    fn log_events(&mut self, events: &[Due], next: Option<Mark>) -> Result<usize> {
        let begin = records::logged_until(&*self.tx)?;
        for Due { mark, kid } in events {
            self.tenant = mark.tenant;
            match kid {
                Some(kid) => self.end_as_planned(mark.subject, kid, mark.due)?,
                None if *mark >= begin => self.log_end(mark.subject, mark.due)?,
                None => {}
            }
        }
        if let Some(next) = next.filter(|next| *next > begin && !self.steps.is_empty()) {
            records::set_logged_until(&mut *self.tx, next)?;
        }
        Ok(self.steps.len())
    }

    /// Ends an overlap or the trust in a partner's certificate, if that is still due, and logs it.
    fn end_as_planned(&mut self, owner: Id, kid: &str, due: Timestamp) -> Result<()> {
        let tenant = self.tenant_id();
        let kind = match records::ending(&*self.tx, tenant, owner, kid, due)? {
            Some(Ending::Overlap) => {
                self.plan_for(owner, kid, Some(Planned::Ended(due)))?;
                ChangeKind::SigningKeyRetired
            }
            Some(Ending::Trust(old)) => {
                let mut new =
                    IdentityProvider { updated: self.now, sequence: 0, ..old.clone().distrusting(kid, due) };
                (self.service.settle)(&old, &mut new);
                records::save(&mut *self.tx, tenant, Some(&*old), &new)?;
                ChangeKind::ProviderTrustEnded
            }
            None => return Ok(()),
        };
        self.log_due(kind, owner, kid.to_owned(), due, None);
        Ok(())
    }

    /// Logs that the certificate of a key ends soon or has ended, if it has such a date and was there before it.
    fn log_end(&mut self, id: Id, due: Timestamp) -> Result<()> {
        let key = records::key_by_id(&*self.tx, self.tenant_id(), id)?.filter(|key| key.created < due);
        let Some((key, end)) = key.and_then(|key| key.expires.map(|end| (key, end))) else { return Ok(()) };
        let Some(days) = DAYS.into_iter().find(|days| due.plus_seconds(seconds(*days)) == end) else {
            return Ok(());
        };
        let kind = match (key.is_signing(), days) {
            (true, 0) => ChangeKind::SigningKeyExpired,
            (true, _) => ChangeKind::SigningKeyExpiring,
            (false, 0) => ChangeKind::TrustedKeyExpired,
            (false, _) => ChangeKind::TrustedKeyExpiring,
        };
        self.log_due(kind, id, key.kid, due, Some(days).filter(|days| *days > 0));
        Ok(())
    }

    fn log_due(&mut self, kind: ChangeKind, subject: Id, kid: String, due: Timestamp, days: Option<u32>) {
        let step = Step::new(self.tenant_id(), kind, subject, Some(kid));
        self.steps.push(Step { due: Some(due), days, ..step });
    }
}

/// What was planned to end by now in a tenant.
fn planned_ends(tx: &dyn ReadTx, tenant: Id, now: Timestamp) -> Result<Vec<Due>> {
    let ends = records::planned_ends(tx, tenant, now)?.into_iter();
    Ok(ends.map(|(due, subject, kid)| Due { mark: Mark { due, tenant, subject }, kid: Some(kid) }).collect())
}

/// The dates of a tenant's keys at which a certificate may have ended, or been about to end, from one place on and before
/// another.
fn ends(tx: &dyn ReadTx, tenant: Id, begin: Mark, end: Mark) -> Result<Vec<Due>> {
    let mut due = Vec::new();
    for days in DAYS {
        let [from, before] = [begin, end].map(|mark| mark.due.plus_seconds(seconds(days)));
        due.extend(records::dates(tx, tenant, from, before)?.into_iter().map(|(date, subject)| {
            let mark = Mark { due: date.plus_seconds(-seconds(days)), tenant, subject };
            Due { mark, kid: None }
        }));
    }
    due.retain(|due| due.mark >= begin);
    Ok(due)
}

fn seconds(days: u32) -> i64 {
    i64::from(days) * 24 * 60 * 60
}
