//! Harbor's document of a connection and the canonical record.

use super::documents::{CONNECTION, Kind, Scene};
use crate::dialects::document::{Reading, See};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Left, Lens, Members, Passage};
use crate::error::Result;
use crate::model::IdentityProvider;

/// The lens.
pub(super) struct HarborLens;

impl Lens for HarborLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        let shown = old.map(|old| CONNECTION.members(old, &Scene::default()));
        let record = Kind::begin(cx, old, &document, "kind")?;
        let replaced = old.zip(shown.as_ref());
        CONNECTION.read(document, Reading { replaced, changes_fixed: false, ..Reading::of(record) })
    }

    fn show(&self, record: &IdentityProvider, base_url: &str) -> Option<Members> {
        Kind::of(&record.protocol)?;
        Some(CONNECTION.members(record, &Scene { base_url: base_url.to_owned() }))
    }

    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>) {
        if Kind::of(&record.protocol).is_some() {
            CONNECTION.cores(record, see);
        }
    }

    fn carry(&self, record: &IdentityProvider, shown: &Members) -> Option<(IdentityProvider, Passage)> {
        let mut new = Kind::anew(record)?;
        let passage = CONNECTION.carry(record, shown, &mut new);
        Some((new, passage))
    }

    fn left(&self, record: &IdentityProvider, other: &IdentityProvider, see: &mut dyn FnMut(Left<'_>)) {
        if Kind::of(&record.protocol).is_some() {
            CONNECTION.left(record, other, see);
        }
    }

    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider) {
        CONNECTION.settle(before, after);
    }

    fn keeps(&self, record: &IdentityProvider, path: &[&str]) -> bool {
        CONNECTION.keeps(record, path)
    }
}
