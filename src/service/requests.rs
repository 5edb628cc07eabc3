//! Certification requests (RFC 2986): create, revoke, install the issued certificate.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use zeroize::Zeroizing;

use super::changes::ChangeKind;
use super::needs::SelfSigned;
use super::{Owner, Service, Unit, sorted_by};
use crate::engine::{ReadTx, records};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::model::{CertificationRequest, Id, Key, place};
use crate::pki::Certificate;
use crate::pki::{DistinguishedName, Jwk, KeySpec, PrivateKey, bundle, csr, pem, thumbprint};

impl Service {
    /// Makes a key pair for an owner and a request to certify it. The answer is the key with its pending
    /// request; it becomes one of the owner's signing keys when the certificate is installed.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the owner is not there,
    /// [`Invalid`](crate::error::ErrorKind::Invalid) if a DNS name is none,
    /// [`Pending`](crate::error::ErrorKind::Pending) if the host has to make the key first, and those of
    /// the storage.
    pub fn create_request(
        &self,
        owner: Owner,
        subject: &DistinguishedName,
        dns_names: &[String],
        spec: KeySpec,
    ) -> Result<Key> {
        self.write(|unit| {
            let owner = owner.filed(&*unit.tx, unit.service)?;
            let (subject, dns_names) = (subject.clone(), dns_names.to_vec());
            let made = unit.self_signed(SelfSigned::Request { subject, dns_names, spec })?;
            let new = unit.next_id()?;
            let mut key = unit.only_key(new, &made.private)?;
            let id = thumbprint::sha256_base64url(&made.der);
            key.request = Some(CertificationRequest { id, der: BASE64_STANDARD.encode(&made.der), owner });
            records::save(&mut *unit.tx, unit.service.tenant, None, &key)?;
            unit.log(ChangeKind::RequestCreated, owner, Some(&key.kid));
            Ok(key)
        })
    }

    /// The keys of an owner whose requests are pending.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the owner is not there, and those of the storage.
    pub fn requests(&self, owner: Owner) -> Result<Vec<Key>> {
        self.read(|tx| {
            let owner = owner.filed(tx, self)?;
            let pending = records::requests(tx, self.tenant, owner, None)?;
            Ok(sorted_by(pending, |one, other| one.id.cmp(&other.id)))
        })
    }

    /// The key whose pending request has this id.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the owner or the request is not there, and those of
    /// the storage.
    pub fn request(&self, owner: Owner, request: &str) -> Result<Key> {
        self.read(|tx| pending(tx, self.tenant, owner.filed(tx, self)?, request))
    }

    /// Removes a pending request and its key pair.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the owner or the request is not there, and those of
    /// the storage.
    pub fn delete_request(&self, owner: Owner, request: &str) -> Result<()> {
        self.write(|unit| {
            let owner = owner.filed(&*unit.tx, unit.service)?;
            let key = pending(&*unit.tx, unit.tenant_id(), owner, request)?;
            records::remove(&mut *unit.tx, unit.service.tenant, &key)?;
            unit.log(ChangeKind::RequestRevoked, owner, Some(&key.kid));
            Ok(())
        })
    }

    /// A request to certify a signing key under the name that it has, in DER. It is not kept: any certificate of the key
    /// answers it ([`Service::update_signing_key`]), and a second one has the same octets.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the key is not there, and those of the storage.
    pub(crate) fn signing_key_request(&self, id: Id) -> Result<Vec<u8>> {
        let key = self.signing_key(id)?;
        let corrupt = |what: &str| Error::new(ErrorKind::Corrupt).context(format!("a key without {what}"));
        if !key.can_sign() {
            let words = "its private part is missing, because it was imported without it";
            return Err(Error::new(ErrorKind::WrongState).context(words));
        }
        let private = key.private.as_ref().ok_or_else(|| corrupt("its private part"))?;
        let private =
            PrivateKey::from_stored_pkcs8_der(&Zeroizing::new(pem::base64_any(private.reveal()?)?))?;
        let certificate = key.chain.first().ok_or_else(|| corrupt("a certificate"))?;
        let certificate = Certificate::from_stored_der(&pem::base64_any(certificate)?)?;
        let hash = certificate.hash().unwrap_or_default();
        csr::build(certificate.subject(), &[], &private, hash, &mut self.env.signer())
    }

    /// Attaches the certificate that was issued for a pending request, in any form that
    /// [`bundle::certificates`] reads: of several, the one of the request's key. The request is gone afterwards,
    /// and its key is one of the owner's signing keys. By whom and for which name the certificate was issued is
    /// not checked.
    ///
    /// ```
    /// use idpstore::env::{Clock as _, Generator, SeededEntropy, SystemClock};
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    /// use idpstore::pki::{
    ///     CertificationRequest, DistinguishedName, Hash, Issuance, KeySpec, NameAttribute, PrivateKey, Profile, issue, pem,
    /// };
    /// use idpstore::{IdpStore, Owner};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let provider = service.create_provider(|draft| {
    ///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    /// })?;
    /// let owner = Owner::Provider(provider.id);
    ///
    /// // We ask for a certificate …
    /// let subject = DistinguishedName::new().with(NameAttribute::CommonName, "sp.example.com");
    /// let key = service.create_request(owner, &subject, &[], KeySpec::Rsa { bits: 2048 })?;
    /// let request = key.request.expect("it is pending");
    ///
    /// // … an authority, elsewhere, issues it …
    /// let entropy = SeededEntropy::from_system()?;
    /// let authority = PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut Generator(&entropy))?;
    /// let requested = CertificationRequest::from_der(&pem::base64_any(&request.der)?)?;
    /// requested.verify()?;
    /// let issuance = Issuance {
    ///     serial_number: 1.into(),
    ///     not_before: SystemClock.now(),
    ///     not_after: SystemClock.now().plus_calendar_years(1),
    ///     issuer: &DistinguishedName::new().with(NameAttribute::CommonName, "Authority"),
    ///     subject: requested.subject(),
    ///     hash: Hash::Sha256,
    ///     profile: Profile::Bare,
    /// };
    /// let certificate = issue(&issuance, requested.jwk(), &authority, &mut Generator(&entropy))?;
    ///
    /// // … and the provider may sign with the key from now on.
    /// let installed = service.install_certificate(owner, &request.id, &certificate)?;
    /// assert_eq!(service.signing_keys(&owner.into())?.items, [installed]);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the owner or the request is not there,
    /// [`Invalid`](crate::error::ErrorKind::Invalid) if the certificate cannot be read, has another public key,
    /// or is not valid for as many days as the policy wants, and those of the storage.
    pub fn install_certificate(&self, owner: Owner, request: &str, file: &[u8]) -> Result<Key> {
        self.write(|unit| unit.install_certificate(owner, request, file))
    }
}

impl Unit<'_> {
    /// As [`Service::install_certificate`].
    pub(super) fn install_certificate(&mut self, owner: Owner, request: &str, file: &[u8]) -> Result<Key> {
        let owner = owner.filed(&*self.tx, self.service)?;
        let old = pending(&*self.tx, self.tenant_id(), owner, request)?;
        let issued = certificate_of(&old.jwk, file).map_err(|error| error.at(place::CERTIFICATE))?;
        self.service.policy.check_issued(&issued, self.now)?;
        let new = Key {
            created: self.now,
            updated: self.now,
            chain: vec![BASE64_STANDARD.encode(issued.der())],
            expires: Some(issued.not_after()),
            request: None,
            ..old.clone()
        };
        records::save(&mut *self.tx, self.service.tenant, Some(&old), &new)?;
        self.attach(owner, &new.kid, new.created)?;
        self.log(ChangeKind::CertificateInstalled, owner, Some(&new.kid));
        Ok(new)
    }
}

/// The certificate of this key in a file. If others in it cannot be read, that is the reason why it is missing.
fn certificate_of(key: &Jwk, file: &[u8]) -> Result<Certificate> {
    let mut missing = Error::invalid("", Reason::CertificateMismatch);
    for der in bundle::certificates(file)? {
        match Certificate::from_der(&der) {
            Ok(certificate) if csr::certificate_matches(&certificate, key) => return Ok(certificate),
            Ok(_) => {}
            Err(error) => missing = error,
        }
    }
    Err(missing)
}

/// The key of an owner whose pending request has this id.
fn pending(tx: &dyn ReadTx, tenant: Id, owner: Id, request: &str) -> Result<Key> {
    records::requests(tx, tenant, owner, Some(request))?
        .pop()
        .ok_or_else(|| Error::not_found(Resource::CertificationRequest, request))
}
