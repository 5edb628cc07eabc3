//! ZITADEL's document of an identity provider and the canonical record.
//!
//! ZITADEL writes and reads different shapes. The document here is the request's, with the `type` that its path
//! says; [`answer`](super::answer) brings it into the shape that clients read.

use serde_json::Value;

use super::kinds::Kind;
use super::wire::NAME;
use super::{fields, ids, time};
use crate::dialects::document::See;
use crate::dialects::lens::{self, Context, Exception, Field, Lens, Members};
use crate::error::{Error, Reason, Resource, Result};
use crate::model::{IdentityProvider, Linking, Permission, Protocol, Remainder, State};

/// Members that ZITADEL's server alone writes.
const READ_ONLY: [&str; 4] = ["id", "details", "state", "type"];

/// Members that an update keeps if it does not say them; the secret of a kind is another one.
const KEPT: [&str; 3] = ["scopes", "rootCa", "nameIdFormat"];

/// How the names of types begin.
pub(super) const TYPE: &str = "PROVIDER_TYPE_";

/// The lens. The rules of fields are kept at the door, where it is known how a client spells a message.
pub(super) struct ZitadelLens;

impl Lens for ZitadelLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        mut document: Members,
    ) -> Result<IdentityProvider> {
        let said = document.get("type").and_then(Value::as_str).and_then(|name| name.strip_prefix(TYPE));
        let said = said.and_then(Kind::named).ok_or_else(|| Error::invalid("/type", Reason::Missing))?;
        if let Some(old) = old
            && kind_of(old)? != said
        {
            return Err(missing(old));
        }
        for member in READ_ONLY {
            document.shift_remove(member);
        }
        put(cx, old, said, document)
    }

    fn show(&self, record: IdentityProvider, _: &str) -> Option<Members> {
        let kind = Kind::of(&record.protocol)?;
        let mut document = said(kind, &record);
        if let Some(secret) = kind.secret {
            document.shift_remove(secret);
        }
        complete(kind, &record, Vec::new(), &mut document).ok()?;
        let details = [
            ("sequence", Value::from(record.sequence.to_string())),
            ("creationDate", time(record.created).into()),
            ("changeDate", time(record.updated).into()),
        ];
        let details = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        document.insert("id".to_owned(), ids::spell(record.id).into());
        document.insert("details".to_owned(), Value::Object(details));
        document.insert("state".to_owned(), state(&record).into());
        document.insert("type".to_owned(), format!("{TYPE}{}", kind.name).into());
        Some(document)
    }

    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>) {
        lens::cores(depending(record), record, see);
    }

    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider) {
        lens::settle(depending(after), before, after, NAME);
        if has_metadata(before) && !has_metadata(after) {
            after.warnings.clear(); // they were about the metadata
        }
    }

    fn exceptions(&self) -> &'static [Exception] {
        EXCEPTIONS
    }
}

/// The fields of a provider, and the members that repeat the core without being in it.
fn depending(record: &IdentityProvider) -> impl Iterator<Item = &'static Field> + use<> {
    let kind = Kind::of(&record.protocol);
    let fields = kind.map_or(&[] as &[_], fields::of).iter().copied().flatten();
    fields.chain(kind.map_or(&[] as &[_], fields::repeated))
}

const EXCEPTIONS: &[Exception] =
    &[secret(&["clientSecret"]), secret(&["bindPassword"]), secret(&["privateKey"])];

const fn secret(path: &'static [&'static str]) -> Exception {
    Exception { path, applies: |_| true, reason: "secrets are never told" }
}

/// The kind of a provider, or the error that there is none, if it is of a kind that ZITADEL does not have.
pub(super) fn kind_of(provider: &IdentityProvider) -> Result<&'static Kind> {
    Kind::of(&provider.protocol).ok_or_else(|| missing(provider))
}

fn missing(provider: &IdentityProvider) -> Error {
    Error::not_found(Resource::IdentityProvider, provider.id.number())
}

pub(super) fn state(record: &IdentityProvider) -> &'static str {
    match record.state {
        State::Active => "IDP_STATE_ACTIVE",
        State::Inactive => "IDP_STATE_INACTIVE",
    }
}

fn put(
    cx: Context<'_>,
    old: Option<&IdentityProvider>,
    kind: &Kind,
    mut document: Members,
) -> Result<IdentityProvider> {
    if let Some(old) = old {
        let mut said = said(kind, old);
        for member in KEPT.into_iter().chain(kind.secret) {
            if let Some(value) = said.shift_remove(member) {
                document.entry(member).or_insert(value);
            }
        }
    }
    let mut record = old.cloned().unwrap_or_else(|| new_record(cx, kind));
    if kind.is_saml() {
        take_metadata(cx, &mut record, &mut document)?;
    }
    for fields in fields::of(kind) {
        lens::take(fields, &mut record, &mut document);
    }
    // An empty message says no more than none.
    document.retain(|_, value| value.as_object().is_none_or(|members| !members.is_empty()));
    record.remainders.insert(NAME.to_owned(), Remainder::from(document));
    Ok(record)
}

/// A provider of which nothing was said: what ZITADEL leaves out when it is off is known to be off.
fn new_record(cx: Context<'_>, kind: &Kind) -> IdentityProvider {
    let mut record = IdentityProvider::new(cx.id, cx.now, "", kind.blank());
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

/// Carries metadata into the core. If it is what we have written for a provider of another door, the core says the
/// same already, and so it will later on: nothing is kept.
fn take_metadata(cx: Context<'_>, record: &mut IdentityProvider, document: &mut Members) -> Result<()> {
    if document.get("binding").is_some_and(Value::is_number) {
        document.shift_remove("binding");
    }
    let is_ours = !has_metadata(record) && repeats(cx, record, document);
    if is_ours {
        document.shift_remove("metadataXml");
        return Ok(());
    }
    let metadata = fields::said_metadata(document, cx.character_sets)?;
    fields::take_metadata(record, &metadata, document.get("binding"));
    Ok(())
}

/// Whether the metadata in a document is what we write for this record, with whatever certificates.
fn repeats(cx: Context<'_>, record: &IdentityProvider, document: &Members) -> bool {
    let writes = |certificates| {
        fields::derived_metadata(record, certificates).ok().as_ref() == document.get("metadataXml")
    };
    writes(Vec::new())
        || fields::said_metadata(document, cx.character_sets).is_ok_and(|said| writes(said.certificates))
}

/// All that was said of a provider, secrets included.
pub(super) fn said(kind: &Kind, record: &IdentityProvider) -> Members {
    let mut document = record.remainders.get(NAME).cloned().unwrap_or_default().into_members();
    for fields in fields::of(kind) {
        lens::lay(fields, record, &mut document);
    }
    document
}

/// Says of a provider that was made through another door what a client of ZITADEL's has to hear.
pub(super) fn complete(
    kind: &Kind,
    record: &IdentityProvider,
    certificates: Vec<String>,
    document: &mut Members,
) -> Result<()> {
    if !kind.is_saml() || document.contains_key("metadataXml") {
        return Ok(());
    }
    let metadata = fields::derived_metadata(record, certificates)?;
    document.insert("metadataXml".to_owned(), metadata);
    let binding = fields::said_binding(record);
    if let Some(name) = binding {
        document.entry("binding").or_insert(name);
    }
    Ok(())
}

/// Whether a client of ZITADEL's has said the metadata of this provider itself.
pub(super) fn has_metadata(record: &IdentityProvider) -> bool {
    record.remainders.get(NAME).is_some_and(|said| said.contains_key("metadataXml"))
}
