//! The two certificates that are made: of a certification authority that may vouch for given names alone, and of the server.

use idpstore::env::{Generator, SeededEntropy};
use p256::ecdsa::{DerSignature, SigningKey};
use p256::elliptic_curve::Generate as _;
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder, Result};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::Encode;
use x509_cert::der::asn1::{GeneralizedTime, OctetString};
use x509_cert::der::flagset::FlagSet;
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::oid::db::rfc5280::ID_KP_SERVER_AUTH;
use x509_cert::ext::pkix::constraints::name::{GeneralSubtree, NameConstraints};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Criticality, Extension, ToExtension as _};
use x509_cert::name::Name as DistinguishedName;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use super::names::Name;

/// How long before it was made a certificate is valid, for callers whose clocks are late.
const LATE: u64 = 3600;

/// From when, in seconds of Unix, for how many days, and with which randomness.
#[derive(Clone, Copy)]
pub(super) struct Making<'a> {
    pub(super) now: u64,
    pub(super) days: u64,
    pub(super) entropy: &'a SeededEntropy,
}

/// What the two differ in.
struct Profile<'a> {
    issuer: DistinguishedName,
    subject: DistinguishedName,
    names: &'a [Name],
    is_authority: bool,
}

/// A new key on the curve P-256.
pub(super) fn key(entropy: &SeededEntropy) -> SigningKey {
    SigningKey::generate_from_rng(&mut Generator(entropy))
}

/// The certificate of an authority for these names, and for no others.
pub(super) fn authority(key: &SigningKey, names: &[Name], making: Making<'_>) -> Result<Certificate> {
    let serial = serial(making);
    // Clients that trust several of them can show them apart.
    let mark = serial.as_bytes().first_chunk().copied().map(u32::from_be_bytes).unwrap_or_default();
    let subject: DistinguishedName = format!("CN=idpstore local authority {mark:08x}").parse()?;
    let profile = Profile { issuer: subject.clone(), subject, names, is_authority: true };
    issue(key, profile, key, serial, making)
}

/// The certificate of a server with these names, by an authority.
pub(super) fn server(
    key: &SigningKey,
    names: &[Name],
    authority: (&Certificate, &SigningKey),
    making: Making<'_>,
) -> Result<Certificate> {
    let (issuer, signer) = authority;
    let issuer = issuer.tbs_certificate().subject().clone();
    let profile = Profile { issuer, subject: "CN=idpstore".parse()?, names, is_authority: false };
    issue(key, profile, signer, serial(making), making)
}

fn serial(making: Making<'_>) -> SerialNumber {
    SerialNumber::generate(&mut Generator(making.entropy))
}

fn issue(
    key: &SigningKey,
    profile: Profile<'_>,
    signer: &SigningKey,
    serial: SerialNumber,
    Making { now, days, .. }: Making<'_>,
) -> Result<Certificate> {
    let at = |seconds| {
        GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(seconds)).map(Time::GeneralTime)
    };
    let validity = Validity::new(at(now.saturating_sub(LATE))?, at(now.saturating_add(days * 24 * 3600))?);
    let public = SubjectPublicKeyInfo::from_key(key.verifying_key())?;
    CertificateBuilder::new(profile, serial, validity, public)?.build::<_, DerSignature>(signer)
}

impl BuilderProfile for Profile<'_> {
    fn get_issuer(&self, _: &DistinguishedName) -> DistinguishedName {
        self.issuer.clone()
    }

    fn get_subject(&self) -> DistinguishedName {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        signer: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let usages: FlagSet<KeyUsages> = if self.is_authority {
            KeyUsages::KeyCertSign | KeyUsages::CRLSign
        } else {
            KeyUsages::DigitalSignature.into()
        };
        let path_len_constraint = self.is_authority.then_some(0);
        Ok(vec![
            self.extension(&BasicConstraints { ca: self.is_authority, path_len_constraint })?,
            self.extension(&KeyUsage(usages))?,
            // The authority, too: what it signs for other uses is worth nothing.
            self.extension(&ExtendedKeyUsage(vec![ID_KP_SERVER_AUTH]))?,
            self.extension(&SubjectKeyIdentifier::try_from(key)?)?,
            self.extension(&AuthorityKeyIdentifier::try_from(signer)?)?,
            if self.is_authority {
                self.extension(&constraints(self.names)?)?
            } else {
                let names = self.names.iter().map(Name::to_general);
                self.extension(&SubjectAltName(names.collect::<x509_cert::der::Result<_>>()?))?
            },
        ])
    }
}

impl Profile<'_> {
    fn extension<T: AssociatedOid + Criticality + Encode>(&self, value: &T) -> Result<Extension> {
        Ok(value.to_extension(&self.subject, &[])?)
    }
}

/// That these names are permitted, and those below them. Each kind that a server may have is among them, so none is free.
fn constraints(names: &[Name]) -> x509_cert::der::Result<NameConstraints> {
    let tree = |base: GeneralName| GeneralSubtree { base, minimum: 0, maximum: None };
    let permitted = names.iter().map(|name| name.to_base().map(tree));
    let permitted = permitted.collect::<x509_cert::der::Result<_>>()?;
    Ok(NameConstraints { permitted_subtrees: Some(permitted), excluded_subtrees: None })
}

/// The names that an authority may vouch for.
pub(super) fn permitted(authority: &Certificate) -> Vec<Name> {
    let extension = authority.tbs_certificate().get_extension::<NameConstraints>();
    let trees = extension.ok().flatten().and_then(|(_, constraints)| constraints.permitted_subtrees);
    let bases = trees.into_iter().flatten().map(|tree| tree.base);
    let name = |base| match base {
        GeneralName::IpAddress(octets) => {
            let (address, _mask) = octets.as_bytes().split_at_checked(octets.as_bytes().len() / 2)?;
            Name::of_general(&GeneralName::IpAddress(OctetString::new(address).ok()?))
        }
        base => Name::of_general(&base),
    };
    bases.filter_map(name).collect()
}
