//! What only the clock brings: each event once, in order, whenever it is logged.

use std::path::Path;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::engine::{Engine, MemoryEngine};
use idpstore::model::{IdentityProvider, Role, Saml};
use idpstore::pki::{EcCurve, KeySpec};
use idpstore::testing::inside::keyspace::{Key, decode, tag};
use idpstore::testing::inside::{Policy, with_policy};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock, OptimisticEngine};
use idpstore::{Builder, Change, ChangeKind, ErrorKind, IdpStore, NewSigningKey, Owner};
use serde_json::Value;

use crate::expiry::{DAY, NOW, certificate, chain};

fn opened(builder: Builder, clock: &FixedClock) -> IdpStore {
    let builder = builder.clock(clock.clone()).entropy(CountedEntropy::default());
    builder.keys(CannedKeys::default()).open().unwrap()
}

fn store() -> (IdpStore, FixedClock) {
    let clock = FixedClock::at(NOW);
    (opened(IdpStore::builder(), &clock), clock)
}

fn new() -> NewSigningKey {
    NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, years: 1, ..NewSigningKey::default() }
}

/// A partner's certificate that ends after so many days, in base64.
fn ending(days: i64) -> String {
    let key = CannedKeys::key(6).unwrap();
    BASE64_STANDARD.encode(certificate(&key, "partner", (&key, "partner"), days))
}

fn import(store: &IdpStore, days: i64) -> String {
    store.trusted_keys().import(ending(days)).unwrap().kid
}

fn changes(store: &IdpStore, after: u64) -> Vec<Change> {
    store.service().changes(after, usize::MAX).unwrap()
}

/// What the clock has brought after this change: what, in how many days, and when in days from the start.
fn brought(store: &IdpStore, after: u64) -> Vec<(ChangeKind, Option<u32>, i64)> {
    let day = |change: &Change| {
        assert_eq!(change.actor, "clock");
        (change.due.unwrap().unix_seconds() - NOW.unix_seconds()) / DAY
    };
    changes(store, after).iter().map(|change| (change.kind, change.days, day(change))).collect()
}

/// Two tenants with keys of all kinds, and a rotation; the owner whose key is rotated.
fn fill(store: &IdpStore) -> Owner {
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    let partner = store.providers().create(IdentityProvider::named("Partner", saml)).unwrap();
    let owner = Owner::Provider(partner.id);
    for overlap in [0, 20 * DAY] {
        let key = store.rotation().prepare(&[owner], &new()).unwrap();
        store.rotation().promote(&key.kid, &[], overlap.try_into().unwrap()).unwrap();
    }
    let acme = store.for_tenant(store.tenants().create("Acme").unwrap().id);
    acme.trusted_keys().import(chain()).unwrap();
    owner
}

const SIGNING: ChangeKind = ChangeKind::SigningKeyExpiring;
const TRUSTED: ChangeKind = ChangeKind::TrustedKeyExpiring;

/// What the clock brings to that store within 400 days.
const EVENTS: [(ChangeKind, Option<u32>, i64); 14] = [
    (TRUSTED, Some(7), 13),
    (TRUSTED, Some(1), 19),
    (ChangeKind::SigningKeyRetired, None, 20),
    (ChangeKind::TrustedKeyExpired, None, 20),
    (SIGNING, Some(60), 305),
    (SIGNING, Some(60), 305),
    (SIGNING, Some(30), 335),
    (SIGNING, Some(30), 335),
    (SIGNING, Some(7), 358),
    (SIGNING, Some(7), 358),
    (SIGNING, Some(1), 364),
    (SIGNING, Some(1), 364),
    (ChangeKind::SigningKeyExpired, None, 365),
    (ChangeKind::SigningKeyExpired, None, 365),
];

/// The whole log of a store in this file whose clock is moved by so many days at a time, and which is opened anew in
/// between if that is wanted.
fn log(file: &Path, steps: &[i64], reopens: bool) -> String {
    let clock = FixedClock::at(NOW);
    let open = || opened(IdpStore::builder().file(file).unwrap(), &clock);
    let mut store = open();
    fill(&store);
    let begin = store.service().last_change().unwrap();
    for days in steps {
        if reopens {
            drop(store);
            store = open();
        }
        clock.advance(days * DAY);
        store.advance().unwrap();
        let before = store.service().last_change().unwrap();
        assert_eq!(store.advance().unwrap(), 0, "once");
        assert_eq!(store.service().last_change().unwrap(), before);
    }
    assert_eq!(brought(&store, begin), EVENTS);
    assert_eq!(store.check().unwrap().problems, []);
    serde_json::to_string(&changes(&store, 0)).unwrap()
}

#[test]
fn the_log_is_the_same_each_time_and_after_each_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;
    let mut logged = |reopens| {
        number += 1;
        log(&folder.path().join(number.to_string()), &[13, 1, 6, 0, 300, 80], reopens)
    };
    let first = logged(false);
    assert_eq!(logged(false), first);
    assert_eq!(logged(true), first);
}

#[test]
fn many_small_steps_and_one_large_step_bring_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for (number, steps) in [vec![400], vec![1; 400], vec![7; 58], vec![19, 1, 380]].iter().enumerate() {
        log(&folder.path().join(number.to_string()), steps, false);
    }
}

#[test]
fn a_time_to_the_millisecond_is_not_early() {
    let (store, clock) = store();
    import(&store, 2);
    clock.advance(DAY - 1);
    assert_eq!(store.advance().unwrap(), 0);
    clock.advance(1);
    assert_eq!(store.advance().unwrap(), 1);
    // The clock may be set back: nothing is logged twice.
    clock.advance(-DAY);
    assert_eq!(store.advance().unwrap(), 0);
    clock.advance(DAY);
    assert_eq!(store.advance().unwrap(), 0);
}

#[test]
fn what_was_due_before_a_key_was_there_is_not_logged() {
    let (store, clock) = store();
    clock.advance(15 * DAY);
    for days in [10, 15, 16, 20] {
        import(&store, days);
    }
    let last = store.service().last_change().unwrap();
    assert_eq!(store.advance().unwrap(), 0);
    assert_eq!(store.service().last_change().unwrap(), last, "nothing was logged");
    clock.advance(2 * DAY);
    store.advance().unwrap();
    assert_eq!(brought(&store, last), [(ChangeKind::TrustedKeyExpired, None, 16)]);
}

#[test]
fn dates_that_bring_nothing_are_looked_at_once() {
    let engine: &MemoryEngine = Box::leak(Box::default());
    let clock = FixedClock::at(NOW);
    let store = opened(IdpStore::builder().engine(engine), &clock);
    let reached = || {
        let stored = engine.read().unwrap().get(Key::of(tag::CLOCK).bytes()).unwrap();
        stored.map(|stored| decode::<Value>(&stored.bytes).unwrap()["due"].as_i64().unwrap())
    };
    clock.advance(5 * DAY);
    store.advance().unwrap();
    assert_eq!(reached(), None, "nothing is written if there is nothing to look at");
    import(&store, 3);
    assert_eq!(store.advance().unwrap(), 0);
    let now = NOW.unix_millis() + 5 * DAY * 1000;
    assert_eq!(reached(), Some(now + 1));
    clock.advance(DAY);
    store.advance().unwrap();
    assert_eq!(reached(), Some(now + 1));
}

#[test]
fn what_is_deleted_or_replaced_brings_nothing() {
    let (store, clock) = store();
    let [replaced, deleted, back] = [20, 30, 40].map(|days| import(&store, days));
    store.service().replace_trusted_key(&replaced, ending(100)).unwrap();
    store.trusted_keys().delete(&deleted).unwrap();
    store.trusted_keys().delete(&back).unwrap();
    store.undo(store.service().last_change().unwrap()).unwrap();
    let last = store.service().last_change().unwrap();
    for days in [31, 90] {
        clock.advance(days * DAY);
        store.advance().unwrap();
    }
    let expected = [
        (TRUSTED, Some(30), 10, &back),
        (TRUSTED, Some(7), 33, &back),
        (TRUSTED, Some(1), 39, &back),
        (TRUSTED, Some(60), 40, &replaced),
        (ChangeKind::TrustedKeyExpired, None, 40, &back),
        (TRUSTED, Some(30), 70, &replaced),
        (TRUSTED, Some(7), 93, &replaced),
        (TRUSTED, Some(1), 99, &replaced),
        (ChangeKind::TrustedKeyExpired, None, 100, &replaced),
    ];
    let kids: Vec<_> = changes(&store, last).into_iter().map(|change| change.subject.to_uuid()).collect();
    let logged = brought(&store, last).into_iter().zip(&kids);
    let logged: Vec<_> = logged.map(|((kind, days, day), kid)| (kind, days, day, kid)).collect();
    assert_eq!(logged, expected);
}

/// Lets several trusted keys have the same certificate.
static LENIENT: Policy = Policy { unique: &[], ..Policy::NEUTRAL };

/// A store with so many trusted keys whose certificate ends after two days.
fn many(builder: Builder, count: usize) -> (IdpStore, FixedClock) {
    let clock = FixedClock::at(NOW);
    let store = opened(builder, &clock);
    let service = with_policy(&store.service(), &LENIENT);
    let certificate = ending(2);
    for _ in 0..count {
        service.create_trusted_key(&*certificate).unwrap();
    }
    (store, clock)
}

#[test]
fn many_events_are_logged_in_several_units() {
    let (store, clock) = many(IdpStore::builder(), 1200);
    let last = store.service().last_change().unwrap();
    clock.advance(2 * DAY);
    assert_eq!(store.advance().unwrap(), 2400);
    let logged = changes(&store, last);
    let units = [1, 2, 3].map(|unit| logged.iter().filter(|change| change.sequence == last + unit).count());
    assert_eq!((units, logged.len()), ([1000, 1000, 400], 2400));
    assert!(logged.is_sorted_by_key(|change| (change.due, change.subject)));
    let mut events: Vec<_> = logged.iter().map(|change| (change.subject, change.kind, change.days)).collect();
    events.sort_by_key(|(subject, _, days)| (*subject, *days));
    events.dedup();
    assert_eq!(events.len(), 2400, "each is another one");
    assert_eq!(store.check().unwrap().problems, []);
}

#[test]
fn several_owners_of_a_store_log_each_event_once() {
    let engine = OptimisticEngine::new(Duration::from_micros(10)).with_limits(128, usize::MAX, usize::MAX);
    let (store, clock) = many(IdpStore::builder().engine(engine.clone()), 100);
    let owners = [(); 2].map(|()| opened(IdpStore::builder().engine(engine.clone()), &clock));
    fill(&store);
    let last = store.service().last_change().unwrap();
    clock.advance(400 * DAY);
    let logged: usize = std::thread::scope(|scope| {
        let calls = owners.each_ref().map(|owner| scope.spawn(|| owner.advance().unwrap()));
        calls.into_iter().map(|call| call.join().unwrap()).sum()
    });
    assert_eq!((logged, changes(&store, last).len()), (214, 214));
    let mut events: Vec<_> = changes(&store, last)
        .into_iter()
        .map(|it| (it.kind as u8, it.days, it.tenant, it.subject, it.kid))
        .collect();
    events.sort();
    events.dedup();
    assert_eq!(events.len(), 214);
}

/// The role of the first key of a rotation.
fn first_role(store: &IdpStore, owner: Owner) -> Role {
    store.rotation().status(owner).unwrap().keys.last().unwrap().role
}

#[test]
fn what_the_clock_brings_stays_when_a_change_is_undone() {
    let (store, clock) = store();
    let owner = fill(&store);
    let promoted =
        changes(&store, 0).iter().rfind(|it| it.kind == ChangeKind::SigningKeyPromoted).unwrap().sequence;
    let last = store.service().last_change().unwrap();
    clock.advance(20 * DAY);
    let Owner::Provider(id) = owner else { unreachable!() };
    store.providers().deactivate(id).unwrap();
    store.undo(last + 2).unwrap();
    assert_eq!(store.advance().unwrap(), 3, "the certificate of the other tenant");
    let retired: Vec<_> =
        changes(&store, last).into_iter().filter(|it| it.kind == ChangeKind::SigningKeyRetired).collect();
    assert_eq!((retired.len(), retired[0].sequence, &*retired[0].actor), (1, last + 1, "clock"));
    assert_eq!(first_role(&store, owner), Role::Retired);

    let before = store.snapshot().unwrap();
    for number in [last + 1, last + 4] {
        let refused = store.undo(number).unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::WrongState);
        assert!(
            refused.to_string().contains(&format!("change {number} was brought by the clock")),
            "{refused}"
        );
    }
    let refused = store.undo(promoted).unwrap_err();
    assert!(
        refused.to_string().contains(&format!("change {} has changed the record", last + 1)),
        "{refused}"
    );
    assert_eq!(store.snapshot().unwrap(), before, "nothing is changed");
}

/// What overwrites a role whose overlap has ended does not hide the end.
#[test]
fn the_end_of_an_overlap_is_logged_before_its_record_changes() {
    for call in [
        |store: &IdpStore, kid: &str, owner| store.rotation().prepare_existing(kid, &[owner]),
        |store: &IdpStore, _: &str, owner| match owner {
            Owner::Provider(id) => store.providers().delete(id),
            _ => unreachable!(),
        },
        |store: &IdpStore, _: &str, _| store.undo(1).map(drop).or(Ok(())),
    ] {
        let (store, clock) = store();
        let owner = fill(&store);
        let first = store.rotation().status(owner).unwrap().keys.last().unwrap().key.kid.clone();
        let last = store.service().last_change().unwrap();
        clock.advance(21 * DAY);
        call(&store, &first, owner).unwrap();
        let logged = changes(&store, last);
        assert_eq!((logged[0].kind, logged[0].kid.as_ref()), (ChangeKind::SigningKeyRetired, Some(&first)));
        store.advance().unwrap();
        let retired =
            changes(&store, last).iter().filter(|it| it.kind == ChangeKind::SigningKeyRetired).count();
        assert_eq!(retired, 1);
    }
}

#[test]
fn a_plan_logs_nothing() {
    let (store, clock) = store();
    let owner = fill(&store);
    clock.advance(21 * DAY);
    let Owner::Provider(id) = owner else { unreachable!() };
    let before = store.snapshot().unwrap();
    let deactivate = |store: &IdpStore| store.providers().deactivate(id);
    let plan = store.plan(deactivate).unwrap();
    assert_eq!(store.plan(IdpStore::advance).unwrap().changes.len(), 1, "the role of the first key");
    assert_eq!(store.snapshot().unwrap(), before);
    let last = store.service().last_change().unwrap();
    store.apply(&plan, deactivate).unwrap();
    let kinds: Vec<_> = changes(&store, last).iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::SigningKeyRetired, ChangeKind::ProviderDeactivated]);
}

#[test]
fn a_store_that_goes_back_logs_again_what_is_gone_from_the_log() {
    let (store, clock) = store();
    import(&store, 10);
    clock.advance(4 * DAY);
    assert_eq!(store.advance().unwrap(), 1);
    let snapshot = store.snapshot().unwrap();
    clock.advance(DAY * 10);
    assert_eq!(store.advance().unwrap(), 2);
    store.restore(&snapshot).unwrap();
    assert_eq!(store.advance().unwrap(), 2);
    store.reset().unwrap();
    assert_eq!(store.advance().unwrap(), 0);
    assert_eq!(changes(&store, 0).len(), 1);
}
