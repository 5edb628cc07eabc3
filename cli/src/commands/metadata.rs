//! `idpstore metadata`: our own SAML metadata, and what partners publish.

use serde_json::{Value, json};

use super::ask::{Ask, Problem};
use super::imported::{self, Allowed};
use super::plan;
use super::published::Document;
use super::refresh::Refresh;
use super::target::text;
use super::tenant::OfTenant;
use crate::failure::Failure;

/// Print our SAML metadata, and take in what partners publish.
///
/// Documents from URLs are fetched here, from public and loopback addresses. `refresh` of the store of a server lets the server
/// fetch, if that was started with `--allow-metadata-fetch`.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore metadata export partner --base-url https://sp.example.com --db idps.redb
  idpstore metadata plan partner partner.xml --db idps.redb
  idpstore metadata apply partner https://idp.example.com/metadata --db idps.redb
  idpstore metadata refresh --dry-run --db idps.redb")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Print our metadata for a partner, with the certificates of the active, the next and the previous keys
    Export {
        #[command(flatten)]
        common: OfTenant,
        /// With what our URLs begin
        #[arg(long, default_value = "http://localhost")]
        base_url: String,
        /// The id or the alias of a provider, or the id of an application
        owner: String,
    },
    /// Print what a partner's document would change
    Plan(Import),
    /// Take in a partner's document: entity id, endpoints and certificates, or issuer and endpoints
    Apply(Import),
    /// Read again what all partners publish whose providers came from URLs, and take it in
    Refresh(Refresh),
}

#[derive(clap::Args)]
struct Import {
    #[command(flatten)]
    common: OfTenant,
    #[command(flatten)]
    allowed: Allowed,
    /// The entity to choose if the metadata describes several; without it that of the provider
    #[arg(long, value_name = "ID")]
    entity_id: Option<String>,
    /// The id or the alias of a provider
    provider: String,
    /// What the partner publishes, SAML metadata or OpenID Connect discovery: a file or a URL
    #[arg(value_name = "FILE|URL")]
    document: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.verb {
        Verb::Export { common, base_url, owner } => {
            let ask = common.of(Ask::get(&["owners", owner, "metadata.xml"]));
            let metadata = common.target.open_with(|builder| builder.base_url(base_url))?.ask(ask);
            let metadata = metadata.map_err(|problem| common.target.unread(&problem))?;
            let metadata = metadata.as_str().unwrap_or_default();
            common.target.print(|| json!({"metadata": metadata}), || format!("{metadata}\n"))
        }
        Verb::Plan(import) => import.run(true),
        Verb::Apply(import) => import.run(false),
        Verb::Refresh(refresh) => refresh.run(),
    }
}

impl Import {
    fn run(&self, is_dry: bool) -> Result<(), Failure> {
        let (target, document) = (&self.common.target, Document::read(&self.document)?);
        let store = target.open()?;
        let failure = |problem: Problem| target.failure("take in the metadata in", &problem);
        let provider =
            store.ask(self.common.of(Ask::get(&["providers", &self.provider]))).map_err(failure)?;
        let ask = self.ask(&provider, document)?.flag("plan", is_dry);
        let answer = store.ask(ask).map_err(failure)?;
        if is_dry {
            let tables = answer.get("answer").map(imported::tables).unwrap_or_default();
            return target.print(|| answer.clone(), || plan::lines(&answer) + &tables);
        }
        target.print(|| answer.clone(), || imported::tables(&answer) + &imported::warnings([&answer]))
    }

    /// The request that sends a document as the protocol of the provider implies.
    fn ask(&self, provider: &Value, document: Document) -> Result<Ask, Failure> {
        let id = text(provider, "id");
        if text(provider, "kind") == "open_id_connect" {
            let ask = self.common.of(Ask::post(&["providers", &id, "discovery"]));
            return document.discovery_in(ask, json!({"change_issuer": self.allowed.change_entity_id}));
        }
        let ask = self.common.of(Ask::post(&["providers", &id, "metadata"]));
        let ask = self.allowed.with(ask).with_any("entity_id", self.entity_id.as_ref());
        Ok(document.metadata_in(ask))
    }
}
