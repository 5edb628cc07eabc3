//! `idpstore create`: new records.

use std::fmt::Write as _;

use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Saml};
use idpstore::{ImportedAggregate, ImportedMetadata, MetadataImport};
use serde_json::{Value, json};

use super::imported;
use super::owner::OfFile;
use super::published::Document;
use super::table::Table;
use crate::failure::Failure;

/// Create a provider from what the partner publishes. The store file is made if it is not there.
///
/// A document from a URL is fetched from public and loopback addresses, and the provider remembers the URL: `idpstore metadata
/// refresh` reads it again.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore create saml Partner --alias partner --metadata partner.xml --db idps.redb
  idpstore create saml --metadata https://federation.example/metadata.xml --all --db idps.redb
  idpstore create oidc Partner --discovery https://op.example/.well-known/openid-configuration --db idps.redb")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(clap::Subcommand)]
enum Kind {
    /// Create a SAML provider, or one for each identity provider of a federation
    Saml {
        #[command(flatten)]
        common: OfFile,
        /// A name for programs, which no other provider has
        #[arg(long, conflicts_with = "all")]
        alias: Option<String>,
        /// The metadata of the partner: a file or a URL
        #[arg(long, value_name = "FILE|URL")]
        metadata: String,
        /// The entity to choose if the metadata describes several
        #[arg(long, value_name = "ID", conflicts_with = "all")]
        entity_id: Option<String>,
        /// Create a provider for each identity provider that the metadata describes, unless it is there already
        #[arg(long)]
        all: bool,
        /// Take metadata whose `validUntil` has passed
        #[arg(long)]
        accept_expired: bool,
        /// The name for people; without it the entity id
        #[arg(conflicts_with = "all")]
        name: Option<String>,
    },
    /// Create a provider that speaks OpenID Connect
    Oidc {
        #[command(flatten)]
        common: OfFile,
        /// A name for programs, which no other provider has
        #[arg(long)]
        alias: Option<String>,
        /// The metadata of the partner: a file or a URL
        #[arg(long, value_name = "FILE|URL")]
        discovery: String,
        /// What we are called there
        #[arg(long, value_name = "ID")]
        client_id: Option<String>,
        /// Take metadata that is not at the URL that its issuer implies
        #[arg(long)]
        change_issuer: bool,
        /// The name for people; without it the issuer
        name: Option<String>,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.kind {
        Kind::Saml { common, metadata, all: true, accept_expired, .. } => {
            let document = Document::read(metadata)?;
            let entities = document.entities()?;
            let import = MetadataImport {
                accepts_expired: *accept_expired,
                source: document.source,
                ..MetadataImport::default()
            };
            let made = common.make()?.service().create_from_aggregate(&entities, &import);
            let made = made.map_err(|error| common.file.failure("create providers in", &error))?;
            common.file.print(|| json_of_all(&made), || table_of_all(&made))?;
            common.file.warn(&imported::warnings(&made.created))
        }
        Kind::Saml { common, alias, metadata, entity_id, accept_expired, name, .. } => {
            let document = Document::read(metadata)?;
            let metadata = document.metadata(entity_id.as_deref())?;
            let import = MetadataImport {
                accepts_expired: *accept_expired,
                source: document.source,
                ..MetadataImport::default()
            };
            let name = name.as_ref().or(metadata.entity_id.as_ref());
            let new = named(name, alias.as_ref(), Saml::default());
            let made = common.make()?.service().create_from_metadata(&new, &metadata, &import);
            report(common, made)
        }
        Kind::Oidc { common, alias, discovery, client_id, change_issuer, name } => {
            let document = Document::read(discovery)?;
            let metadata = document.discovery()?;
            let import = MetadataImport {
                changes_entity_id: *change_issuer,
                source: document.source,
                ..MetadataImport::default()
            };
            let client = Client { id: client_id.clone(), ..Client::default() };
            let oidc = OpenIdConnect { client, ..OpenIdConnect::default() };
            let new = named(name.as_ref().or(Some(&metadata.issuer)), alias.as_ref(), oidc);
            let made = common.make()?.service().create_from_discovery(&new, &metadata, &import);
            report(common, made)
        }
    }
}

fn named(name: Option<&String>, alias: Option<&String>, protocol: impl Into<Protocol>) -> IdentityProvider {
    let mut new = IdentityProvider::named(name.map(String::as_str).unwrap_or_default(), protocol);
    new.alias = alias.cloned();
    new
}

/// Prints the id of a new provider, and what of the document is not taken.
fn report(common: &OfFile, made: idpstore::Result<ImportedMetadata>) -> Result<(), Failure> {
    let made = made.map_err(|error| common.file.failure("create a provider in", &error))?;
    common.file.print(
        || {
            json!({
                "id": made.provider.id,
                "certificates": imported::certificates(&made),
                "keys": imported::keys(&made),
                "warnings": made.warnings,
            })
        },
        || format!("{}\n", made.provider.id),
    )?;
    common.file.warn(&imported::warnings([&made]))
}

fn json_of_all(made: &ImportedAggregate) -> Value {
    let created = made.created.iter().map(|it| {
        json!({
            "id": it.provider.id,
            "entity_id": it.provider.name,
            "certificates": imported::certificates(it),
            "warnings": it.warnings,
        })
    });
    json!({"created": created.collect::<Vec<_>>(), "known": made.known, "others": made.others})
}

fn table_of_all(made: &ImportedAggregate) -> String {
    let mut table = Table::new(["id", "entity id"]);
    for it in &made.created {
        table.row([it.provider.id.to_string(), it.provider.name.clone()]);
    }
    let mut text = table.text();
    if !made.known.is_empty() {
        let _ = writeln!(text, "= already there: {}", made.known.len());
    }
    if made.others > 0 {
        let _ = writeln!(text, "= no identity providers: {}", made.others);
    }
    text
}
