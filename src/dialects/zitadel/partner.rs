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
use crate::error::Result;
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

/// Replaces the URL of metadata by the metadata itself, and reads it. The URL is not kept.
///
/// Called once for each request, outside of the unit of work, which may be run again.
pub(super) fn receive(
    is_new: bool,
    surface: Surface,
    env: &Environment,
    members: &mut Members,
) -> Result<Metadata> {
    let known = if is_new { ADD } else { UPDATE };
    let url = members.shift_remove(METADATA_URL.key());
    let url = url.as_ref().and_then(Value::as_str).unwrap_or_default();
    match members.get(METADATA_XML.key()).and_then(Value::as_str) {
        Some("") if surface == Surface::Admin && is_new => {
            return Err(Failure::invalid(INVALID, surface.id(known.empty)).into());
        }
        Some("") => return Err(Failure::invalid(UNUSABLE, surface.id(known.empty)).into()),
        Some(_) => {}
        None if url.is_empty() => return Err(Failure::invalid(INVALID, surface.id(known.neither)).into()),
        None => {
            let not_fetched = Failure::invalid("SAML metadata is missing", surface.id(known.not_fetched));
            let fetched = env.fetch(url).map_err(|error| not_fetched.unless_pending(error))?;
            members.insert(METADATA_XML.key().to_owned(), BASE64_STANDARD.encode(fetched).into());
        }
    }
    read(members, &*env.character_sets)
        .map_err(|_| Failure::invalid(UNUSABLE, surface.id(known.unusable)).into())
}

/// The metadata in a request.
///
/// # Errors
///
/// [`ErrorKind::Malformed`](crate::error::ErrorKind::Malformed) if it cannot be used.
pub(super) fn read(members: &Members, sets: &dyn CharacterSets) -> Result<Metadata> {
    Metadata::read(&members.get(METADATA_XML.key()).map(bytes_of).unwrap_or_default(), sets)
}
