//! Calls about one provider.

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::commands;
use super::documents::commands::Command;
use super::documents::fields::{NAME_ID_FORMAT, ROOT_CA, SCOPES, SECRETS};
use super::documents::kinds::{self, Kind};
use super::documents::provider::PROVIDER;
use super::documents::requests::{TO_AZURE, TO_GOOGLE};
use super::documents::{self, Scene, Version, details, has_name_id_format, saml};
use super::lens::read;
use super::partner::Received;
use super::policy::certificate;
use super::requested::Requested;
use super::{DIALECT, ids, owners, partner};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Members};
use crate::dialects::parts::client;
use crate::dialects::settle;
use crate::env::Environment;
use crate::error::{Error, Reason, Resource, Result, pointer};
use crate::http::{Response, Warnings, body};
use crate::model::Source;
use crate::model::{Id, IdentityProvider};
use crate::service::{CertificateFor, Draft, Service};

/// The answer to everything that changes a provider.
#[derive(Serialize)]
struct Changed {
    details: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

/// Makes a provider.
pub(super) fn add(kind: &'static Kind, mut requested: Requested) -> Result<Response> {
    let metadata = received(requested.service.env(), kind, &kind.adding, &mut requested.members)?;
    owners::found(&requested.service)?;
    let made = create_in(&requested.service, &mut |draft| {
        drafted(draft, None, kind, requested.members.clone(), metadata.as_ref())
    })?;
    let details =
        details(requested.service.tenant_id(), made.sequence, Some(made.updated), None, Version::V1);
    written(details, Some(ids::spell(made.id)), made.warnings)
}

/// Replaces a provider.
pub(super) fn update(kind: &'static Kind, mut requested: Requested) -> Result<Response> {
    let metadata = received(requested.service.env(), kind, &kind.updating, &mut requested.members)?;
    let new = replace(&requested, &mut |old, draft| {
        let new = drafted(draft, Some(old), kind, requested.members.clone(), metadata.as_ref())?;
        Ok((new != *old || always_changes(old, &requested.members)).then_some(new))
    })?;
    written(changed(&requested, &new), None, new.warnings)
}

/// Checks the arguments of a command, and reads the metadata of a SAML provider.
pub(super) fn received(
    env: &Environment,
    kind: &Kind,
    command: &Command,
    members: &mut Members,
) -> Result<Option<Received>> {
    command.check(members)?;
    kind.is_saml().then(|| partner::receive(env, members)).transpose()
}

/// The provider that a request describes.
pub(super) fn drafted(
    draft: &mut Draft<'_, '_>,
    old: Option<&IdentityProvider>,
    kind: &'static Kind,
    request: Members,
    received: Option<&Received>,
) -> Result<IdentityProvider> {
    let metadata = received.map(|received| &received.metadata);
    let mut new = read(Context::of(draft), old, kind, request, metadata)?;
    if let Some(old) = old {
        settle(&DIALECT, old, &mut new);
    }
    match received {
        Some(received) if old.and_then(saml::received) != saml::received(&new) => {
            trust(draft, &mut new, received)?;
        }
        _ => {}
    }
    Ok(new)
}

/// Trusts the certificates in a provider's metadata, if it is new to us. ZITADEL's server looks at none of them, so one
/// that cannot be read is no reason to refuse the metadata; the record warns of it.
fn trust(draft: &mut Draft<'_, '_>, provider: &mut IdentityProvider, received: &Received) -> Result<()> {
    let Received { metadata, source } = received;
    provider.source = source.clone().map(|source| Source { read: Some(draft.now()), ..source });
    provider.warnings.clone_from(&metadata.warnings);
    provider.trusted_keys.clear();
    for certificate in &metadata.certificates {
        let kid = draft.trust(certificate)?;
        if !provider.trusted_keys.contains(&kid) {
            provider.trusted_keys.push(kid);
        }
    }
    Ok(())
}

/// Whether ZITADEL's server takes an update for a change although no value is another: it compares no secrets,
/// takes name-id formats for unequal whenever there is one, and lists that cannot be cleared for changed.
fn always_changes(old: &IdentityProvider, members: &Members) -> bool {
    let is_kept = |name| old.remainders.get(documents::NAME).is_some_and(|kept| kept.contains_key(name));
    let has_scopes = client(old).is_some_and(|client| client.scopes.is_some());
    SECRETS.iter().any(|secret| members.contains_key(*secret))
        || members.contains_key(NAME_ID_FORMAT.key())
        || has_name_id_format(old)
        || !members.contains_key(SCOPES.key()) && (has_scopes || is_kept(SCOPES.key()))
        || !members.contains_key(ROOT_CA.key()) && is_kept(ROOT_CA.key())
}

pub(super) fn regenerate(mut requested: Requested) -> Result<Response> {
    commands::REGENERATE.check(&mut requested.members)?;
    let new = replace(&requested, &mut |old, draft| {
        if !Kind::of_provider(old)?.is_saml() {
            return Err(unknown(&requested));
        }
        let (settings, owner) = (draft.env().certificates, draft.id());
        let plan = |tenant: &str, now| certificate(&CertificateFor { tenant, owner, settings, now });
        let kid = draft.new_signing_key(plan, old.signing_key.as_deref())?;
        Ok(Some(IdentityProvider { signing_key: Some(kid), ..old.clone() }))
    })?;
    written(changed(&requested, &new), None, Vec::new())
}

/// Makes a generic OIDC provider one of another kind, which keeps the id alone.
pub(super) fn migrate(mut requested: Requested) -> Result<Response> {
    let mut template = |name| requested.members.shift_remove(name);
    let (field, command, kind, template) = match (template(TO_AZURE.name), template(TO_GOOGLE.name)) {
        (Some(template), _) => (TO_AZURE, &commands::MIGRATE_TO_AZURE, &kinds::AZURE_AD, template),
        (_, Some(template)) => (TO_GOOGLE, &commands::MIGRATE_TO_GOOGLE, &kinds::GOOGLE, template),
        // ZITADEL's server breaks off here; the words are those of its other missing arguments.
        _ => return Err(Error::invalid("", Reason::Missing)),
    };
    let Value::Object(mut template) = template else { return Err(unknown(&requested)) };
    command.check(&mut template).map_err(|error| error.at(&pointer::of([field.name])))?;
    let new = replace(&requested, &mut |old, draft| {
        if *Kind::of_provider(old)? != kinds::OIDC {
            return Err(unknown(&requested));
        }
        // As a new one: nothing that any dialect has received of the old kind is true of the new.
        let new = read(Context::of(draft), None, kind, template.clone(), None)?;
        Ok(Some(IdentityProvider { state: old.state, ..new }))
    })?;
    let details = details(requested.service.tenant_id(), new.sequence, Some(new.updated), None, Version::V1);
    written(details, None, Vec::new())
}

pub(super) fn get(requested: &Requested, version: Version) -> Result<Response> {
    let id = named(requested)?;
    let service = match version {
        Version::V1 => requested.service.clone(),
        Version::V2 => requested.service.for_tenant(requested.service.tenant_of_provider(id)?),
    };
    let provider = service.provider(id)?;
    let scene = scene(&service, &provider, version)?;
    let shown = PROVIDER.show(&provider, &scene)?;
    Ok(body::with_body(StatusCode::OK, body::JSON, [br#"{"idp":"#.as_slice(), &shown, b"}"].concat()))
}

/// With what a provider is shown.
pub(super) fn scene(service: &Service, provider: &IdentityProvider, version: Version) -> Result<Scene> {
    let mut scene = Scene { tenant: service.tenant_id(), version, ..Scene::of(provider) };
    if Kind::of_provider(provider)?.is_saml() && !scene.has_metadata {
        scene.certificates = service.trusted_certificates(provider)?;
    }
    Ok(scene)
}

pub(super) fn delete(requested: &Requested) -> Result<Response> {
    let deleted = requested.service.delete_provider(named(requested)?)?;
    let details = details(deleted.tenant, deleted.sequence, None, Some(deleted.time), Version::V1);
    written(details, None, Vec::new())
}

/// Replaces the provider that a request names by what `make` drafts.
fn replace(requested: &Requested, make: Redrafting<'_>) -> Result<IdentityProvider> {
    replace_in(&requested.service, named(requested)?, make)
}

/// What drafts a provider in the place of another. Units of work are compiled once for all (decision 102).
pub(super) type Redrafting<'m> =
    &'m mut dyn FnMut(&IdentityProvider, &mut Draft<'_, '_>) -> Result<Option<IdentityProvider>>;

pub(super) fn replace_in(service: &Service, id: Id, make: Redrafting<'_>) -> Result<IdentityProvider> {
    service.update_provider(id, make)
}

/// Saves the provider that `make` drafts.
pub(super) fn create_in(
    service: &Service,
    make: &mut dyn FnMut(&mut Draft<'_, '_>) -> Result<IdentityProvider>,
) -> Result<IdentityProvider> {
    service.create_provider(make)
}

/// Sequence and owner of a provider that was changed, and when.
fn changed(requested: &Requested, new: &IdentityProvider) -> Value {
    details(requested.service.tenant_id(), new.sequence, None, Some(new.updated), Version::V1)
}

/// The answer to a write. Warnings are for the host: ZITADEL's answer has no place for them.
fn written(details: Value, id: Option<String>, warnings: Vec<String>) -> Result<Response> {
    let mut response = body::json(StatusCode::OK, &Changed { details, id })?;
    if !warnings.is_empty() {
        response.extensions_mut().insert(Warnings(warnings));
    }
    Ok(response)
}

/// The id that a request names, if it could be one of ours.
fn named(requested: &Requested) -> Result<Id> {
    ids::read(requested.id()).ok_or_else(|| unknown(requested))
}

fn unknown(requested: &Requested) -> Error {
    Error::not_found(Resource::IdentityProvider, requested.id())
}
