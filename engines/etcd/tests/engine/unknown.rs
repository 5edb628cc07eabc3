//! Transactions whose outcome is not known when the connection is lost: they happen once.

use std::thread;
use std::time::Duration;

use idpstore::IdpStore;
use idpstore_etcd::EtcdEngine;

use crate::cluster::{Cluster, wait};
use crate::gate::Gate;
use crate::stores::{create, engine, names, names_soon, on, open, quick};

/// A store behind a gate.
fn behind(gate: &Gate) -> (EtcdEngine, IdpStore) {
    let engine = engine(&[gate.url()], quick());
    (engine.clone(), open(engine))
}

#[test]
fn a_transaction_whose_answer_is_lost_happens_once() {
    let cluster = Cluster::start();
    let gate = Gate::before(&cluster.endpoint(0));
    let ((_engine, store), other) = (behind(&gate), on(&cluster));
    gate.mute();
    let creating = thread::spawn({
        let store = store.clone();
        move || create(&store, "once")
    });
    wait(|| (names_soon(&other) == ["once"]).then_some(())).expect("the transaction is done");
    gate.unmute();
    creating.join().unwrap().expect("what has become of it is found out");
    assert_eq!(names_soon(&store), ["once"]);
    assert_eq!(store.service().changes(0, 10).unwrap().len(), other.service().changes(0, 10).unwrap().len());
}

#[test]
fn a_transaction_that_arrives_late_does_not_happen_again() {
    let cluster = Cluster::start();
    let gate = Gate::before(&cluster.endpoint(0));
    let ((_engine, store), other) = (behind(&gate), on(&cluster));
    for round in 0..3 {
        gate.hold();
        let creating = thread::spawn({
            let store = store.clone();
            move || create(&store, &format!("once {round}"))
        });
        // The request is at the gate by then, and is still waited for.
        thread::sleep(Duration::from_millis(300));
        gate.forget();
        creating.join().unwrap().expect("it is done on another connection");
        let before = names_soon(&other);
        gate.release();
        thread::sleep(Duration::from_millis(500));
        assert_eq!(names_soon(&other), before);
        assert_eq!(before, (0..=round).map(|round| format!("once {round}")).collect::<Vec<_>>());
    }
    assert_eq!(names(&store).unwrap().len(), 3);
    let made = other.service().changes(0, 100).unwrap();
    assert_eq!(made.len(), 3, "{made:?}");
}
