//! What the partner of a SAML 2.0 provider publishes, as it is received.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::documents::commands::{Ids, ids};
use super::documents::fields::{METADATA_URL, METADATA_XML};
use super::failure::{Failure, INVALID};
use super::owners::Surface;
use crate::dialects::lens::Members;
use crate::dialects::protojson::bytes_of;
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Reason, Result, Violation, pointer};
use crate::model::Source;
use crate::saml::{CharacterSets, Metadata};

/// The ids of what can be wrong with metadata.
struct MetadataIds {
    neither: Ids,
    not_fetched: Ids,
    unusable: Ids,
    empty: Ids,
}

const ADD: MetadataIds = MetadataIds {
    neither: ids!("3bi3esi16t" "78isv6m53a"),
    not_fetched: ids!("8vam1khq22" "ipzxvf3cv2"),
    unusable: ids!("SF3rwhgh"),
    empty: ids!("3bi3esi16t" "SF3rwhgh"),
};

const UPDATE: MetadataIds = MetadataIds {
    neither: ids!("iw1rxnf4sf" "j6spncd74m"),
    not_fetched: ids!("iijz4h01if" "bkaiyd3rfo"),
    unusable: ids!("dsfj3kl2" "SFqqh42"),
    empty: ids!("dsfj3kl2" "SFqqh42"),
};

/// The text of metadata that cannot be used.
const UNUSABLE: &str = "SAML Metadata format error";

/// What a partner publishes, and where, if it was fetched.
pub(super) struct Received {
    pub(super) metadata: Metadata,
    pub(super) source: Option<Source>,
}

/// Replaces the URL of metadata by the metadata itself, and reads it. ZITADEL's documents do not keep the URL.
///
/// Called once for each request, outside of the unit of work, which may be run again.
pub(super) fn receive(env: &Environment, members: &mut Members) -> Result<Received> {
    let wrong = |member, reason| Error::invalid(pointer::of([member]), reason);
    let url = members.shift_remove(METADATA_URL.key());
    let url = url.as_ref().and_then(Value::as_str).unwrap_or_default();
    let mut source = None;
    match members.get(METADATA_XML.key()).and_then(Value::as_str) {
        Some("") => return Err(wrong(METADATA_XML.key(), Reason::Empty)),
        Some(_) => {}
        None if url.is_empty() => return Err(wrong(METADATA_XML.key(), Reason::Missing)),
        None => {
            let fetched = env.fetch(url).map_err(|error| match error.kind() {
                ErrorKind::Pending(_) => error,
                _ => wrong(METADATA_URL.key(), other("names nothing that can be fetched")).caused_by(error),
            })?;
            members.insert(METADATA_XML.key().to_owned(), BASE64_STANDARD.encode(fetched).into());
            source = Some(Source::at(url)).filter(|source| !source.has_credentials());
        }
    }
    read(members, &*env.character_sets)
        .map(|metadata| Received { metadata, source })
        .map_err(|error| wrong(METADATA_XML.key(), other("is no usable metadata")).caused_by(error))
}

fn other(words: &str) -> Reason {
    Reason::Other(words.to_owned())
}

/// How ZITADEL words what [`receive`] finds.
pub(super) fn refusal(is_new: bool, surface: Surface, violation: &Violation) -> Option<Failure> {
    let known = if is_new { ADD } else { UPDATE };
    let is_at = |member| violation.pointer == pointer::of([member]);
    let (text, ids) = match violation.reason {
        Reason::Other(_) if is_at(METADATA_URL.key()) => ("SAML metadata is missing", known.not_fetched),
        _ if !is_at(METADATA_XML.key()) => return None,
        Reason::Missing => (INVALID, known.neither),
        Reason::Empty if is_new && surface == Surface::Admin => (INVALID, known.empty),
        Reason::Empty => (UNUSABLE, known.empty),
        _ => (UNUSABLE, known.unusable),
    };
    Some(Failure::invalid(text, surface.id(ids)))
}

/// The metadata in a request.
///
/// # Errors
///
/// [`ErrorKind::Malformed`](crate::error::ErrorKind::Malformed) if it cannot be used.
pub(super) fn read(members: &Members, sets: &dyn CharacterSets) -> Result<Metadata> {
    Metadata::read(&members.get(METADATA_XML.key()).map(bytes_of).unwrap_or_default(), sets)
}
