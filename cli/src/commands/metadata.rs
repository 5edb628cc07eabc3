//! `idpstore metadata`: our own SAML metadata, and what partners publish.

use idpstore::model::{IdentityProvider, Protocol};
use idpstore::oidc::ProviderMetadata;
use idpstore::saml::Metadata;
use idpstore::{IdpStore, ImportedMetadata};
use serde_json::{Value, json};

use super::ask::Ask;
use super::imported::{self, Allowed};
use super::owner::{OfFile, provider};
use super::plan;
use super::published::Document;
use super::refresh::Refresh;
use super::tenant::OfTenant;
use crate::failure::Failure;

/// Print our SAML metadata, and take in what partners publish.
///
/// Documents from URLs are fetched from public and loopback addresses.
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
    common: OfFile,
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

/// What a partner publishes.
enum Published {
    Entity(Box<Metadata>),
    Issuer(Box<ProviderMetadata>),
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.verb {
        Verb::Export { common, base_url, owner } => {
            let ask = common.of(Ask::get(&["owners", owner, "metadata.xml"]));
            let metadata = common.target.open_at(base_url)?.ask(ask);
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
        let (file, document) = (&self.common.file, Document::read(&self.document)?);
        let store = self.common.open()?;
        let failure = |error: idpstore::Error| file.failure("take in the metadata in", &error);
        let found = provider(&store, &self.provider).and_then(|id| store.providers().get(id));
        let found = found.map_err(failure)?;
        let published = self.published(&found, &document)?;
        let import = self.allowed.import(document.source);
        let call = |store: &IdpStore| match &published {
            Published::Entity(entity) => store.service().update_from_metadata(found.id, entity, &import),
            Published::Issuer(issuer) => store.service().update_from_discovery(found.id, issuer, &import),
        };
        if !is_dry {
            let made = call(&store).map_err(failure)?;
            let json = || {
                json!({
                    "certificates": imported::certificates(&made),
                    "keys": imported::keys(&made),
                    "warnings": made.warnings,
                })
            };
            return file.print(json, || imported::tables(&made) + &imported::warnings([&made]));
        }
        let mut made = None;
        let plan = store.plan(|store| {
            made = Some(call(store)?);
            Ok(())
        });
        let plan = plan.map_err(failure)?;
        let of = |show: fn(&ImportedMetadata) -> Value| made.as_ref().map(show).unwrap_or_default();
        let answer = json!({"certificates": of(imported::certificates), "keys": of(imported::keys)});
        let tables = made.as_ref().map(imported::tables).unwrap_or_default();
        file.print(|| plan::json(&plan, &[("answer", answer)]), || plan::lines_of(&plan) + &tables)
    }

    /// Reads a document as the protocol of the provider implies.
    fn published(&self, provider: &IdentityProvider, document: &Document) -> Result<Published, Failure> {
        if let Protocol::OpenIdConnect(_) = &provider.protocol {
            return Ok(Published::Issuer(Box::new(document.discovery()?)));
        }
        let own = match &provider.protocol {
            Protocol::Saml(saml) => saml.entity_id.as_deref(),
            _ => None,
        };
        let entity_id = self.entity_id.as_deref().or(own);
        Ok(Published::Entity(Box::new(document.metadata(entity_id)?)))
    }
}
