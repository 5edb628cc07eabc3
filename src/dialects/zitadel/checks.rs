//! What a command checks beyond the rules of its fields: no blank arguments, and usable metadata.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::commands::{Command, Ids, ROOT_CA};
use super::failure::{Failure, INVALID};
use super::fields;
use super::owners::Surface;
use super::protojson::bytes;
use crate::dialects::lens::Members;
use crate::env::Environment;
use crate::error::Result;

/// Trims the arguments that must not be blank, and refuses the first that is.
pub(super) fn arguments(command: &Command, surface: Surface, members: &mut Members) -> Result<(), Failure> {
    let is_apple = command.request.name.ends_with("AppleProviderRequest");
    for (member, ids) in command.checks {
        match members.get_mut(*member) {
            Some(Value::String(text)) => *text = text.trim().to_owned(),
            Some(Value::Array(elements)) if !elements.is_empty() => continue,
            _ => {}
        }
        if members.get(*member).and_then(Value::as_str).unwrap_or_default().is_empty() {
            return Err(Failure::invalid(words(is_apple, member), surface.id(*ids)));
        }
    }
    let root_ca = members.get("rootCa").map(bytes).unwrap_or_default();
    if !root_ca.is_empty() && !is_pem(&root_ca) {
        return Err(Failure::invalid(INVALID, ROOT_CA));
    }
    Ok(())
}

fn words(is_apple: bool, member: &str) -> &'static str {
    match member {
        "id" if is_apple => "ID missing",
        "clientId" if is_apple => "Errors.IDP.ClientIDMissing",
        "teamId" if is_apple => "Errors.IDP.TeamIDMissing",
        "keyId" if is_apple => "Errors.IDP.KeyIDMissing",
        "privateKey" if is_apple => "Errors.IDP.PrivateKeyMissing",
        _ => INVALID,
    }
}

/// Whether there is a block with a begin and an end.
fn is_pem(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.split_once("-----BEGIN ").is_some_and(|(_, rest)| rest.contains("-----END "))
}

/// The ids of what can be wrong with metadata.
struct MetadataIds {
    neither: Ids,
    not_fetched: Ids,
    unusable: Ids,
    empty: Ids,
}

const fn ids(instance: &'static str, organization: &'static str) -> Ids {
    Ids { instance, organization }
}

const ADD: MetadataIds = MetadataIds {
    neither: ids("INST-3bi3esi16t", "ORG-78isv6m53a"),
    not_fetched: ids("INST-8vam1khq22", "ORG-ipzxvf3cv2"),
    unusable: ids("INST-SF3rwhgh", "ORG-SF3rwhgh"),
    empty: ids("INST-3bi3esi16t", "ORG-SF3rwhgh"),
};

const UPDATE: MetadataIds = MetadataIds {
    neither: ids("INST-iw1rxnf4sf", "ORG-j6spncd74m"),
    not_fetched: ids("INST-iijz4h01if", "ORG-bkaiyd3rfo"),
    unusable: ids("INST-dsfj3kl2", "ORG-SFqqh42"),
    empty: ids("INST-dsfj3kl2", "ORG-SFqqh42"),
};

/// Puts the metadata itself in the place of its URL, and makes sure that it can be used. The URL is not kept.
///
/// Called once for each request, outside of the unit of work, which may be run again.
pub(super) fn metadata(
    is_new: bool,
    surface: Surface,
    env: &Environment,
    members: &mut Members,
) -> Result<()> {
    let known = if is_new { ADD } else { UPDATE };
    let url = members.shift_remove("metadataUrl");
    let url = url.as_ref().and_then(Value::as_str).unwrap_or_default();
    match members.get("metadataXml").and_then(Value::as_str) {
        Some("") if surface == Surface::Admin && is_new => {
            return Err(Failure::invalid(INVALID, surface.id(known.empty)).into());
        }
        Some("") => return Err(Failure::invalid(UNUSABLE, surface.id(known.empty)).into()),
        Some(_) => {}
        None if url.is_empty() => return Err(Failure::invalid(INVALID, surface.id(known.neither)).into()),
        None => {
            let not_fetched = Failure::invalid("SAML metadata is missing", surface.id(known.not_fetched));
            let fetched = env.fetch(url).map_err(|error| not_fetched.unless_pending(error))?;
            members.insert("metadataXml".to_owned(), BASE64_STANDARD.encode(fetched).into());
        }
    }
    match fields::said_metadata(members, &*env.character_sets) {
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::invalid(UNUSABLE, surface.id(known.unusable)).into()),
    }
}

/// The text of metadata that cannot be used.
const UNUSABLE: &str = "SAML Metadata format error";
