//! A run: two processes, clients that call them, and what happens to the cluster meanwhile.

use std::env;
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

use super::check::check;
use super::client::{Answer, Client};
use super::load::{Load, records};
use super::process::{MAX_LAG, Process};
use super::record::{Call, Entry, History, Kind, Outcome, Revision};
use crate::cluster::{Cluster, wait};

/// How many clients call at the same time.
const CLIENTS: u64 = 8;

/// How long the clients call before anything happens, and after each time.
const CALM: Duration = Duration::from_millis(1500);

/// How many changes a page has.
const PAGE: usize = 1000;

/// How often something happens: once, unless more is asked for.
pub(super) fn times() -> usize {
    env::var("IDPSTORE_TEST_TIMES").map_or(1, |times| times.parse().unwrap())
}

/// Has clients call two processes on these members while something happens to the cluster so many times, and prints and checks what
/// they have seen.
pub(super) fn under_load(
    name: &str,
    cluster: &mut Cluster,
    members: [&[String]; 2],
    mut happen: impl FnMut(&mut Cluster, usize),
) {
    let folder = cluster.folder().to_owned();
    let processes = [0, 1].map(|number| Process::start(members[number], &folder, &format!("serve-{number}")));
    let load = Load::on(processes.iter().map(Process::address).collect());
    let mut windows = Vec::new();
    let (mut history, log) = thread::scope(|scope| {
        let over = Over(&load);
        let callers: Vec<_> = (1..=CLIENTS)
            .map(|seed| {
                scope.spawn({
                    let load = &load;
                    move || load.call(seed)
                })
            })
            .collect();
        let follower = scope.spawn(|| follow(&mut Client::of(processes[0].address()), &load));
        thread::sleep(CALM);
        for time in 0..times() {
            let begun = load.elapsed();
            happen(cluster, time);
            thread::sleep(CALM);
            windows.push((begun, load.elapsed()));
        }
        drop(over);
        let calls = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
        (History { calls, max_lag: MAX_LAG, ..History::default() }, follower.join().unwrap())
    });
    let ends: Vec<_> = processes
        .iter()
        .map(|process| {
            let list = soon(&mut Client::of(process.address()), "GET /api/v1/idps?limit=200", Some("latest"));
            (records(&list.body), list.revision)
        })
        .collect();
    assert_eq!(ends[0], ends[1], "both show the same in the end");
    history.in_the_end.clone_from(&ends[0].0);
    history.log = log;
    report(name, &history, &windows);
}

/// Ends the load, even if what happens to the cluster fails.
struct Over<'l>(&'l Load);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// An answer as soon as there is one.
fn soon(client: &mut Client, call: &str, required: Option<&str>) -> Answer {
    wait(|| client.call(call, required, None).ok().filter(|answer| answer.status == 200)).expect("an answer")
}

/// Reads the log as it grows, to the end.
fn follow(client: &mut Client, load: &Load) -> Vec<Entry> {
    let (mut log, mut last) = (Vec::new(), 0);
    loop {
        let is_over = load.is_over();
        // In the end everything counts, and the last calls are still on their way.
        let required = if is_over { Some("latest") } else { None };
        thread::sleep(if is_over { CALM } else { CALM / 10 });
        let call = format!("GET /_idpstore/v1/changes?limit={PAGE}&after={last}");
        let page = soon(client, &call, required).body;
        let changes = page["items"].as_array().unwrap();
        last = changes.last().map_or(last, number);
        log.extend(changes.iter().filter_map(entry));
        if is_over && changes.is_empty() {
            return log;
        }
    }
}

fn number(change: &Json) -> Revision {
    change["number"].as_u64().unwrap()
}

/// A change of a provider.
fn entry(change: &Json) -> Option<Entry> {
    let kind = match change["kind"].as_str()? {
        "provider_created" => Kind::Create,
        "provider_replaced" => Kind::Update,
        "provider_deleted" => Kind::Delete,
        _ => return None,
    };
    let id = change["subject"].as_str()?.parse().unwrap();
    Some(Entry { revision: number(change), kind, id })
}

/// Prints what was done, and fails if anything was lost, doubled or stale.
#[expect(clippy::print_stdout, reason = "`cargo xtask` reads it from there")]
fn report(name: &str, history: &History, windows: &[(Duration, Duration)]) {
    let verdict = check(history);
    let mut gaps: Vec<_> =
        windows.iter().flat_map(|window| [0, 1].map(|process| gap(history, process, *window))).collect();
    gaps.sort_unstable();
    let count = |is: fn(&Call) -> bool| history.calls.iter().filter(|call| is(call)).count();
    let is_answered = |call: &Call| matches!(call.outcome, Outcome::Answered { .. });
    println!(
        "figures: {name}, {} times: {} calls, {} writes answered, {} unknown; {} lost, {} doubled, {} stale; \
         writes go on after {:.1} s (median), {:.1} s (at most)",
        windows.len(),
        history.calls.len(),
        history.calls.iter().filter(|call| is_answered(call) && call.what.written().is_some()).count(),
        count(|call| call.outcome == Outcome::Unknown && call.what.written().is_some()),
        verdict.lost.len(),
        verdict.doubled.len(),
        verdict.stale.len(),
        gaps[gaps.len() / 2].as_secs_f64(),
        gaps[gaps.len() - 1].as_secs_f64(),
    );
    assert!(verdict.is_good(), "{verdict:#?}");
}

/// The longest time within a window in which a process has answered no write.
fn gap(history: &History, process: usize, (from, to): (Duration, Duration)) -> Duration {
    let writes = history.calls.iter().filter(|call| {
        call.process == process
            && call.what.written().is_some()
            && matches!(call.outcome, Outcome::Answered { .. })
    });
    let mut times: Vec<_> =
        writes.map(|call| call.ended).filter(|ended| (from..to).contains(ended)).collect();
    times.extend([from, to]);
    times.sort_unstable();
    times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or_default()
}
