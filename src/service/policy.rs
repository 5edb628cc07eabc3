//! What differs between those who call the rules, as data. Each dialect has a policy of its own, and calls that come
//! through no dialect follow [`Policy::NEUTRAL`]; `docs/policies.md` shows them side by side.

use std::ops::RangeInclusive;

use super::certificate_plan::CertificatePlan;
use crate::env::CertificateSettings;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Application, Id, IdentityProvider, Key, Tenant};
use crate::pki::Profile;
use crate::pki::{DistinguishedName, Hash, KeySpec, NameAttribute, Timestamp};

/// What a dialect asks of the rules.
///
/// A record is refused only for what a call changes in it: what another policy has let in may stay.
#[derive(Debug)]
pub struct Policy {
    /// Whether a provider is of a kind that the dialect shows. Any other is missing for its calls.
    pub knows_provider: fn(&IdentityProvider) -> bool,
    /// The same for an application.
    pub knows_application: fn(&Application) -> bool,
    /// How many characters the name of a record has, and the login of a user.
    pub name_length: RangeInclusive<usize>,
    /// Whether endpoints and issuers must be URLs, and entity ids not empty and of 1024 characters at most (saml-core,
    /// section 8.3.6).
    pub checks_urls: bool,
    /// What no two records of a tenant share.
    pub unique: &'static [Unique],
    /// Which keys a provider may trust.
    pub trusted_keys: KeyTypes,
    /// Whether a certificate must be valid when it is imported.
    pub imports_valid_only: bool,
    /// For more than how many days a certificate must be valid that answers a request.
    pub issued_for_days: Option<u32>,
    /// When an application may be deleted.
    pub application_deletion: Deletion,
    /// When a user may be deleted.
    pub user_deletion: Deletion,
    /// Which key signs for a provider that names none; `true` says that the provider is new.
    pub provider_key: fn(&IdentityProvider, bool) -> DefaultKey,
    /// Which key signs for an application that names none; `true` says that the application is new.
    pub application_key: fn(&Application, bool) -> DefaultKey,
    /// The certificate of a key that is made because none was named.
    pub certificate: fn(&CertificateFor<'_>) -> CertificatePlan,
    /// Refuses a provider to which users cannot be linked.
    pub linkable: fn(&IdentityProvider) -> Result<()>,
    /// Takes from a tenant what its remainders say of a signing key that is deleted.
    pub forget_key: fn(&mut Tenant, &Key),
}

impl Policy {
    /// The policy of those who call the rules without a dialect: the strictest that no vendor contradicts.
    pub const NEUTRAL: Self = Self {
        knows_provider: |_| true,
        knows_application: |_| true,
        name_length: 1..=1024,
        checks_urls: true,
        unique: &[Unique::EntityId, Unique::Certificate],
        trusted_keys: KeyTypes::Any,
        imports_valid_only: false,
        issued_for_days: Some(0),
        application_deletion: Deletion::Always,
        user_deletion: Deletion::Always,
        provider_key: |_, _| DefaultKey::None,
        application_key: |_, _| DefaultKey::None,
        certificate: |it| {
            let name = DistinguishedName::new().with(NameAttribute::CommonName, it.tenant);
            CertificatePlan {
                subject: name.clone(),
                issuer: name,
                serial_number: u128::from(it.owner.number()).into(),
                not_before: it.now.truncated_to_seconds(),
                not_after: it.now.truncated_to_seconds().plus_calendar_years(10),
                spec: KeySpec::Rsa { bits: 2048 },
                hash: Hash::Sha256,
                profile: Profile::Bare,
            }
        },
        linkable: |_| Ok(()),
        forget_key: |_, _| {},
    };
}

/// What may be there once in a tenant.
#[derive(Clone, Copy, Debug)]
pub enum Unique {
    /// The name of a tenant, to the letter.
    TenantName,
    /// The name of a provider, to the letter.
    ProviderName,
    /// The alias of an application, if this says so of the alias.
    Alias(fn(&Tenant, &str) -> bool),
    /// The entity id of an application.
    EntityId,
    /// The certificate of a trusted key.
    Certificate,
}

/// Types of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTypes {
    /// Any.
    Any,
    /// RSA, but for providers that identify people by client certificates.
    RsaUnlessMutualTls,
}

/// When a record may be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// Whatever its state.
    Always,
    /// Only if it is switched off.
    IfInactive,
    /// If it is switched off; otherwise deleting it switches it off.
    AfterDeactivation,
}

impl Deletion {
    /// Whether a record is deleted now; if not, it is switched off.
    pub(super) fn deletes(self, is_active: bool) -> Result<bool> {
        match self {
            Self::IfInactive if is_active => {
                Err(Error::new(ErrorKind::WrongState)
                    .context("it is active, and may be deleted once it is not"))
            }
            Self::AfterDeactivation => Ok(!is_active),
            Self::Always | Self::IfInactive => Ok(true),
        }
    }
}

/// Which key signs for a record that names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultKey {
    /// None.
    None,
    /// The tenant's default key, which is made if there is none.
    Tenants,
    /// The tenant's default key, if there is one.
    TenantsIfAny,
    /// None, but the tenant's default key, which is made if there is none, becomes one of those that it may sign with.
    Lent,
    /// A new key of its own.
    Own,
}

/// For what a certificate is made.
#[derive(Debug)]
pub struct CertificateFor<'a> {
    /// The name of the tenant.
    pub tenant: &'a str,
    /// Who may sign with the key.
    pub owner: Id,
    /// How the host wants certificates.
    pub settings: CertificateSettings,
    /// The time.
    pub now: Timestamp,
}
