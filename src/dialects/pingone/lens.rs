//! PingOne's document of an identity provider and the canonical record.
//!
//! A key stands here under its `kid`; the calls put PingOne's id of the key in its place. What belongs to an
//! environment (links, the environment itself) is the calls' part, too.

use serde_json::Value;

use super::wire::{Core, Kind, NAME};
use super::{fields, mappings, rules};
use crate::dialects::endpoints::keep_alternatives;
use crate::dialects::lens::{self, Context, Field, Lens, Members, get};
use crate::error::{Error, Resource, Result};
use crate::model::{
    Client, Foreign, IdentityProvider, OpenIdConnect, Permission, Protocol, Remainder, Saml, Social,
};

/// Apple's private key, which is returned only if it was received here: the remainder then has `true` in its place
/// (`docs/decisions/0061-which-secrets-are-returned.md`). A put through another dialect that changes the key drops that,
/// as it drops all that contradicts the core.
const APPLE_KEY: &str = "clientSecretSigningKey";

/// The lens.
pub(super) struct PingOneLens;

impl Lens for PingOneLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        let current = old.map(kind_of).transpose()?;
        let shown = old.and_then(|old| self.show(old.clone(), ""));
        let (kind, mut document) = rules::check(&document, current, shown.as_ref())?;
        let has_key = document.contains_key(APPLE_KEY);
        let mut record =
            old.cloned().unwrap_or_else(|| IdentityProvider::new(cx.id, cx.now, "", blank(kind)));
        for field in fields::of(kind).iter().copied().flatten() {
            // Where a document says what was shown before, the core stays as it is: it may know more than there
            // are words for here, or than is returned.
            if old.is_some() && (field.show)(&record).as_ref() == get(&document, field.path) {
                lens::remove(&mut document, field.path);
            } else if old.is_none() || has_key || field.path != [APPLE_KEY] {
                lens::take(std::slice::from_ref(field), &mut record, &mut document);
            }
        }
        if let Some(old) = old {
            keep_alternatives(old, &mut record);
        }
        // Whether users are created can be said here only with a population, or by naming it no more.
        let registers_now = registers(&document);
        if registers_now || record.remainders.get(NAME).is_some_and(|old| registers(old)) {
            record.linking.creation = registers_now.then_some(Permission::AUTOMATIC);
        }
        prune(&mut document);
        if has_key {
            document.insert(APPLE_KEY.to_owned(), true.into());
        }
        mappings::keep(old, &mut document);
        record.remainders.insert(NAME.to_owned(), Remainder::from(document));
        Ok(record)
    }

    fn show(&self, mut record: IdentityProvider, _base_url: &str) -> Option<Members> {
        let kind = Kind::of(&record.protocol)?;
        let mut document = record.remainders.remove(NAME).unwrap_or_default().into_members();
        mappings::leave_out(&mut document);
        // It is laid anew, in its own place among the members.
        let returns_key = document.shift_remove(APPLE_KEY).is_some();
        for fields in fields::of(kind) {
            lens::lay(fields, &record, &mut document);
        }
        if !returns_key {
            document.shift_remove(APPLE_KEY);
        }
        document.insert("id".to_owned(), record.id.to_uuid().into());
        document.insert("type".to_owned(), kind.name.into());
        document.insert("createdAt".to_owned(), Value::from(record.created.to_string()));
        document.insert("updatedAt".to_owned(), Value::from(record.updated.to_string()));
        Some(document)
    }

    fn fields(&self, record: &IdentityProvider) -> &'static [&'static [Field]] {
        Kind::of(&record.protocol).map_or(&[], fields::of)
    }

    fn dependents(&self, _record: &IdentityProvider) -> &'static [Field] {
        fields::DEPENDENTS
    }
}

/// Whether new users are registered in a population.
fn registers(document: &Members) -> bool {
    get(document, &["registration", "population", "id"]).is_some()
}

/// The type of a provider, or the error that there is none, if it is of a kind that PingOne does not have.
pub(super) fn kind_of(provider: &IdentityProvider) -> Result<&'static Kind> {
    Kind::of(&provider.protocol)
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, provider.id.number()))
}

/// Drops objects of which the core has taken all members.
fn prune(members: &mut Members) {
    members.retain(|_, value| match value {
        Value::Object(inner) => {
            prune(inner);
            !inner.is_empty()
        }
        _ => true,
    });
}

/// A protocol of this type without settings.
fn blank(kind: &Kind) -> Protocol {
    match kind.core {
        Core::Saml => Protocol::Saml(Saml::default()),
        Core::OpenIdConnect => Protocol::OpenIdConnect(OpenIdConnect::default()),
        Core::Social(service) => {
            Protocol::Social(Social { service, client: Client::default(), tenant: None, apple_key: None })
        }
        Core::Foreign => Protocol::Foreign(Foreign { dialect: NAME.to_owned(), kind: kind.name.to_owned() }),
    }
}
