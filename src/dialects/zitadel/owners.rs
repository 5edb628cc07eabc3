//! Whose providers a call is about: the instance is the default tenant, every other tenant is an organization
//! (`docs/decisions/0031-organizations-of-zitadel.md`).

use super::documents::commands::Ids;
use super::ids;
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::http::Call;
use crate::model::{Id, Tenant};
use crate::service::Service;

/// The two services that manage providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surface {
    /// The instance's.
    Admin,
    /// An organization's.
    Management,
}

impl Surface {
    /// The surface to which a path leads.
    pub(super) fn of_path(path: &str) -> Self {
        if path.starts_with("/management/") || path.starts_with("/zitadel.management.") {
            Self::Management
        } else {
            Self::Admin
        }
    }

    /// The package of its messages.
    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Admin => "zitadel.admin.v1",
            Self::Management => "zitadel.management.v1",
        }
    }

    /// The id of an error.
    pub(super) fn id(self, ids: Ids) -> &'static str {
        match self {
            Self::Admin => ids.instance,
            Self::Management => ids.organization,
        }
    }
}

/// The organization of callers who name none. Ids that are given out are larger by far.
const HOME: Id = Id::from_number(2);

/// The name of that organization.
const HOME_NAME: &str = "idpstore";

const ORGANIZATION: &str = "x-zitadel-orgid";

/// The service for the owner that a call is about.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if the caller names an organization that is missing, even where it would not matter.
pub(super) fn service(call: &Call<'_>, surface: Surface) -> Result<Service> {
    let organization = match call.headers().get(ORGANIZATION).map(|header| header.to_str()) {
        None | Some(Ok("")) => HOME,
        Some(named) => {
            let named = named.unwrap_or_default();
            let id = ids::read(named).filter(|id| *id != Tenant::DEFAULT);
            existing(call, id.ok_or_else(|| Error::not_found(Resource::Tenant, named))?)?
        }
    };
    Ok(match surface {
        Surface::Admin => call.service.clone(),
        Surface::Management => call.service.for_tenant(organization),
    })
}

fn existing(call: &Call<'_>, id: Id) -> Result<Id> {
    match call.service.for_tenant(id).tenant() {
        Ok(_) => Ok(id),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) && id == HOME => Ok(id),
        Err(error) => Err(error),
    }
}

/// Makes the organization of callers who name none when it gets its first provider.
pub(super) fn found(service: &Service) -> Result<()> {
    if service.tenant_id() == HOME { service.found_tenant(HOME_NAME) } else { Ok(()) }
}
