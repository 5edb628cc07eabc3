//! The process is killed at moments of no choosing.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use idpstore::IdpStore;

use crate::{create, figures, names, times};

/// Set for this program when it is started again to be killed: which store it shall write to.
const VICTIM: &str = "IDPSTORE_TEST_VICTIM";

/// How often a process is killed at least, in an ordinary run.
const ROUNDS: usize = 24;

/// How many writes there are to lose at least.
const WRITES: usize = 100;

#[test]
fn nothing_that_was_answered_is_lost_in_a_kill() {
    if let Some(path) = std::env::var_os(VICTIM) {
        write_until_killed(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let mut expected: Vec<String> = Vec::new();
    let mut round = 0;
    while round < ROUNDS * times() || expected.len() < WRITES {
        let reported = reports_of_a_victim(&path, delay(round));
        let store = IdpStore::open(&path).unwrap();
        let there = names(&store);
        expected.extend(reported);
        assert!(there.starts_with(&expected), "round {round}: {there:?} in place of {expected:?}");
        assert!(there.len() <= expected.len() + 1, "round {round}: more than one was not yet reported");
        expected = there;
        round += 1;
    }
    figures(&format!("{round} kills of a process, {} writes, and nothing was lost", expected.len()));
}

/// From at once, when the store is only being made, to a good while; in no order.
fn delay(round: usize) -> Duration {
    Duration::from_micros((round * 7919 % ROUNDS * 6000) as u64)
}

fn write_until_killed(path: &Path) -> ! {
    let store = IdpStore::open(path).unwrap();
    let mut out = std::io::stdout();
    for number in names(&store).len().. {
        create(&store, &format!("provider {number}")).unwrap();
        writeln!(out, "\nanswered provider {number}").unwrap();
        out.flush().unwrap();
    }
    unreachable!("it is killed before it runs out of numbers")
}

/// What a process said before it was killed.
#[expect(clippy::disallowed_methods, reason = "the moment of the kill is a matter of time")]
fn reports_of_a_victim(path: &Path, delay: Duration) -> Vec<String> {
    let mut victim: Child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::nothing_that_was_answered_is_lost_in_a_kill", "--nocapture"])
        .env(VICTIM, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    // The test harness says something when the process has begun.
    lines.by_ref().find(|line| line.as_ref().is_ok_and(|line| line.starts_with("running"))).unwrap().unwrap();
    std::thread::sleep(delay);
    victim.kill().unwrap();
    victim.wait().unwrap();
    lines.filter_map(|line| line.unwrap().strip_prefix("answered ").map(str::to_owned)).collect()
}
