//! Which keys end before a given time.

use super::Service;
use crate::engine::records;
use crate::error::Result;
use crate::model::{Id, Key, KeyDate};
use crate::pki::Timestamp;

/// A date of a key that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expiring {
    /// The tenant of the key.
    pub tenant: Id,
    /// The date.
    pub at: Timestamp,
    /// What happens then.
    pub what: KeyDate,
    /// The key.
    pub key: Key,
}

impl Service {
    /// What ends before this time, in all tenants, soonest first: the certificates of signing keys and trusted keys, and
    /// those that lead to their roots. Among them are the requests that were made before this time and wait for a certificate.
    ///
    /// ```
    /// use idpstore::model::KeyDate;
    /// use idpstore::{IdpStore, NewSigningKey, Owner};
    /// # use idpstore::pki::KeySpec;
    ///
    /// let store = IdpStore::in_memory()?;
    /// let new = NewSigningKey { years: 1, ..NewSigningKey::default() };
    /// # let new = NewSigningKey { spec: KeySpec::Ec { curve: idpstore::pki::EcCurve::P256 }, ..new };
    /// let key = store.signing_keys(Owner::Tenant).generate(&new)?;
    /// let end = key.expires.expect("a certificate");
    /// assert_eq!(store.service().expiring(end)?, []);
    /// let found = store.service().expiring(end.plus_seconds(1))?;
    /// assert_eq!((found[0].what, &found[0].key), (KeyDate::Certificate, &key));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// The cost is that of what is found, and of a look-up for each tenant.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn expiring(&self, before: Timestamp) -> Result<Vec<Expiring>> {
        self.read(|tx| {
            let mut found = Vec::new();
            for tenant in records::tenants(tx, None, usize::MAX)? {
                for key in records::keys_dated_before(tx, tenant.id, before)? {
                    let dates = key.dates().into_iter().filter(|(at, _)| *at < before);
                    found.extend(dates.map(|(at, what)| {
                        let key = key.clone();
                        Expiring { tenant: tenant.id, at, what, key }
                    }));
                }
            }
            found.sort_by_key(|it| (it.at, it.tenant, it.key.id, it.what));
            Ok(found)
        })
    }
}
