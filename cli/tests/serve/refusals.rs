//! Servers that must not come up, and what they leave untouched.

use std::fs;

use crate::server::{Server, misused, refused};
use crate::{fresh_certificate, import, kids};

#[test]
fn refuses_a_port_that_is_taken() {
    let first = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let words = refused(first.port(), &["--db", file.to_str().unwrap()]);
    assert!(words.contains(&first.address), "{words}");
    assert!(!file.exists(), "a server that cannot listen makes no file");
}

#[test]
fn refuses_a_file_that_is_open_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let file = file.to_str().unwrap();
    let first = Server::start(&["--db", file]);
    let kid = import(&first, &fresh_certificate());
    let words = refused("0", &["--db", file]);
    assert!(words.contains("open elsewhere") && words.contains(file), "{words}");
    assert_eq!(kids(&first), [kid]);
}

#[test]
fn refuses_a_file_of_another_kind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.txt");
    let letter = "dear reader, this is no store\n".repeat(400);
    fs::write(&file, &letter).unwrap();
    let words = refused("0", &["--db", file.to_str().unwrap()]);
    assert!(words.contains("not a store"), "{words}");
    assert_eq!(fs::read_to_string(&file).unwrap(), letter);
}

#[test]
fn refuses_a_file_that_cannot_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no/such/folder/idps.redb");
    let words = refused("0", &["--db", file.to_str().unwrap()]);
    assert!(words.contains("cannot open"), "{words}");
}

#[test]
fn refuses_a_switch_that_does_not_exist() {
    let words = misused(&["--switch", "zitadel-unlimited-searches"]);
    assert!(words.contains("tip: a similar value exists: 'zitadel-unlimited-search'"), "{words}");
    let words = misused(&["--switch", "nope"]);
    let all = "possible values: okta-lenient-documents, pingone-login-button-icons, zitadel-unlimited-search";
    assert!(words.contains(all), "{words}");
    assert!(misused(&["--swich", "nope"]).contains("--switch"));
}

#[test]
fn refuses_the_name_of_a_store_in_memory_as_a_file() {
    for name in [":memory:", ""] {
        let words = misused(&["--db", name]);
        assert!(words.contains("without --db the data is in memory"), "{words}");
    }
}
