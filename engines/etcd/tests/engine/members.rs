//! Members that are killed, paused, added and removed.

use crate::cluster::Cluster;

#[test]
fn a_single_member_answers() {
    let cluster = Cluster::start_single();
    assert_eq!(cluster.endpoints(), [cluster.endpoint(0)]);
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    assert_eq!(cluster.etcdctl(&["get", "k", "--print-value-only"]).unwrap(), "v\n");
}

#[test]
fn another_member_leads_when_the_leader_is_killed() {
    let mut cluster = Cluster::start();
    cluster.etcdctl(&["put", "k", "1"]).unwrap();
    let killed = cluster.leader();
    cluster.kill(killed);
    assert_ne!(cluster.leader(), killed);
    cluster.etcdctl(&["put", "k", "2"]).unwrap();
    cluster.restart(killed);
    cluster.wait_for(killed);
    assert_eq!(cluster.etcdctl_at(killed, &["get", "k", "--print-value-only"]).unwrap(), "2\n");
}

#[test]
fn a_paused_member_does_not_answer_until_it_goes_on() {
    let mut cluster = Cluster::start();
    let follower = cluster.follower();
    cluster.pause(follower);
    cluster.etcdctl_at(follower, &["get", "k"]).unwrap_err();
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    cluster.resume(follower);
    cluster.wait_for(follower);
    assert_eq!(cluster.etcdctl_at(follower, &["get", "k", "--print-value-only"]).unwrap(), "v\n");

    let leader = cluster.leader();
    cluster.pause(leader);
    assert_ne!(cluster.leader(), leader);
    cluster.resume(leader);
    cluster.wait_for(leader);
}

#[test]
fn nothing_is_written_without_a_quorum() {
    let mut cluster = Cluster::start();
    let (leader, follower) = (cluster.leader(), cluster.follower());
    cluster.kill(leader);
    cluster.kill(follower);
    cluster.etcdctl(&["put", "k", "v"]).unwrap_err();
    cluster.restart(follower);
    cluster.wait_for(follower);
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
}

#[test]
fn members_are_added_and_removed() {
    let mut cluster = Cluster::start();
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    let added = cluster.add_member();
    assert_eq!((added, cluster.endpoints().len()), (3, 4));
    assert_eq!(cluster.etcdctl_at(added, &["get", "k", "--print-value-only"]).unwrap(), "v\n");
    cluster.remove_member(0);
    assert_eq!(cluster.endpoints(), [1, 2, 3].map(|i| cluster.endpoint(i)));
    let listed = cluster.etcdctl(&["member", "list"]).unwrap();
    assert!(listed.lines().count() == 3 && !listed.contains(" m0,"), "{listed}");
}
