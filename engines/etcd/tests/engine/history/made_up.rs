//! The checker finds what is wrong with histories that were made up.

use std::collections::BTreeMap;
use std::time::Duration;

use super::check::check;
use super::record::{Call, Entry, History, Kind, Outcome, Required, Shown, What};

fn call(process: usize, times: [u64; 2], what: What, outcome: Outcome) -> Call {
    let [begun, ended] = times.map(Duration::from_millis);
    Call { process, begun, ended, what, required: Required::None, outcome }
}

fn answered(revision: u64, shown: Shown) -> Outcome {
    Outcome::Answered { revision, age: Duration::ZERO, shown }
}

fn entry(revision: u64, kind: Kind, id: u64) -> Entry {
    Entry { revision, kind, id }
}

/// Record 7 is made with the value 1 at 10 and becomes 2 at 20; a call that would make it 3 is not answered, and has happened at
/// 30. Record 8 is made with 4 at 40 and deleted at 50, where it is seen by both processes.
fn good() -> History {
    let all = |records: &[(u64, u64)]| Shown::All(records.iter().copied().collect());
    History {
        calls: vec![
            call(0, [0, 5], What::Create(1), answered(10, Shown::Made(7))),
            call(0, [10, 15], What::Update(7, 2), answered(20, Shown::One(7, Some(2)))),
            call(1, [16, 18], What::Read(7), answered(10, Shown::One(7, Some(1)))),
            call(0, [20, 9000], What::Update(7, 3), Outcome::Unknown),
            call(0, [20, 9000], What::Update(7, 5), Outcome::Unknown),
            call(1, [30, 40], What::Create(4), answered(40, Shown::Made(8))),
            call(1, [41, 45], What::List, answered(40, all(&[(7, 3), (8, 4)]))),
            call(1, [50, 60], What::Delete(8), answered(50, Shown::Nothing)),
            call(0, [70, 80], What::Read(8), answered(50, Shown::One(8, None))),
            call(0, [70, 80], What::Update(9, 6), Outcome::Refused),
            call(0, [5000, 5010], What::List, answered(50, all(&[(7, 3)]))),
        ],
        log: vec![
            entry(10, Kind::Create, 7),
            entry(20, Kind::Update, 7),
            entry(30, Kind::Update, 7),
            entry(40, Kind::Create, 8),
            entry(50, Kind::Delete, 8),
        ],
        in_the_end: BTreeMap::from([(7, 3)]),
        max_lag: Duration::from_secs(2),
    }
}

/// How many are lost, doubled and stale after a change of the good history.
fn after(change: impl FnOnce(&mut History)) -> [usize; 3] {
    let mut history = good();
    change(&mut history);
    let verdict = check(&history);
    assert_eq!(verdict.is_good(), verdict.lost.len() + verdict.doubled.len() + verdict.stale.len() == 0);
    [verdict.lost, verdict.doubled, verdict.stale].map(|words| words.len())
}

fn set(history: &mut History, call: usize, outcome: Outcome) {
    history.calls[call].outcome = outcome;
}

#[test]
fn a_good_history_is_good() {
    assert_eq!(after(|_| {}), [0, 0, 0]);
}

#[test]
fn lost_writes_are_found() {
    assert_eq!(after(|it| it.in_the_end = BTreeMap::from([(7, 2)])), [1, 0, 0], "not there in the end");
    assert_eq!(after(|it| it.in_the_end.clear()), [1, 0, 0], "nor the record");
    assert_eq!(after(|it| it.in_the_end.extend([(8, 4)])), [1, 0, 0], "a delete that is undone");
    let without_entry = after(|it| it.log.retain(|entry| entry.revision != 20));
    assert_eq!([without_entry[0], without_entry[1]], [1, 0], "not in the log");
    let of_another = after(|it| it.log[1].id = 8);
    assert!(of_another[0] >= 1, "the log has another record: {of_another:?}");
}

#[test]
fn doubled_writes_are_found() {
    assert_eq!(after(|it| it.log.push(entry(60, Kind::Delete, 8))), [0, 1, 0], "in the log");
    assert_eq!(after(|it| it.log.push(entry(40, Kind::Create, 8))), [0, 1, 0], "with the same number");
    let one_number = after(|it| set(it, 1, answered(10, Shown::Nothing)));
    assert!(one_number[1] >= 1, "two writes with one number: {one_number:?}");
    let twice = after(|it| {
        it.log.push(entry(60, Kind::Update, 7));
        it.calls.push(call(0, [6000, 6010], What::Read(7), answered(60, Shown::One(7, Some(3)))));
    });
    assert!(twice[1] >= 1, "an unanswered write has happened twice: {twice:?}");
    let made = after(|it| {
        it.log.push(entry(60, Kind::Create, 9));
        it.in_the_end.insert(9, 4);
    });
    assert!(made[1] >= 1, "a record that was made twice: {made:?}");
}

#[test]
fn what_is_not_so_at_a_revision_is_found() {
    let wrong = [(7, Some(2)), (7, None), (7, Some(99)), (8, Some(4)), (9, Some(1))];
    for (id, value) in wrong {
        assert_eq!(after(|it| set(it, 8, answered(50, Shown::One(id, value)))), [0, 0, 1], "{id}, {value:?}");
    }
    let missing = Shown::All(BTreeMap::from([(8, 4)]));
    assert_eq!(after(|it| set(it, 6, answered(40, missing))), [0, 0, 1], "a list without a record");
    let other = Shown::All(BTreeMap::from([(7, 5), (8, 4)]));
    assert_eq!(after(|it| set(it, 6, answered(40, other)))[2], 1, "two values at one revision");
}

#[test]
fn revisions_that_go_back_are_found() {
    let old = || answered(20, Shown::One(7, Some(2)));
    let of_process = after(|it| it.calls.push(call(1, [46, 47], What::Read(7), old())));
    assert_eq!(of_process, [0, 0, 1], "process 1 has shown 40");
    let of_other = after(|it| it.calls.push(call(0, [46, 47], What::Read(7), old())));
    assert_eq!(of_other, [0, 0, 0], "process 0 has not");
    for required in [Required::Latest, Required::Revision(21)] {
        let below = after(|it| it.calls.push(Call { required, ..call(0, [46, 47], What::Read(7), old()) }));
        assert_eq!(below, [0, 0, 1], "{required:?}");
    }
    let as_required = after(|it| {
        let read = call(0, [46, 47], What::Read(7), old());
        it.calls.push(Call { required: Required::Revision(20), ..read });
    });
    assert_eq!(as_required, [0, 0, 0]);
}

#[test]
fn what_is_older_than_it_may_be_is_found() {
    let at = |begun: u64, age: u64| {
        after(move |it| {
            let age = Duration::from_secs(age);
            it.calls.truncate(8);
            let outcome = Outcome::Answered { revision: 20, age, shown: Shown::One(7, Some(2)) };
            it.calls.push(call(0, [begun, begun + 1], What::Read(7), outcome));
        })
    };
    assert_eq!(at(900, 0), [0, 0, 0]);
    assert_eq!(at(1100, 0), [0, 0, 1], "older than it says");
    assert_eq!(at(1100, 1), [0, 0, 0]);
    assert_eq!(at(2100, 1), [0, 0, 2], "older than it says and than the limit");
    assert_eq!(at(2100, 5), [0, 0, 1], "older than the limit");
}
