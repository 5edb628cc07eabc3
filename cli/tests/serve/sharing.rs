//! Two servers and the command line write one file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use idpstore::IdpStore;

use crate::kills::{create, names, times};
use crate::server::{Server, refused};

/// How often one of the two servers is killed in an ordinary run.
const ROUNDS: usize = 6;

/// Clients of each server.
const CLIENTS: usize = 3;

#[test]
fn both_servers_and_the_commands_see_what_the_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let file = path.to_str().unwrap();
    let servers = [(); 2].map(|()| Server::start(&["--db", file, "--share"]));
    for (number, server) in servers.iter().enumerate() {
        assert!(create(&server.address, &format!("of server {number}")).unwrap());
    }
    let document = folder.path().join("one.json");
    fs::write(&document, r#"{"providers": [{"name": "By-command", "protocol": {"type": "saml"}}]}"#).unwrap();
    command(&["import", document.to_str().unwrap(), "--db", file, "--share"]);
    let listed = |target: &[&str]| command(&[&["list", "providers", "--json"], target].concat());
    let by_file = listed(&["--db", file, "--share"]);
    for name in ["of server 0", "of server 1", "By-command"] {
        assert!(by_file.contains(name), "{by_file}");
    }
    for server in &servers {
        assert_eq!(listed(&["--url", &format!("http://{}", server.address)]), by_file);
    }
    // Those who do not share it can only read.
    assert_eq!(listed(&["--db", file]), by_file);
    assert!(refused("0", &["--db", file]).contains(file));
    assert!(command(&["backup", &format!("{file}.copy"), "--db", file, "--share"]).contains("bytes"));
    let copy = IdpStore::open(format!("{file}.copy")).unwrap();
    assert_eq!(names(&copy).len(), 3);
}

#[test]
fn nothing_that_was_answered_is_lost_when_one_of_two_servers_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let file = path.to_str().unwrap();
    let rounds = ROUNDS * times();
    let mut answered = BTreeSet::new();
    let start = |round: usize| {
        let server = Server::start(&["--db", file, "--share"]);
        let answers = clients(&server.address, round);
        (server, answers)
    };
    let mut standing = start(0);
    for round in 1..=rounds {
        let next = start(round);
        answered.extend(standing.1.iter().take(1 + round * 7 % 11));
        standing.0.kill();
        answered.extend(standing.1.iter());
        standing = next;
        // The other one goes on.
        answered.extend(standing.1.iter().take(2));
    }
    standing.0.kill();
    answered.extend(standing.1.iter());
    let there = names(&IdpStore::open(&path).unwrap());
    assert!(there.is_superset(&answered), "{:?}", answered.difference(&there));
    assert!(there.len() <= answered.len() + (rounds + 1) * CLIENTS, "more than was under way is there");
    println!(
        "figures: {rounds} kills of one of two servers, {} answered writes, and nothing was lost",
        answered.len()
    );
}

#[test]
fn what_is_not_in_a_file_is_not_shared() {
    assert!(refused("0", &["--share"]).contains("`--share` is for the file of `--db`"));
}

/// Clients that write until the server is killed; the names in its answers.
fn clients(address: &str, round: usize) -> Receiver<String> {
    let (answer, answers) = channel();
    for client in 0..CLIENTS {
        let (answer, address) = (answer.clone(), address.to_owned());
        thread::spawn(move || {
            for number in 0.. {
                let name = format!("{round}-{client}-{number}");
                if !create(&address, &name).is_ok_and(|created| created) || answer.send(name).is_err() {
                    return;
                }
            }
        });
    }
    answers
}

/// What a command prints that succeeds.
fn command(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_idpstore"))
        .current_dir(Path::new("/"))
        .args(arguments)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}
