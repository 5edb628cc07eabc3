//! The key whose certificate a provider's partner gets, where no key was chosen yet.

use super::Service;
use super::keys::{attached_key, owned_key};
use crate::engine::{ReadTx, records};
use crate::error::{Error, Resource, Result};
use crate::model::{Id, Key};

impl Service {
    /// The key whose certificate a provider's partner gets: the one that the provider signs with, else the newest of its
    /// own that has a certificate, else the tenant's default signing key, else a new one of its own.
    /// The provider itself stays as it is.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the provider is not there, [`Pending`](crate::error::ErrorKind::Pending) if
    /// the host has to make the key first, and those of the storage.
    pub(crate) fn partner_key(&self, provider: Id) -> Result<Key> {
        match self.read(|tx| partner_key(tx, self.tenant, provider))? {
            Some(key) => Ok(key),
            None => self.write(|unit| match partner_key(&*unit.tx, unit.tenant_id(), provider)? {
                Some(key) => Ok(key),
                None => unit.own_signing_key(provider, unit.usual_certificate(provider), None),
            }),
        }
    }
}

/// The key that there is already.
fn partner_key(tx: &dyn ReadTx, tenant: Id, provider: Id) -> Result<Option<Key>> {
    let record = records::provider(tx, tenant, provider)?
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, provider.number()))?;
    if let Some(kid) = record.signing_key {
        return owned_key(tx, tenant, provider, &kid).map(Some);
    }
    let attached = records::attachments(tx, tenant, provider)?;
    let keys = attached.iter().filter_map(|attachment| attached_key(tx, tenant, attachment).transpose());
    let keys: Vec<_> = keys.collect::<Result<_>>()?;
    match keys.into_iter().filter(has_certificate).max_by_key(|key| (key.created, key.id)) {
        Some(own) => Ok(Some(own)),
        None => default_key(tx, tenant),
    }
}

/// The key that signs for the tenant where none is named.
fn default_key(tx: &dyn ReadTx, tenant: Id) -> Result<Option<Key>> {
    let kid = records::tenant(tx, tenant)?.and_then(|tenant| tenant.default_signing_key);
    let key = kid.map_or(Ok(None), |kid| records::signing_key(tx, tenant, &kid))?;
    Ok(key.filter(has_certificate))
}

fn has_certificate(key: &Key) -> bool {
    !key.chain.is_empty()
}
