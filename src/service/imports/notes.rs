//! What is in a document and is not taken or not verified: a clause in lower case for each.

use std::collections::BTreeSet;

use super::MetadataImport;
use crate::error::excerpt;
use crate::model::{IdentityProvider, Protocol, Saml};
use crate::oidc::ProviderMetadata;
use crate::pki::Timestamp;
use crate::saml::Metadata;

/// How many names are listed at most.
const LISTED: usize = 20;

/// What an import of SAML metadata leaves out of the provider that was made or changed.
pub(super) fn of_metadata(
    metadata: &Metadata,
    provider: &IdentityProvider,
    import: &MetadataImport,
    now: Timestamp,
) -> Vec<String> {
    let mut notes = vec![if metadata.is_signed {
        "the metadata is signed, and the signature is not verified".to_owned()
    } else {
        "the metadata is not signed".to_owned()
    }];
    notes.extend(without_tls(import));
    notes.extend(metadata.valid_until.map(|end| {
        if end <= now {
            format!("the metadata was valid until {end}")
        } else {
            format!("the metadata is valid until {end}")
        }
    }));
    notes.extend_from_slice(&metadata.warnings);
    let Protocol::Saml(saml) = &provider.protocol else { return notes };
    notes.extend(of_endpoints(metadata, saml));
    if metadata.wants_signed_requests == Some(true) && provider.signing_key.is_none() {
        notes.push("the partner wants signed requests, and the provider has no signing key".to_owned());
    }
    notes.extend(of_name_id_formats(metadata, saml));
    let signing = &metadata.certificates;
    let encryption = metadata.encryption_certificates.iter().filter(|it| !signing.contains(it)).count();
    if encryption > 0 {
        notes.push(format!("certificates for encryption alone are not kept: {encryption}"));
    }
    notes.extend(
        metadata
            .cache_duration
            .as_ref()
            .map(|duration| format!("the `cacheDuration` `{}` is not kept", excerpt(duration))),
    );
    notes.extend(listed("these parts of the metadata are not kept", &metadata.unread));
    notes
}

fn of_endpoints(metadata: &Metadata, saml: &Saml) -> Vec<String> {
    let all = || metadata.single_sign_on.iter().chain(&metadata.single_logout);
    let unknown = all().filter(|endpoint| endpoint.location.is_empty()).map(|endpoint| &*endpoint.binding);
    let unknown: BTreeSet<_> = unknown.collect();
    let mut notes: Vec<_> =
        listed("endpoints with these bindings are not kept", unknown).into_iter().collect();
    if saml.single_sign_on.is_none() {
        notes.push("the metadata has no usable endpoint to sign in at".to_owned());
    }
    notes
}

fn of_name_id_formats(metadata: &Metadata, saml: &Saml) -> Option<String> {
    let formats = &metadata.name_id_formats;
    let others = formats.iter().filter(|format| saml.name_id_format.as_ref() != Some(format));
    let words = match &saml.name_id_format {
        None => "no name ID format is requested, and the metadata lists several".to_owned(),
        Some(own) if formats.contains(own) => "further name ID formats are not kept".to_owned(),
        Some(own) => {
            format!("the name ID format `{}` is requested, and the metadata lists others", excerpt(own))
        }
    };
    listed(&words, others)
}

/// What an import of discovery leaves out.
pub(super) fn of_discovery(metadata: &ProviderMetadata, import: &MetadataImport) -> Vec<String> {
    let mut notes: Vec<_> = without_tls(import).into_iter().collect();
    for (name, url) in metadata.endpoints() {
        if url.is_some_and(|url| !is_https(url)) {
            notes.push(format!("the `{name}` is reached without TLS"));
        }
    }
    notes.extend(listed("these members of the document are not kept", metadata.unread()));
    let Some(set) = &metadata.keys else {
        notes.push("the keys at the `jwks_uri` were not read".to_owned());
        return notes;
    };
    if set.keys.is_empty() {
        notes.push("no key is published with which a token could be verified".to_owned());
    }
    notes.extend_from_slice(&set.warnings);
    for key in &set.keys {
        let name = key.kid.clone().unwrap_or_else(|| key.thumbprint());
        let findings = key.findings();
        notes.extend(findings.iter().map(|finding| format!("key `{}`: {finding}", excerpt(&name))));
    }
    notes
}

/// That a provider will not remember any more where its settings came from.
pub(super) fn of_source(old: &IdentityProvider, import: &MetadataImport) -> Option<String> {
    let url = &old.source.as_ref().filter(|_| import.source.is_none())?.url;
    Some(format!("the provider is no longer refreshed from `{}`", excerpt(url)))
}

fn without_tls(import: &MetadataImport) -> Option<String> {
    let url = &import.source.as_ref().filter(|source| !is_https(&source.url))?.url;
    Some(format!("the document was fetched from `{}` without TLS", excerpt(url)))
}

fn is_https(url: &str) -> bool {
    url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}

/// Names behind what is to be known of them, unless there are none.
fn listed<N: AsRef<str>>(words: &str, names: impl IntoIterator<Item = N>) -> Option<String> {
    let mut names = names.into_iter();
    let shown: Vec<_> =
        names.by_ref().take(LISTED).map(|name| format!("`{}`", excerpt(name.as_ref()))).collect();
    let more = match names.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!shown.is_empty()).then(|| format!("{words}: {}{more}", shown.join(", ")))
}
