//! Lenses: how a vendor's document and the canonical record show each other.
//!
//! A lens is a table of [`Field`]s. Reading *takes* each member that has a canonical meaning out of the document
//! into the record, and what is left is the dialect's remainder; showing starts from the remainder and *lays*
//! the core over it. What nobody takes stays, so nothing can be forgotten.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::document::See;
use crate::env::Entropy;
use crate::error::Result;
use crate::model::{Id, IdentityProvider};
use crate::pki::Timestamp;
use crate::saml::CharacterSets;
use crate::service::Draft;

/// The members of a JSON object.
pub type Members = Map<String, Value>;

/// What a document becomes a record with.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The record's id.
    pub id: Id,
    /// The time.
    pub now: Timestamp,
    /// From where values are drawn that the vendor's server would make up.
    pub entropy: &'a dyn Entropy,
    /// What reads documents that are not in UTF-8.
    pub character_sets: &'a dyn CharacterSets,
}

impl<'a> Context<'a> {
    /// What a drafted record is made with, in its transaction.
    #[must_use]
    pub fn of(draft: &'a Draft<'_, '_>) -> Self {
        let env = draft.env();
        Self {
            id: draft.id(),
            now: draft.now(),
            entropy: &*env.entropy,
            character_sets: &*env.character_sets,
        }
    }
}

/// One dialect's translation between its document of an identity provider and the canonical record.
///
/// Its laws, which [`laws`](super::laws) checks and `tests/laws.rs` holds every dialect to with generated
/// documents:
///
/// 1. *Put then show* gives what was put, plus what the vendor's server adds, minus what it never tells.
/// 2. *Show then put* changes nothing: a client that reads and writes back is harmless.
/// 3. *Put twice* is the same as the last put: there is no sediment.
/// 4. *Good neighbour*: a put through one dialect changes no other's remainder, except to drop what it
///    contradicts.
pub trait Lens: Sync {
    /// The record that a document describes, in place of `old`.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::error::ErrorKind::Invalid) if the vendor would refuse the document, and
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if `old` is of a kind that the vendor does not have.
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider>;

    /// The document that the vendor shows for a record, with URLs that begin with `base_url`; `None` if it is
    /// of a kind that the vendor does not have.
    fn show(&self, record: IdentityProvider, base_url: &str) -> Option<Members>;

    /// Calls `see` with each part of the core that members of records like this show: its name, the path of the member,
    /// and what the member shows.
    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>);

    /// Drops from this dialect's remainder what contradicts the core, after another dialect's put has made
    /// `after` of `before`. What the core could not hold is such a thing once the core says something else.
    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider);

    /// Whether the member at a path is shown as it was put, of records like this.
    fn keeps(&self, _record: &IdentityProvider, _path: &[&str]) -> bool {
        true
    }

    /// Where the first law does not hold, because the vendor's server has its own mind.
    fn exceptions(&self) -> &'static [Exception] {
        &[]
    }
}

/// As [`Lens::cores`], of fields.
pub(super) fn cores<'f>(
    fields: impl Iterator<Item = &'f Field>,
    record: &IdentityProvider,
    see: &mut See<'_>,
) {
    fields.for_each(|field| see(field.core, field.path, (field.show)(record)));
}

/// As [`Lens::settle`], for the dialect with this name and fields.
pub(super) fn settle<'f>(
    fields: impl Iterator<Item = &'f Field>,
    before: &IdentityProvider,
    after: &mut IdentityProvider,
    name: &str,
) {
    let Some(mut remainder) = after.remainders.remove(name) else { return };
    for field in fields.filter(|field| (field.show)(before) != (field.show)(after)) {
        remove(&mut remainder, field.path);
    }
    after.remainders.insert(name.to_owned(), remainder);
}

/// A member that is not shown as it was put.
#[derive(Debug)]
pub struct Exception {
    /// Where it is; what lies below is meant, too.
    pub path: &'static [&'static str],
    /// In which documents.
    pub applies: fn(&Members) -> bool,
    /// What the vendor's server does with it.
    pub reason: &'static str,
}

/// One member of a vendor's document that has a canonical meaning.
pub struct Field {
    /// The field of the core, as `docs/crosswalk.md` lists it; a comma separates two.
    pub core: &'static str,
    /// Where the vendor has it.
    pub path: &'static [&'static str],
    /// What the vendor shows for this record; `None` leaves the remainder as it is.
    pub show: fn(&IdentityProvider) -> Option<Value>,
    /// Sets the core from what the vendor says, or clears it where it says nothing; a value that the core
    /// cannot hold is given back and stays in the remainder.
    pub put: fn(&mut IdentityProvider, Option<Value>) -> Option<Value>,
}

/// Takes all fields out of `document` into `record`.
pub fn take(fields: &[Field], record: &mut IdentityProvider, document: &mut Members) {
    for field in fields {
        let said = remove(document, field.path);
        if let Some(left) = (field.put)(record, said) {
            insert(document, field.path, left);
        }
    }
}

/// As [`take`], for a document that replaces the one that was `shown` for `record`. The core stays as it is where the
/// document repeats what is shown for it, which may be derived, or less than the core knows; and where it says no more
/// than was shown of what the core cannot show in the vendor's words (an algorithm that the vendor does not know, a key
/// that it never returns, a choice that was never made).
pub fn retake(fields: &[Field], record: &mut IdentityProvider, shown: &Members, document: &mut Members) {
    let old = record.clone();
    for field in fields {
        let said = get(document, field.path);
        if said.is_some() && said == (field.show)(record).as_ref() {
            remove(document, field.path);
            continue;
        }
        let says_no_more = said == get(shown, field.path) && (field.show)(&old).is_none();
        if !(says_no_more && would_change(field, &old, said)) {
            take(std::slice::from_ref(field), record, document);
        }
    }
}

/// Whether the core of `record` would be another one if the vendor said this.
fn would_change(field: &Field, record: &IdentityProvider, said: Option<&Value>) -> bool {
    let mut changed = record.clone();
    (field.put)(&mut changed, said.cloned());
    changed != *record
}

/// Lays what the core says over `document`.
pub fn lay(fields: &[Field], record: &IdentityProvider, document: &mut Members) {
    for field in fields {
        if let Some(value) = (field.show)(record) {
            insert(document, field.path, value);
        }
    }
}

/// The value at a path.
#[must_use]
pub fn get<'v>(members: &'v Members, path: &[&str]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    let value = members.get(*first)?;
    if rest.is_empty() { Some(value) } else { get(value.as_object()?, rest) }
}

/// Removes the value at a path; the objects around it stay.
pub fn remove(members: &mut Members, path: &[&str]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        return members.shift_remove(*first);
    }
    remove(members.get_mut(*first)?.as_object_mut()?, rest)
}

/// Sets the value at a path, and makes the objects around it where they are missing.
pub fn insert(members: &mut Members, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        members.insert((*first).to_owned(), value);
        return;
    }
    if !members.get(*first).is_some_and(Value::is_object) {
        members.insert((*first).to_owned(), Value::Object(Members::new()));
    }
    if let Some(inner) = members.get_mut(*first).and_then(Value::as_object_mut) {
        insert(inner, rest, value);
    }
}

/// Sets the value at a path if nothing is there; where an object around it is missing, nothing happens.
pub fn default(members: &mut Members, path: &[&str], value: Value) {
    let Some((last, around)) = path.split_last() else { return };
    let mut members = members;
    for step in around {
        match members.get_mut(*step).and_then(Value::as_object_mut) {
            Some(inner) => members = inner,
            None => return,
        }
    }
    members.entry(*last).or_insert(value);
}

/// The order in which a vendor lists the members of an object, and of the objects in it.
#[derive(Debug)]
pub struct Order(pub &'static [(&'static str, Option<&'static Order>)]);

/// A document as it is written: its members in the vendor's order, and unknown ones at the end in the order in
/// which they came.
#[derive(Clone, Debug)]
pub struct Ordered(pub Members, pub &'static Order);

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Part(&self.0, self.1).serialize(to)
    }
}

/// An object in such a document, or all of it.
struct Part<'m>(&'m Members, &'static Order);

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(members, Order(order)) = *self;
        let mut map = to.serialize_map(Some(members.len()))?;
        let mut left = members.len();
        for (name, inner) in *order {
            let Some(value) = members.get(*name) else { continue };
            left -= 1;
            match (value, inner) {
                (Value::Object(members), Some(inner)) => {
                    map.serialize_entry(name, &Part(members, inner))?;
                }
                (value, _) => map.serialize_entry(name, value)?,
            }
        }
        if left > 0 {
            let known = |name: &str| order.iter().any(|(known, _)| *known == name);
            for (name, value) in members.iter().filter(|(name, _)| !known(name)) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}
