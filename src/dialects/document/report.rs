//! What a walk through a document finds wrong.

use crate::error::{Reason, Violation, pointer};

/// What was found wrong so far, and where the walk is.
pub(super) struct Report {
    /// The pointer of the member that is being read.
    pub(super) path: String,
    /// Why the kind is unknown, until it is reported: at its member, or first of all if only the server writes that member.
    wrong_kind: Option<Violation>,
    /// In the order of their ranks.
    violations: Vec<(Rank, Violation)>,
}

impl Report {
    pub(super) fn new(wrong_kind: Option<Violation>) -> Self {
        Self { path: String::new(), wrong_kind, violations: Vec::new() }
    }

    /// How many violations there are.
    pub(super) fn count(&self) -> usize {
        self.violations.len()
    }

    /// Begins to read a member. Returns where to go back to.
    pub(super) fn enter(&mut self, name: &str) -> usize {
        let depth = self.path.len();
        pointer::push(&mut self.path, name);
        depth
    }

    /// Adds a violation at the member that is being read, or at one below it.
    pub(super) fn refuse(&mut self, rank: Rank, below: Option<&str>, reason: Reason) {
        let mut place = self.path.clone();
        if let Some(member) = below {
            pointer::push(&mut place, member);
        }
        self.add(rank, Violation::new(place, reason));
    }

    /// Adds why the kind is not known, if this is the member that says it.
    pub(super) fn is_wrong_kind(&mut self) -> bool {
        let wrong = self.wrong_kind.take_if(|wrong| wrong.pointer == self.path);
        let is_here = wrong.is_some();
        if let Some(wrong) = wrong {
            self.add(Rank::All, wrong);
        }
        is_here
    }

    /// Adds a violation behind those of its rank.
    pub(super) fn add(&mut self, rank: Rank, violation: Violation) {
        let at = self.violations.partition_point(|(known, _)| *known <= rank);
        self.violations.insert(at, (rank, violation));
    }

    /// All that was found, in the order in which it is listed; that the kind is not known comes first.
    pub(super) fn finish(self) -> Vec<Violation> {
        self.wrong_kind
            .into_iter()
            .chain(self.violations.into_iter().map(|(_, violation)| violation))
            .collect()
    }
}

/// The order in which violations are listed: common members; then what a kind requires, allows, and needs because of other
/// members; then values of the right shape that are wrong; last what only strict readers refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    All,
    Must,
    May,
    Needs,
    Meaning,
    Strict,
}
