//! A server is killed while several clients write.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::{Sender, channel};
use std::{io, thread};

use idpstore::{IdpStore, ProviderQuery};
use serde_json::json;

use crate::JSON;
use crate::connection::head;
use crate::server::Server;

/// How often the server is killed in an ordinary run.
const ROUNDS: usize = 12;

/// Enough that they share commits.
const CLIENTS: usize = 12;

#[test]
fn loses_nothing_that_was_answered_while_others_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let rounds = ROUNDS * times();
    let mut answered = BTreeSet::new();
    for round in 0..rounds {
        answered.extend(answers_before_a_kill(file.to_str().unwrap(), round));
        let there = names(&IdpStore::open(&file).unwrap());
        let lost: Vec<_> = answered.difference(&there).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        let unanswered = there.difference(&answered).count();
        assert!(unanswered <= (round + 1) * CLIENTS, "round {round}: {unanswered} that were not under way");
    }
    println!("figures: {rounds} kills of a server, {} answered writes, and nothing was lost", answered.len());
}

/// How many times as much is done as in an ordinary run: `cargo xtask soak` sets it.
pub(crate) fn times() -> usize {
    std::env::var("IDPSTORE_TEST_TIMES").map_or(1, |times| times.parse().unwrap())
}

/// Kills a server after some answers, while each client has a request under way; gives the names in all answers.
fn answers_before_a_kill(file: &str, round: usize) -> Vec<String> {
    let server = Server::start(&["--db", file]);
    let (answer, answers) = channel();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (answer, address) = (answer.clone(), server.address.clone());
            thread::spawn(move || write_until_killed(&address, &format!("{round}-{client}"), &answer))
        })
        .collect();
    drop(answer);
    let mut names: Vec<_> = answers.iter().take(1 + round * 7 % 11).collect();
    server.kill();
    for client in clients {
        client.join().unwrap();
    }
    names.extend(answers);
    names
}

/// Makes providers, and reports the name of each that was answered.
fn write_until_killed(address: &str, client: &str, answer: &Sender<String>) {
    for number in 0.. {
        let name = format!("{client}-{number}");
        if !create(address, &name).is_ok_and(|created| created) {
            return;
        }
        answer.send(name).unwrap();
    }
}

/// Whether the server has answered that this provider was made.
pub(crate) fn create(address: &str, name: &str) -> io::Result<bool> {
    let url = |path: &str| json!({"url": format!("https://idp.example/{path}"), "binding": "HTTP-POST"});
    let body = json!({
        "type": "OIDC", "name": name,
        "protocol": {
            "type": "OIDC",
            "endpoints": {"authorization": url("authorize"), "token": url("token"), "jwks": url("keys")},
            "scopes": ["openid"],
            "issuer": {"url": "https://idp.example"},
            "credentials": {"client": {"client_id": "id", "client_secret": "secret"}},
        },
        "policy": {
            "accountLink": {"action": "AUTO"},
            "provisioning": {"action": "AUTO"},
            "subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"},
        },
    })
    .to_string();
    let mut stream = TcpStream::connect(address)?;
    let length = body.len().to_string();
    let headers = [("host", address), JSON, ("content-length", &length), ("connection", "close")];
    stream.write_all(&[head("POST", "/api/v1/idps", &headers), body.into_bytes()].concat())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 200 "), "{answer}");
    Ok(!answer.is_empty())
}

/// The names of all providers in a store.
pub(crate) fn names(store: &IdpStore) -> BTreeSet<String> {
    let query = ProviderQuery::all();
    store.service().providers(&query).unwrap().items.into_iter().map(|found| found.name).collect()
}
