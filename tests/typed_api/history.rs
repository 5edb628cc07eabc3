//! The history: what records were, what differs, what can be undone, how far back it reaches, and what it never holds.

use std::ops::ControlFlow;
use std::time::Duration;

use idpstore::engine::{Direction, Engine as _, MemoryEngine};
use idpstore::model::{
    Application, Client, IdentityProvider, OpenIdConnect, Protocol, Saml, Secret, State, User,
};
use idpstore::pki::Timestamp;
use idpstore::testing::{CannedKeys, FixedClock};
use idpstore::{ErrorKind, IdpStore, Retention, Service};
use serde_json::Value;

use crate::provider;

fn store() -> IdpStore {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    IdpStore::builder().clock(clock).keys(CannedKeys::default()).open().unwrap()
}

fn rename(service: &Service, provider: &IdentityProvider, name: &str) {
    let named = |old: &IdentityProvider| IdentityProvider { name: name.to_owned(), ..old.clone() };
    service.update_provider(provider.id, |old, _| Ok(named(old))).unwrap();
}

fn oidc(secret: &str) -> Protocol {
    let client =
        Client { id: Some("client".into()), secret: Some(Secret::new(secret.into())), ..Client::default() };
    Protocol::OpenIdConnect(OpenIdConnect { client, ..OpenIdConnect::default() })
}

fn secret(service: &Service, provider: &IdentityProvider) -> String {
    match service.provider(provider.id).unwrap().protocol {
        Protocol::OpenIdConnect(oidc) => oidc.client.secret.unwrap().reveal().unwrap().to_owned(),
        _ => unreachable!(),
    }
}

/// Why an undo is refused.
fn refusal(store: &IdpStore, number: u64) -> String {
    let before = store.snapshot().unwrap();
    let error = store.undo(number).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::WrongState);
    assert_eq!(store.snapshot().unwrap(), before, "nothing is changed");
    error.to_string()
}

#[test]
fn a_record_shows_its_changes_even_once_it_is_deleted() {
    let store = store();
    let alice = store.as_actor("alice").service();
    let partner = provider(&alice, "Partner");
    provider(&store.service(), "Neighbour");
    rename(&alice, &partner, "Renamed");
    alice.delete_provider(partner.id).unwrap();
    provider(&store.service(), "Another");
    let history = store.history(partner.id, 10).unwrap();
    let name =
        |record: &Option<Value>| record.as_ref().map(|record| record["name"].as_str().unwrap().to_owned());
    let shown: Vec<_> = history
        .iter()
        .map(|change| (change.sequence, &*change.actor, name(&change.before), name(&change.after)))
        .collect();
    let (partner_name, renamed) = (Some("Partner".to_owned()), Some("Renamed".to_owned()));
    assert_eq!(
        shown,
        [
            (4, "alice", renamed.clone(), None),
            (3, "alice", partner_name.clone(), renamed),
            (1, "alice", None, partner_name)
        ]
    );
    assert_eq!(store.history(partner.id, 1).unwrap(), history[..1]);
    assert_eq!(store.history(idpstore::model::Id::from_number(42), 10).unwrap(), []);
}

#[test]
fn two_moments_are_compared_record_by_record() {
    let store = store();
    let service = store.service();
    let (partner, gone) = (provider(&service, "Partner"), provider(&service, "Gone"));
    let then = service.last_change().unwrap();
    rename(&service, &partner, "Renamed");
    service.delete_provider(gone.id).unwrap();
    let new = provider(&service, "New");
    let now = service.last_change().unwrap();
    let shown = |from, to| -> Vec<(String, Vec<String>, bool, bool)> {
        let differences = store.diff(from, to).unwrap();
        differences.into_iter().map(|d| (d.name, d.members, d.before.is_some(), d.after.is_some())).collect()
    };
    let whole = vec![String::new()];
    let expected = [
        (partner.id.to_string(), vec!["/name".to_owned()], true, true),
        (gone.id.to_string(), whole.clone(), true, false),
        (new.id.to_string(), whole.clone(), false, true),
    ];
    assert_eq!(shown(then, now), expected);
    assert_eq!(shown(now, then)[1], (gone.id.to_string(), whole, false, true));
    assert_eq!(shown(now, now), []);
    // What was changed and changed back is no difference.
    rename(&service, &partner, "Partner");
    let names: Vec<_> = shown(then, now + 1).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, [gone.id.to_string(), new.id.to_string()]);
}

#[test]
fn the_past_cannot_be_changed_and_follows_the_store() {
    let store = store();
    let service = store.service();
    let partner = provider(&service, "Partner");
    let past = store.at(1).unwrap();
    rename(&service, &partner, "Renamed");
    service.delete_provider(partner.id).unwrap();
    assert_eq!(past.service().provider(partner.id).unwrap().name, "Partner");
    assert_eq!(past.service().last_change().unwrap(), 1);
    assert_eq!(past.service().delete_provider(partner.id).unwrap_err().kind(), &ErrorKind::WrongState);
    assert!(matches!(store.at(4).unwrap_err().kind(), ErrorKind::NotFound { .. }));
    // Going back to a snapshot ends the line.
    store.reset().unwrap();
    assert!(matches!(past.service().provider(partner.id).unwrap_err().kind(), ErrorKind::NotFound { .. }));
    assert!(matches!(store.at(1).unwrap_err().kind(), ErrorKind::NotFound { .. }));
    assert!(store.at(store.service().last_change().unwrap()).is_ok());
}

#[test]
fn a_change_is_undone_unless_others_build_on_it() {
    let store = store();
    let service = store.service();
    let partner = provider(&service, "Partner");
    rename(&service, &partner, "Renamed");
    assert!(refusal(&store, 1).contains("change 2 has changed the record at providers"));
    assert_eq!(store.undo(2).unwrap(), 3);
    assert_eq!(service.provider(partner.id).unwrap().name, "Partner");
    assert_eq!(service.changes(2, 1).unwrap()[0].undoes, Some(2));
    assert!(refusal(&store, 2).contains("is undone already"));
    // The undoing is undone, then both are gone, and the creation can go, too.
    store.undo(3).unwrap();
    assert_eq!(service.provider(partner.id).unwrap().name, "Renamed");
    store.undo(4).unwrap();
    store.undo(1).unwrap();
    assert!(service.provider(partner.id).is_err());
    assert!(matches!(store.undo(99).unwrap_err().kind(), ErrorKind::NotFound { .. }));
}

#[test]
fn what_others_refer_to_is_not_taken_away() {
    let store = store();
    let service = store.service();
    let vector: Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    let key = service.create_trusted_key(vector["x5c"][0].as_str().unwrap()).unwrap();
    let partner = provider(&service, "Partner");
    let trusting =
        |old: &IdentityProvider| IdentityProvider { trusted_keys: vec![key.kid.clone()], ..old.clone() };
    service.update_provider(partner.id, |old, _| Ok(trusting(old))).unwrap();
    assert!(refusal(&store, 1).contains("others refer to the record at trusted keys"));
    // Nor does a reference come back to what is gone.
    rename(&service, &partner, "Renamed");
    service
        .update_provider(partner.id, |old, _| Ok(IdentityProvider { trusted_keys: vec![], ..old.clone() }))
        .unwrap();
    service.delete_trusted_key(&key.kid).unwrap();
    assert!(refusal(&store, 5).contains("refers to the trusted key"));
}

#[test]
fn names_that_another_record_has_taken_do_not_come_back() {
    let store = store();
    let user = |login: &str| store.users().create(User::named(login)).unwrap();
    let first = user("ada@example.com");
    store.users().delete(first.id).unwrap();
    user("ada@example.com");
    let number = store.service().last_change().unwrap() - 1;
    assert!(refusal(&store, number).contains("another record has taken"));
    let partner = || IdentityProvider::named("Partner", Saml::default()).alias("partner");
    let first = store.providers().create(partner()).unwrap();
    store.providers().delete(first.id).unwrap();
    store.providers().create(partner()).unwrap();
    let number = store.service().last_change().unwrap() - 1;
    assert!(refusal(&store, number).contains("another record has taken"));
}

#[test]
fn what_another_record_has_taken_does_not_come_back() {
    let store = store();
    let service = store.service();
    let make = || {
        service
            .create_application(|draft| {
                let new = Application::new(draft.id(), draft.now(), "Payroll");
                Ok(Application { entity_id: Some("urn:payroll".to_owned()), ..new })
            })
            .unwrap()
    };
    service.delete_application(make().id).unwrap();
    make();
    assert!(refusal(&store, 2).contains("another record has taken what the record at applications"));
}

#[test]
fn numbers_that_no_change_has_are_refused() {
    let store = store();
    provider(&store.service(), "Partner");
    for number in [2, u64::MAX >> 1, u64::MAX] {
        let not_found = |error: idpstore::Error| matches!(error.kind(), ErrorKind::NotFound { .. });
        assert!(not_found(store.at(number).unwrap_err()), "{number}");
        assert!(not_found(store.undo(number).unwrap_err()), "{number}");
        for (from, to) in [(0, number), (number, 0), (number, number)] {
            assert!(not_found(store.diff(from, to).unwrap_err()), "{from} {to}");
        }
    }
}

#[test]
fn a_secret_comes_back_only_where_it_was_never_away() {
    let store = store();
    let service = store.service();
    let make = |draft: &mut idpstore::Draft<'_, '_>| {
        Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", oidc("first-5f1d")))
    };
    let partner = service.create_provider(make).unwrap();
    rename(&service, &partner, "Renamed");
    store.undo(2).unwrap();
    assert_eq!(secret(&service, &partner), "first-5f1d");
    let replaced = |old: &IdentityProvider| IdentityProvider { protocol: oidc("second-5f1d"), ..old.clone() };
    service.update_provider(partner.id, |old, _| Ok(replaced(old))).unwrap();
    assert!(refusal(&store, 4).contains("the secret /protocol/client/secret"));
    service.delete_provider(partner.id).unwrap();
    assert!(refusal(&store, 5).contains("the secret /protocol/client/secret"));
}

#[test]
fn the_log_holds_no_secrets() {
    let engine: &'static MemoryEngine = Box::leak(Box::default());
    let store = IdpStore::builder().engine(engine).keys(CannedKeys::default()).open().unwrap();
    let service = store.service();
    let make = |draft: &mut idpstore::Draft<'_, '_>| {
        Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", oidc("first-5f1d")))
    };
    let partner = service.create_provider(make).unwrap();
    let replaced = |old: &IdentityProvider| IdentityProvider { protocol: oidc("second-5f1d"), ..old.clone() };
    service.update_provider(partner.id, |old, _| Ok(replaced(old))).unwrap();
    service.delete_provider(partner.id).unwrap();
    let mut entries = 0;
    let log = engine.read().unwrap();
    log.log(0, Direction::Ascending, &mut |_, entry| {
        entries += 1;
        let text = String::from_utf8_lossy(entry);
        assert!(!text.contains("-5f1d"), "{text}");
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    assert_eq!(entries, 3);
    // It is in the records, so it would have been found.
    assert!(!format!("{:?}", store.history(partner.id, 9).unwrap()).contains("-5f1d"));
}

#[test]
fn the_log_reaches_back_as_far_as_it_is_to() {
    let kept = |store: &IdpStore| {
        store.service().changes(0, 100).unwrap().iter().map(|change| change.sequence).collect::<Vec<_>>()
    };
    let all = IdpStore::builder().retention(Retention::All).open().unwrap();
    let three = IdpStore::builder().retention(Retention::Changes(3)).open().unwrap();
    for store in [&all, &three] {
        let partner = provider(&store.service(), "Partner");
        for state in [State::Inactive, State::Active, State::Inactive, State::Active] {
            store.service().set_provider_state(partner.id, state).unwrap();
        }
    }
    assert_eq!((kept(&all), kept(&three)), (vec![1, 2, 3, 4, 5], vec![3, 4, 5]));
    assert!(matches!(three.at(1).unwrap_err().kind(), ErrorKind::NotFound { .. }));
    assert!(three.at(2).is_ok());
    assert!(matches!(three.undo(2).unwrap_err().kind(), ErrorKind::NotFound { .. }));
    assert!(three.check().unwrap().is_sound());

    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    let hour = IdpStore::builder().clock(clock.clone()).retention(Retention::Time(Duration::from_secs(3600)));
    let hour = hour.open().unwrap();
    for _ in 0..4 {
        provider(&hour.service(), "Partner");
        clock.advance(1800);
    }
    assert_eq!(kept(&hour), [2, 3, 4]);
    clock.advance(86_400);
    provider(&hour.service(), "Partner");
    assert_eq!(kept(&hour), [4, 5], "two at a time");
    provider(&hour.service(), "Partner");
    assert_eq!(kept(&hour), [5, 6]);
}
