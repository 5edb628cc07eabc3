//! Lines together with the records that they are about. The interpreter sees only these traits, not the kinds of records, so
//! that it is compiled once for all of them.

use serde_json::Value;

use super::core::Shown;
use super::line::{Member, Missing, Presence};
use super::report::{Rank, Report};
use super::{Line, Record, Spell};
use crate::dialects::lens::Members;
use crate::error::{Reason, Result};

/// A line of a record that is shown.
pub(super) trait Source {
    fn member(&self) -> &Member;

    /// What the server writes, or what the member shows of the core.
    fn shown(&self) -> Shown<'_>;

    fn default(&self) -> Option<Shown<'_>>;

    /// How what is kept is shown, if not as it is.
    fn dressed(&self, kept: &str) -> Option<Shown<'_>>;

    /// Calls `see` with each line below that the record has.
    fn each(&self, see: &mut dyn FnMut(&dyn Source) -> Result<()>) -> Result<()>;
}

pub(super) struct Showing<'s, R: 'static, X: 'static> {
    pub(super) line: &'s Line<R, X>,
    pub(super) record: &'s R,
    pub(super) x: &'s X,
}

impl<R, X: Spell> Source for Showing<'_, R, X> {
    fn member(&self) -> &Member {
        &self.line.member
    }

    fn shown(&self) -> Shown<'_> {
        match self.line.server {
            Some(server) => server(self.record, self.x),
            None => match self.line.shown(self.record) {
                Shown::Text(name) if self.line.member.is_reference => {
                    self.x.spell(&name).map_or(Shown::Text(name), Shown::from)
                }
                shown => shown,
            },
        }
    }

    fn default(&self) -> Option<Shown<'_>> {
        self.line.default(self.record)
    }

    fn dressed(&self, kept: &str) -> Option<Shown<'_>> {
        let kept = || serde_json::from_str(kept).unwrap_or_default();
        self.line.dress.map(|dress| dress(&kept(), self.x).into_value().into())
    }

    fn each(&self, see: &mut dyn FnMut(&dyn Source) -> Result<()>) -> Result<()> {
        let mut lines = self.line.lines.iter().filter(|line| line.applies(Some(self.record)));
        lines.try_for_each(|line| see(&Self { line, ..*self }))
    }
}

/// A line of a record that is read. If not even its kind is known, there is no record, and the functions of the line find
/// nothing.
pub(super) trait Target {
    fn member(&self) -> &Member;

    /// Whether all records have it.
    fn is_common(&self) -> bool;

    /// Whether the record that is replaced keeps it as it is.
    fn is_fixed(&self) -> bool;

    /// Whether the record is one of those for which it is required.
    fn is_required(&self) -> bool;

    /// Reports what is wrong with a value of the right shape; `behind` are the members behind it.
    fn look_closer(
        &self,
        report: &mut Report,
        is_strict: bool,
        received: Option<&Value>,
        shown: Option<&Value>,
        behind: &Members,
    );

    /// What is read in place of a missing value.
    fn filled(&self, is_in_object: bool) -> Option<Value>;

    /// What is shown of the core.
    fn shown(&self) -> Shown<'_>;

    fn default(&self) -> Option<Shown<'_>>;

    /// Sets the core, and returns what it cannot hold.
    fn put(&mut self, value: Option<Value>) -> Option<Value>;

    /// Whether the record that is replaced shows nothing of the core, and would be changed by this value.
    fn hides(&self, value: Option<&Value>) -> bool;

    /// The form in which a value is kept.
    fn normal(&self, value: Value) -> Result<Option<Value>, Reason>;

    /// Adds what a replacement leaves out and is shown of the record before, but for members that must be sent.
    fn merge(&self, received: &mut Members, shown: Option<&Members>);

    /// Whether the object appears although nothing of it is kept.
    fn stands(&self) -> bool;

    /// Calls `visit` with each line below that the record has.
    fn each(&mut self, visit: &mut dyn FnMut(&mut dyn Target) -> Result<()>) -> Result<()>;
}

/// A line, and the records that its member is read into.
pub(super) struct Reading<'s, 'r, R: 'static, X: 'static> {
    pub(super) line: &'s Line<R, X>,
    pub(super) records: &'s mut Records<'r, R>,
}

pub(super) struct Records<'r, R> {
    /// The record as far as it has been read; `None` if its kind is not known.
    pub(super) new: Option<R>,
    /// The record that is replaced.
    pub(super) old: Option<&'r R>,
}

impl<R: Record, X> Target for Reading<'_, '_, R, X> {
    fn member(&self) -> &Member {
        &self.line.member
    }

    fn is_common(&self) -> bool {
        self.line.when.is_none()
    }

    fn is_fixed(&self) -> bool {
        self.line.is_fixed.zip(self.records.old).is_some_and(|(is_fixed, old)| is_fixed(old))
    }

    fn is_required(&self) -> bool {
        let required_if = self.line.required_if.zip(self.records.new.as_ref());
        required_if.is_some_and(|(required_if, record)| required_if(record))
    }

    fn look_closer(
        &self,
        report: &mut Report,
        is_strict: bool,
        received: Option<&Value>,
        shown: Option<&Value>,
        behind: &Members,
    ) {
        let Some(record) = &self.records.new else { return };
        if let (Some(check), Some(received)) = (self.line.check, received)
            && let Err(reason) = check(record, received, behind)
        {
            report.refuse(Rank::Meaning, self.line.member.reported_at, reason);
        }
        if let Some(strict) = self.line.strict.filter(|_| is_strict) {
            let found = strict.violations(record, &report.path, received, shown, behind);
            for violation in found {
                report.add(Rank::Strict, violation);
            }
        }
    }

    fn filled(&self, is_in_object: bool) -> Option<Value> {
        let (fill, record) = self.line.fill.zip(self.records.new.as_ref())?;
        fill(&Missing { record, is_new: self.records.old.is_none(), is_in_object })
    }

    fn shown(&self) -> Shown<'_> {
        self.records.new.as_ref().map_or(Shown::Nothing, |record| self.line.shown(record))
    }

    fn default(&self) -> Option<Shown<'_>> {
        self.line.default(self.records.new.as_ref()?)
    }

    fn put(&mut self, value: Option<Value>) -> Option<Value> {
        let (core, record) = self.line.core.zip(self.records.new.as_mut())?;
        (core.put)(record, value)
    }

    fn hides(&self, value: Option<&Value>) -> bool {
        let Some((core, old)) = self.line.core.zip(self.records.old) else { return false };
        (core.show)(old).is_nothing() && {
            let mut changed = old.clone();
            (core.put)(&mut changed, value.cloned());
            changed != *old
        }
    }

    fn normal(&self, value: Value) -> Result<Option<Value>, Reason> {
        match self.line.normal.zip(self.records.new.as_ref()) {
            Some((normal, record)) => normal(record, value),
            None => Ok(Some(value)),
        }
    }

    fn merge(&self, received: &mut Members, shown: Option<&Members>) {
        let is_sent = |name: &str| {
            self.line
                .lines
                .iter()
                .any(|line| line.name() == name && line.member.presence == Presence::Required)
        };
        for (name, shown) in shown.into_iter().flatten().filter(|(name, _)| !is_sent(name)) {
            received.entry(name.as_str()).or_insert_with(|| shown.clone());
        }
    }

    fn stands(&self) -> bool {
        self.records.new.as_ref().is_some_and(|record| self.line.stands(record))
    }

    fn each(&mut self, visit: &mut dyn FnMut(&mut dyn Target) -> Result<()>) -> Result<()> {
        for line in self.line.lines {
            if line.applies(self.records.new.as_ref()) {
                visit(&mut Reading { line, records: self.records })?;
            }
        }
        Ok(())
    }
}
