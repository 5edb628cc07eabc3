//! Records by what names them, or the error that they are not there.

use crate::engine::{ReadTx, records};
use crate::error::{Error, Resource, Result};
use crate::model::{Application, Id, IdentityProvider, Key};

/// The provider with this id.
pub(super) fn provider(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<IdentityProvider> {
    records::provider(tx, tenant, id)?
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, id.number()))
}

/// The application with this id.
pub(super) fn application(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Application> {
    records::application(tx, tenant, id)?.ok_or_else(|| Error::not_found(Resource::Application, id.number()))
}

/// The trusted key with this `kid`, if there is one.
pub(super) fn trusted_key(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Option<Key>> {
    Id::from_uuid(kid).map_or(Ok(None), |id| records::trusted_key(tx, tenant, id))
}
