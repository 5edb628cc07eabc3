//! What a policy refuses of a value by itself: names, URLs, entity ids, keys and certificates.

use http::Uri;

use super::policy::{KeyTypes, Policy};
use crate::error::{Error, Reason, Result, Violation};
use crate::model::{IdentityProvider, Key, Protocol, place};
use crate::pki::{Certificate, Timestamp};

/// What is wrong, and the text that is.
pub(super) type Fault<'r> = (Violation, &'r str);

impl Policy {
    /// Whether a provider may trust a key, which is named at this place.
    pub(super) fn check_trust(&self, provider: &IdentityProvider, key: &Key, place: &str) -> Result<()> {
        match (self.trusted_keys, &provider.protocol) {
            (KeyTypes::Any, _) | (KeyTypes::RsaUnlessMutualTls, Protocol::MutualTls(_)) => Ok(()),
            (KeyTypes::RsaUnlessMutualTls, _) if key.jwk.kty() == "RSA" => Ok(()),
            (KeyTypes::RsaUnlessMutualTls, _) => Err(Error::invalid(place, Reason::KeyTypeNotAllowed)),
        }
    }

    /// Whether a certificate that answers a request is valid for long enough.
    pub(super) fn check_issued(&self, certificate: &Certificate, now: Timestamp) -> Result<()> {
        let Some(days) = self.issued_for_days else { return Ok(()) };
        if certificate.not_after() > now.plus_seconds(i64::from(days) * SECONDS_PER_DAY) {
            Ok(())
        } else {
            Err(Error::invalid(place::CERTIFICATE, Reason::CertificateExpiresWithin(days)))
        }
    }

    /// Whether a certificate may be imported now.
    pub(super) fn check_imported(&self, certificate: &Certificate, now: Timestamp) -> Result<()> {
        let (start, end) = (certificate.not_before(), certificate.not_after());
        if !self.imports_valid_only || (start..=end).contains(&now) {
            return Ok(());
        }
        Err(Error::invalid(place::CERTIFICATE, Reason::Other(format!("is valid from {start} to {end} only"))))
    }

    pub(super) fn name<'r>(&self, place: &str, name: &'r str) -> Option<Fault<'r>> {
        text(place, name, *self.name_length.start(), *self.name_length.end())
    }

    pub(super) fn entity_id<'r>(&self, entity_id: Option<&'r String>) -> Option<Fault<'r>> {
        let entity_id = entity_id.filter(|_| self.checks_urls)?;
        text(place::ENTITY_ID, entity_id, 1, ENTITY_ID_LENGTH)
    }

    pub(super) fn url<'r>(&self, place: &str, url: Option<&'r String>) -> Option<Fault<'r>> {
        let url = url.filter(|url| self.checks_urls && !is_url(url))?;
        let words = "must be a URL that begins with http:// or https://";
        Some((Violation::new(place, Reason::Other(words.to_owned())), url))
    }
}

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// How many characters an entity id has at most (saml-core, section 8.3.6).
const ENTITY_ID_LENGTH: usize = 1024;

/// What is wrong with a text of which so many characters are wanted.
fn text<'r>(place: &str, text: &'r str, least: usize, most: usize) -> Option<Fault<'r>> {
    let bound = |bound: usize| i64::try_from(bound).unwrap_or(i64::MAX);
    let reason = match text.chars().count() {
        0 if least > 0 => Reason::Empty,
        length if (least..=most).contains(&length) => return None,
        _ => Reason::OutOfRange(bound(least), bound(most)),
    };
    Some((Violation::new(place, reason), text))
}

/// Whether a text is a URL with a host (RFC 9110, section 4.2).
fn is_url(text: &str) -> bool {
    let uri = text.parse::<Uri>();
    uri.is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}
