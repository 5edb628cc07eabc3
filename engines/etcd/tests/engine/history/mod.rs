//! What clients of two processes see while members of the cluster fail: the tests that need the program that the variable `IDPSTORE`
//! names are run by `cargo xtask test etcd` once each, and by `cargo xtask soak` more often (`IDPSTORE_TEST_TIMES`).

mod check;
mod client;
mod load;
mod made_up;
mod process;
mod record;
mod run;
mod timeline;

use std::fs;
use std::thread;
use std::time::Duration;

use crate::cluster::{Cluster, Options};
use crate::gate::Gate;
use run::under_load;

/// How long members are away: longer than it takes to notice.
const AWAY: Duration = Duration::from_secs(4);

#[test]
fn the_leader_is_killed() {
    let mut cluster = Cluster::start();
    let members = cluster.endpoints();
    under_load("leader killed", &mut cluster, [&members; 2], |cluster, _| {
        let leader = cluster.leader();
        cluster.kill(leader);
        thread::sleep(AWAY);
        cluster.restart(leader);
        cluster.wait_for(leader);
    });
}

#[test]
fn a_follower_is_paused() {
    let mut cluster = Cluster::start();
    let members = cluster.endpoints();
    under_load("follower paused", &mut cluster, [&members; 2], |cluster, time| {
        let leader = cluster.leader();
        // Each of them in turn, so that both processes meet it.
        let follower = (leader + 1 + time % 2) % 3;
        cluster.pause(follower);
        thread::sleep(AWAY);
        cluster.resume(follower);
        cluster.wait_for(follower);
    });
}

#[test]
fn the_network_is_split() {
    let mut cluster = Cluster::in_namespaces();
    let members = cluster.endpoints();
    under_load("network split", &mut cluster, [&members; 2], |cluster, time| {
        let cut = cluster.leader();
        // Clients still reach it every second time.
        if time % 2 == 0 {
            cluster.split(cut);
        } else {
            cluster.isolate(cut);
        }
        thread::sleep(AWAY);
        cluster.heal(cut);
        cluster.wait_for(cut);
    });
}

#[test]
fn a_process_is_behind_a_compaction() {
    let mut cluster = Cluster::start();
    let members = cluster.endpoints();
    let gates: Vec<_> = members.iter().map(|member| Gate::before(member)).collect();
    let behind: Vec<_> = gates.iter().map(Gate::url).collect();
    under_load("compacted while behind", &mut cluster, [&members, &behind], |cluster, time| {
        gates.iter().for_each(Gate::close);
        thread::sleep(AWAY);
        cluster.compact();
        gates.iter().for_each(Gate::open);
        thread::sleep(AWAY);
        let log = fs::read_to_string(cluster.folder().join("serve-1.log")).unwrap();
        assert_eq!(log.matches("read anew").count(), time + 1, "{log}");
    });
}

#[test]
fn the_disk_of_a_member_is_full() {
    let mut cluster = Cluster::with(&Options { disk: Some(192 << 20), ..Options::default() });
    let members = cluster.endpoints();
    let value = "x".repeat(100_000);
    under_load("disk full", &mut cluster, [&members; 2], |cluster, time| {
        let leader = cluster.leader();
        let full = if time % 2 == 0 { leader } else { (leader + 1) % 3 };
        cluster.fill_disk(full);
        let has_ended = (0..2000).any(|_| {
            let _ = cluster.etcdctl(&["put", "elsewhere", &value]);
            cluster.has_ended(full)
        });
        assert!(has_ended);
        cluster.kill(full);
        thread::sleep(AWAY);
        cluster.empty_disk(full);
        cluster.compact();
        cluster.restart(full);
        cluster.wait_for(full);
    });
}

#[test]
fn the_quota_is_used_up() {
    let mut cluster = Cluster::with(&Options { quota: Some(32 << 20), ..Options::default() });
    let members = cluster.endpoints();
    under_load("quota used up", &mut cluster, [&members; 2], |cluster, _| {
        cluster.fill();
        thread::sleep(AWAY);
        cluster.make_room();
    });
}
