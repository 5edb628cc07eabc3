//! Compaction, and a quota that is used up.

use crate::cluster::{Cluster, Options};

#[test]
fn compacted_revisions_are_gone() {
    let cluster = Cluster::start_single();
    for value in ["1", "2", "3"] {
        cluster.etcdctl(&["put", "k", value]).unwrap();
    }
    let newest = cluster.compact();
    let at =
        |revision: u64| cluster.etcdctl(&["get", "k", "--print-value-only", &format!("--rev={revision}")]);
    assert_eq!(at(newest).unwrap(), "3\n");
    let error = at(newest - 1).unwrap_err();
    assert!(error.contains("has been compacted"), "{error}");
}

#[test]
fn a_full_cluster_refuses_to_write_until_there_is_room() {
    let cluster = Cluster::with(&Options { quota: Some(8 << 20), ..Options::default() });
    assert_eq!(cluster.alarms(), "");
    cluster.etcdctl(&["put", "k", "1"]).unwrap();
    cluster.fill();
    cluster.etcdctl(&["put", "k", "2"]).unwrap_err();
    assert_eq!(cluster.etcdctl(&["get", "k", "--print-value-only"]).unwrap(), "1\n");
    cluster.make_room();
    assert_eq!(cluster.alarms(), "");
    cluster.etcdctl(&["put", "k", "2"]).unwrap();
}
