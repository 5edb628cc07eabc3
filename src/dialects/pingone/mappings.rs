//! Attribute mappings: which of a provider's attributes fill which of ours.
//!
//! No other vendor has them, so they are kept in PingOne's remainder of the provider, and go with it
//! (`docs/decisions/0011-attribute-mappings-in-the-remainder.md`).

use serde::{Deserialize, Serialize};

use super::wire::{Kind, NAME};
use crate::dialects::kinds::ProviderKind as _;
use crate::error::{Error, ErrorKind, Result};
use crate::model::IdentityProvider;

/// The name under which the mappings are kept in the remainder; no provider's document has such a member.
pub(super) const KEPT: &str = "attributes";

/// The mapping that each provider has from the start.
const USERNAME: &str = "username";

/// One mapping, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mapping {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) update: String,
    pub(super) id: String,
    #[serde(rename = "mappingType")]
    pub(super) origin: String,
    pub(super) created_at: String,
    pub(super) updated_at: String,
}

impl Mapping {
    pub(super) fn is_core(&self) -> bool {
        self.origin == "CORE"
    }
}

/// The mappings of a provider, the one of the user name first.
pub(super) fn of(provider: &IdentityProvider) -> Result<Vec<Mapping>> {
    let kept = provider.remainders.get(NAME).and_then(|remainder| remainder.get(KEPT));
    let kept = kept.map(|kept| serde_json::from_str::<Vec<Mapping>>(&kept.to_string())).transpose();
    let mut mappings =
        kept.map_err(|cause| Error::new(ErrorKind::Corrupt).caused_by(cause))?.unwrap_or_default();
    if !mappings.iter().any(Mapping::is_core)
        && let Some(kind) = Kind::of(&provider.protocol)
    {
        mappings.insert(0, username(provider, kind));
    }
    Ok(mappings)
}

/// The mapping that a provider has as long as it has not been changed.
fn username(provider: &IdentityProvider, kind: &Kind) -> Mapping {
    /// The bytes `userna` in place of those that end the ids of records.
    const TAIL: &str = "757365726e61";
    let id = provider.id.to_uuid();
    let start = id.rsplit_once('-').map_or(id.as_str(), |(start, _)| start);
    Mapping {
        name: USERNAME.to_owned(),
        value: kind.username.to_owned(),
        update: "EMPTY_ONLY".to_owned(),
        id: format!("{start}-{TAIL}"),
        origin: "CORE".to_owned(),
        created_at: provider.created.to_string(),
        updated_at: provider.created.to_string(),
    }
}

/// A provider with these mappings.
pub(super) fn with(provider: &IdentityProvider, mappings: &[Mapping]) -> Result<IdentityProvider> {
    let mut provider = provider.clone();
    let kept =
        serde_json::to_value(mappings).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    provider.remainders.entry(NAME.to_owned()).or_default().insert(KEPT.to_owned(), kept);
    Ok(provider)
}
