//! Several processes write one file.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use idpstore::engine::{KeyWrap, RedbEngine};
use idpstore::{ErrorKind, IdpStore, Result};

use crate::{create, figures, names, times};

/// Set for this program when it is started again to write: which store.
const WRITER: &str = "IDPSTORE_TEST_SHARER";

/// How often a process is killed in an ordinary run.
const KILLS: usize = 24;

/// How many processes write at the same time.
const WRITERS: usize = 3;

/// More than anything here takes.
const LONG: Duration = Duration::from_secs(60);

fn share(path: &Path) -> IdpStore {
    IdpStore::builder().share(path).unwrap().open().unwrap()
}

/// Opens what was just closed here. A process that another test is just starting holds the locks of all files that are open here.
fn once_free<T>(open: impl Fn() -> Result<T>) -> T {
    let is_over =
        |opened: &Result<T>| opened.as_ref().err().is_none_or(|error| *error.kind() != ErrorKind::Locked);
    std::iter::repeat_with(open).take(10_000).find(is_over).unwrap().unwrap()
}

#[test]
fn each_sees_what_the_other_commits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let (one, other) = (share(&path), share(&path));
    create(&one, "first").unwrap();
    assert_eq!(names(&other), ["first"]);
    create(&other, "second").unwrap();
    create(&one, "third").unwrap();
    for store in [&one, &other] {
        assert_eq!(names(store), ["first", "second", "third"]);
    }
    drop(one);
    create(&other, "fourth").unwrap();
    assert_eq!(names(&share(&path)).len(), 4);
    assert_eq!(other.check().unwrap().problems, []);
}

#[test]
fn changes_of_another_are_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let one = share(&path);
    let beside = IdpStore::builder().beside(&path).unwrap().open().unwrap();
    for store in [share(&path), beside] {
        let last = store.service().last_change().unwrap();
        let mut changes = store.service().changes_after(last).wait(LONG);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| changes.next().unwrap().unwrap().sequence);
            create(&one, &format!("after {last}")).unwrap();
            assert_eq!(waiting.join().unwrap(), last + 1);
        });
    }
}

#[test]
fn a_file_is_shared_by_those_who_share_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let kind = |opened: Result<_>| opened.map(drop).unwrap_err().kind().clone();
    let alone = IdpStore::open(&path).unwrap();
    assert_eq!(kind(IdpStore::builder().share(&path)), ErrorKind::Locked);
    drop(alone);
    let shared = once_free(|| IdpStore::builder().share(&path)?.open());
    assert_eq!(kind(IdpStore::builder().file(&path)), ErrorKind::Locked);
    assert_eq!(RedbEngine::compact(&path).unwrap_err().kind(), &ErrorKind::Locked);
    create(&shared, "first").unwrap();
    assert_eq!(names(&IdpStore::builder().beside(&path).unwrap().open().unwrap()), ["first"]);
    drop(shared);
    once_free(|| RedbEngine::compact(&path));
    assert_eq!(names(&once_free(|| IdpStore::open(&path))), ["first"]);
}

#[test]
fn what_is_refused_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let kind = |by: Option<&str>| {
        let builder = IdpStore::builder();
        let builder = by.map_or(IdpStore::builder(), |words| builder.seal(KeyWrap::passphrase(words)));
        builder.share(&path).map(drop).unwrap_err().kind().clone()
    };
    fs::write(&path, "Dear diary,\n".repeat(1000)).unwrap();
    assert_eq!(kind(None), ErrorKind::NotAStore);
    assert_eq!(fs::read_to_string(&path).unwrap(), "Dear diary,\n".repeat(1000));
    fs::remove_file(&path).unwrap();
    let sealed =
        || IdpStore::builder().seal(KeyWrap::passphrase("right")).share(&path).unwrap().open().unwrap();
    drop(sealed());
    let before = fs::read(&path).unwrap();
    assert_eq!(kind(Some("wrong")), ErrorKind::WrongKey);
    assert_eq!(fs::read(&path).unwrap(), before);
    let (one, other) = (sealed(), sealed());
    assert_eq!(kind(Some("wrong")), ErrorKind::WrongKey);
    create(&one, "first").unwrap();
    assert_eq!(names(&other), ["first"]);
}

#[test]
fn nothing_is_lost_when_those_who_write_are_killed() {
    if let Some(path) = std::env::var_os(WRITER) {
        write_until_killed(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let mut writers: Vec<_> = (0..WRITERS).map(|_| Writer::start(&path)).collect();
    let mut answered = BTreeSet::new();
    let kills = KILLS * times();
    for kill in 0..kills {
        // All the others go on after one was killed, which is seen before the next one is.
        for writer in &mut writers {
            answered.extend((0..=kill % 5).map(|_| writer.answer()));
        }
        let victim = std::mem::replace(&mut writers[kill % WRITERS], Writer::start(&path));
        answered.extend(victim.kill());
    }
    for writer in writers {
        answered.extend(writer.kill());
    }
    let store = once_free(|| IdpStore::open(&path));
    let there = names(&store);
    assert_eq!(store.check().unwrap().problems, []);
    let found: BTreeSet<_> = there.iter().cloned().collect();
    assert_eq!(found.len(), there.len(), "nothing is there twice");
    assert!(found.is_superset(&answered), "{:?}", answered.difference(&found));
    assert!(found.len() <= answered.len() + kills + WRITERS, "more than was under way is there");
    figures(&format!(
        "{kills} kills of one of {WRITERS} processes that write a file, {} writes, and nothing was lost",
        answered.len()
    ));
}

fn write_until_killed(path: &Path) -> ! {
    let store = share(path);
    let mut out = std::io::stdout();
    for number in 0.. {
        let name = format!("provider {number} of {}", std::process::id());
        create(&store, &name).unwrap();
        writeln!(out, "\nanswered {name}").unwrap();
        out.flush().unwrap();
    }
    unreachable!("it is killed before it runs out of numbers")
}

/// A process that writes.
struct Writer {
    process: Child,
    answers: Box<dyn Iterator<Item = String>>,
}

impl Writer {
    fn start(path: &Path) -> Self {
        let mut process: Child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sharing::nothing_is_lost_when_those_who_write_are_killed", "--nocapture"])
            .env(WRITER, path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let answer =
            |line: std::io::Result<String>| line.unwrap().strip_prefix("answered ").map(str::to_owned);
        Self { process, answers: Box::new(lines.filter_map(answer)) }
    }

    fn answer(&mut self) -> String {
        self.answers.next().unwrap()
    }

    /// What it has answered besides.
    fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.answers.collect()
    }
}
