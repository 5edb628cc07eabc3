//! The reference of ZITADEL's documents. The laws are in `zitadel/tests.rs`, because requests are read there.

use super::*;
use crate::dialects::kinds::ProviderKind as _;
use kinds::{KINDS, Kind};

pub(in crate::dialects::zitadel) fn provider(kind: &Kind) -> IdentityProvider {
    IdentityProvider::new(Id::from_number(7), Timestamp::from_unix_seconds(1_768_471_200), "", kind.blank())
}

/// ZITADEL's documents, as `docs/documents.md` describes them.
pub(in crate::dialects::zitadel) fn reference() -> String {
    let kinds = KINDS.iter().map(|kind| (kind.name, provider(kind))).collect();
    let section = provider::PROVIDER.reference("Identity provider", &kinds);
    format!("\n## ZITADEL\n{section}")
}
