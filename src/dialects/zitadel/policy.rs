//! What ZITADEL requires of the rules.

use super::documents::kinds::Kind;
use super::ids;
use crate::dialects::kinds::ProviderKind as _;
use crate::model::Protocol;
use crate::pki::Profile;
use crate::pki::{DistinguishedName, Hash, NameAttribute};
use crate::service::{CertificateFor, CertificatePlan, DefaultKey, KeyTypes, Policy};

/// The policy. Fields are checked with the messages, in ZITADEL's words; a name may be empty, and what is a URL is not
/// looked at.
pub(super) static POLICY: Policy = Policy {
    knows_provider: Kind::knows,
    name_length: 0..=usize::MAX,
    checks_urls: false,
    unique: &[],
    trusted_keys: KeyTypes::Any,
    provider_key: |provider, is_new| match provider.protocol {
        Protocol::Saml(_) if is_new => DefaultKey::Own,
        _ => DefaultKey::None,
    },
    certificate,
    ..Policy::NEUTRAL
};

/// `serialNumber` of a name (X.520).
const SERIAL_NUMBER: &str = "2.5.4.5";

/// The certificate that ZITADEL issues for a key of a provider.
pub(super) fn certificate(it: &CertificateFor<'_>) -> CertificatePlan {
    let id = ids::spell(it.owner);
    let now = it.now.truncated_to_seconds();
    let name = DistinguishedName::new()
        .with(NameAttribute::Organization, "ZITADEL")
        .with(NameAttribute::CommonName, format!("ZITADEL SP {id}"))
        .with(NameAttribute::Other(SERIAL_NUMBER.to_owned()), id);
    CertificatePlan {
        subject: name.clone(),
        issuer: name,
        serial_number: u128::from(it.owner.number()).into(),
        not_before: now,
        not_after: now.plus_seconds(i64::from(it.settings.lifetime_hours) * 3600),
        spec: it.settings.spec,
        hash: Hash::Sha256,
        profile: Profile::ServiceProvider,
    }
}
