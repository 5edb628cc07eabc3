//! An issuer of certificates, with a key and a name: the partner, or a certification authority.

use idpstore::env::{Clock as _, Entropy as _, Generator, SeededEntropy, SystemClock};
use idpstore::pki::{
    CertificationRequest, DistinguishedName, Hash, Issuance, Jwk, KeySpec, NameAttribute, PrivateKey,
    Profile, Timestamp, issue,
};

use crate::failure::Failure;

/// For how many years everything issued here is valid.
const YEARS: u32 = 2;

/// An issuer that exists for one run.
pub(super) struct Issuer {
    name: DistinguishedName,
    key: PrivateKey,
    entropy: SeededEntropy,
    now: Timestamp,
}

impl Issuer {
    /// An issuer with this common name and a new key.
    pub(super) fn new(common_name: &str) -> Result<Self, Failure> {
        let name = DistinguishedName::new().with(NameAttribute::CommonName, common_name);
        let make = || {
            let entropy = SeededEntropy::from_system()?;
            let key = PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut Generator(&entropy))?;
            Ok(Self { name: name.clone(), key, entropy, now: SystemClock.now() })
        };
        make()
            .map_err(|error: idpstore::Error| Failure::new(format!("cannot make a key for `{name}`"), &error))
    }

    pub(super) fn name(&self) -> &DistinguishedName {
        &self.name
    }

    /// A certificate for the issuer's own key, as end entity ([`Profile::Bare`]) or as authority, in DER.
    pub(super) fn own_certificate(&self, profile: Profile) -> Result<Vec<u8>, Failure> {
        self.issue(&self.name, &self.key.public_jwk(), profile)
    }

    /// Issues the certificate that a certification request asks for, if it is signed by its own key. All in DER.
    pub(super) fn certify(&self, request: &[u8]) -> Result<Vec<u8>, Failure> {
        let request = CertificationRequest::from_der(request)
            .and_then(|request| request.verify().map(|()| request))
            .map_err(|error| Failure::new("cannot certify the request", &error))?;
        self.issue(request.subject(), request.jwk(), Profile::Bare)
    }

    fn issue(&self, subject: &DistinguishedName, key: &Jwk, profile: Profile) -> Result<Vec<u8>, Failure> {
        let mut serial_number = [0; 8];
        self.entropy.fill(&mut serial_number);
        let issuance = Issuance {
            serial_number: u128::from(u64::from_be_bytes(serial_number)).into(),
            not_before: self.now.plus_seconds(-60),
            not_after: self.now.plus_calendar_years(YEARS),
            issuer: &self.name,
            subject,
            hash: Hash::Sha256,
            profile,
        };
        issue(&issuance, key, &self.key, &mut Generator(&self.entropy))
            .map_err(|error| Failure::new(format!("`{}` cannot issue a certificate", self.name), &error))
    }
}
