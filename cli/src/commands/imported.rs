//! What an import may do, and what became of a provider.

use std::collections::BTreeMap;

use idpstore::model::Source;
use idpstore::oidc::PublishedKey;
use idpstore::{ImportedMetadata, MetadataImport};
use serde_json::{Value, json};

use super::output;
use super::table::Table;

/// What an import of metadata may do besides adding and changing.
#[derive(clap::Args)]
pub(super) struct Allowed {
    /// The partner may have another entity id or issuer than before
    #[arg(long)]
    change_entity_id: bool,
    /// Stop trusting certificates that the metadata does not list
    #[arg(long)]
    drop_certificates: bool,
    /// Take metadata whose `validUntil` has passed
    #[arg(long)]
    accept_expired: bool,
}

impl Allowed {
    /// The import of a document from there.
    pub(super) fn import(&self, source: Option<Source>) -> MetadataImport {
        MetadataImport {
            changes_entity_id: self.change_entity_id,
            drops_certificates: self.drop_certificates,
            accepts_expired: self.accept_expired,
            source,
        }
    }
}

/// The certificates of a partner, and what became of each.
pub(super) fn certificates(imported: &ImportedMetadata) -> Value {
    let certificates = imported.certificates.iter().map(|it| {
        json!({
            "outcome": it.outcome.name(),
            "kid": it.kid,
            "expires": it.expires.map(|end| end.to_string()),
            "expired": it.is_expired,
            "trusted_by": it.trusted_by,
        })
    });
    certificates.collect()
}

/// The keys that a partner publishes.
pub(super) fn keys(imported: &ImportedMetadata) -> Value {
    let keys = imported.keys.iter().map(|it| {
        json!({
            "kid": it.kid,
            "thumbprint": it.thumbprint(),
            "kty": it.jwk.kty(),
            "bits": it.jwk.bits(),
            "use": it.usage,
            "alg": it.alg,
            "findings": findings(it),
        })
    });
    keys.collect()
}

fn findings(key: &PublishedKey) -> Vec<String> {
    key.findings().iter().map(ToString::to_string).collect()
}

/// Certificates and keys as tables, as far as there are any.
pub(super) fn tables(imported: &ImportedMetadata) -> String {
    let mut text = String::new();
    if !imported.certificates.is_empty() {
        let mut table = Table::new(["certificate", "kid", "ends", "also trusted by"]);
        for it in &imported.certificates {
            let ends = it.expires.map(|end| end.to_string()).unwrap_or_default();
            let ends = if it.is_expired { format!("{ends} (expired)") } else { ends };
            table.row([it.outcome.name().to_owned(), it.kid.clone(), ends, it.trusted_by.join(", ")]);
        }
        text += &table.text();
    }
    if !imported.keys.is_empty() {
        let mut table = Table::new(["published key", "thumbprint", "type", "use", "algorithm"]);
        for it in &imported.keys {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let kind = format!("{}, {} bits", it.jwk.kty(), it.jwk.bits());
            table.row([text(&it.kid), it.thumbprint(), kind, text(&it.usage), text(&it.alg)]);
        }
        text += &table.text();
    }
    text
}

/// Warnings in lines with `!`, each once, with the number of providers if it is about several.
pub(super) fn warnings<'i>(imported: impl IntoIterator<Item = &'i ImportedMetadata>) -> String {
    let mut counts = BTreeMap::new();
    let mut order = Vec::new();
    for warning in imported.into_iter().flat_map(|it| &it.warnings) {
        let count = counts.entry(warning).or_insert(0);
        *count += 1;
        if *count == 1 {
            order.push(warning);
        }
    }
    let line = |warning: &String| {
        let count = counts.get(warning).copied().unwrap_or(1);
        let warning = output::escaped(warning);
        if count > 1 { format!("! {warning} ({count} providers)\n") } else { format!("! {warning}\n") }
    };
    order.into_iter().map(line).collect()
}
