//! Members that are not there: what goes on, and what waits.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use idpstore::{IdpStore, Response};
use idpstore_etcd::Event;

use crate::cluster::{Cluster, Options, wait};
use crate::gate::Gate;
use crate::stores::{create, create_soon, engine, names, names_soon, on, open, quick, reports, unavailable};

fn call(store: &IdpStore, method: &str, body: &'static str) -> Response {
    let request = http::Request::builder().method(method).uri("/_idpstore/v1/tenants");
    let request = request.header("content-type", "application/json");
    store.handle(request.body(Bytes::from_static(body.as_bytes())).unwrap())
}

fn header(response: &Response, name: &str) -> Option<u32> {
    response.headers().get(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

#[test]
fn nothing_is_lost_when_the_leader_is_killed() {
    let mut cluster = Cluster::start();
    let (store, other) = (on(&cluster), on(&cluster));
    for round in 0..2 {
        create_soon(&store, &format!("before {round}"));
        let killed = cluster.leader();
        cluster.kill(killed);
        create_soon(&store, &format!("after {round}"));
        cluster.restart(killed);
        cluster.wait_for(killed);
    }
    let expected = ["before 0", "after 0", "before 1", "after 1"];
    assert_eq!(names_soon(&store), expected);
    assert_eq!(names_soon(&other), expected);
}

#[test]
fn members_come_and_go() {
    let mut cluster = Cluster::start();
    let store = on(&cluster);
    create(&store, "with three").unwrap();
    cluster.add_member();
    create(&store, "with four").unwrap();
    for removed in 0..2 {
        cluster.remove_member(removed);
        create_soon(&store, &format!("without {removed}"));
    }
    let expected = ["with three", "with four", "without 0", "without 1"];
    assert_eq!(names_soon(&store), expected);
    assert_eq!(names_soon(&on(&cluster)), expected, "by the members that there are now");
}

#[test]
fn without_a_quorum_reads_go_on_for_a_while_and_tell_their_age() {
    let mut cluster = Cluster::start();
    let mut options = quick();
    options.max_lag = Duration::from_secs(4);
    let events = reports(&mut options);
    let store = open(engine(&cluster.endpoints(), options));
    create(&store, "before").unwrap();
    let killed = [cluster.leader(), cluster.follower()];
    for member in killed {
        cluster.kill(member);
    }

    let aged = wait(|| (store.lag() >= Duration::from_secs(2)).then(|| call(&store, "GET", "")));
    let aged = aged.expect("it grows old");
    assert_eq!(aged.status(), 200);
    assert!(header(&aged, "age") >= Some(2), "{aged:?}");
    wait(|| (store.lag() > Duration::from_secs(4)).then_some(())).expect("it grows older");
    for (method, body) in [("GET", ""), ("POST", r#"{"name": "Acme"}"#)] {
        let refused = call(&store, method, body);
        assert_eq!(refused.status(), 503, "{refused:?}");
        assert!(header(&refused, "retry-after") > Some(0), "{refused:?}");
    }
    assert!(unavailable(names(&store)) > Some(0));
    assert!(unavailable(store.catch_up(Duration::from_millis(100))) > Some(0));

    for member in killed {
        cluster.restart(member);
    }
    create_soon(&store, "after");
    assert_eq!(names_soon(&store), ["before", "after"]);
    let seen: Vec<_> = events.try_iter().collect();
    assert!(matches!(&seen[..], [Event::Lost(_), Event::Reached, ..]), "{seen:?}");
}

#[test]
fn without_a_quorum_nothing_is_written() {
    let mut cluster = Cluster::start();
    let mut options = quick();
    options.patience = Duration::from_secs(1);
    let store = open(engine(&cluster.endpoints(), options));
    let killed = [cluster.leader(), cluster.follower()];
    for member in killed {
        cluster.kill(member);
    }
    assert!(unavailable(create(&store, "perhaps")) > Some(0));
    for member in killed {
        cluster.restart(member);
    }
    create_soon(&store, "after");
    let names = names_soon(&store);
    assert!(names == ["after"] || names == ["perhaps", "after"], "{names:?}");
}

#[test]
fn what_was_compacted_meanwhile_is_read_anew() {
    let cluster = Cluster::start();
    let gate = Gate::before(&cluster.endpoint(0));
    let mut options = quick();
    let events = reports(&mut options);
    let (behind, other) = (open(engine(&[gate.url()], options)), on(&cluster));
    create(&behind, "before").unwrap();
    names_soon(&other);
    for round in 0..3 {
        gate.close();
        for number in 0..5 {
            create(&other, &format!("{round}: {number}")).unwrap();
        }
        let gone = names_soon(&other)[0].clone();
        let gone = other.providers().list_from(0, 1).unwrap().items.into_iter().find(|it| it.name == gone);
        other.providers().delete(gone.unwrap().id).unwrap();
        cluster.compact();
        assert!(names(&behind).unwrap().len() < names(&other).unwrap().len(), "it is behind");
        gate.open();
        assert_eq!(names_soon(&behind), names_soon(&other));
        wait(|| events.try_iter().find(|event| *event == Event::Reread)).expect("it is reported");
    }
    create(&behind, "after").unwrap();
    assert_eq!(names_soon(&behind), names_soon(&other));
    let log = |store: &IdpStore| store.service().changes(0, 100).unwrap();
    assert_eq!(log(&behind), log(&other));
}

#[test]
fn a_paused_member_is_left_for_another() {
    let mut cluster = Cluster::start();
    let store = on(&cluster);
    for member in 0..3 {
        cluster.pause(member);
        create_soon(&store, &format!("without {member}"));
        cluster.resume(member);
        cluster.wait_for(member);
    }
    assert_eq!(names_soon(&store), ["without 0", "without 1", "without 2"]);
}

#[test]
fn a_full_cluster_is_read_and_written_again_once_there_is_room() {
    let cluster = Cluster::with(&Options { quota: Some(8 << 20), ..Options::default() });
    let store = on(&cluster);
    create(&store, "before").unwrap();
    cluster.fill();
    assert!(unavailable(create(&store, "refused")) > Some(0));
    let refused = call(&store, "POST", r#"{"name": "Acme"}"#);
    assert_eq!(refused.status(), 503, "{refused:?}");
    assert!(header(&refused, "retry-after") > Some(0), "{refused:?}");
    thread::sleep(Duration::from_secs(1));
    assert_eq!(names_soon(&store), ["before"]);
    assert!(store.lag() < Duration::from_secs(1), "{:?}", store.lag());
    cluster.make_room();
    create_soon(&store, "after");
    assert_eq!(names_soon(&store), ["before", "after"]);
}

#[test]
fn the_one_member_that_answers_is_found_while_many_call() {
    let cluster = Cluster::start_single();
    let gate = Gate::before(&cluster.endpoint(0));
    let members = ["http://127.0.0.1:1".to_owned(), "http://127.0.0.1:2".to_owned(), gate.url()];
    let store = open(engine(&members, quick()));
    for round in 0..5 {
        gate.close();
        thread::sleep(Duration::from_millis(100));
        gate.open();
        create_soon(&store, &format!("{round}"));
        assert_eq!(names_soon(&store).len(), round + 1);
    }
}

#[test]
fn changes_come_while_everything_is_read_anew() {
    let cluster = Cluster::start_single();
    let mut options = quick();
    options.resync = Duration::from_millis(5);
    let events = reports(&mut options);
    let (store, other) = (open(engine(&cluster.endpoints(), options)), on(&cluster));
    let mut last = 0;
    for number in 0..100 {
        create(if number % 2 == 0 { &store } else { &other }, &format!("{number}")).unwrap();
        let next = store.service().last_change().unwrap();
        assert!(next >= last, "{next} after {last}");
        last = next;
    }
    assert_eq!(names_soon(&store), names_soon(&other));
    let log = |store: &IdpStore| store.service().changes(0, 200).unwrap();
    assert_eq!(log(&store), log(&other));
    let seen: Vec<_> = events.try_iter().collect();
    assert!(seen.len() > 1 && seen.iter().all(|event| *event == Event::Reread), "{seen:?}");
}

#[test]
fn a_cluster_that_is_put_back_is_read_anew() {
    let mut cluster = Cluster::start_single();
    let store = on(&cluster);
    create(&store, "before").unwrap();
    cluster.kill(0);
    let (data, backup) = (cluster.folder().join("m0"), cluster.folder().join("backup"));
    let copy = |from: &Path, to: &Path| {
        let status = Command::new("cp").arg("-r").args([from, to]).status().unwrap();
        assert!(status.success());
    };
    copy(&data, &backup);
    cluster.restart(0);
    for number in 0..5 {
        create_soon(&store, &format!("lost {number}"));
    }
    cluster.kill(0);
    std::fs::remove_dir_all(&data).unwrap();
    copy(&backup, &data);
    cluster.restart(0);
    wait(|| (names(&store).ok()? == ["before"]).then_some(())).expect("it is as it was");
    create_soon(&store, "after");
    assert_eq!(names_soon(&store), ["before", "after"]);
    assert_eq!(names_soon(&on(&cluster)), ["before", "after"]);
}
