//! The laws of lenses (see [`Lens`]) as checks that can be called with any lens and any document.
//!
//! A check names the places that are wrong, as JSON Pointers (RFC 6901), and never what stands there: documents
//! hold secrets.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::lens::{Context, Exception, Lens, Members};
use crate::engine::keyspace;
use crate::engine::records::Revealed;
use crate::env::Entropy;
use crate::error::{Error, pointer};
use crate::model::{Id, IdentityProvider, Remainder};
use crate::pki::Timestamp;
use crate::saml::EncodingStandard;

/// How a law was broken.
#[derive(Debug)]
pub enum Breach {
    /// The lens refused a document that the check needs.
    Refused(Error),
    /// The lens shows no document for a record that it has made.
    NotShown,
    /// At these places something else stands than the law demands.
    Differs(Vec<String>),
}

impl fmt::Display for Breach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => write!(out, "the document was refused: {error}"),
            Self::NotShown => out.write_str("the record is not shown"),
            Self::Differs(places) => write!(out, "something else stands at {}", places.join(", ")),
        }
    }
}

impl std::error::Error for Breach {}

/// Whether a law holds.
pub type Verdict = Result<(), Breach>;

/// The first law: every leaf of a new document is shown again with the same value, but for the
/// [`exceptions`](Lens::exceptions) of the lens. What was put as null says nothing, so anything may be shown.
///
/// # Errors
///
/// The [`Breach`], also if the lens refuses the document.
pub fn put_then_show(lens: &dyn Lens, document: &Members) -> Verdict {
    let record = put(lens, None, document)?;
    let shown = show(lens, &record)?;
    let shown = lens.update_from(&shown);
    let mut lost = Vec::new();
    let excepted = |path: &[&str]| {
        let is_excepted = |it: &Exception| it.path == path && (it.applies)(document);
        lens.exceptions().iter().any(is_excepted) || !lens.keeps(&record, path)
    };
    find_lost(document, &shown, &mut Vec::new(), &excepted, &mut lost);
    verdict(lost)
}

/// The second law: showing a record and putting back what was shown changes neither the record nor what is shown
/// of it. Only a dialect that has received nothing of the record yet may have a remainder afterwards.
///
/// # Errors
///
/// The [`Breach`], also if the lens refuses what it has shown itself.
pub fn show_then_put(lens: &dyn Lens, record: &IdentityProvider) -> Verdict {
    let Some(shown) = lens.show(record, BASE_URL) else { return Ok(()) };
    let mut again = put(lens, Some(record), &lens.update_from(&shown))?;
    verdict(differences(&shown, &show(lens, &again)?))?;
    again.remainders.retain(|dialect, _| record.remainders.contains_key(dialect));
    same(record, &again)
}

/// The third law: after two replacements the record is as after the last alone. It holds for what the dialect can
/// say: a `record` made by this lens, and in `last` whatever the vendor's server keeps when it is left out.
///
/// # Errors
///
/// The [`Breach`], also if the lens refuses one of the documents.
pub fn put_twice(lens: &dyn Lens, record: &IdentityProvider, first: &Members, last: &Members) -> Verdict {
    let once = put(lens, Some(record), last)?;
    let twice = put(lens, Some(&put(lens, Some(record), first)?), last)?;
    same(&once, &twice)
}

/// The fourth law: a replacement leaves alone what another dialect has received.
///
/// # Errors
///
/// The [`Breach`], also if the lens refuses the document.
pub fn good_neighbour(lens: &dyn Lens, record: &IdentityProvider, document: &Members) -> Verdict {
    let mut record = record.clone();
    let said = Members::from_iter([("name".to_owned(), Value::from("ours")), (String::new(), Value::Null)]);
    record.remainders.insert(NEIGHBOUR.to_owned(), Remainder::from(said));
    let new = put(lens, Some(&record), document)?;
    let said =
        |record: &IdentityProvider| record.remainders.get(NEIGHBOUR).map(|said| said.clone().into_members());
    verdict(differences(&said(&record), &said(&new)))
}

/// Not a law of lenses, but none of them would help without it: a record is read as it was written to the store.
///
/// # Errors
///
/// The [`Breach`], also if the record cannot be read.
pub fn store_then_load(record: &IdentityProvider) -> Verdict {
    let stored = keyspace::encode(&Revealed(record)).and_then(|bytes| keyspace::decode(&bytes));
    same(record, &stored.map_err(Breach::Refused)?)
}

/// The id of records that are made here.
const ID: Id = Id::from_number(1_850_000_000_000_000_000);

const BASE_URL: &str = "https://example.com";

/// A dialect that does not exist.
const NEIGHBOUR: &str = "neighbour";

/// Entropy without surprise, so that whatever a lens draws is the same each time.
#[derive(Debug)]
struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn put(
    lens: &dyn Lens,
    old: Option<&IdentityProvider>,
    document: &Members,
) -> Result<IdentityProvider, Breach> {
    let now = Timestamp::from_unix_seconds(1_768_471_200);
    let id = old.map_or(ID, |old| old.id);
    let cx = Context { id, now, entropy: &Zeros, character_sets: &EncodingStandard };
    lens.put(cx, old, document.clone()).map_err(Breach::Refused)
}

fn show(lens: &dyn Lens, record: &IdentityProvider) -> Result<Members, Breach> {
    lens.show(record, BASE_URL).ok_or(Breach::NotShown)
}

fn verdict(places: Vec<String>) -> Verdict {
    if places.is_empty() { Ok(()) } else { Err(Breach::Differs(places)) }
}

fn same(one: &IdentityProvider, other: &IdentityProvider) -> Verdict {
    if one == other { Ok(()) } else { Err(Breach::Differs(differences(&Revealed(one), &Revealed(other)))) }
}

/// The leaves of the first document that are not in `shown`. An array is a leaf.
fn find_lost<'d>(
    said: &'d Members,
    shown: &Members,
    path: &mut Vec<&'d str>,
    excepted: &dyn Fn(&[&str]) -> bool,
    lost: &mut Vec<String>,
) {
    for (name, value) in said {
        path.push(name);
        match (value, shown.get(name)) {
            _ if excepted(path) => {}
            (Value::Null, _) => {}
            (Value::Object(said), Some(Value::Object(shown))) => find_lost(said, shown, path, excepted, lost),
            (Value::Object(said), None) if !said.is_empty() => {
                find_lost(said, &Members::new(), path, excepted, lost);
            }
            (value, shown) if Some(value) == shown => {}
            _ => lost.push(pointer::of(&*path)),
        }
        path.pop();
    }
}

/// Where two things differ, in their JSON form.
fn differences(one: &impl Serialize, other: &impl Serialize) -> Vec<String> {
    let mut places = Vec::new();
    match (serde_json::to_value(one), serde_json::to_value(other)) {
        (Ok(one), Ok(other)) => find_differences(&one, &other, &mut Vec::new(), &mut places),
        _ => places.push(String::new()),
    }
    places
}

fn find_differences<'v>(one: &'v Value, other: &'v Value, path: &mut Vec<&'v str>, places: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let only_there = other.keys().filter(|name| !one.contains_key(*name));
            for name in one.keys().chain(only_there) {
                path.push(name);
                match (one.get(name), other.get(name)) {
                    (Some(one), Some(other)) => find_differences(one, other, path, places),
                    _ => places.push(pointer::of(&*path)),
                }
                path.pop();
            }
        }
        _ if one == other => {}
        _ => places.push(pointer::of(&*path)),
    }
}
