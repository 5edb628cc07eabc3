//! Whether a history is one that the store may have.
//!
//! - Every answered write is in the log under the number of its answer, once, and what it wrote is there until another write.
//! - A write that was not answered has happened at most once.
//! - What an answer shows is exactly what was the case at its revision.
//! - Revisions never go back: of one process from one call to the next, and below what a call requires.
//! - A call that requires `latest` shows all that was answered before it began, by any process.
//! - What is answered is no older than it says itself, and than the limit.

use std::time::Duration;

use super::record::{Call, History, Id, Outcome, Required, Revision, Shown};
use super::timeline::{Timeline, Wrong};

/// What is wrong with a history.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Answered writes that are not there.
    pub(super) lost: Vec<String>,
    /// Writes that have happened twice.
    pub(super) doubled: Vec<String>,
    /// Answers that show what was no longer so, or never was.
    pub(super) stale: Vec<String>,
}

/// Ages are given in whole seconds, rounded down.
const ROUNDING: Duration = Duration::from_secs(1);

impl Verdict {
    pub(super) fn is_good(&self) -> bool {
        [&self.lost, &self.doubled, &self.stale].into_iter().all(Vec::is_empty)
    }
}

/// Looks at all of a history.
pub(super) fn check(history: &History) -> Verdict {
    let (mut timeline, [lost, doubled]) = Timeline::new(history);
    let mut verdict = Verdict { lost, doubled, stale: Vec::new() };
    for call in &history.calls {
        let Outcome::Answered { revision, shown, .. } = &call.outcome else { continue };
        for wrong in wrong_in(&mut timeline, *revision, shown) {
            match wrong {
                Wrong::Twice(words) => verdict.doubled.push(words),
                Wrong::Other(words) => verdict.stale.push(format!("{words}, in {:?}", call.what)),
            }
        }
    }
    let shown = Shown::All(history.in_the_end.clone());
    for wrong in wrong_in(&mut timeline, Revision::MAX, &shown) {
        match wrong {
            Wrong::Twice(words) => verdict.doubled.push(words),
            Wrong::Other(words) => verdict.lost.push(format!("in the end: {words}")),
        }
    }
    verdict.stale.extend(went_back(history));
    verdict
}

fn wrong_in(timeline: &mut Timeline<'_>, at: Revision, shown: &Shown) -> Vec<Wrong> {
    match shown {
        Shown::Nothing | Shown::Made(_) => Vec::new(),
        Shown::One(id, value) => timeline.see(*id, at, *value).into_iter().collect(),
        Shown::All(all) => {
            let mut ids = timeline.ids();
            ids.extend(all.keys());
            ids.into_iter().filter_map(|id: Id| timeline.see(id, at, all.get(&id).copied())).collect()
        }
    }
}

/// The answers whose revision is lower than it may be.
fn went_back(history: &History) -> Vec<String> {
    let answered = |call: &Call| matches!(call.outcome, Outcome::Answered { .. });
    let calls = || history.calls.iter().filter(|call| answered(call));
    let of_processes: Vec<_> = (0..=calls().map(|call| call.process).max().unwrap_or_default())
        .map(|process| Newest::of(calls().filter(|call| call.process == process)))
        .collect();
    let (of_all, of_writes) =
        (Newest::of(calls()), Newest::of(calls().filter(|call| call.what.written().is_some())));
    let mut wrong = Vec::new();
    for call in calls() {
        let Outcome::Answered { revision, age, .. } = call.outcome else { continue };
        let mut least = |least: Revision, why: &str| {
            if revision < least {
                wrong.push(format!("{revision} is below {least}, {why}: {call:?}"));
            }
        };
        least(of_processes[call.process].before(call.begun), "which this process had shown");
        match call.required {
            Required::None => {}
            Required::Revision(required) => least(required, "which it requires"),
            Required::Latest => least(of_all.before(call.begun), "which had been answered"),
        }
        for (limit, why) in [(age + ROUNDING, "for its age"), (history.max_lag, "for the limit")] {
            least(call.begun.checked_sub(limit).map_or(0, |then| of_writes.before(then)), why);
        }
    }
    wrong
}

/// The highest revision that had been answered at each time.
struct Newest(Vec<(Duration, Revision)>);

impl Newest {
    fn of<'h>(calls: impl Iterator<Item = &'h Call>) -> Self {
        let mut answers: Vec<_> = calls
            .filter_map(|call| match call.outcome {
                Outcome::Answered { revision, .. } => Some((call.ended, revision)),
                _ => None,
            })
            .collect();
        answers.sort_unstable();
        let mut newest = 0;
        for (_, revision) in &mut answers {
            newest = newest.max(*revision);
            *revision = newest;
        }
        Self(answers)
    }

    /// The highest that was answered before this time.
    fn before(&self, time: Duration) -> Revision {
        let count = self.0.partition_point(|(ended, _)| *ended < time);
        count.checked_sub(1).map_or(0, |last| self.0[last].1)
    }
}
