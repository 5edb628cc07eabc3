//! What Okta's server adds to a provider, and what it drops (recorded behaviour; `docs/okta.md`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::Scene;
use super::checks::UNSPECIFIED;
use super::kinds::{is_mutual_tls, is_openid, is_saml, is_service, is_without_provisioning, trusts};
use crate::dialects::document::{Fill, Missing, Normal, Shown};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::okta::wire::{Endpoint, Kind, MICROSOFT};
use crate::model::IdentityProvider;

pub(super) const NULL: Shown<'_> = Shown::Json(Value::Null);

/// What a SAML provider has.
pub(super) fn of_saml<'r>(p: &'r IdentityProvider, text: &'static str) -> Shown<'r> {
    is_saml(p).then_some(text).into()
}

/// What a provider has that speaks OpenID Connect.
pub(super) fn of_openid<'r>(p: &'r IdentityProvider, text: &'static str) -> Shown<'r> {
    is_openid(p).then_some(text).into()
}

fn null_if(is_null: bool) -> Shown<'static> {
    if is_null { NULL } else { Shown::Nothing }
}

pub(super) fn issuer_mode(p: &IdentityProvider) -> Shown<'_> {
    if is_service(p) { "DYNAMIC".into() } else { of_openid(p, "ORG_URL") }
}

/// A replacement without a status switches the provider off.
pub(super) const STATUS_READ: Fill<IdentityProvider> =
    |missing| Some(if missing.is_new { "ACTIVE" } else { "INACTIVE" }.into());

pub(super) fn scopes(p: &IdentityProvider) -> Shown<'_> {
    let scopes = Kind::of(&p.protocol).map(|kind| kind.scopes).filter(|scopes| !scopes.is_empty());
    scopes.map(Value::from).into()
}

pub(super) fn name_format(p: &IdentityProvider) -> Shown<'_> {
    if is_openid(p) { NULL } else { of_saml(p, UNSPECIFIED) }
}

/// Settings without the member mean true; no settings at all mean false.
pub(super) const PERSISTENT_READ: Fill<IdentityProvider> = |missing| Some(missing.is_in_object.into());

/// False, if there is anything about provisioning.
pub(super) fn in_object(missing: &Missing<'_, IdentityProvider>) -> Option<Value> {
    missing.is_in_object.then(|| false.into())
}

/// A replacement without a signing key keeps it.
pub(super) fn same_key(missing: &Missing<'_, IdentityProvider>) -> Option<Value> {
    missing.record.signing_key.as_deref().map(Value::from)
}

pub(super) fn revocation(p: &IdentityProvider) -> Shown<'_> {
    null_if(trusts(p))
}

pub(super) fn certificate_audience(p: &IdentityProvider) -> Shown<'_> {
    null_if(is_mutual_tls(p))
}

pub(super) fn groups(p: &IdentityProvider) -> Shown<'_> {
    null_if(is_without_provisioning(p))
}

pub(super) fn trusts_claims(p: &IdentityProvider) -> Shown<'_> {
    if is_saml(p) || is_openid(p) { false.into() } else { Shown::Nothing }
}

/// The endpoints of a service, or those at which smart cards are shown.
pub(super) fn own_endpoints<'r>(p: &'r IdentityProvider, scene: &'r Scene) -> Shown<'r> {
    if is_mutual_tls(p) {
        return json!({"sso": {"url": format!("{}/login/cert", scene.base_url)}}).into();
    }
    endpoints(Kind::of(&p.protocol).map_or(&[], |kind| kind.endpoints), str::to_owned).into()
}

fn endpoints(endpoints: &[Endpoint], url_of: impl Fn(&str) -> String) -> Value {
    let endpoint = |(name, url, binding): &Endpoint| {
        ((*name).to_owned(), json!({"url": url_of(url), "binding": binding}))
    };
    Value::Object(endpoints.iter().map(endpoint).collect())
}

/// The endpoints of one tenant at Microsoft; Okta's own are those of `common`.
pub(super) fn tenants_endpoints(tenant: &str) -> Value {
    let segment = format!("/{}/", utf8_percent_encode(tenant, SEGMENT));
    endpoints(MICROSOFT, |url| url.replace("/common/", &segment))
}

/// What is not written as it is in a segment of a path (RFC 3986, section 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Drops a SAML signature from an OpenID Connect provider.
pub(super) const WITHOUT_SIGNATURE: Normal<IdentityProvider> = |p, signature| {
    let is_samls = is_openid(p) && signature == json!({"algorithm": "SHA-256", "scope": "REQUEST"});
    Ok((!is_samls).then_some(signature))
};

/// Drops an object of an OpenID Connect provider that is then empty.
pub(super) const WITHOUT_EMPTY: Normal<IdentityProvider> = |p, around| {
    let is_empty = is_openid(p) && around.as_object().is_some_and(Members::is_empty);
    Ok((!is_empty).then_some(around))
};
