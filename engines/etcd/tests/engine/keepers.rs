//! What one of several processes does for all: it is the keeper, and cuts the log.

use std::time::Duration;

use idpstore::engine::{Direction, Engine as _};
use idpstore_etcd::EtcdEngine;

use crate::cluster::{Cluster, wait};
use crate::stores::{create, create_soon, engine, names, open, quick};

#[test]
fn one_of_two_is_the_keeper_and_the_other_takes_over() {
    let mut cluster = Cluster::start();
    let connect = || engine(&cluster.endpoints(), quick());
    let (one, other) = (connect(), connect());
    let keepers = |engines: &[&EtcdEngine]| engines.iter().filter(|engine| engine.is_keeper()).count();
    wait(|| (keepers(&[&one, &other]) == 1).then_some(())).expect("a keeper");
    for _ in 0..80 {
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(keepers(&[&one, &other]), 1);
    }
    let (first, second) = if one.is_keeper() { (one, other) } else { (other, one) };
    drop(first);
    wait(|| second.is_keeper().then_some(())).expect("the other takes over");

    let third = engine(&cluster.endpoints(), quick());
    let leader = cluster.leader();
    cluster.kill(leader);
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(50));
        assert!(keepers(&[&second, &third]) <= 1, "never are both");
    }
    wait(|| (keepers(&[&second, &third]) == 1).then_some(())).expect("one of them is");
}

#[test]
fn who_holds_some_tenants_is_no_keeper() {
    let cluster = Cluster::start_single();
    let mut options = quick();
    options.tenants = Some(1);
    let some = engine(&cluster.endpoints(), options);
    std::thread::sleep(Duration::from_secs(4));
    assert!(!some.is_keeper());
    let all = engine(&cluster.endpoints(), quick());
    wait(|| all.is_keeper().then_some(())).expect("the lease is free");
}

#[test]
fn the_log_is_cut_and_numbers_go_on() {
    let cluster = Cluster::start();
    let mut options = quick();
    options.log_entries = 20;
    options.patience = Duration::from_secs(1);
    let keeper = engine(&cluster.endpoints(), options);
    let store = open(keeper.clone());
    for number in 0..60 {
        create(&store, &format!("{number}")).unwrap();
    }
    let last = store.service().last_change().unwrap();
    let log = || {
        let (tx, mut numbers) = (keeper.read().unwrap(), Vec::new());
        tx.log(0, Direction::Ascending, &mut |number, _| {
            numbers.push(number);
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
        numbers
    };
    let left = wait(|| Some(log()).filter(|log| log.len() <= 20)).expect("it is cut");
    assert_eq!((left.len(), left.last()), (20, Some(&last)));
    let late = open(engine(&cluster.endpoints(), quick()));
    assert_eq!(late.service().last_change().unwrap(), last);
    assert_eq!(names(&late).unwrap().len(), 60);
    create_soon(&late, "one more");
    assert!(late.service().last_change().unwrap() > last);
    assert!(late.check().unwrap().problems.is_empty(), "{:?}", late.check().unwrap().problems);
}
