//! Lenses: how a vendor's document and the canonical record show each other.
//!
//! All are made of tables of documents (`document`).

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::document::See;
use crate::env::Entropy;
use crate::error::{Result, Violation};
use crate::model::{Id, IdentityProvider};
use crate::pki::Timestamp;
use crate::saml::CharacterSets;
use crate::service::{Certificates, Draft};

/// The members of a JSON object.
pub type Members = Map<String, Value>;

/// What of a document its vendor would refuse, and which members the vendor's server adds.
#[derive(Debug, Default)]
pub struct Passage {
    /// The values that would be refused, each with the part of the core that its member shows.
    pub refused: Vec<(&'static str, Violation)>,
    /// Pointers to the members that show a default, and what they show.
    pub defaults: Vec<(String, Value)>,
}

/// A member of a document that another vendor's document does not carry.
pub struct Left<'l> {
    /// The pointer to it.
    pub member: &'l str,
    /// The parts of the core that it is about, separated by commas.
    pub core: Option<&'static str>,
    /// What it shows of the core; absent if it shows what was received. It may be a secret, so there is no `Debug`.
    pub said: Option<Value>,
}

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
/// Its laws, which [`laws`](super::laws) checks and `tests/laws` holds every dialect to with generated
/// documents:
///
/// 1. *Put then show* gives what was put, plus what the vendor's server adds, minus what it never returns.
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
    fn show(&self, record: &IdentityProvider, base_url: &str) -> Option<Members>;

    /// As [`Lens::show`], with the certificates of trusted keys where the document has them and not the names of the keys.
    ///
    /// # Errors
    ///
    /// Those of `certificates`.
    fn show_with(
        &self,
        record: &IdentityProvider,
        base_url: &str,
        _certificates: &Certificates<'_>,
    ) -> Result<Option<Members>> {
        Ok(self.show(record, base_url))
    }

    /// The document with which a client puts back what it was shown. Most vendors receive what they show.
    fn update_from<'m>(&self, shown: &'m Members) -> Cow<'m, Members> {
        Cow::Borrowed(shown)
    }

    /// The pointer to a member in the document that is shown for a record, given that in what [`Lens::update_from`] makes of it.
    fn shown_at(&self, _record: &IdentityProvider, received: &str) -> String {
        received.to_owned()
    }

    /// Calls `see` with each part of the core that members of records like this show: its name, the path of the member,
    /// and what gives the value that the member shows.
    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>);

    /// The core of a provider that a client makes anew of the document that is `shown` for a record, as it would be received;
    /// `None` if the vendor does not have such a kind.
    fn carry(&self, record: &IdentityProvider, shown: &Members) -> Option<(IdentityProvider, Passage)>;

    /// Calls `see` with each member that the document has of a record, and that it would lack or show otherwise if the core
    /// were that of `other` and nothing were kept.
    fn left(&self, record: &IdentityProvider, other: &IdentityProvider, see: &mut dyn FnMut(Left<'_>));

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

/// A member that is not shown as it was put.
#[derive(Debug)]
pub struct Exception {
    /// Where it is; what is below is meant, too.
    pub path: &'static [&'static str],
    /// In which documents.
    pub applies: fn(&Members) -> bool,
    /// What the vendor's server does with it.
    pub reason: &'static str,
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
