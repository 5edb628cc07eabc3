//! ZITADEL's document of an identity provider and the canonical record.
//!
//! Requests and answers have different shapes; one table describes both. The lens shows what clients read and reads requests,
//! with the `type` that the path implies.

use std::borrow::Cow;

use serde_json::Value;

use super::documents::fields::{BINDING, METADATA_XML, NAME_ID_FORMAT};
use super::documents::kinds::Kind;
use super::documents::provider::{PROVIDER, TYPE, TYPE_PREFIX};
use super::documents::{NAME, Scene, UNSPECIFIED, saml};
use super::partner;
use crate::dialects::document::{Reading, See};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Exception, Left, Lens, Members, Passage};
use crate::error::{Error, Reason, Resource, Result, pointer};
use crate::model::{IdentityProvider, Linking, Permission, Protocol};
use crate::saml::Metadata;
use crate::service::Certificates;

/// The lens. The rules of fields are kept before, where it is known how a client spells a message.
pub(super) struct ZitadelLens;

impl Lens for ZitadelLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        let name = document.get(TYPE).and_then(Value::as_str).and_then(|name| name.strip_prefix(TYPE_PREFIX));
        let kind =
            name.and_then(Kind::named).ok_or_else(|| Error::invalid(pointer::of([TYPE]), Reason::Missing))?;
        let is_ours = old.is_some_and(|old| saml::repeats(old, &[], &document));
        let metadata = (kind.is_saml() && !is_ours).then(|| partner::read(&document, cx.character_sets));
        let metadata = metadata.transpose()?;
        read(cx, old, kind, document, metadata.as_ref())
    }

    fn show(&self, record: &IdentityProvider, _: &str) -> Option<Members> {
        Kind::of(&record.protocol)?;
        Some(PROVIDER.members(record, &Scene::of(record)))
    }

    fn show_with(
        &self,
        record: &IdentityProvider,
        _: &str,
        certificates: &Certificates<'_>,
    ) -> Result<Option<Members>> {
        if Kind::of(&record.protocol).is_none() {
            return Ok(None);
        }
        let mut scene = Scene::of(record);
        if matches!(record.protocol, Protocol::Saml(_)) && !scene.has_metadata {
            scene.certificates = certificates()?;
        }
        Ok(Some(PROVIDER.members(record, &scene)))
    }

    fn update_from<'m>(&self, shown: &'m Members) -> Cow<'m, Members> {
        let kind = shown.get(TYPE).cloned();
        let mut update = PROVIDER.as_received(shown.clone());
        update.extend(kind.map(|kind| (TYPE.to_owned(), kind)));
        Cow::Owned(update)
    }

    fn shown_at(&self, record: &IdentityProvider, received: &str) -> String {
        PROVIDER.shown_at(record, received)
    }

    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>) {
        if Kind::of(&record.protocol).is_some() {
            PROVIDER.cores(record, see);
        }
    }

    fn carry(&self, record: &IdentityProvider, shown: &Members) -> Option<(IdentityProvider, Passage)> {
        let mut new = without_settings(Kind::anew(record)?);
        let passage = PROVIDER.carry(record, shown, &mut new);
        if shown.contains_key(METADATA_XML.key()) {
            saml::take(&mut new, &saml::metadata(record, Vec::new())?, shown.get(BINDING.key()));
            new.trusted_keys.clone_from(&record.trusted_keys);
        }
        Some((new, passage))
    }

    fn left(&self, record: &IdentityProvider, other: &IdentityProvider, see: &mut dyn FnMut(Left<'_>)) {
        if Kind::of(&record.protocol).is_some() {
            PROVIDER.left(record, other, see);
        }
    }

    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider) {
        PROVIDER.settle(before, after);
        if saml::has_metadata(before) && !saml::has_metadata(after) {
            after.warnings.clear(); // they were about the metadata
        }
    }

    fn keeps(&self, record: &IdentityProvider, path: &[&str]) -> bool {
        PROVIDER.keeps(record, path)
    }

    fn exceptions(&self) -> &'static [Exception] {
        EXCEPTIONS
    }
}

const EXCEPTIONS: &[Exception] = &[Exception {
    path: &[NAME_ID_FORMAT.key()],
    applies: |request| request.get(NAME_ID_FORMAT.key()).is_some_and(|format| *format == UNSPECIFIED),
    reason: "a zero value is left out of answers",
}];

/// The provider that a request describes, in place of `old`; `metadata` is what its metadata contains.
///
/// # Errors
///
/// [`NotFound`](crate::error::ErrorKind::NotFound) if `old` is of another kind.
pub(super) fn read(
    cx: Context<'_>,
    old: Option<&IdentityProvider>,
    kind: &'static Kind,
    mut request: Members,
    metadata: Option<&Metadata>,
) -> Result<IdentityProvider> {
    let record = match old {
        Some(old) if Kind::of_provider(old)? != kind => {
            return Err(Error::not_found(Resource::IdentityProvider, old.id.number()));
        }
        Some(old) => old.clone(),
        None => without_settings(IdentityProvider::new(cx.id, cx.now, "", kind.blank())),
    };
    let metadata = metadata.filter(|metadata| !saml::repeats(&record, &metadata.certificates, &request));
    if metadata.is_none() {
        request.shift_remove(METADATA_XML.key());
    }
    let nothing = Members::new(); // requests are checked already, so it does not matter what was shown
    let replaced = old.map(|old| (old, &nothing));
    let mut record = PROVIDER.read(request, Reading { replaced, ..Reading::new(record) })?;
    if let Some(metadata) = metadata {
        let binding = record.remainders.get(NAME).and_then(|kept| kept.get(BINDING.key())).cloned();
        saml::take(&mut record, metadata, binding.as_ref());
    }
    Ok(record)
}

/// A provider of which nothing was received: what ZITADEL leaves out when it is off is known to be off.
fn without_settings(mut record: IdentityProvider) -> IdentityProvider {
    record.linking = Linking {
        creation: Some(Permission::NEVER),
        link: Some(Permission::NEVER),
        matched_by: None,
        updates: Some(false),
    };
    if let Protocol::Saml(saml) = &mut record.protocol {
        saml.requests_signed = Some(false);
    }
    record
}
