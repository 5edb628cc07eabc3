//! `idpstore create`: new records.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::ask::Ask;
use super::client_secret::ClientSecret;
use super::published::Document;
use super::table::Table;
use super::target::{items, text};
use super::tenant::OfTenant;
use super::{imported, output};
use crate::failure::Failure;

/// Create a provider from what the partner publishes. The store file is made if it is not there.
///
/// A document from a URL is fetched from public and loopback addresses, and the provider remembers the URL: `idpstore metadata
/// refresh` reads it again.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore create saml Partner --alias partner --metadata partner.xml --db idps.redb
  idpstore create saml --metadata https://federation.example/metadata.xml --all --db idps.redb
  idpstore create oidc Partner --discovery https://op.example/.well-known/openid-configuration --client-id us \\
    --client-secret-file secret.txt --db idps.redb")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(clap::Subcommand)]
enum Kind {
    /// Create a SAML provider, or one for each identity provider of a federation
    Saml {
        #[command(flatten)]
        common: OfTenant,
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
        common: OfTenant,
        /// A name for programs, which no other provider has
        #[arg(long)]
        alias: Option<String>,
        /// The metadata of the partner: a file or a URL
        #[arg(long, value_name = "FILE|URL")]
        discovery: String,
        /// What we are called there
        #[arg(long, value_name = "ID")]
        client_id: Option<String>,
        #[command(flatten)]
        secret: ClientSecret,
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
            let ask = common.of(Ask::post(&["aggregates"])).flag("accept_expired", *accept_expired);
            let made = made(common, Document::read(metadata)?.metadata_in(ask), "create providers in")?;
            common.target.print(|| made.clone(), || table_of_all(&made))?;
            warn(common, &imported::warnings(items(&made, "created")))
        }
        Kind::Saml { common, alias, metadata, entity_id, accept_expired, name, .. } => {
            let ask = common.of(Ask::post(&["providers"])).flag("accept_expired", *accept_expired);
            let ask = ask.with_any("name", name.as_ref()).with_any("alias", alias.as_ref());
            let ask = ask.with_any("entity_id", entity_id.as_ref());
            create(common, Document::read(metadata)?.metadata_in(ask))
        }
        Kind::Oidc { common, alias, discovery, client_id, secret, change_issuer, name } => {
            let others = json!({
                "name": name, "alias": alias, "client_id": client_id, "client_secret": secret.given()?,
                "change_issuer": change_issuer,
            });
            let ask = common.of(Ask::post(&["oidc-providers"]));
            create(common, Document::read(discovery)?.discovery_in(ask, others)?)
        }
    }
}

/// What is answered to a request that makes something.
fn made(common: &OfTenant, ask: Ask, attempt: &str) -> Result<Value, Failure> {
    let store = common.target.make_for(&ask, attempt)?;
    store.ask(ask).map_err(|problem| common.target.failure(attempt, &problem))
}

/// Creates a provider, and prints its id, and what of the document is not taken.
fn create(common: &OfTenant, ask: Ask) -> Result<(), Failure> {
    let made = made(common, ask, "create a provider in")?;
    let id = made.get("provider").map(|provider| text(provider, "id")).unwrap_or_default();
    common.target.print(|| made.clone(), || format!("{id}\n"))?;
    warn(common, &imported::warnings([&made]))
}

/// Prints warnings, unless they are in the JSON.
fn warn(common: &OfTenant, text: &str) -> Result<(), Failure> {
    if common.target.is_json() { Ok(()) } else { output::warn(text) }
}

fn table_of_all(made: &Value) -> String {
    let mut table = Table::new(["id", "entity id"]);
    for provider in items(made, "created").filter_map(|it| it.get("provider")) {
        table.row([text(provider, "id"), text(provider, "name")]);
    }
    let mut lines = table.text();
    let known = items(made, "known").count();
    if known > 0 {
        let _ = writeln!(lines, "= already there: {known}");
    }
    let others = text(made, "others");
    if others != "0" {
        let _ = writeln!(lines, "= no identity providers: {others}");
    }
    lines
}
