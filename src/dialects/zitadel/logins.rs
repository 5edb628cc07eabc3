//! Calls about login policies: which providers a login offers. The instance has a policy always, an organization once it makes
//! one of its own; a policy is one record, in which its links stand in the order in which they were made.

use serde_json::{Value, json};

use super::accounts::put_record;
use super::answers::{self, DETAILS, answer};
use super::documents::fields::{
    AUTO_CREATION, AUTO_LINKING, CREATION_ALLOWED, ID, LINKING_ALLOWED, NAME, OPTIONS,
};
use super::documents::kinds::{self, Kind};
use super::documents::logins::{self, CONTEXT, EXTERNAL_IDPS, IDPS, OWNER};
use super::documents::older::IDP_ID;
use super::documents::provider::{PROVIDER, STATE, TYPE, state};
use super::documents::queries::INSTANCE;
use super::documents::{NAME as DIALECT_NAME, Scene, Version, details};
use super::failure::{ALREADY_EXISTS, FAILED_PRECONDITION, Failure, NOT_EXISTING};
use super::owners::Surface;
use super::requested::{Requested, text_of};
use super::search::window;
use super::{ids, owners};
use crate::dialects::if_there;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::error::{Error, Resource, Result};
use crate::http::{Call, Response};
use crate::model::{IdentityProvider, State, Tenant, VendorRecord};
use crate::service::Service;

/// Policies, of which each owner has one at most.
const POLICY: &str = "zitadel.login_policy";
const ONLY: &str = "login";

fn no_policy(id: &'static str) -> Error {
    Failure::not_found("Login Policy not found", id).about(Resource::Record, ONLY)
}

/// What is kept of a policy. Its links are the ids of the providers.
fn kept(policy: &VendorRecord) -> Members {
    policy.remainders.get(DIALECT_NAME).map(|kept| (**kept).clone()).unwrap_or_default()
}

fn links(policy: &VendorRecord) -> Vec<String> {
    let kept = policy.kept(IDPS.name).and_then(Value::as_array);
    kept.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn with_links(mut policy: VendorRecord, links: Vec<String>) -> VendorRecord {
    policy.keep(IDPS.name, links.into());
    policy
}

fn own(service: &Service) -> Result<Option<VendorRecord>> {
    service.vendor_record_named(POLICY, ONLY)
}

/// The providers that are linked and still there: a link goes with its provider.
fn linked(
    call: &Call<'_>,
    service: &Service,
    policy: Option<&VendorRecord>,
) -> Result<Vec<IdentityProvider>> {
    let ids = policy.map(links).unwrap_or_default();
    ids.iter().filter_map(|id| owners::provider(call, service, id).transpose()).collect()
}

/// The owner whose policy holds, with that policy.
fn holding(call: &Call<'_>, service: &Service) -> Result<(Service, Option<VendorRecord>)> {
    match own(service)? {
        Some(policy) => Ok((service.clone(), Some(policy))),
        None => Ok((call.service.clone(), own(call.service)?)),
    }
}

/// Whether the owner of a provider, as it is named, has it.
fn is_linkable(call: &Call<'_>, requested: &Requested, link: &Members) -> Result<bool> {
    let is_of_instance = requested.surface == Surface::Admin || text_of(link, OWNER) == INSTANCE;
    let owner = if is_of_instance { call.service } else { &requested.service };
    let id = ids::read(text_of(link, IDP_ID));
    Ok(id.map_or(Ok(None), |id| if_there(owner.provider(id)))?.is_some())
}

/// Links a provider.
pub(super) fn add(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let is_of_instance = requested.surface == Surface::Admin;
    let [unknown, twice] =
        if is_of_instance { ["INSTANCE-m8fsd", "INSTANCE-2B0ps"] } else { ["Org-3N9fs", "Org-2B0ps"] };
    let text = if is_of_instance {
        "Identity provider already exists"
    } else {
        "Errors.Org.LoginPolicy.IDP.AlreadyExists"
    };
    if !is_of_instance && own(&requested.service)?.is_none() {
        return Err(no_policy("Org-Ffgw2"));
    }
    if !is_linkable(call, requested, &requested.members)? {
        return Err(Failure::with_id(FAILED_PRECONDITION, NOT_EXISTING, unknown).into());
    }
    let id = requested.text(IDP_ID);
    let made = put_record(&requested.service, POLICY, ONLY, &mut |policy| {
        let mut links = links(&policy);
        if links.iter().any(|known| known == id) {
            return Err(Failure::with_id(ALREADY_EXISTS, text, twice).about(Resource::IdentityProvider, id));
        }
        links.push(id.to_owned());
        Ok(with_links(policy, links))
    })?;
    answer(vec![(DETAILS, answers::added(&requested.service, made.updated)?)])
}

/// Ends a link.
pub(super) fn remove(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let is_of_instance = requested.surface == Surface::Admin;
    let policy = own(&requested.service)?;
    if policy.is_none() && !is_of_instance {
        return Err(no_policy("Org-GVDfe"));
    }
    let id = requested.text(IDP_ID);
    let missing = || {
        let failure = if is_of_instance {
            Failure::not_found("Identity provider doesn't exist", "INSTANCE-39fjs")
        } else {
            Failure::not_found("Errors.Org.LoginPolicy.IDP.NotExisting", "Org-39fjs")
        };
        failure.about(Resource::IdentityProvider, id)
    };
    let is_there = |policy: &VendorRecord| links(policy).iter().any(|known| known == id);
    policy.filter(is_there).ok_or_else(missing)?;
    if owners::provider(call, &requested.service, id)?.is_none() {
        return Err(missing());
    }
    put_record(&requested.service, POLICY, ONLY, &mut |policy| {
        let mut links = links(&policy);
        links.retain(|known| known != id);
        Ok(with_links(policy, links))
    })?;
    answers::answer_changed(&requested.service)
}

/// The links of the policy that holds.
pub(super) fn list(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let window = window(call, requested)?;
    let (owner, policy) = holding(call, &requested.service)?;
    let links = linked(call, &owner, policy.as_ref())?.iter().map(link).collect();
    answers::answer_list(call.service, requested.surface, "result", links, window)
}

fn link(provider: &IdentityProvider) -> Value {
    answers::message(vec![
        (IDP_ID.name, answers::id(provider.id)),
        (IDP_NAME, provider.name.as_str().into()),
        (IDP_TYPE, older_type(provider)),
    ])
}

/// The members of links with the name and the type of a provider.
pub(super) const IDP_NAME: &str = "idpName";
pub(super) const IDP_TYPE: &str = "idpType";

/// The type of a provider, of which the older API knows only two.
pub(super) fn older_type(provider: &IdentityProvider) -> Value {
    match Kind::of(&provider.protocol) {
        Some(kind) if *kind == kinds::OIDC || *kind == kinds::JWT => format!("IDP_TYPE_{}", kind.name).into(),
        _ => Value::Null,
    }
}

/// The policy that holds. Of the instance's, nothing is known but the providers that it offers.
pub(super) fn get(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let (owner, policy) = holding(call, &requested.service)?;
    let is_default = owner.tenant_id() == Tenant::DEFAULT;
    let tenant = owner.tenant()?;
    let (created, changed) =
        policy.as_ref().map_or((tenant.created, tenant.updated), |policy| (policy.created, policy.updated));
    let sequence = call.service.last_change()?;
    let details = details(owner.tenant_id(), sequence, Some(created), Some(changed), Version::V1);
    let mut shown = Members::from_iter([(DETAILS.to_owned(), details)]);
    shown.extend(policy.as_ref().filter(|_| !is_default).map(kept).unwrap_or_default());
    shown.shift_remove(IDPS.name);
    if is_default {
        shown.insert(EXTERNAL_IDPS.name.to_owned(), true.into());
        shown.insert("isDefault".to_owned(), true.into());
    }
    let links: Vec<_> = linked(call, &owner, policy.as_ref())?.iter().map(link).collect();
    if !links.is_empty() {
        shown.insert(IDPS.name.to_owned(), links.into());
    }
    answer(vec![("policy", shown.into())])
}

/// Makes a policy of the organization, with its first links.
pub(super) fn add_policy(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let given = requested.members.get(IDPS.name).and_then(Value::as_array);
    let twice = || {
        Failure::with_id(ALREADY_EXISTS, "Login Policy already exists", "Org-Dgfb2")
            .about(Resource::Record, ONLY)
    };
    if own(&requested.service)?.is_some() {
        return Err(twice());
    }
    let mut links: Vec<String> = Vec::new();
    for link in given.into_iter().flatten().filter_map(Value::as_object) {
        let id = text_of(link, IDP_ID);
        if !is_linkable(call, requested, link)? {
            return Err(Failure::with_id(FAILED_PRECONDITION, NOT_EXISTING, "Org-FEd32").into());
        }
        if !links.iter().any(|known| known == id) {
            links.push(id.to_owned());
        }
    }
    owners::found(&requested.service)?;
    let made = put_record(&requested.service, POLICY, ONLY, &mut |mut policy| {
        if !policy.remainders.is_empty() {
            return Err(twice());
        }
        policy.remainders.insert(DIALECT_NAME.to_owned(), requested.members.clone().into());
        Ok(with_links(policy, links.clone()))
    })?;
    answer(vec![(DETAILS, answers::added(&requested.service, made.created)?)])
}

/// Gives the policy of the organization up, with its links.
pub(super) fn reset(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    let policy = own(&requested.service)?.ok_or_else(|| no_policy("Org-GHB37"))?;
    requested.service.delete_vendor_record(policy.id)?;
    answers::answer_changed(&requested.service)
}

/// The providers that a login offers, by the policy of whom the request names or else of the caller's organization.
pub(super) fn active(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let context = requested.members.get(CONTEXT.name).and_then(Value::as_object);
    let organization = context.map(|context| text_of(context, logins::ORGANIZATION)).unwrap_or_default();
    let service = match context {
        Some(context) if context.contains_key(logins::INSTANCE.name) => call.service.clone(),
        Some(_) if !organization.is_empty() => match if_there(owners::organization(call, organization))? {
            Some(id) => call.service.for_tenant(id),
            None => call.service.clone(), // it has no policy of its own
        },
        _ => requested.service.clone(),
    };
    let (owner, policy) = holding(call, &service)?;
    let mut offered = Vec::new();
    for provider in linked(call, &owner, policy.as_ref())? {
        offered.extend(offer(&provider, requested));
    }
    answers::answer_list(call.service, requested.surface, "identityProviders", offered, (0, usize::MAX))
}

/// A provider as a login offers it, unless it is off or does not allow what is wanted.
fn offer(provider: &IdentityProvider, requested: &Requested) -> Option<Value> {
    let shown = PROVIDER.members(provider, &Scene::of(provider));
    let options =
        PROVIDER.as_received(shown.clone()).shift_remove(OPTIONS.key()).unwrap_or_else(|| json!({}));
    let is_off = shown.get(STATE).is_some_and(|shown| *shown == state(State::Inactive));
    let wanted = [
        (logins::CREATION, CREATION_ALLOWED),
        (logins::LINKING, LINKING_ALLOWED),
        (logins::AUTO_CREATION, AUTO_CREATION),
        (logins::AUTO_LINKING, AUTO_LINKING),
    ];
    let fits = wanted.iter().all(|(field, option)| {
        let wanted = requested.members.get(field.name).and_then(Value::as_bool);
        wanted.is_none_or(|wanted| wanted == options.get(option.key()).is_some())
    });
    let kind = Kind::of(&provider.protocol).filter(|_| fits && !is_off)?;
    let is_beta = requested.surface == Surface::V2Beta;
    let has_type = *kind != kinds::ZITADEL && !(is_beta && *kind == kinds::APPLE);
    let usual = [
        (&kinds::GITHUB, "GitHub"),
        (&kinds::GITLAB, "GitLab"),
        (&kinds::GOOGLE, "Google"),
        (&kinds::APPLE, "Apple"),
    ];
    let usual = usual.iter().find(|(known, _)| *known == kind).map_or("", |(_, name)| name);
    let name = if provider.name.is_empty() { usual } else { &provider.name };
    Some(answers::message(vec![
        (ID.key(), answers::id(provider.id)),
        (NAME.key(), name.into()),
        (TYPE, if has_type { format!("IDENTITY_PROVIDER_TYPE_{}", kind.name).into() } else { Value::Null }),
        (OPTIONS.name(), if is_beta { Value::Null } else { options }),
    ]))
}
