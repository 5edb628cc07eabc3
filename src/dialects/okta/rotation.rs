//! Which key a provider signs with, changed in one transaction. Okta's API has no call for it: its clients read the
//! provider and write it back, which undoes what others have changed in between.

use super::errors::PROVIDER;
use super::policy::certificate;
use super::wire::Kind;
use super::{DIALECT, ids, keys};
use crate::dialects::kinds::{Canonical, ProviderKind as _};
use crate::dialects::settle;
use crate::error::{Error, Reason, Result, excerpt};
use crate::http::{Request, Response, Wording as _};
use crate::model::{IdentityProvider, place};
use crate::service::{Draft, Service};

/// Makes a provider sign with one of its signing keys from now on.
///
/// # Errors
///
/// [`NotFound`](crate::ErrorKind::NotFound) if there is no such provider, [`Invalid`](crate::ErrorKind::Invalid) if the
/// key is not one of its own or it signs nothing, and those of the storage.
pub fn use_signing_key(service: &Service, provider: &str, kid: &str) -> Result<()> {
    sign_with(service, provider, |_| Ok(kid.to_owned())).map(drop)
}

/// Makes a new signing key for a provider, with a certificate that is valid for so many years, and makes the provider
/// sign with it from now on. The old key stays one of the provider's. Returns the `kid` of the new key.
///
/// # Errors
///
/// As [`use_signing_key`], [`Invalid`](crate::ErrorKind::Invalid) if the years are not 2 to 10, and
/// [`Pending`](crate::ErrorKind::Pending) if the host has to make the key first.
pub fn rotate_signing_key(service: &Service, provider: &str, validity_years: u32) -> Result<String> {
    let years = keys::valid_years(Some(validity_years.into()))?;
    sign_with(service, provider, |draft| draft.new_signing_key(|org, now| certificate(org, now, years), None))
}

/// What Okta answers if such a change is refused: as to a replacement of the provider.
#[must_use]
pub fn rotation_refusal(service: &Service, error: &Error) -> Response {
    let mut response = PROVIDER.answer(error, &Request::default(), service.env());
    (DIALECT.finish)(&mut response, service.env());
    response
}

fn sign_with(
    service: &Service,
    provider: &str,
    mut key: impl FnMut(&mut Draft<'_, '_>) -> Result<String>,
) -> Result<String> {
    let service = service.through(DIALECT.name, DIALECT.policy);
    let changed = service.update_provider(ids::provider(provider)?, |old, draft| {
        if !matches!(Kind::of_provider(old)?.canonical, Canonical::Saml | Canonical::OpenIdConnect) {
            let reason = Reason::Other("providers of this type sign nothing".to_owned());
            return Err(Error::invalid(place::SIGNING_KEY, reason));
        }
        let mut new = IdentityProvider { signing_key: Some(key(draft)?), ..old.clone() };
        settle(&DIALECT, old, &mut new);
        Ok(new)
    })?;
    Ok(changed.signing_key.unwrap_or_default())
}

/// How many certificates of a partner Okta shows: one, and one besides.
const TRUSTED: usize = 2;

/// What Okta cannot show of a rotation: it has one certificate of ours at a time, and room for two of the partner's.
pub(super) fn cautions(before: &IdentityProvider, after: &IdentityProvider) -> Vec<String> {
    let mut found = Vec::new();
    if before.signing_key != after.signing_key
        && after.signing_key.is_some()
        && Kind::of(&after.protocol).is_some()
    {
        let name = excerpt(&after.name);
        found.push(format!(
            "Okta shows one signing certificate: users cannot sign in through `{name}` until the partner has the new one"
        ));
    }
    if after.trusted_keys.len() > TRUSTED && after.trusted_keys.len() > before.trusted_keys.len() {
        found.push(format!(
            "Okta shows {TRUSTED} of the {} certificates of the partner",
            after.trusted_keys.len()
        ));
    }
    found
}
