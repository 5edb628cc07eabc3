//! Signing keys and requests to certify them, without a vendor's documents.

use super::IdpStore;
use crate::error::Result;
use crate::model::Key;
use crate::pki::{DistinguishedName, KeySpec};
use crate::service::{CertificatePlan, Draft, Owner, Service};

/// The keys that one owner may sign with, and its pending requests: [`IdpStore::signing_keys`].
///
/// ```
/// use idpstore::model::{IdentityProvider, Saml};
/// use idpstore::pki::KeySpec;
/// use idpstore::Owner;
/// use idpstore::{IdpStore, NewSigningKey};
///
/// let store = IdpStore::in_memory()?;
/// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
/// let keys = store.signing_keys(Owner::Provider(partner.id));
/// let key = keys.generate(&NewSigningKey { spec: KeySpec::Rsa { bits: 2048 }, ..NewSigningKey::default() })?;
/// store.providers().update(partner.id, |provider| provider.signing_key = Some(key.kid.clone()))?;
/// assert_eq!(keys.list()?, [key]);
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SigningKeys {
    service: Service,
    owner: Owner,
}

/// A signing key to be made, with a certificate that it issues to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSigningKey {
    /// Type and size of the key.
    pub spec: KeySpec,
    /// Whom the certificate names; without it the tenant, by its name.
    pub subject: Option<DistinguishedName>,
    /// For how many years the certificate is valid.
    pub years: u32,
}

impl Default for NewSigningKey {
    /// An RSA key of 2048 bits, for the tenant, and for ten years.
    fn default() -> Self {
        Self { spec: KeySpec::Rsa { bits: 2048 }, subject: None, years: 10 }
    }
}

/// A request to certify a new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Whom the certificate will name.
    pub subject: DistinguishedName,
    /// Which DNS names it will have besides.
    pub dns_names: Vec<String>,
    /// Type and size of the key.
    pub spec: KeySpec,
}

impl NewRequest {
    /// A request for this subject and an RSA key of 2048 bits.
    #[must_use]
    pub fn new(subject: DistinguishedName) -> Self {
        Self { subject, dns_names: Vec::new(), spec: KeySpec::Rsa { bits: 2048 } }
    }
}

/// The certificate that a new signing key issues to itself.
pub(super) fn planned(draft: &Draft<'_, '_>, new: &NewSigningKey) -> Result<CertificatePlan> {
    let usual = draft.usual_certificate()?;
    let subject = new.subject.clone().unwrap_or_else(|| usual.subject.clone());
    let not_after = usual.not_before.plus_calendar_years(new.years);
    Ok(CertificatePlan { issuer: subject.clone(), subject, not_after, spec: new.spec, ..usual })
}

impl IdpStore {
    /// The keys that this owner may sign with.
    #[must_use]
    pub fn signing_keys(&self, owner: Owner) -> SigningKeys {
        SigningKeys { service: self.service.clone(), owner }
    }
}

impl SigningKeys {
    /// Makes a key. Nothing is signed with it before the owner refers to it.
    ///
    /// # Errors
    ///
    /// As [`Service::create_signing_key`].
    pub fn generate(&self, new: &NewSigningKey) -> Result<Key> {
        self.service.create_signing_key(self.owner, |draft| planned(draft, new))
    }

    /// The key with this `kid`.
    ///
    /// # Errors
    ///
    /// As [`Service::signing_key`].
    pub fn get(&self, kid: &str) -> Result<Key> {
        self.service.signing_key((self.owner, kid))
    }

    /// All of the owner's keys.
    ///
    /// # Errors
    ///
    /// As [`Service::signing_keys`].
    pub fn list(&self) -> Result<Vec<Key>> {
        Ok(self.service.signing_keys(&self.owner.into())?.items)
    }

    /// Lets another owner sign with a key, too.
    ///
    /// # Errors
    ///
    /// As [`Service::clone_signing_key`].
    pub fn share(&self, kid: &str, with: Owner) -> Result<Key> {
        self.service.clone_signing_key(self.owner, kid, with)
    }

    /// Makes a key and a request to certify it: [`Key::request`]. It is one of the owner's signing keys once the
    /// certificate is installed.
    ///
    /// # Errors
    ///
    /// As [`Service::create_request`].
    pub fn request(&self, new: &NewRequest) -> Result<Key> {
        self.service.create_request(self.owner, &new.subject, &new.dns_names, new.spec)
    }

    /// The keys whose requests are pending.
    ///
    /// # Errors
    ///
    /// As [`Service::requests`].
    pub fn requests(&self) -> Result<Vec<Key>> {
        self.service.requests(self.owner)
    }

    /// Installs the certificate that was issued for a request, in any form that
    /// [`bundle::certificates`](crate::pki::bundle::certificates) reads.
    ///
    /// # Errors
    ///
    /// As [`Service::install_certificate`].
    pub fn install(&self, request: &str, file: impl AsRef<[u8]>) -> Result<Key> {
        self.service.install_certificate(self.owner, request, file.as_ref())
    }

    /// Removes a pending request with its key.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_request`].
    pub fn revoke(&self, request: &str) -> Result<()> {
        self.service.delete_request(self.owner, request)
    }
}
