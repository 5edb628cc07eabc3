//! Every scenario of `tests/cases`, on every engine: the dialects answer as the vendors do, wherever the bytes
//! lie, and however often a unit of work is run.

#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod bounds;
mod coverage;
mod history;
mod needles;
mod once;
#[cfg(feature = "zitadel")]
mod parsing;
mod reads;
mod rewriting;
mod scenario;
mod sealed;
mod secrets;
mod wording;

use std::fs;
use std::path::{Path, PathBuf};

use idpstore::engine::{Engine, KeyWrap, MemoryEngine, RedbEngine};
use idpstore::env::CertificateSettings;
use idpstore::pki::{KeySpec, Timestamp};
use idpstore::testing::inside::{DIALECTS, Dialect, dialect_of};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock, RerunEngine};
use idpstore::{Builder, IdpStore, Response};
use scenario::{Scenario, Step};

/// 2026-01-15T10:00:00Z
const START: i64 = 1_768_471_200;

/// The environment of a scenario: the same one each time. Clones are the same one.
#[derive(Clone)]
struct Surroundings {
    clock: FixedClock,
    entropy: CountedEntropy,
    keys: CannedKeys,
}

impl Surroundings {
    fn new() -> Self {
        Self {
            clock: FixedClock::at(Timestamp::from_unix_seconds(START)),
            entropy: CountedEntropy::default(),
            keys: CannedKeys::default(),
        }
    }

    fn open(&self, engine: impl Engine + 'static) -> IdpStore {
        self.builder(engine).open().unwrap()
    }

    fn open_sealed(&self, engine: impl Engine + 'static, by: KeyWrap) -> IdpStore {
        self.builder(engine).seal(by).open().unwrap()
    }

    /// A store in which everything is sealed.
    fn open_sealed_whole(&self, engine: impl Engine + 'static, by: KeyWrap) -> IdpStore {
        self.builder(engine).seal_everything(by).open().unwrap()
    }

    fn builder(&self, engine: impl Engine + 'static) -> Builder {
        let builder = IdpStore::builder().engine(engine).base_url("https://example.okta.com");
        let builder = builder.clock(self.clock.clone()).entropy(self.entropy.clone());
        let spec = KeySpec::Rsa { bits: 2048 };
        let builder = builder.certificates(CertificateSettings { spec, ..CertificateSettings::default() });
        builder.keys(self.keys.clone())
    }
}

/// The scenarios of a dialect, with their files.
fn scenarios(dialect: &Dialect) -> Vec<(PathBuf, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(dialect.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), Scenario::read(&file))).collect()
}

/// Runs the steps of a scenario on the store that `store` gives for each of them.
fn run(
    scenario: &Scenario,
    surroundings: &Surroundings,
    mut store: impl FnMut() -> IdpStore,
    mut see: impl FnMut(usize, &Step, Response),
) {
    for (number, step) in scenario.steps.iter().enumerate() {
        surroundings.clock.advance(step.advance);
        see(number + 1, step, store().handle(step.request.to_request()));
    }
}

/// Runs all scenarios, each on a store that `opener` knows how to open, and reports all differences at once.
fn hold<S: FnMut() -> IdpStore>(mut opener: impl FnMut(&Surroundings) -> S) {
    let mut wrong = Vec::new();
    for (file, scenario) in DIALECTS.iter().flat_map(|dialect| scenarios(dialect)) {
        let surroundings = Surroundings::new();
        let store = opener(&surroundings);
        run(&scenario, &surroundings, store, |number, step, answer| {
            let (name, request) = (file.file_name().unwrap().display(), &step.request);
            for difference in step.response.differences(&answer) {
                let (method, path) = (&request.method, &request.path);
                wrong.push(format!("{name}, step {number}, {method} {path}: {difference}"));
            }
        });
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// One store for all steps of a scenario.
fn once(store: IdpStore) -> impl FnMut() -> IdpStore {
    move || store.clone()
}

#[test]
fn hold_in_a_tree_in_memory() {
    hold(|surroundings| once(surroundings.open(MemoryEngine::default())));
}

#[test]
fn hold_in_a_database_in_memory() {
    hold(|surroundings| once(surroundings.open(RedbEngine::in_memory().unwrap())));
}

#[test]
fn hold_when_every_unit_of_work_is_run_twice() {
    hold(|surroundings| {
        let engine = RerunEngine::new(MemoryEngine::default(), surroundings.entropy.clone());
        once(surroundings.open(engine))
    });
}

#[test]
fn hold_when_the_file_is_closed_and_opened_between_all_steps() {
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;
    hold(|surroundings| {
        number += 1;
        let file = folder.path().join(format!("{number}.idps"));
        let surroundings = surroundings.clone();
        move || surroundings.open(RedbEngine::file(&file).unwrap())
    });
}

#[test]
fn paths_belong_to_a_dialect_by_whole_segments() {
    for dialect in DIALECTS {
        for prefix in dialect.prefixes {
            let request = |path: &str| http::Request::get(path).body(bytes::Bytes::new()).unwrap();
            let owner = |path: &str| dialect_of(&request(path)).map(|owner| owner.name);
            let start = prefix.trim_end_matches('/');
            assert_eq!(owner(&format!("{start}x")), None, "{prefix}");
            assert_eq!(owner(&format!("{start}/x")), Some(dialect.name), "{prefix}");
            assert_eq!(owner(prefix), Some(dialect.name));
        }
    }
}

#[test]
fn every_scenario_says_what_it_is_about() {
    for (file, scenario) in DIALECTS.iter().flat_map(|dialect| scenarios(dialect)) {
        assert!(!scenario.about.is_empty() && !scenario.steps.is_empty(), "{}", file.display());
    }
}
