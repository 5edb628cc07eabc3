//! PingOne's document of an identity provider and the canonical record.

use super::documents::Scene;
use super::documents::provider::{PROVIDER, TYPE};
use super::wire::Kind;
use crate::dialects::document::{Reading, Resolve, See};
use crate::dialects::endpoints::keep_alternatives;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Left, Lens, Members, Passage};
use crate::error::Result;
use crate::model::IdentityProvider;

/// The lens. Its documents name a signing key by its `kid`.
pub(super) struct PingOneLens;

impl Lens for PingOneLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        read(cx, old, document, true, Box::new(|_, kid| Ok(kid.to_owned())))
    }

    fn show(&self, record: &IdentityProvider, _base_url: &str) -> Option<Members> {
        Kind::of(&record.protocol)?;
        Some(PROVIDER.members(record, &Scene::default()))
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
}

/// The provider that a document describes, in place of `old`. `resolve` makes a `kid` of the id of a signing key.
///
/// # Errors
///
/// As [`Lens::put`], and those of `resolve`.
pub(super) fn read(
    cx: Context<'_>,
    old: Option<&IdentityProvider>,
    document: Members,
    changes_fixed: bool,
    resolve: Box<Resolve<'_>>,
) -> Result<IdentityProvider> {
    let shown = old.and_then(|old| PingOneLens.show(old, ""));
    let record = Kind::begin(cx, old, &document, TYPE)?;
    let replaced = old.zip(shown.as_ref());
    let mut record =
        PROVIDER.read(document, Reading { replaced, changes_fixed, resolve, ..Reading::of(record) })?;
    if let Some(old) = old {
        keep_alternatives(old, &mut record);
    }
    Ok(record)
}
