//! Whatever is requested of any vendor's API, in whatever order, is answered, and never with a failure of our own.

#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode};
use idpstore::IdpStore;
use idpstore::engine::{MemoryEngine, Snapshot};
use idpstore::env::CertificateSettings;
use idpstore::pki::{KeySpec, Timestamp};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::testing::inside::DIALECTS;
use idpstore_fuzz::{Body, DOCUMENTS, Recorded, SCENARIOS, place};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// The first requests of a recorded scenario, and others after them.
#[derive(Arbitrary, Debug)]
struct Session<'a> {
    scenario: u8,
    recorded: u8,
    made: Vec<Made<'a>>,
}

/// How many recorded requests, and how many others, are done at most: an input should not take long.
const MOST_RECORDED: usize = 12;
const MOST_MADE: usize = 6;

/// A request that is not as it was recorded.
#[derive(Arbitrary, Debug)]
enum Made<'a> {
    /// One of the scenario, with other values in some places of its body.
    Edited {
        step: u8,
        edits: Vec<(u16, Edit<'a>)>,
    },
    /// An operation of the table, its open segments filled in turn.
    Operation {
        route: u16,
        segments: [Segment<'a>; 2],
        rest: Rest<'a>,
    },
    Any {
        method: &'a str,
        path: &'a str,
        rest: Rest<'a>,
    },
}

/// What of a request is not its path.
#[derive(Arbitrary, Debug)]
struct Rest<'a> {
    query: Option<&'a str>,
    accept: Option<&'a [u8]>,
    content_type: Option<&'a [u8]>,
    body: Content<'a>,
}

#[derive(Arbitrary, Debug)]
enum Segment<'a> {
    /// A segment of a path in the scenario: mostly an id.
    Recorded(u8),
    Any(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Content<'a> {
    Octets(&'a [u8]),
    /// A recorded document with other values in some places.
    Edited {
        document: u16,
        edits: Vec<(u16, Edit<'a>)>,
    },
}

#[derive(Arbitrary, Debug)]
enum Edit<'a> {
    Null,
    Bool(bool),
    Number(i64),
    Text(&'a str),
    Texts(Vec<&'a str>),
    Object(&'a str),
    /// What some recorded document has in some place.
    Recorded(u16, u16),
}

fuzz_target!(|session: Session<'_>| {
    let at = usize::from(session.scenario) % SCENARIOS.len();
    let store = after(at, usize::from(session.recorded) % (MOST_RECORDED + 1));
    for made in session.made.into_iter().take(MOST_MADE) {
        if let Some(request) = request(made, &SCENARIOS[at]) {
            answer(&store, request);
        }
    }
});

thread_local! {
    /// What the first requests of scenarios have left: they are done once, because signing takes long.
    static STATES: RefCell<BTreeMap<(usize, usize), Snapshot>> = RefCell::default();
}

/// A store in which the first requests of a scenario have been done: the same store each time.
fn after(scenario: usize, recorded: usize) -> IdpStore {
    let requests = &SCENARIOS[scenario][..recorded.min(SCENARIOS[scenario].len())];
    let (store, clock) = open();
    clock.advance(requests.iter().map(|request| request.advance).sum());
    STATES.with_borrow_mut(|states| {
        let state = states.entry((scenario, recorded)).or_insert_with(|| state(requests));
        store.restore(state).expect("a store in memory");
    });
    store
}

/// What these requests make of a new store.
fn state(requests: &[Recorded]) -> Snapshot {
    let (store, clock) = open();
    for request in requests {
        clock.advance(request.advance);
        answer(&store, request.with(&request.body));
    }
    store.snapshot().expect("a store in memory")
}

/// A store in which the ids of recorded requests are the ids of what these made, and its clock.
fn open() -> (IdpStore, FixedClock) {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_768_471_200));
    let certificates =
        CertificateSettings { spec: KeySpec::Rsa { bits: 2048 }, ..CertificateSettings::default() };
    let store = IdpStore::builder().engine(MemoryEngine::default()).base_url("https://example.okta.com");
    let store = store.clock(clock.clone()).entropy(CountedEntropy::default()).keys(CannedKeys::default());
    (store.certificates(certificates).open().expect("a store in memory"), clock)
}

fn answer(store: &IdpStore, request: Request<Bytes>) {
    let status = store.handle(request).status();
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
}

/// The request, if it is one at all.
fn request(made: Made<'_>, scenario: &[Recorded]) -> Option<Request<Bytes>> {
    match made {
        Made::Edited { step, edits } => {
            let request = pick(scenario, step.into());
            let mut body = request.body.clone();
            edit(&mut body, edits);
            Some(request.with(&body))
        }
        Made::Operation { route, segments, rest } => {
            let routes: Vec<_> = DIALECTS.iter().flat_map(|dialect| dialect.routes).collect();
            let route = pick(&routes, route.into());
            with(route.method.clone(), &fill(route.path, &segments, scenario), rest)
        }
        Made::Any { method, path, rest } => with(Method::from_bytes(method.as_bytes()).ok()?, path, rest),
    }
}

fn with(method: Method, path: &str, rest: Rest<'_>) -> Option<Request<Bytes>> {
    let query = rest.query.map_or(String::new(), |query| format!("?{query}"));
    let mut request = Request::builder().method(method).uri(format!("{path}{query}"));
    let mut content_type = rest.content_type;
    let body = match rest.body {
        Content::Octets(octets) => Body::Octets(octets.to_vec()),
        Content::Edited { document, edits } => {
            content_type = content_type.or(Some(b"application/json"));
            let mut body = Body::Json((*pick(&DOCUMENTS, document.into())).clone());
            edit(&mut body, edits);
            body
        }
    };
    for (name, value) in [("accept", rest.accept), ("content-type", content_type)] {
        if let Some(value) = value {
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
    }
    request.body(body.to_bytes()).ok()
}

fn fill(path: &str, segments: &[Segment<'_>], scenario: &[Recorded]) -> String {
    let recorded: Vec<&str> = scenario.iter().flat_map(|request| request.path.split('/')).collect();
    let mut segments = segments.iter();
    let mut fill = |segment: &str| match (segment.starts_with('{'), segment) {
        (false, literal) => literal.to_owned(),
        (true, _) => match segments.next() {
            Some(Segment::Recorded(which)) => (*pick(&recorded, (*which).into())).to_owned(),
            Some(Segment::Any(text)) => (*text).to_owned(),
            None => "x".to_owned(),
        },
    };
    path.split('/').map(&mut fill).collect::<Vec<_>>().join("/")
}

/// Gives some places of a body other values. In one that is no JSON, texts are put over what is there.
fn edit(body: &mut Body, edits: Vec<(u16, Edit<'_>)>) {
    for (at, edit) in edits.into_iter().take(8) {
        match body {
            Body::Json(document) => {
                if let Some(place) = place(document, at) {
                    *place = value(edit);
                }
            }
            Body::Octets(octets) => {
                let text = if let Edit::Text(text) = edit { text.as_bytes() } else { b"" };
                octets.iter_mut().skip(at.into()).zip(text).for_each(|(old, new)| *old = *new);
            }
        }
    }
}

fn value(edit: Edit<'_>) -> Value {
    match edit {
        Edit::Null => Value::Null,
        Edit::Bool(bool) => bool.into(),
        Edit::Number(number) => number.into(),
        Edit::Text(text) => text.into(),
        Edit::Texts(texts) => texts.into(),
        Edit::Object(name) => json!({name: name}),
        Edit::Recorded(document, at) => place(&mut (*pick(&DOCUMENTS, document.into())).clone(), at)
            .map_or(Value::Null, |value| value.take()),
    }
}

fn pick<T>(all: &[T], which: usize) -> &T {
    &all[which % all.len()]
}
