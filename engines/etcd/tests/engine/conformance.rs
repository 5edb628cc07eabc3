//! What every engine must do, on three members.

use std::panic::{AssertUnwindSafe, catch_unwind};

use idpstore::engine::Engine as _;
use idpstore::testing::conformance::CASES;
use idpstore_etcd::{EtcdEngine, Options};

use crate::cluster::Cluster;

#[test]
fn the_engine_conforms() {
    let cluster = Cluster::start();
    for (number, (name, case)) in CASES.iter().enumerate() {
        let engine =
            EtcdEngine::connect(&cluster.endpoints(), &format!("case {number}"), Options::default()).unwrap();
        let outcome = catch_unwind(AssertUnwindSafe(|| case(&engine)));
        assert!(outcome.is_ok(), "the engine fails the case `{name}`");
        outcome.unwrap().unwrap();
    }
}

#[test]
fn stores_with_prefixes_of_their_own_do_not_meet() {
    let cluster = Cluster::start_single();
    // The keys of one begin with all that those of another begin with.
    let prefixes = ["i", "idps", "idps/", "idps/v"];
    let engines: Vec<_> = prefixes
        .map(|prefix| EtcdEngine::connect(&cluster.endpoints(), prefix, Options::default()).unwrap())
        .into();
    for (engine, prefix) in engines.iter().zip(prefixes) {
        let mut tx = engine.write().unwrap();
        tx.put(b"Tkey", prefix.as_bytes()).unwrap();
        tx.commit(Some(b"entry")).unwrap();
    }
    for (engine, prefix) in engines.iter().zip(prefixes) {
        engine.catch_up(std::time::Duration::from_secs(5)).unwrap();
        let found = engine.read().unwrap().get(b"Tkey").unwrap();
        assert_eq!(found.as_deref(), Some(prefix.as_bytes()), "{prefix}");
    }
}
