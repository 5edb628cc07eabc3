//! Of a sealed store, nothing that is secret reaches etcd.

use std::fs;
use std::path::Path;

use idpstore::IdpStore;
use idpstore::engine::KeyWrap;
use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Secret};

use crate::cluster::Cluster;
use crate::stores::{engine, quick};

const SECRET: &str = "planted-7d20a6c1-secret";

/// Another that is replaced at once, so that only history has it.
const FORMER: &str = "planted-7d20a6c1-former";

fn client(secret: &str) -> Protocol {
    let client = Client { secret: Some(Secret::new(secret.to_owned())), ..Client::default() };
    Protocol::OpenIdConnect(OpenIdConnect { client, ..OpenIdConnect::default() })
}

/// Everything that the members have on their disks.
fn octets(folder: &Path, into: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            octets(&path, into);
        } else if path.is_file() {
            into.extend(fs::read(path).unwrap());
        }
    }
}

fn holds(octets: &[u8], text: &str) -> bool {
    memchr::memmem::find(octets, text.as_bytes()).is_some()
}

/// As `etcdctl` prints octets that need not be text.
fn hex(text: &str) -> String {
    text.bytes().flat_map(|octet| [r"\x".to_owned(), format!("{octet:02x}")]).collect()
}

/// Makes a secret, and replaces one.
fn fill(store: &IdpStore, name: &str) {
    let service = store.service();
    let made = service
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, client(FORMER))));
    let id = made.unwrap().id;
    service
        .update_provider(id, |old, _| Ok(IdentityProvider { protocol: client(SECRET), ..old.clone() }))
        .unwrap();
}

#[test]
fn nothing_plain_reaches_etcd() {
    let cluster = Cluster::start();
    let engine = engine(&cluster.endpoints(), quick());
    let sealed = || IdpStore::builder().engine(engine.clone()).seal(KeyWrap::key([7; 32])).open().unwrap();
    fill(&sealed(), "marked-name");
    let found = sealed().providers().list_from(0, 10).unwrap().items;
    let Protocol::OpenIdConnect(OpenIdConnect { client, .. }) = &found[0].protocol else {
        panic!("{found:?}")
    };
    assert_eq!(client.secret.as_ref().unwrap().reveal().unwrap(), SECRET);

    let mut on_disks = Vec::new();
    octets(cluster.folder(), &mut on_disks);
    assert!(holds(&on_disks, "marked-name"), "what is not secret is found");
    assert!(!holds(&on_disks, SECRET) && !holds(&on_disks, FORMER));
    for revision in 1..=cluster.revision(0) {
        let values =
            cluster.etcdctl(&["get", "", "--prefix", "--hex", &format!("--rev={revision}")]).unwrap();
        assert!(!values.contains(&hex("planted-")), "revision {revision}");
    }

    // Both searches find what is not sealed.
    let open = IdpStore::builder().engine(crate::stores::elsewhere(&cluster, "open/")).open().unwrap();
    fill(&open, "open");
    let mut on_disks = Vec::new();
    octets(cluster.folder(), &mut on_disks);
    assert!(holds(&on_disks, SECRET) && holds(&on_disks, FORMER));
    assert!(cluster.etcdctl(&["get", "", "--prefix", "--hex"]).unwrap().contains(&hex(SECRET)));
}
