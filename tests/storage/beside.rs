//! A store file is read while another handle has it open to write.

use std::fs;

use idpstore::engine::RedbEngine;
use idpstore::model::{IdentityProvider, Saml};
use idpstore::{ErrorKind, IdpStore};

use crate::{create, names};

#[test]
fn what_another_commits_is_seen_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let writer = IdpStore::open(&path).unwrap();
    create(&writer, "first").unwrap();
    let reader = IdpStore::builder().beside(&path).unwrap().open().unwrap();
    assert_eq!(names(&reader), ["first"]);
    create(&writer, "second").unwrap();
    assert_eq!(names(&reader), ["first", "second"]);
    assert_eq!(reader.check().unwrap().problems, []);
    let new = || IdentityProvider::named("third", Saml::new("urn:third"));
    assert_eq!(reader.providers().create(new()).unwrap_err().kind(), &ErrorKind::Locked);
    let plan = reader.plan(|store| store.providers().create(new())).unwrap();
    assert_eq!(plan.changes.len(), 1);
    assert_eq!(names(&writer), ["first", "second"]);
    // The writer goes on while the pages that a reader uses stay.
    for number in 0..50 {
        create(&writer, &format!("number {number}")).unwrap();
    }
    assert_eq!(names(&reader).len(), 52);
}

#[test]
fn what_no_one_shares_is_not_read() {
    let kind = |path| IdpStore::builder().beside(path).map(drop).unwrap_err().kind().clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    assert_eq!(kind(&path), ErrorKind::Storage);
    assert!(!path.exists());
    drop(IdpStore::open(&path).unwrap());
    assert_eq!(kind(&path), ErrorKind::WrongState);
    fs::write(&path, "Dear diary,\n".repeat(1000)).unwrap();
    assert_eq!(kind(&path), ErrorKind::Corrupt);
}

#[test]
fn a_reader_keeps_no_writer_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let writer = IdpStore::open(&path).unwrap();
    let reader = IdpStore::builder().beside(&path).unwrap().open().unwrap();
    drop(writer);
    create(&IdpStore::open(&path).unwrap(), "later").unwrap();
    assert_eq!(names(&reader), ["later"]);
    drop(reader);
    RedbEngine::compact(&path).unwrap();
}
