//! Okta's document of an identity provider and the canonical record.

use super::documents::Scene;
use super::documents::draw_audience;
use super::documents::provider::{PROVIDER, TYPE};
use super::wire::Kind;
use crate::dialects::document::{Reading, See};
use crate::dialects::endpoints::keep_alternatives;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Left, Lens, Members, Passage};
use crate::error::Result;
use crate::model::IdentityProvider;

/// The lens. It reads what Okta's API description leaves out, too.
pub(super) struct OktaLens;

impl Lens for OktaLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        read(cx, old, document, false)
    }

    fn show(&self, record: &IdentityProvider, base_url: &str) -> Option<Members> {
        Kind::of(&record.protocol)?;
        Some(PROVIDER.members(record, &Scene::at(base_url)))
    }

    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>) {
        if Kind::of(&record.protocol).is_some() {
            PROVIDER.cores(record, see);
        }
    }

    fn carry(&self, record: &IdentityProvider, shown: &Members) -> Option<(IdentityProvider, Passage)> {
        let mut new = Kind::anew(record)?;
        let passage = PROVIDER.carry(record, shown, &mut new);
        Some((new, passage))
    }

    fn left(&self, record: &IdentityProvider, other: &IdentityProvider, see: &mut dyn FnMut(Left<'_>)) {
        if Kind::of(&record.protocol).is_some() {
            PROVIDER.left(record, other, see);
        }
    }

    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider) {
        PROVIDER.settle(before, after);
    }

    fn keeps(&self, record: &IdentityProvider, path: &[&str]) -> bool {
        PROVIDER.keeps(record, path)
    }
}

/// The provider that a document describes, in place of `old`; `is_strict` says that it may hold only what Okta's API
/// description lists.
///
/// # Errors
///
/// As [`Lens::put`].
pub(super) fn read(
    cx: Context<'_>,
    old: Option<&IdentityProvider>,
    document: Members,
    is_strict: bool,
) -> Result<IdentityProvider> {
    let shown = old.map(|old| PROVIDER.members(old, &Scene::default()));
    let record = Kind::begin(cx, old, &document, TYPE)?;
    let reading = Reading { replaced: old.zip(shown.as_ref()), is_strict, ..Reading::of(record) };
    let mut record = PROVIDER.read(document, reading)?;
    draw_audience(&mut record, cx.entropy);
    if let Some(old) = old {
        keep_alternatives(old, &mut record);
    }
    Ok(record)
}
