//! A change of the key with which a provider of Okta's signs, which is a call of its own.

use bytes::Bytes;
use http::Response;
use idpstore::IdpStore;

use crate::error::Text;

/// Answers the request in `head`, or the same for the new key, once the provider signs with that key.
#[cfg(feature = "okta")]
pub(crate) fn sign_with(
    store: &IdpStore,
    head: &str,
    provider: &str,
    kid: Option<String>,
    validity_years: u32,
) -> Result<Response<Bytes>, Text> {
    use idpstore::{ErrorKind, okta};

    use crate::error::text;
    use crate::message;

    let service = store.service();
    let changed = match kid {
        Some(kid) => okta::use_signing_key(&service, provider, &kid).map(|()| head.to_owned()),
        None => okta::rotate_signing_key(&service, provider, validity_years)
            .map(|kid| format!("{head}/credentials/keys/{kid}")),
    };
    match changed {
        Ok(head) => store.try_handle(message::request(&head, Bytes::new())?).map_err(text),
        Err(error) if matches!(error.kind(), ErrorKind::Pending(_)) => Err(text(error)),
        Err(error) => Ok(okta::rotation_refusal(&service, &error)),
    }
}

/// Without Okta's API there are no such providers.
#[cfg(not(feature = "okta"))]
pub(crate) fn sign_with(
    _: &IdpStore,
    _: &str,
    _: &str,
    _: Option<String>,
    _: u32,
) -> Result<Response<Bytes>, Text> {
    use idpstore::{Error, ErrorKind};

    let words = "this build of the store has no API of Okta";
    Err(crate::error::text(Error::new(ErrorKind::Unsupported).context(words)))
}
