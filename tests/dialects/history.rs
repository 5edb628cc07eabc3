//! The history: a store shown as it was answers as it did then, and changes undone one by one lead back to the beginning.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Method;
use idpstore::engine::MemoryEngine;
use idpstore::pki::Timestamp;
use idpstore::testing::FixedClock;
use idpstore::testing::inside::{DIALECTS, Policy, now, with_policy};
use idpstore::{ErrorKind, IdpStore};
use serde_json::Value;

use super::{Surroundings, run, scenarios};

/// What is read of a store: lists of everything, through each API that shows it.
const READS: [&str; 10] = [
    "/api/v1/idps?limit=200",
    "/api/v1/idps?q=a",
    "/api/v1/idps/credentials/keys",
    "/api/v1/apps?limit=200",
    "/v1/environments",
    "/v1/environments/00000000-0000-7000-8010-69647073746f/identityProviders",
    "/v1/environments/00000000-0000-7000-8010-69647073746f/keys",
    "/v1/environments/00000000-0000-7000-8010-69647073746f/certificates",
    "/v1/environments/00000000-0000-7000-8010-69647073746f/applications",
    "/admin/v1/idps/templates/_search",
];

/// Answers to all reads, without secrets, which the history does not keep.
fn reads(store: &IdpStore) -> Vec<Value> {
    let answer = |path: &&str| {
        let method = if path.ends_with("_search") { Method::POST } else { Method::GET };
        let request =
            http::Request::builder().method(method).uri(*path).header("content-type", "application/json");
        let response = store.handle(request.body(Bytes::from_static(b"")).unwrap());
        let mut body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        blank(&mut body);
        Value::from(vec![Value::from(response.status().as_u16()), body])
    };
    READS.iter().map(answer).collect()
}

fn blank(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.to_lowercase();
                if ["secret", "password", "apikey"].iter().any(|part| name.contains(part))
                    && value.is_string()
                {
                    *value = Value::from("");
                } else {
                    blank(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        _ => {}
    }
}

/// What was read after a change, and when.
#[derive(Clone)]
struct Seen {
    number: u64,
    time: Timestamp,
    reads: Vec<Value>,
}

impl Seen {
    fn of(store: &IdpStore) -> Self {
        let number = store.service().last_change().unwrap();
        Self { number, time: now(&store.service()), reads: reads(store) }
    }

    /// Each read with its answer then and its answer now, at the same time of the clock.
    fn beside(&self, store: &IdpStore, clock: &FixedClock) -> Vec<(&'static str, Value, Value)> {
        let time = now(&store.service());
        clock.advance((self.time.unix_millis() - time.unix_millis()) / 1000);
        let now = reads(store);
        READS
            .into_iter()
            .zip(self.reads.clone())
            .zip(now)
            .map(|((path, then), now)| (path, then, now))
            .collect()
    }
}

/// Runs every scenario, and hands over its store with what was read after each change.
fn each_history(mut see: impl FnMut(&str, &IdpStore, &FixedClock, &[Seen], &'static Policy)) {
    for dialect in DIALECTS {
        for (file, scenario) in scenarios(dialect) {
            let surroundings = Surroundings::new();
            let store = surroundings.open(MemoryEngine::default());
            let mut seen = vec![Seen::of(&store)];
            run(
                &scenario,
                &surroundings,
                || store.clone(),
                |_, _, _| {
                    let number = store.service().last_change().unwrap();
                    if seen.last().is_some_and(|last| last.number < number) {
                        seen.push(Seen::of(&store));
                    }
                },
            );
            see(&file.display().to_string(), &store, &surroundings.clock, &seen, dialect.policy);
        }
    }
}

#[test]
fn a_store_shown_as_it_was_answers_as_it_did_then() {
    let mut compared = 0;
    each_history(|file, store, clock, seen, _| {
        for seen in seen {
            for (path, then, now) in seen.beside(&store.at(seen.number).unwrap(), clock) {
                assert_eq!(now, then, "{file}: {path} after change {}", seen.number);
            }
            compared += 1;
        }
    });
    assert!(compared > 300, "{compared}");
}

#[test]
fn changes_undone_one_by_one_lead_back_to_the_beginning() {
    let (mut undone, mut reasons) = (0, BTreeSet::new());
    each_history(|file, store, clock, seen, policy| {
        let mut seen = seen.to_vec();
        while let [.., before, last] = &*seen {
            // A step of a scenario may be more than one change.
            for number in (before.number + 1..=last.number).rev() {
                if let Err(error) = with_policy(&store.service(), policy).undo(number) {
                    assert_eq!(error.kind(), &ErrorKind::WrongState, "{file}: change {number}: {error:?}");
                    reasons.insert(format!("{error} ({file})"));
                    return;
                }
            }
            for (path, then, now) in before.beside(store, clock) {
                // The number of a record's last change, which ZITADEL shows, is that of the undoing.
                if !path.starts_with("/admin") {
                    assert_eq!(now, then, "{file}: {path} after change {} is undone", last.number);
                }
            }
            undone += 1;
            seen.pop();
        }
        assert!(store.check().unwrap().is_sound(), "{file}");
    });
    assert!(undone > 200, "{undone}");
    // Nothing else stands in the way than secrets, which are not kept.
    assert!(reasons.iter().all(|reason| reason.contains("is not kept")), "{reasons:#?}");
}
