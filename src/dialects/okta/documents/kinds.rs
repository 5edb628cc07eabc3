//! What the types of identity providers have and need.

use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::okta::wire::Kind;
use crate::dialects::parts::{client, is_at, oidc, saml};
use crate::model::{IdentityProvider, Protocol, social};

pub(super) fn is_saml(p: &IdentityProvider) -> bool {
    saml(p).is_some()
}

pub(super) fn is_openid(p: &IdentityProvider) -> bool {
    oidc(p).is_some()
}

pub(super) fn is_mutual_tls(p: &IdentityProvider) -> bool {
    matches!(p.protocol, Protocol::MutualTls(_))
}

pub(super) fn is_apple(p: &IdentityProvider) -> bool {
    is_at(p, social::APPLE)
}

pub(super) fn is_microsoft(p: &IdentityProvider) -> bool {
    is_at(p, social::MICROSOFT)
}

pub(super) fn is_persona(p: &IdentityProvider) -> bool {
    is_named(p, "IDV_PERSONA")
}

pub(super) fn is_standard(p: &IdentityProvider) -> bool {
    is_named(p, "IDV_STANDARD")
}

pub(super) fn is_integration(p: &IdentityProvider) -> bool {
    is_named(p, "OKTA_INTEGRATION")
}

/// Whether it is of this type, which only Okta has.
fn is_named(p: &IdentityProvider, name: &str) -> bool {
    matches!(&p.protocol, Protocol::Foreign(foreign) if foreign.kind == name)
}

/// Whether it signs what it sends.
pub(in crate::dialects::okta) fn signs(p: &IdentityProvider) -> bool {
    is_saml(p) || is_openid(p)
}

/// Whether it is trusted by a certificate.
pub(super) fn trusts(p: &IdentityProvider) -> bool {
    is_saml(p) || is_mutual_tls(p)
}

/// The protocol that its type speaks; none if Okta's pages do not name it.
pub(super) fn protocol(p: &IdentityProvider) -> Option<&'static str> {
    Kind::of(&p.protocol).map(|kind| kind.protocol).filter(|protocol| !protocol.is_empty())
}

pub(super) fn has_protocol(p: &IdentityProvider) -> bool {
    protocol(p).is_some()
}

/// Whether the document must name the protocol; for social services it is ignored.
pub(super) fn names_protocol(p: &IdentityProvider) -> bool {
    trusts(p) || is_openid(p) || is_proofing(p)
}

/// Whether it proves identities.
pub(super) fn is_proofing(p: &IdentityProvider) -> bool {
    matches!(p.protocol, Protocol::Foreign(_)) && protocol(p) == Some("ID_PROOFING")
}

/// Whether people sign in at a service.
pub(super) fn is_service(p: &IdentityProvider) -> bool {
    Kind::of(&p.protocol).is_some_and(Kind::is_social)
}

/// Whether its endpoints are its own, or the server's, whatever is received.
pub(super) fn has_own_endpoints(p: &IdentityProvider) -> bool {
    is_mutual_tls(p)
        || Kind::of(&p.protocol).is_some_and(|kind| !kind.endpoints.is_empty() && !is_microsoft(p))
}

/// Whether its endpoints are received.
pub(super) fn has_endpoints(p: &IdentityProvider) -> bool {
    !has_own_endpoints(p) && !is_microsoft(p)
}

/// Whether its endpoints must be named.
pub(super) fn needs_endpoints(p: &IdentityProvider) -> bool {
    is_openid(p) || is_standard(p)
}

/// Whether there is a client of ours at the partner.
pub(super) fn has_client(p: &IdentityProvider) -> bool {
    client(p).is_some() || is_service(p) || (is_proofing(p) && !is_persona(p))
}

/// Whether that client must have a secret; some are known by a key.
pub(super) fn has_secret(p: &IdentityProvider) -> bool {
    let is_social = matches!(p.protocol, Protocol::Social(_)) && !is_apple(p);
    is_social || (is_proofing(p) && !is_persona(p))
}

/// Whether scopes are requested of it.
pub(super) fn has_scopes(p: &IdentityProvider) -> bool {
    is_openid(p) || Kind::of(&p.protocol).is_some_and(|kind| !kind.scopes.is_empty())
}

/// Whether users are not provisioned by it: smart cards and identity proofing.
pub(super) fn is_without_provisioning(p: &IdentityProvider) -> bool {
    is_mutual_tls(p) || is_proofing(p)
}
