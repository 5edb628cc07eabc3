//! The environment that a call is about: PingOne's tenant.

use super::ids;
use crate::error::{ErrorKind, Resource, Result};
use crate::http::Call;
use crate::model::{Id, Tenant};
use crate::service::Service;

/// The environment that a call is about.
pub(super) struct Environment {
    /// The rules for its records.
    pub(super) service: Service,
    /// Its id.
    pub(super) id: String,
    /// Its URL.
    pub(super) url: String,
    /// What is kept of it.
    pub(super) tenant: Tenant,
}

impl Environment {
    /// The environment below which the path leads. One that is not there is denied as one that may not be seen.
    pub(super) fn of(call: &Call<'_>) -> Result<Self> {
        Self::named(call).map_err(|error| match error.kind() {
            ErrorKind::NotFound { .. } => ErrorKind::Forbidden.into(),
            _ => error,
        })
    }

    /// The environment that the path names.
    pub(super) fn named(call: &Call<'_>) -> Result<Self> {
        let id = ids::named(Resource::Tenant, call.param("envID"))?;
        let service = call.service.for_tenant(id);
        let tenant = service.tenant()?;
        Ok(Self { service, id: id.to_uuid(), url: url(call, id), tenant })
    }
}

/// The URL of an environment.
pub(super) fn url(call: &Call<'_>, id: Id) -> String {
    url_at(call.base_url, id)
}

/// The URL of an environment below one that the host has set.
pub(super) fn url_at(base_url: &str, id: Id) -> String {
    format!("{base_url}/v1/environments/{}", id.to_uuid())
}
