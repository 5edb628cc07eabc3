//! Replicas that hold some of the tenants.

use std::time::Duration;

use idpstore::engine::Engine as _;
use idpstore::model::Id;
use idpstore::{ErrorKind, IdpStore};
use idpstore_etcd::EtcdEngine;

use crate::cluster::Cluster;
use crate::gate::Gate;
use crate::stores::{create, engine, names, on, open, quick, unavailable};

/// A store that holds two tenants, and a gate before its member.
fn restricted(cluster: &Cluster) -> (IdpStore, EtcdEngine, Gate) {
    let gate = Gate::before(&cluster.endpoint(0));
    let mut options = quick();
    options.tenants = Some(2);
    let engine = engine(&[gate.url()], options);
    (open(engine.clone()), engine, gate)
}

fn tenants(store: &IdpStore) -> Vec<Id> {
    (0..5).map(|number| store.tenants().create(&format!("Tenant {number}")).unwrap().id).collect()
}

#[test]
fn all_tenants_are_shown_by_who_holds_two() {
    let cluster = Cluster::start();
    let whole = on(&cluster);
    let tenants = tenants(&whole);
    let (some, engine, _gate) = restricted(&cluster);
    for round in 0..6 {
        for (number, tenant) in tenants.iter().enumerate() {
            let (of_some, of_whole) = (some.for_tenant(*tenant), whole.for_tenant(*tenant));
            create(&of_whole, &format!("{round} by all")).unwrap();
            engine.catch_up(Duration::from_secs(5)).unwrap();
            assert_eq!(names(&of_some).unwrap(), names(&of_whole).unwrap(), "{round}, {number}");
            create(&of_some, &format!("{round} by some")).unwrap();
            whole.catch_up(Duration::from_secs(5)).unwrap();
            assert_eq!(names(&of_whole).unwrap().len(), 2 * round + 2);
            // One that it may hold, and that changes now.
            let earlier = tenants[(number + round) % tenants.len()];
            let made = create(&whole.for_tenant(earlier), "gone soon").unwrap();
            some.catch_up(Duration::from_secs(5)).unwrap();
            assert!(names(&some.for_tenant(earlier)).unwrap().contains(&"gone soon".to_owned()));
            some.for_tenant(earlier).providers().delete(made.id).unwrap();
        }
    }
    assert_eq!(whole.check().unwrap().problems, []);
}

#[test]
fn the_tenants_that_were_used_last_are_held() {
    let cluster = Cluster::start();
    let whole = on(&cluster);
    let made: Vec<_> = tenants(&whole)
        .into_iter()
        .map(|tenant| (tenant, create(&whole.for_tenant(tenant), "one").unwrap().id))
        .collect();
    let (some, _engine, gate) = restricted(&cluster);
    let get = |(tenant, id): (Id, Id)| some.for_tenant(tenant).providers().get(id);
    for used in [0, 1, 2, 1, 3] {
        get(made[used]).unwrap();
    }
    gate.close();
    let is_held = |number: usize| match get(made[number]) {
        Ok(_) => true,
        refused => unavailable(refused).is_none(),
    };
    assert_eq!([0, 1, 2, 3, 4].map(is_held), [false, true, false, true, false]);
}

#[test]
fn what_needs_all_tenants_is_refused() {
    let cluster = Cluster::start();
    let whole = on(&cluster);
    create(&whole.for_tenant(tenants(&whole)[0]), "one").unwrap();
    let (some, engine, _gate) = restricted(&cluster);
    let refused = [some.snapshot().map(drop), some.check().map(drop), engine.snapshot().map(drop)];
    for outcome in refused {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unsupported);
        assert!(error.in_full().contains("one that holds all"), "{}", error.in_full());
    }
}
