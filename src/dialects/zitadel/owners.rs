//! Whose providers a call is about: the instance is the default tenant, every other tenant is an organization
//! (`docs/decisions/0031-organizations-of-zitadel.md`).

use super::documents::commands::Ids;
use super::ids;
use crate::dialects::if_there;
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::http::Call;
use crate::model::{Id, IdentityProvider, Tenant};
use crate::service::{Paging, Service};

/// The services, by what is common to their paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surface {
    /// The instance's.
    Admin,
    /// An organization's.
    Management,
    /// That of the caller.
    Auth,
    /// The services of version 2.
    V2,
    /// Those of before.
    V2Beta,
    /// The services of version 3, as far as they are there.
    V3Alpha,
}

/// How the paths of each surface start, over REST and as procedures, and the package of its messages, as far as that is known.
const SURFACES: [(Surface, [&str; 3], &str); 5] = [
    (Surface::Management, ["/management/", "/zitadel.management.", ""], "zitadel.management.v1"),
    (Surface::Auth, ["/auth/", "/zitadel.auth.", ""], "zitadel.auth.v1"),
    (Surface::V2, ["/v2/", "/zitadel.user.v2.", "/zitadel.settings.v2."], "zitadel.user.v2"),
    (
        Surface::V2Beta,
        ["/v2beta/", "/zitadel.user.v2beta.", "/zitadel.settings.v2beta."],
        "zitadel.user.v2beta",
    ),
    (Surface::V3Alpha, ["/resources/", "/zitadel.resources.", ""], "zitadel.resources.user.v3alpha"),
];

impl Surface {
    /// The surface to which a path leads.
    pub(super) fn of_path(path: &str) -> Self {
        let has = |starts: &[&str]| starts.iter().any(|start| !start.is_empty() && path.starts_with(start));
        let found = SURFACES.iter().find(|(_, starts, _)| has(starts));
        let is_v2 = path.starts_with("/zitadel.idp.v2.");
        found.map_or(if is_v2 { Self::V2 } else { Self::Admin }, |(surface, ..)| *surface)
    }

    /// The package of its messages.
    pub(super) fn package(self) -> &'static str {
        let found = SURFACES.iter().find(|(surface, ..)| *surface == self);
        found.map_or("zitadel.admin.v1", |(.., package)| package)
    }

    /// The id of an error.
    pub(super) fn id(self, ids: Ids) -> &'static str {
        match self {
            Self::Management => ids.organization,
            _ => ids.instance,
        }
    }
}

/// The organization of callers who name none. Ids that are given out are larger by far.
const HOME: Id = Id::from_number(2);

/// The name of that organization.
const HOME_NAME: &str = "idpstore";

const ORGANIZATION: &str = "x-zitadel-orgid";

/// The service for the owner that a call is about: the instance, or the organization of the caller.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if the caller names an organization that is missing, even where it would not matter.
pub(super) fn service(call: &Call<'_>, surface: Surface) -> Result<Service> {
    let organization = match call.headers().get(ORGANIZATION).map(|header| header.to_str()) {
        None | Some(Ok("")) => HOME,
        Some(named) => self::organization(call, named.unwrap_or_default())?,
    };
    Ok(match surface {
        Surface::Admin => call.service.clone(),
        _ => call.service.for_tenant(organization),
    })
}

/// The organization with this id.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if it is missing.
pub(super) fn organization(call: &Call<'_>, named: &str) -> Result<Id> {
    let id = ids::read(named).filter(|id| *id != Tenant::DEFAULT);
    existing(call, id.ok_or_else(|| Error::not_found(Resource::Tenant, named))?)
}

/// The services of all organizations but this one, the last first.
pub(super) fn other_organizations(call: &Call<'_>, first: &Service) -> Result<Vec<Service>> {
    let all = call.service.tenants(&Paging::all())?.items;
    let others = all.iter().rev().map(|tenant| tenant.id);
    let others = others.filter(|id| *id != Tenant::DEFAULT && *id != first.tenant_id());
    Ok(others.map(|id| call.service.for_tenant(id)).collect())
}

fn existing(call: &Call<'_>, id: Id) -> Result<Id> {
    match call.service.for_tenant(id).tenant() {
        Ok(_) => Ok(id),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) && id == HOME => Ok(id),
        Err(error) => Err(error),
    }
}

/// Makes the organization of callers who name none when it gets its first record.
pub(super) fn found(service: &Service) -> Result<()> {
    if service.tenant_id() == HOME { service.found_tenant(HOME_NAME) } else { Ok(()) }
}

/// The provider with this id that an owner sees: its own or the instance's.
pub(super) fn provider(call: &Call<'_>, service: &Service, id: &str) -> Result<Option<IdentityProvider>> {
    let Some(id) = ids::read(id) else { return Ok(None) };
    match if_there(service.provider(id))? {
        Some(provider) => Ok(Some(provider)),
        None => if_there(call.service.provider(id)),
    }
}
