//! What a policy refuses of a value by itself: names, URLs, entity ids, keys and certificates.

use http::Uri;

use super::policy::{KeyTypes, Policy};
use crate::error::{Error, Reason, Result, Violation};
use crate::model::{IdentityProvider, Key, Protocol, Social, Source, place};
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

    /// What is wrong with the alias of a provider and the name of its service, whatever the policy.
    pub(super) fn names_for_programs(provider: &IdentityProvider) -> impl Iterator<Item = Fault<'_>> {
        let alias = provider.alias.as_ref().and_then(|alias| text(place::ALIAS, alias, 1, ALIAS_LENGTH));
        let service = match &provider.protocol {
            Protocol::Social(Social { service, .. }) if !is_service(service) => {
                let words = "must be the name of a service: lower case letters, digits and `_`";
                Some((Violation::new(place::SERVICE, Reason::Other(words.to_owned())), service.as_str()))
            }
            _ => None,
        };
        alias.into_iter().chain(service)
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

    /// Passwords have no place in a URL that is shown wherever its provider is.
    pub(super) fn source<'r>(&self, source: &'r Source) -> Option<Fault<'r>> {
        if source.has_credentials() {
            let words = "must not have a user name or a password in it".to_owned();
            return Some((Violation::new(place::SOURCE, Reason::Other(words)), &source.url));
        }
        self.url(place::SOURCE, Some(&source.url))
    }
}

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// How many characters an alias has at most.
const ALIAS_LENGTH: usize = 255;

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

/// Whether a text can name a service: providers at a service are indexed under its name, among the names of protocols.
fn is_service(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=ALIAS_LENGTH).contains(&text.len()) && text.bytes().all(is_word) && !Protocol::NAMES.contains(&text)
}

/// Whether a text is a URL with a host (RFC 9110, section 4.2).
fn is_url(text: &str) -> bool {
    let uri = text.parse::<Uri>();
    uri.is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}
