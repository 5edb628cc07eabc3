//! What is left when a server is gone.

use crate::server::Server;
use crate::{fresh_certificate, import, kids};

#[test]
fn keeps_data_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let file = file.to_str().unwrap();
    let first = Server::start(&["--db", file]);
    let kid = import(&first, &fresh_certificate());
    first.signal("TERM");
    assert_eq!(first.end().stderr, format!("data in {file}\n"));
    let second = Server::start(&["--db", file]);
    assert_eq!(kids(&second), [kid]);
}

#[test]
fn forgets_data_without_a_file() {
    let first = Server::start(&[]);
    import(&first, &fresh_certificate());
    first.kill();
    assert!(kids(&Server::start(&[])).is_empty());
}

#[test]
fn loses_nothing_that_was_answered_before_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let file = file.to_str().unwrap();
    let mut made = Vec::new();
    for _ in 0..20 {
        let server = Server::start(&["--db", file]);
        made.push(import(&server, &fresh_certificate()));
        server.kill();
    }
    made.sort();
    let mut there = kids(&Server::start(&["--db", file]));
    there.sort();
    assert_eq!(made, there);
}
