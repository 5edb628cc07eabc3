//! Stores on an engine whose writers do not wait for each other: units meet only if they touch the same record or the same
//! unique name, and then each comes through.

use std::thread;
use std::time::Duration;

use idpstore::model::{Id, IdentityProvider, Protocol, Saml, Tenant};
use idpstore::testing::{CannedKeys, OptimisticEngine};
use idpstore::{ChangeKind, IdpStore, ProviderQuery, Service};

/// As many stores on one engine, each as in a process of its own.
fn owners(engine: &OptimisticEngine, count: usize) -> Vec<IdpStore> {
    let open = |_| IdpStore::builder().engine(engine.clone()).keys(CannedKeys::default()).open().unwrap();
    (0..count).map(open).collect()
}

/// So far away that writers meet.
fn far() -> OptimisticEngine {
    OptimisticEngine::new(Duration::from_micros(100))
}

fn provider(service: &Service, name: &str) -> IdentityProvider {
    let protocol = || Protocol::Saml(Saml::default());
    service
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, protocol())))
        .unwrap()
}

/// Runs the same in as many threads, each with its number.
fn together<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|number| scope.spawn(move || work(number))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn writers_in_different_tenants_never_meet() {
    const WRITERS: usize = 32;
    let engine = far();
    let store = owners(&engine, 1).remove(0);
    let service = store.service();
    let tenant = |number: usize| Id::from_number(100 + number as u64);
    for number in 0..WRITERS {
        service.for_tenant(tenant(number)).found_tenant("organization").unwrap();
    }
    let before = engine.conflicts();
    together(WRITERS, |number| {
        let service = service.for_tenant(tenant(number));
        let made: Vec<_> = (0..5).map(|_| provider(&service, "The same name")).collect();
        service
            .update_provider(made[0].id, |old, _| {
                Ok(IdentityProvider { name: "Another".to_owned(), ..old.clone() })
            })
            .unwrap();
        service.delete_provider(made[1].id).unwrap();
    });
    assert_eq!(engine.conflicts(), before);
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn writers_in_one_tenant_meet_only_at_the_same_record() {
    let engine = far();
    let store = owners(&engine, 1).remove(0);
    let made = together(8, |number| {
        (0..5).map(|_| provider(&store.service(), &format!("Partner {number}")).id).collect::<Vec<_>>()
    });
    assert_eq!(engine.conflicts(), 0);
    let mut ids: Vec<_> = made.concat();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 40, "each id is given once");
}

#[test]
fn all_writers_of_one_record_come_through() {
    const WRITES: usize = 10;
    for (stores, threads) in [(1, 32), (8, 8)] {
        let engine = far();
        let stores = owners(&engine, stores);
        let id = provider(&stores[0].service(), "0").id;
        together(threads, |number| {
            let service = stores[number % stores.len()].service();
            for _ in 0..WRITES {
                let count = |old: &IdentityProvider| (old.name.parse::<usize>().unwrap() + 1).to_string();
                let counted = |old: &IdentityProvider| IdentityProvider { name: count(old), ..old.clone() };
                service.update_provider(id, |old, _| Ok(counted(old))).unwrap();
            }
        });
        let name = stores[0].service().provider(id).unwrap().name;
        assert_eq!(name, (threads * WRITES).to_string(), "each has changed what the one before has left");
        // They meet, but those of one process once, and those of several less and less often.
        let conflicts = engine.conflicts();
        let most = 3 * (threads * WRITES) as u64;
        assert!(0 < conflicts && conflicts < most, "{conflicts} conflicts of {most} that there may be");
        let changes = stores[0].service().changes(0, usize::MAX).unwrap();
        let replaced = changes.iter().filter(|change| change.kind == ChangeKind::ProviderReplaced);
        assert_eq!(replaced.count(), threads * WRITES);
    }
}

#[cfg(feature = "pingone")]
#[test]
fn of_two_writers_with_the_same_unique_name_one_gets_the_vendors_error() {
    let engine = far();
    let stores = owners(&engine, 2);
    for round in 0..10 {
        let answers = together(2, |number| {
            let body = format!(
                r#"{{"name": "Google {round}", "type": "GOOGLE", "enabled": true, "clientId": "id", "clientSecret": "secret"}}"#
            );
            let path = "/v1/environments/00000000-0000-7000-8010-69647073746f/identityProviders";
            let request = http::Request::post(path).header("content-type", "application/json");
            stores[number].handle(request.body(body.into()).unwrap())
        });
        let mut answers: Vec<_> =
            answers.iter().map(|answer| (answer.status().as_u16(), answer.body().clone())).collect();
        answers.sort_by_key(|answer| answer.0);
        assert_eq!((answers[0].0, answers[1].0), (201, 400), "{answers:?}");
        let refusal: serde_json::Value = serde_json::from_slice(&answers[1].1).unwrap();
        assert_eq!(refusal["details"][0]["code"], "UNIQUENESS_VIOLATION");
    }
}

#[test]
fn owners_see_what_others_have_done() {
    let engine = far();
    let stores = owners(&engine, 2);
    let [one, other] = [stores[0].service(), stores[1].service()];
    let made = provider(&one, "Partner");
    assert_eq!(other.provider(made.id).unwrap(), made, "with its version");
    assert_eq!(other.last_change().unwrap(), made.sequence);
    let later = provider(&other, "Another");
    assert!(later.sequence > made.sequence);
    let sequences: Vec<_> = one.changes(0, 10).unwrap().iter().map(|change| change.sequence).collect();
    assert_eq!(sequences, [made.sequence, later.sequence]);
    assert_eq!(one.changes(made.sequence, 10).unwrap().len(), 1);
}

#[test]
fn a_store_of_several_owners_goes_back() {
    let engine = far();
    let store = owners(&engine, 1).remove(0);
    let service = store.service();
    let kept = provider(&service, "Kept");
    let before = store.snapshot().unwrap();
    let gone = provider(&service, "Gone");
    service
        .update_provider(kept.id, |old, _| Ok(IdentityProvider { name: "Renamed".to_owned(), ..old.clone() }))
        .unwrap();
    store.restore(&before).unwrap();
    assert!(service.provider(gone.id).is_err());
    assert_eq!(service.provider(kept.id).unwrap().name, "Kept");
    let named = ProviderQuery { name: Some("Kept".to_owned()), ..ProviderQuery::default() };
    assert_eq!(service.provider_ids(&named).unwrap().items, [kept.id]);
    let last = service.changes(0, usize::MAX).unwrap().pop().unwrap();
    assert_eq!((last.kind, last.tenant), (ChangeKind::Restored, Tenant::DEFAULT));
    store.reset().unwrap();
    assert!(store.check().unwrap().is_sound());
    assert_eq!(service.last_change().unwrap(), last.sequence + 2);
}
