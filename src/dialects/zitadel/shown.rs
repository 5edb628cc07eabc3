//! A provider edited in the document that is shown of it. ZITADEL's own updates have another form.

use std::collections::BTreeSet;

use serde_json::Value;

use super::documents::Scene;
use super::documents::fields::{ID, METADATA_URL};
use super::documents::kinds::Kind;
use super::documents::provider::{PROVIDER, TYPE, TYPE_PREFIX};
use super::ids;
use super::owners::Surface;
use super::providers::{drafted, received};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::protojson::{self, Field, Malformed};
use crate::error::{Error, ErrorKind, Reason, Result, Violation, pointer};
use crate::model::IdentityProvider;
use crate::service::{Draft, Service};

/// What an update makes of a provider and the document that is shown of it.
pub(super) fn redraft(
    _: &Service,
    draft: &mut Draft<'_, '_>,
    old: &IdentityProvider,
    document: Members,
    _: &BTreeSet<String>,
) -> Result<IdentityProvider> {
    let kind = Kind::of_provider(old)?;
    let is_other =
        |name: &Value| name.as_str().and_then(|name| name.strip_prefix(TYPE_PREFIX)) != Some(kind.name);
    if document.get(TYPE).is_some_and(is_other) {
        return Err(Error::invalid(pointer::of([TYPE]), Reason::Immutable));
    }
    let mut update = PROVIDER.as_received(document);
    // A document shows the metadata itself, and none is fetched inside of the transaction.
    update.shift_remove(METADATA_URL.key());
    update.insert(ID.key().to_owned(), ids::spell(old.id).into());
    let before = PROVIDER.as_received(PROVIDER.members(old, &Scene::of(old)));
    let mut update = message(kind, update, &before)?;
    let metadata = received(&draft.env().clone(), kind, &kind.updating, &mut update)?;
    drafted(draft, Some(old), kind, update, metadata.as_ref())
}

/// The message of an update with these members, read as one that a client sends. What is not as `before` is held against the
/// rules of its field: another dialect may have let in what is.
fn message(kind: &Kind, members: Members, before: &Members) -> Result<Members> {
    let read = |members: &Members| {
        let json = Value::Object(members.clone()).to_string();
        protojson::read(&kind.update, Surface::Admin.package(), json.as_bytes())
    };
    let Ok(message) = read(&members) else {
        let alone =
            members.into_iter().map(|(name, value)| (name.clone(), Members::from_iter([(name, value)])));
        let unreadable = alone.filter_map(|(name, member)| Some((name, read(&member).err()?)));
        let violation = |(name, malformed): (String, Malformed)| {
            let words = malformed.to_string(); // after the place in the text, which the client has not written
            let words = words.split_once("): ").map_or(&*words, |(_, words)| words);
            Violation::new(pointer::of([name]), other(words))
        };
        let violations = unreadable.map(violation).collect();
        return Err(ErrorKind::Invalid { violations }.into());
    };
    let is_new = |field: &Field| message.get(field.name) != before.get(field.name);
    match protojson::first_fault(&kind.update, &message, &is_new) {
        None => Ok(message),
        Some(fault) => {
            let place = fault.field.map(|name| pointer::of([name])).unwrap_or_default();
            Err(Error::invalid(place, other(&fault.reason)))
        }
    }
}

fn other(words: &str) -> Reason {
    Reason::Other(words.to_owned())
}
