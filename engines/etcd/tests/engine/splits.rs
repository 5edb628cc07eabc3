//! Networks that are split. These tests need root, and a kernel in which they may make network namespaces.

use crate::cluster::Cluster;

#[test]
fn the_others_go_on_without_a_member_that_is_cut_off() {
    let mut cluster = Cluster::in_namespaces();
    let cut = cluster.leader();
    cluster.split(cut);
    assert_ne!(cluster.leader(), cut);
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    cluster.etcdctl_at(cut, &["get", "k"]).unwrap_err();
    cluster.heal(cut);
    cluster.wait_for(cut);
    assert_eq!(cluster.etcdctl_at(cut, &["get", "k", "--print-value-only"]).unwrap(), "v\n");
}

#[test]
fn clients_reach_a_member_that_the_others_do_not() {
    let mut cluster = Cluster::in_namespaces();
    cluster.etcdctl(&["put", "k", "1"]).unwrap();
    let cut = cluster.leader();
    cluster.isolate(cut);
    let leader = cluster.leader();
    assert_ne!(leader, cut);
    cluster.etcdctl_at(leader, &["put", "k", "2"]).unwrap();
    let old = |consistency: &str| {
        let consistency = format!("--consistency={consistency}");
        cluster.etcdctl_at(cut, &["get", "k", "--print-value-only", &consistency])
    };
    assert_eq!(old("s").unwrap(), "1\n");
    old("l").unwrap_err();
    cluster.heal(cut);
    cluster.wait_for(cut);
}

#[test]
fn a_cluster_in_namespaces_takes_in_another_member() {
    let mut cluster = Cluster::in_namespaces();
    let added = cluster.add_member();
    cluster.split(added);
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    cluster.heal(added);
    cluster.wait_for(added);
}
