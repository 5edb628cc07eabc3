//! Disks that are full. These tests need root.

use crate::cluster::{Cluster, Options};

#[test]
fn the_others_go_on_without_a_member_whose_disk_is_full() {
    let mut cluster = Cluster::with(&Options { disk: Some(192 << 20), ..Options::default() });
    let (leader, follower) = (cluster.leader(), cluster.follower());
    cluster.fill_disk(follower);
    let value = "x".repeat(100_000);
    let has_ended = (0..1000).any(|i| {
        cluster.etcdctl_at(leader, &["put", &format!("k{i}"), &value]).unwrap();
        cluster.has_ended(follower)
    });
    assert!(has_ended && cluster.log(follower).contains("no space left on device"));
    cluster.kill(follower);
    cluster.etcdctl(&["put", "k", "v"]).unwrap();
    cluster.empty_disk(follower);
    cluster.restart(follower);
    cluster.wait_for(follower);
    assert_eq!(cluster.etcdctl_at(follower, &["get", "k", "--print-value-only"]).unwrap(), "v\n");
}
