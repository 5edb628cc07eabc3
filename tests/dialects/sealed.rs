//! A store is the same to its callers whether it is sealed or not, and what it keeps holds no secret.

use std::collections::BTreeSet;

use bytes::Bytes;
use idpstore::engine::{Engine as _, KeyWrap, MemoryEngine};
use idpstore::{IdpStore, Response, Secrets};
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use super::{DIALECTS, Surroundings, hold, once, scenarios};
use crate::scenario::Step;

/// The shortest text that is looked for in files: a shorter one may be there by chance.
const SHORTEST: usize = 6;

fn wrap() -> KeyWrap {
    KeyWrap::key([7; 32])
}

#[test]
fn hold_on_a_sealed_store() {
    hold(|surroundings| once(surroundings.open_sealed(MemoryEngine::default(), wrap())));
}

#[test]
fn hold_on_a_sealed_file_that_is_locked_and_unlocked_between_all_steps() {
    hold(|surroundings| {
        let store = surroundings.open_sealed(MemoryEngine::default(), wrap());
        move || {
            store.lock();
            store.unlock(&wrap()).unwrap();
            store.clone()
        }
    });
}

#[test]
fn hold_on_a_store_in_which_everything_is_sealed() {
    hold(|surroundings| once(surroundings.open_sealed_whole(MemoryEngine::default(), wrap())));
}

/// What an answer is made of.
fn whole(answer: Response) -> (u16, String, Bytes) {
    let (parts, body) = answer.into_parts();
    (parts.status.as_u16(), format!("{:?}", parts.headers), body)
}

/// A store, its twin whose secrets are sealed, and the one in which everything is.
struct Twins {
    surroundings: [Surroundings; 3],
    plain: IdpStore,
    sealed: IdpStore,
    whole: IdpStore,
}

impl Twins {
    fn new() -> Self {
        let surroundings = [Surroundings::new(), Surroundings::new(), Surroundings::new()];
        let plain = surroundings[0].open(MemoryEngine::default());
        let sealed = surroundings[1].open_sealed(MemoryEngine::default(), wrap());
        let whole = surroundings[2].open_sealed_whole(MemoryEngine::default(), wrap());
        Self { surroundings, plain, sealed, whole }
    }

    /// Both after these calls.
    fn after(steps: &[Step]) -> Self {
        let twins = Self::new();
        for step in steps {
            twins.step(step);
        }
        twins
    }

    fn step(&self, step: &Step) {
        self.surroundings.iter().for_each(|it| it.clock.advance(step.advance));
        let [plain, sealed, all] = [&self.plain, &self.sealed, &self.whole]
            .map(|store| whole(store.handle(step.request.to_request())));
        assert_eq!(plain, sealed, "{} {}", step.request.method, step.request.path);
        assert_eq!(plain, all, "{} {}", step.request.method, step.request.path);
    }

    /// What both hold, and that no file of the sealed one has a secret.
    fn compare(&self) {
        for sealed in [&self.sealed, &self.whole] {
            let [plain, sealed] = [&self.plain, sealed].map(|store| {
                let changes = store.service().changes(0, usize::MAX).unwrap();
                let report = store.check().unwrap();
                assert!(report.problems.is_empty(), "{:?}", report.problems);
                (export(store, Secrets::InTheClear), changes, report.records, report.entries)
            });
            assert_eq!(plain, sealed);
        }
        let plain = export(&self.plain, Secrets::InTheClear);
        for sealed in [&self.sealed, &self.whole] {
            let again = MemoryEngine::default();
            let mut tx = again.write().unwrap();
            tx.restore(&sealed.snapshot().unwrap()).unwrap();
            tx.commit(None).unwrap();
            let again = Surroundings::new().open_sealed(again, wrap());
            assert_eq!(export(&again, Secrets::InTheClear), plain);
        }
        search(&self.sealed, &secrets(&self.plain));
        search(&self.whole, &texts(&self.plain));
        let unsealed = self.whole.snapshot().unwrap().unsealed(&wrap()).unwrap();
        assert_eq!(unsealed, self.plain.snapshot().unwrap(), "entry by entry, versions and all");
    }
}

fn search(store: &IdpStore, texts: &BTreeSet<String>) {
    let file = store.snapshot().unwrap().to_bytes().unwrap();
    for text in texts {
        assert!(memchr::memmem::find(&file, text.as_bytes()).is_none(), "{text}");
    }
}

/// All texts that are in an export, names and entity ids among them.
fn texts(store: &IdpStore) -> BTreeSet<String> {
    let mut texts = Vec::new();
    let export = serde_json::from_str(&export(store, Secrets::InTheClear)).unwrap();
    gather(&export, &mut texts, &mut Vec::new());
    texts.into_iter().filter(|text| text.len() >= SHORTEST).collect()
}

fn export(store: &IdpStore, secrets: Secrets) -> String {
    let mut document = Vec::new();
    store.export(secrets, &mut document, |_| {}).unwrap();
    String::from_utf8(document).unwrap()
}

/// All texts that are in an export with secrets, but not in one without, and that are no name of a member.
fn secrets(store: &IdpStore) -> BTreeSet<String> {
    let (mut texts, mut public) = (Vec::new(), Vec::new());
    let read = |secrets| serde_json::from_str(&export(store, secrets)).unwrap();
    gather(&read(Secrets::InTheClear), &mut texts, &mut public);
    let mut names = Vec::new();
    gather(&read(Secrets::LeftOut), &mut public, &mut names);
    let public = public.join("\n");
    texts.into_iter().filter(|text| text.len() >= SHORTEST && !public.contains(text)).collect()
}

/// All texts and names of members.
fn gather(value: &Value, texts: &mut Vec<String>, names: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| gather(item, texts, names)),
        Value::Object(members) => {
            names.extend(members.keys().cloned());
            members.values().for_each(|member| gather(member, texts, names));
        }
        _ => {}
    }
}

fn all_steps() -> Vec<Vec<Step>> {
    DIALECTS.iter().flat_map(|dialect| scenarios(dialect)).map(|(_, scenario)| scenario.steps).collect()
}

#[test]
fn no_scenario_leaves_a_secret_in_a_sealed_store() {
    let mut searched = 0;
    for steps in all_steps() {
        let twins = Twins::new();
        let mut seen = BTreeSet::new();
        for step in &steps {
            twins.step(step);
            seen.extend(secrets(&twins.plain));
        }
        twins.compare();
        search(&twins.sealed, &seen);
        search(&twins.whole, &seen);
        searched += seen.len();
    }
    assert!(searched > 100, "{searched} secrets");
}

#[test]
fn any_calls_get_the_same_answers_sealed_or_not() {
    let pool: Vec<Step> = all_steps().into_iter().flatten().collect();
    let calls = proptest::collection::vec(0..pool.len(), 1..60);
    TestRunner::new(Config::with_cases(if cfg!(debug_assertions) { 30 } else { 600 }))
        .run(&calls, |calls| {
            let twins = Twins::new();
            for call in calls {
                twins.step(&pool[call]);
            }
            twins.compare();
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_locked_store_answers_without_its_secrets() {
    let mut left_out = 0;
    for steps in all_steps() {
        let twins = Twins::after(&steps);
        let secrets = secrets(&twins.plain);
        for step in steps.iter().filter(|step| step.request.method == "GET") {
            let [open, locked, again] = [true, false, true].map(|is_open| {
                if is_open {
                    twins.sealed.unlock(&wrap()).unwrap();
                } else {
                    twins.sealed.lock();
                }
                whole(twins.sealed.handle(step.request.to_request()))
            });
            if open.0 == 200 {
                assert_eq!(open.2, again.2);
            }
            // A certification request is signed with the private key.
            let status = if step.request.path.ends_with("/csr") && open.0 == 200 { 503 } else { open.0 };
            assert_eq!(locked.0, status, "{} of a locked store", step.request.path);
            let [shown, hidden] =
                [&open, &locked].map(|answer| String::from_utf8_lossy(&answer.2).into_owned());
            assert!(!hidden.contains("idpstore:sealed"), "{hidden}");
            for secret in &secrets {
                assert!(!hidden.contains(secret.as_str()), "{hidden}");
                left_out += u32::from(shown.contains(secret.as_str()));
            }
        }
    }
    assert!(left_out > 10, "{left_out} secrets were left out");
}

#[test]
fn a_locked_store_in_which_everything_is_sealed_answers_nothing() {
    let mut refused = 0;
    for steps in all_steps() {
        let twins = Twins::new();
        for step in &steps {
            twins.step(step);
        }
        let before = twins.whole.snapshot().unwrap();
        twins.whole.lock();
        // What a browser asks before a call is answered without a store.
        for step in steps.iter().filter(|step| step.request.method != "OPTIONS") {
            let locked = whole(twins.whole.handle(step.request.to_request()));
            assert!(locked.0 >= 400, "{} {}: {}", step.request.method, step.request.path, locked.0);
            refused += u32::from(locked.0 == 503);
        }
        assert_eq!(twins.whole.snapshot().unwrap(), before);
    }
    assert!(refused > 500, "{refused} calls");
}

#[test]
fn nothing_that_is_written_to_a_locked_store_loses_a_secret() {
    let mut kept = 0;
    for steps in all_steps() {
        let twins = Twins::after(&steps);
        let before = secrets(&twins.plain);
        twins.sealed.lock();
        for step in steps.iter().filter(|step| step.request.method != "DELETE") {
            let (status, _, body) = whole(twins.sealed.handle(step.request.to_request()));
            let body = String::from_utf8_lossy(&body);
            assert!(!body.contains("idpstore:sealed"), "{body}");
            assert_ne!(status, 500, "{} {}: {body}", step.request.method, step.request.path);
        }
        twins.sealed.unlock(&wrap()).unwrap();
        assert!(twins.sealed.check().unwrap().problems.is_empty());
        let after = secrets(&twins.sealed);
        let lost: Vec<_> = before.difference(&after).collect();
        assert!(lost.is_empty(), "{lost:?}");
        kept += before.len();
    }
    assert!(kept > 50, "{kept} secrets");
}
