//! Who may open what.

use std::fs;
use std::process::Command;

use idpstore::engine::{OneOwner as _, RedbEngine};
use idpstore::{ErrorKind, IdpStore};

use crate::disk::{Disk, refusal};
use crate::{create, names};

fn kind_of_refusal(path: impl AsRef<std::path::Path>) -> ErrorKind {
    IdpStore::open(path).unwrap_err().kind().clone()
}

#[test]
fn a_store_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let first = IdpStore::open(&path).unwrap();
    assert_eq!(kind_of_refusal(&path), ErrorKind::Locked);
    create(&first, "unharmed").unwrap();
    drop(first);
    assert_eq!(names(&IdpStore::open(&path).unwrap()), ["unharmed"]);
}

/// Set for this program when it is started again as the second process: which file it shall open.
const SECOND_PROCESS: &str = "IDPSTORE_TEST_OPEN";

#[test]
fn a_store_is_open_in_one_process() {
    if let Some(path) = std::env::var_os(SECOND_PROCESS) {
        assert_eq!(kind_of_refusal(path), ErrorKind::Locked);
        println!("refused");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let first = IdpStore::open(&path).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "opening::a_store_is_open_in_one_process", "--nocapture"])
        .env(SECOND_PROCESS, &path)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("refused"), "{said}");
    create(&first, "unharmed").unwrap();
}

#[test]
fn an_empty_file_becomes_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    fs::write(&path, b"").unwrap();
    create(&IdpStore::open(&path).unwrap(), "first").unwrap();
    // A process that another test is just starting holds the locks of all files that are open here.
    let again = std::iter::repeat_with(|| IdpStore::open(&path))
        .take(10_000)
        .find(|open| open.as_ref().err().is_none_or(|error| *error.kind() != ErrorKind::Locked));
    assert_eq!(names(&again.unwrap().unwrap()), ["first"]);
}

#[test]
fn a_file_of_zeros_becomes_a_store() {
    for length in [1, 9, 400, 100_000] {
        create(&Disk::with(vec![0; length]).open().unwrap(), "first").unwrap();
    }
    let mut almost = vec![0; 100_000];
    almost[99_999] = 1;
    assert_eq!(refusal(&almost), ErrorKind::NotAStore);
}

#[test]
fn what_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in ["x", "Dear diary,\n", &"all work and no play\n".repeat(1000)] {
        fs::write(&path, text).unwrap();
        assert_eq!(kind_of_refusal(&path), ErrorKind::NotAStore);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn paths_that_cannot_be_opened_are_a_failure_of_the_storage() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    for path in [folder.path().to_owned(), folder.path().join("no/such/folder"), file.join("below a file")] {
        assert_eq!(kind_of_refusal(&path), ErrorKind::Storage, "{}", path.display());
    }
}

#[test]
fn entries_of_something_else_are_left_alone() {
    let engine = RedbEngine::in_memory().unwrap();
    let mut tx = engine.raw_write().unwrap();
    tx.put(b"fruit", b"apple").unwrap();
    tx.commit().unwrap();
    let refused = IdpStore::builder().engine(engine).open().unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::NotAStore);
}

#[cfg(unix)]
#[test]
fn new_files_can_be_read_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let lock = folder.path().join("idps.redb.lock");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    drop(IdpStore::open(&path).unwrap());
    assert_eq!((mode(&path), mode(&lock)), (0o600, 0o600));
    // Who has opened it to others keeps it so.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    drop(IdpStore::open(&path).unwrap());
    assert_eq!(mode(&path), 0o640);
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_a_link_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let elsewhere = folder.path().join("elsewhere");
    std::os::unix::fs::symlink(&elsewhere, folder.path().join("idps.redb.lock")).unwrap();
    assert_eq!(kind_of_refusal(&path), ErrorKind::Storage);
    assert!(!elsewhere.exists() && !path.exists(), "nothing is made");
    fs::write(&elsewhere, b"mine").unwrap();
    assert_eq!(kind_of_refusal(&path), ErrorKind::Storage);
    // Opening a pipe to write would wait for a reader.
    fs::remove_file(folder.path().join("idps.redb.lock")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("idps.redb.lock")).status().unwrap().success());
    assert_eq!(kind_of_refusal(&path), ErrorKind::Storage);
}
