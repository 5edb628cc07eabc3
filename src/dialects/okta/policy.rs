//! What Okta asks of the rules.

use super::applications::modes::Mode;
use super::applications::{is_named_by_org, signing_key};
use super::linked_users::linkable;
use super::wire::Kind;
use crate::dialects::kinds::ProviderKind as _;
use crate::model::Protocol;
use crate::pki::Profile;
use crate::pki::{DistinguishedName, Hash, KeySpec, NameAttribute, Timestamp};
use crate::service::{CertificatePlan, DefaultKey, Deletion, KeyTypes, Policy, Unique};

/// The policy. Names, and what is a URL, are checked with the documents, in Okta's order and words.
pub(super) static POLICY: Policy = Policy {
    knows_provider: Kind::knows,
    knows_application: |application| Mode::of(application).is_some(),
    name_length: 1..=1024,
    checks_urls: false,
    unique: &[Unique::Alias(is_named_by_org), Unique::Certificate],
    trusted_keys: KeyTypes::RsaUnlessMutualTls,
    imports_valid_only: false,
    issued_for_days: Some(90),
    application_deletion: Deletion::IfInactive,
    user_deletion: Deletion::AfterDeactivation,
    provider_key: |provider, _| match provider.protocol {
        Protocol::Saml(_) => DefaultKey::Tenants,
        _ => DefaultKey::None,
    },
    application_key: signing_key,
    certificate: |it| certificate(it.tenant, it.now, DEFAULT_KEY_YEARS),
    linkable,
    ..Policy::NEUTRAL
};

/// For how many years a key is valid that is made because none was named.
const DEFAULT_KEY_YEARS: u32 = 10;

/// The certificate that Okta issues to itself for a key of an org.
pub(super) fn certificate(org: &str, now: Timestamp, years: u32) -> CertificatePlan {
    CertificatePlan {
        subject: org_name(org),
        issuer: org_name(org),
        serial_number: u128::try_from(now.unix_millis()).unwrap_or_default().into(),
        not_before: now.truncated_to_seconds().plus_seconds(-60),
        not_after: now.truncated_to_seconds().plus_calendar_years(years),
        spec: KeySpec::Rsa { bits: 2048 },
        hash: Hash::Sha256,
        profile: Profile::Bare,
    }
}

/// The name in the certificates that Okta issues to itself for an org.
fn org_name(org: &str) -> DistinguishedName {
    DistinguishedName::new()
        .with(NameAttribute::Country, "US")
        .with(NameAttribute::StateOrProvince, "California")
        .with(NameAttribute::Locality, "San Francisco")
        .with(NameAttribute::Organization, "Okta")
        .with(NameAttribute::OrganizationalUnit, "SSOProvider")
        .with(NameAttribute::CommonName, org)
        .with(NameAttribute::EmailAddress, "info@okta.com")
}
