//! What etcd accepts in one transaction is what the engine says, and what is larger is refused as such.

use idpstore::ErrorKind;
use idpstore::engine::Engine as _;

use crate::cluster::Cluster;
use crate::stores::elsewhere;

#[test]
fn the_limits_are_those_of_etcd() {
    let cluster = Cluster::start_single();
    let engine = elsewhere(&cluster, "limits/");
    let capabilities = engine.capabilities();
    let commit = |count: usize, bytes: usize| {
        let mut tx = engine.write().unwrap();
        for number in 0..count {
            // What is compared needs room, too.
            let key = [&b"x"[..], &number.to_be_bytes()].concat();
            tx.get(&key).unwrap();
            tx.put(&key, &vec![0; bytes]).unwrap();
        }
        tx.commit(Some(b"entry")).map(drop).map_err(|error| error.kind().clone())
    };
    assert_eq!(commit(capabilities.commit_entries - 1, 0), Ok(()));
    assert_eq!(commit(capabilities.commit_entries - 1, 8000), Ok(()));
    assert_eq!(commit(1, capabilities.value_bytes - 100), Ok(()));
    assert_eq!(commit(capabilities.commit_entries + 1, 0), Err(ErrorKind::TooLarge));
    assert_eq!(commit(1, capabilities.value_bytes + 1), Err(ErrorKind::TooLarge));
    assert_eq!(commit(capabilities.commit_entries - 1, 20_000), Err(ErrorKind::TooLarge));
    assert_eq!(commit(2, 10), Ok(()), "all goes on");
}
