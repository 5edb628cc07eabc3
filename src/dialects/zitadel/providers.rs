//! Calls about one provider.

use serde_json::Value;

use super::answer::{self, Version};
use super::asked::Asked;
use super::commands::{self, Command};
use super::failure::{Failure, INVALID, NOT_EXISTING};
use super::kinds::Kind;
use super::lens::{TYPE, kind_of, said};
use super::policy::certificate;
use super::{DIALECT, checks, fields, ids, owners, time};
use crate::dialects::lens::{Context, Members};
use crate::dialects::put;
use crate::error::{Error, Resource, Result};
use crate::http::Warnings;
use crate::model::{Id, IdentityProvider, Protocol};
use crate::pki::Timestamp;
use crate::saml::Metadata;
use crate::service::{CertificateFor, Draft};

/// The document that a request is, for the lens.
fn document(kind: &Kind, members: &Members) -> Members {
    let mut document = members.clone();
    document.insert("type".to_owned(), format!("{TYPE}{}", kind.name).into());
    document
}

/// Makes a provider. Returned are the answer, and what should be known of the record.
pub(super) fn add(kind: &Kind, mut asked: Asked) -> Result<(Members, Warnings)> {
    checks::arguments(kind.add, asked.surface, &mut asked.members)?;
    if kind.is_saml() {
        checks::metadata(true, asked.surface, asked.service.env(), &mut asked.members)?;
    }
    owners::found(&asked.service)?;
    let made = asked.service.create_provider(|draft| {
        let provider = put(&DIALECT, Context::of(draft), None, document(kind, &asked.members))?;
        settle(draft, None, provider)
    })?;
    let mut answer = changed(&asked, &made, "creationDate");
    answer::put(&mut answer, "id", ids::spell(made.id));
    Ok((answer, Warnings(made.warnings)))
}

/// Replaces a provider, and returns as [`add`] does.
pub(super) fn update(kind: &Kind, mut asked: Asked) -> Result<(Members, Warnings)> {
    checks::arguments(kind.update, asked.surface, &mut asked.members)?;
    if kind.is_saml() {
        checks::metadata(false, asked.surface, asked.service.env(), &mut asked.members)?;
    }
    let new = named(&asked)
        .and_then(|id| {
            asked.service.update_provider(id, |old, draft| {
                let provider = put(&DIALECT, Context::of(draft), Some(old), document(kind, &asked.members))?;
                let provider = settle(draft, Some(old), provider)?;
                Ok((provider != *old || always_changes(kind, &asked.members, old)).then_some(provider))
            })
        })
        .map_err(|error| missing(kind.update, &asked).if_missing(error))?;
    Ok((changed(&asked, &new, "changeDate"), Warnings(new.warnings)))
}

/// Whether ZITADEL's server takes an update for a change although no value is another: it compares no secrets,
/// takes name-id formats for unequal whenever there is one, and lists that cannot be cleared for changed.
fn always_changes(kind: &Kind, members: &Members, old: &IdentityProvider) -> bool {
    let before = said(kind, old);
    let is_said = |member: &str| members.contains_key(member);
    kind.secret.is_some_and(is_said)
        || is_said("nameIdFormat")
        || before.contains_key("nameIdFormat")
        || ["scopes", "rootCa"].iter().any(|member| before.contains_key(*member) && !is_said(member))
}

/// Trusts the certificates in a provider's metadata, if it is new to us. ZITADEL's server looks at none of them, so one
/// that cannot be read is no reason to refuse the metadata; the record warns of it.
fn settle(
    draft: &mut Draft<'_, '_>,
    old: Option<&IdentityProvider>,
    mut provider: IdentityProvider,
) -> Result<IdentityProvider> {
    let metadata = |provider: &IdentityProvider| {
        provider.remainders.get(DIALECT.name).and_then(|said| said.get("metadataXml")).cloned()
    };
    if !matches!(provider.protocol, Protocol::Saml(_)) || old.and_then(metadata) == metadata(&provider) {
        return Ok(provider);
    }
    let said = provider.remainders.get(DIALECT.name).map(|said| &**said);
    let read = said.map(|said| fields::said_metadata(said, &*draft.env().character_sets)).transpose()?;
    let Metadata { certificates, warnings, .. } = read.unwrap_or_default();
    provider.warnings = warnings;
    provider.trusted_keys.clear();
    for certificate in certificates {
        let kid = draft.trust(&certificate)?;
        if !provider.trusted_keys.contains(&kid) {
            provider.trusted_keys.push(kid);
        }
    }
    Ok(provider)
}

pub(super) fn regenerate(mut asked: Asked) -> Result<Members> {
    let command = &commands::REGENERATE;
    checks::arguments(command, asked.surface, &mut asked.members)?;
    let new = named(&asked)
        .and_then(|id| {
            asked.service.update_provider(id, |old, draft| {
                if !kind_of(old)?.is_saml() {
                    return Err(unknown(&asked));
                }
                let (settings, owner) = (draft.env().certificates, draft.id());
                let plan = |tenant: &str, now| certificate(&CertificateFor { tenant, owner, settings, now });
                let kid = draft.new_signing_key(plan, old.signing_key.as_deref())?;
                Ok(IdentityProvider { signing_key: Some(kid), ..old.clone() })
            })
        })
        .map_err(|error| missing(command, &asked).if_missing(error))?;
    Ok(changed(&asked, &new, "changeDate"))
}

/// Makes a generic OIDC provider one of another kind, which keeps the id alone.
pub(super) fn migrate(mut asked: Asked) -> Result<Members> {
    let (command, kind, template) =
        match (asked.members.shift_remove("azure"), asked.members.shift_remove("google")) {
            (Some(template), _) => (&commands::MIGRATE_TO_AZURE, "AZURE_AD", template),
            (_, Some(template)) => (&commands::MIGRATE_TO_GOOGLE, "GOOGLE", template),
            // ZITADEL's server breaks off here; the words are those of its other missing arguments.
            _ => return Err(Failure::broken_rule(INVALID).into()),
        };
    let kind = Kind::named(kind).ok_or_else(|| unknown(&asked))?;
    let Value::Object(mut template) = template else { return Err(unknown(&asked)) };
    checks::arguments(command, asked.surface, &mut template)?;
    let text = match asked.surface {
        owners::Surface::Admin => NOT_EXISTING,
        owners::Surface::Management => "Errors.Instance.IDPConfig.NotExisting",
    };
    let new = named(&asked)
        .and_then(|id| {
            asked.service.update_provider(id, |old, draft| {
                if kind_of(old)?.config != "oidc" {
                    return Err(unknown(&asked));
                }
                // As a new one: nothing that any dialect has said of the old kind is true of the new.
                let new = put(&DIALECT, Context::of(draft), None, document(kind, &template))?;
                Ok(IdentityProvider { state: old.state, ..new })
            })
        })
        .map_err(|error| Failure::not_found(text, asked.surface.id(command.not_found)).if_missing(error))?;
    Ok(changed(&asked, &new, "creationDate"))
}

pub(super) fn get(asked: &Asked, version: Version) -> Result<Members> {
    let id = named(asked)?;
    let service = match version {
        Version::V1 => asked.service.clone(),
        Version::V2 => asked.service.for_tenant(asked.service.tenant_of_provider(id)?),
    };
    let idp = answer::provider(&service, &service.provider(id)?, version)?;
    Ok(Members::from_iter([("idp".to_owned(), idp)]))
}

pub(super) fn delete(asked: &Asked) -> Result<Members> {
    let deleted = named(asked)
        .and_then(|id| {
            kind_of(&asked.service.provider(id)?)?;
            asked.service.delete_provider(id)
        })
        .map_err(|error| missing(&commands::DELETE, asked).if_missing(error))?;
    Ok(details(deleted.sequence, "changeDate", deleted.time, deleted.tenant))
}

/// Sequence and owner of a provider that was changed, and when, under the name that the operation has for it.
fn changed(asked: &Asked, record: &IdentityProvider, date: &str) -> Members {
    details(record.sequence, date, record.updated, asked.service.tenant_id())
}

fn details(sequence: u64, date: &str, at: Timestamp, tenant: Id) -> Members {
    let mut details = Members::new();
    answer::put(&mut details, "sequence", sequence.to_string());
    answer::put(&mut details, date, time(at));
    answer::put(&mut details, "resourceOwner", ids::spell(tenant));
    Members::from_iter([("details".to_owned(), Value::Object(details))])
}

/// The id that a request names, if it could be one of ours.
fn named(asked: &Asked) -> Result<Id> {
    ids::read(asked.id()).ok_or_else(|| unknown(asked))
}

fn unknown(asked: &Asked) -> Error {
    Error::not_found(Resource::IdentityProvider, asked.id())
}

/// How a command tells that its provider is not there.
fn missing(command: &Command, asked: &Asked) -> Failure {
    let is_apple = command.request.name == "UpdateAppleProviderRequest";
    let text = if is_apple { NOT_EXISTING } else { asked.surface.not_existing() };
    Failure::not_found(text, asked.surface.id(command.not_found))
}
