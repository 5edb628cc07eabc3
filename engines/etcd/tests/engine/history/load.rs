//! Clients that call two processes at the same time, and record what they see.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use idpstore::model::Id as RecordId;
use idpstore::okta;
use serde_json::{Value as Json, json};

use super::client::{Answer, Client};
use super::record::{Call, Id, Outcome, Required, Revision, Shown, Value, What};

/// How long a client waits between two calls.
const PAUSE: Duration = Duration::from_millis(15);

/// How many records there are at least before one is deleted, and at most before no more are made. A page of a list has more.
const RECORDS: (usize, usize) = (5, 60);

/// What the clients share.
pub(super) struct Load {
    addresses: Vec<SocketAddr>,
    begun: Instant,
    is_over: AtomicBool,
    last_value: AtomicU64,
    /// The records that are probably there.
    records: Mutex<Vec<Id>>,
}

/// What one client knows.
struct Caller<'l> {
    load: &'l Load,
    clients: Vec<Client>,
    /// The state of a generator of numbers (xorshift64).
    lot: u64,
    /// The revision of the last answer.
    last: Revision,
    calls: Vec<Call>,
}

impl Load {
    pub(super) fn on(addresses: Vec<SocketAddr>) -> Self {
        let (begun, is_over) = (Instant::now(), AtomicBool::new(false));
        Self { addresses, begun, is_over, last_value: AtomicU64::new(0), records: Mutex::default() }
    }

    pub(super) fn end(&self) {
        self.is_over.store(true, Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Relaxed)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Calls until it is over, and gives all calls.
    pub(super) fn call(&self, seed: u64) -> Vec<Call> {
        let clients = self.addresses.iter().map(|address| Client::of(*address)).collect();
        let lot = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut caller = Caller { load: self, clients, lot, last: 0, calls: Vec::new() };
        while !self.is_over() {
            caller.step();
            thread::sleep(PAUSE);
        }
        caller.calls
    }
}

impl Caller<'_> {
    /// A number below another, by lot.
    fn below(&mut self, most: usize) -> usize {
        for (left, by) in [(true, 13), (false, 7), (true, 17)] {
            self.lot ^= if left { self.lot << by } else { self.lot >> by };
        }
        usize::try_from(self.lot >> 33).unwrap() % most
    }

    fn step(&mut self) {
        let process = self.below(self.clients.len());
        let what = self.what();
        let required = match self.below(8) {
            0 if what.written().is_none() => Required::Latest,
            1..4 => Required::Revision(self.last),
            _ => Required::None,
        };
        let header = match required {
            Required::None => None,
            Required::Revision(revision) => Some(revision.to_string()),
            Required::Latest => Some("latest".to_owned()),
        };
        let (call, body) = request(what);
        let begun = self.load.elapsed();
        let answer = self.clients[process].call(&call, header.as_deref(), body.as_ref());
        let ended = self.load.elapsed();
        let outcome = answer.map_or(Outcome::Unknown, |answer| outcome(what, answer));
        if let Outcome::Answered { revision, shown, .. } = &outcome {
            self.last = self.last.max(*revision);
            self.note(what, shown);
        }
        self.calls.push(Call { process, begun, ended, what, required, outcome });
    }

    fn what(&mut self) -> What {
        let records = self.load.records.lock().unwrap().clone();
        let load = self.load;
        let value = || load.last_value.fetch_add(1, Relaxed) + 1;
        if records.len() < RECORDS.0 {
            return What::Create(value());
        }
        let id = records[self.below(records.len())];
        match self.below(20) {
            0..3 if records.len() < RECORDS.1 => What::Create(value()),
            3..10 => What::Update(id, value()),
            10..12 => What::Delete(id),
            12..14 => What::List,
            _ => What::Read(id),
        }
    }

    fn note(&self, what: What, shown: &Shown) {
        let mut records = self.load.records.lock().unwrap();
        match (what, shown) {
            (_, Shown::Made(id)) => records.push(*id),
            (What::Delete(gone), _) | (What::Read(gone), Shown::One(_, None)) => {
                records.retain(|id| *id != gone);
            }
            _ => {}
        }
    }
}

/// A request of Okta's API, and its body.
fn request(what: What) -> (String, Option<Json>) {
    let at = |id: Id| format!("/api/v1/idps/{}", okta::id(RecordId::from_number(id)));
    match what {
        What::Create(value) => ("POST /api/v1/idps".to_owned(), Some(document(value))),
        What::Update(id, value) => (format!("PUT {}", at(id)), Some(document(value))),
        What::Delete(id) => (format!("DELETE {}", at(id)), None),
        What::Read(id) => (format!("GET {}", at(id)), None),
        What::List => ("GET /api/v1/idps?limit=200".to_owned(), None),
    }
}

fn document(value: Value) -> Json {
    let url =
        |path: &str| json!({"url": format!("https://idp.example.com/{path}"), "binding": "HTTP-REDIRECT"});
    json!({
        "type": "OIDC",
        "issuerMode": "ORG_URL",
        "name": format!("w{value}"),
        "protocol": {
            "type": "OIDC",
            "endpoints": {
                "authorization": url("authorize"),
                "token": {"url": "https://idp.example.com/token", "binding": "HTTP-POST"},
                "jwks": url("keys"),
            },
            "scopes": ["openid"],
            "issuer": {"url": "https://idp.example.com"},
            "credentials": {"client": {"client_id": "id", "client_secret": "secret"}},
        },
        "policy": {
            "provisioning": {"action": "AUTO", "groups": {"action": "NONE"}},
            "accountLink": {"action": "AUTO"},
            "subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"},
        },
    })
}

fn outcome(what: What, answer: Answer) -> Outcome {
    let Answer { status, revision, age, body } = answer;
    let shown = match (status, what) {
        (200, What::Create(_)) => Shown::Made(record(&body).0),
        (200, What::List) => Shown::All(records(&body)),
        (200 | 204, What::Delete(_)) => Shown::Nothing,
        (200, _) => {
            let (id, value) = record(&body);
            Shown::One(id, Some(value))
        }
        (404, What::Read(id)) => Shown::One(id, None),
        (400..500, _) => return Outcome::Refused,
        _ => return Outcome::Unknown,
    };
    Outcome::Answered { revision: revision.expect("an answer says its revision"), age, shown }
}

fn record(document: &Json) -> (Id, Value) {
    let id = okta::read_id(document["id"].as_str().unwrap()).unwrap().number();
    (id, document["name"].as_str().unwrap().strip_prefix('w').unwrap().parse().unwrap())
}

/// The records in a list, which is whole.
pub(super) fn records(list: &Json) -> BTreeMap<Id, Value> {
    let list = list.as_array().unwrap();
    assert!(list.len() < 200, "a page holds all");
    list.iter().map(record).collect()
}
