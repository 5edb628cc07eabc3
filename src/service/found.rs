//! Records by what names them, or the error that they are missing. A record that the policy does not know is missing.

use super::Service;
use crate::engine::{ReadTx, records};
use crate::error::{Error, Resource, Result};
use crate::model::{Application, Id, IdentityProvider, Key, VendorRecord};

/// The provider with this id.
pub(super) fn provider(tx: &dyn ReadTx, service: &Service, id: Id) -> Result<IdentityProvider> {
    records::provider(tx, service.tenant, id)?
        .filter(service.policy.knows_provider)
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, id.number()))
}

/// The application with this id.
pub(super) fn application(tx: &dyn ReadTx, service: &Service, id: Id) -> Result<Application> {
    records::application(tx, service.tenant, id)?
        .filter(service.policy.knows_application)
        .ok_or_else(|| Error::not_found(Resource::Application, id.number()))
}

/// The vendor record with this id.
pub(super) fn vendor_record(tx: &dyn ReadTx, service: &Service, id: Id) -> Result<VendorRecord> {
    records::vendor_record(tx, service.tenant, id)?
        .ok_or_else(|| Error::not_found(Resource::Record, id.number()))
}

/// The trusted key with this `kid`, if there is one.
pub(super) fn trusted_key(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Option<Key>> {
    Id::from_uuid(kid).map_or(Ok(None), |id| records::trusted_key(tx, tenant, id))
}
