//! What an import may do, and what became of a provider.

use serde_json::Value;

use super::ask::Ask;
use super::output;
use super::table::Table;
use super::target::{items, joined, text};

/// What an import of metadata may do besides adding and changing.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of its own")]
pub(super) struct Allowed {
    /// The partner may have another entity id or issuer than before
    #[arg(long)]
    pub(super) change_entity_id: bool,
    /// Stop trusting certificates that the metadata does not list
    #[arg(long)]
    drop_certificates: bool,
    /// Trust certificates again that were dropped
    #[arg(long)]
    accept_dropped: bool,
    /// Take metadata whose `validUntil` has passed
    #[arg(long)]
    accept_expired: bool,
}

impl Allowed {
    /// The same request, which may do this.
    pub(super) fn with(&self, ask: Ask) -> Ask {
        ask.flag("change_entity_id", self.change_entity_id)
            .flag("drop_certificates", self.drop_certificates)
            .flag("accept_dropped", self.accept_dropped)
            .flag("accept_expired", self.accept_expired)
    }
}

/// Certificates and keys as tables, as far as there are any.
pub(super) fn tables(imported: &Value) -> String {
    let mut certificates = Table::new(["certificate", "kid", "ends", "also trusted by"]);
    for it in items(imported, "certificates") {
        let is_expired = it.get("expired").and_then(Value::as_bool).unwrap_or_default();
        let ends = text(it, "expires") + if is_expired { " (expired)" } else { "" };
        certificates.row([text(it, "outcome"), text(it, "kid"), ends, joined(it, "trusted_by", ", ")]);
    }
    let mut keys = Table::new(["published key", "thumbprint", "type", "use", "algorithm"]);
    for it in items(imported, "keys") {
        let kind = format!("{}, {} bits", text(it, "kty"), text(it, "bits"));
        keys.row([text(it, "kid"), text(it, "thumbprint"), kind, text(it, "use"), text(it, "alg")]);
    }
    let any = |name| items(imported, name).next().is_some();
    let shown = any("certificates").then(|| certificates.text()).into_iter();
    shown.chain(any("keys").then(|| keys.text())).collect()
}

/// Warnings in lines with `!`, each once, with the number of providers if it is about several.
pub(super) fn warnings<'i>(imported: impl IntoIterator<Item = &'i Value>) -> String {
    let mut counts = Vec::<(&str, usize)>::new();
    for warning in imported.into_iter().flat_map(|it| items(it, "warnings")).filter_map(Value::as_str) {
        match counts.iter_mut().find(|(known, _)| *known == warning) {
            Some((_, count)) => *count += 1,
            None => counts.push((warning, 1)),
        }
    }
    let line = |(warning, count): (&str, usize)| {
        let warning = output::escaped(warning);
        if count > 1 { format!("! {warning} ({count} providers)\n") } else { format!("! {warning}\n") }
    };
    counts.into_iter().map(line).collect()
}
