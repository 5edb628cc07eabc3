//! `idpstore metadata`: our own SAML metadata, and that of partners.

use std::path::{Path, PathBuf};

use idpstore::saml::{EncodingStandard, Metadata};
use idpstore::{IdpStore, ImportedMetadata, MetadataImport};
use serde_json::{Value, json};

use super::output;
use super::owner::{OfTenant, owner, provider};
use super::plan;
use super::table::Table;
use crate::failure::Failure;

/// Print our SAML metadata, and take in that of partners.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore metadata export partner --base-url https://sp.example.com --db idps.redb
  idpstore metadata plan partner partner.xml --db idps.redb
  idpstore metadata apply partner partner.xml --db idps.redb")]
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
    /// Print what the metadata of a partner would change
    Plan(Import),
    /// Take in the metadata of a partner: entity id, endpoints and certificates
    Apply(Import),
}

#[derive(clap::Args)]
struct Import {
    #[command(flatten)]
    common: OfTenant,
    /// The partner may have another entity id than before
    #[arg(long)]
    change_entity_id: bool,
    /// Stop trusting certificates that the metadata does not list
    #[arg(long)]
    drop_certificates: bool,
    /// The id or the alias of a provider
    provider: String,
    /// The metadata of the partner
    metadata: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.verb {
        Verb::Export { common, base_url, owner: name } => {
            let store = common.open_with(|builder| builder.base_url(base_url))?;
            let metadata = owner(&store, name).and_then(|owner| store.saml_metadata(owner));
            let metadata = metadata.map_err(|error| common.file.unread(&error))?;
            common.file.print(|| json!({"metadata": metadata}), || format!("{metadata}\n"))
        }
        Verb::Plan(import) => import.run(true),
        Verb::Apply(import) => import.run(false),
    }
}

impl Import {
    fn run(&self, is_dry: bool) -> Result<(), Failure> {
        let (file, metadata) = (&self.common.file, read(&self.metadata)?);
        let store = self.common.open()?;
        let failure = |error: idpstore::Error| file.failure("take in the metadata in", &error);
        let call = |store: &IdpStore| {
            let id = provider(store, &self.provider)?;
            store.service().update_from_metadata(id, &metadata, self.allowed())
        };
        if !is_dry {
            let imported = call(&store).map_err(failure)?;
            return file.print(|| json!({"certificates": json_of(&imported)}), || table_of(&imported));
        }
        let mut imported = None;
        let plan = store.plan(|store| {
            imported = Some(call(store)?);
            Ok(())
        });
        let plan = plan.map_err(failure)?;
        let certificates = imported.as_ref();
        file.print(
            || plan::json(&plan, &[("certificates", certificates.map(json_of).unwrap_or_default())]),
            || format!("{}{}", plan::text(&plan), certificates.map(table_of).unwrap_or_default()),
        )
    }

    fn allowed(&self) -> MetadataImport {
        MetadataImport {
            changes_entity_id: self.change_entity_id,
            drops_certificates: self.drop_certificates,
        }
    }
}

/// The metadata in a file.
pub(super) fn read(path: &Path) -> Result<Metadata, Failure> {
    let failure =
        |error: &dyn std::error::Error| Failure::new(format!("cannot read `{}`", path.display()), error);
    let bytes = std::fs::read(path).map_err(|error| failure(&error))?;
    Metadata::read(&bytes, &EncodingStandard).map_err(|error| failure(&error))
}

fn json_of(imported: &ImportedMetadata) -> Value {
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

fn table_of(imported: &ImportedMetadata) -> String {
    let mut table = Table::new(["certificate", "kid", "ends", "also trusted by"]);
    for it in &imported.certificates {
        let ends = it.expires.map(|end| end.to_string()).unwrap_or_default();
        let ends = if it.is_expired { format!("{ends} (expired)") } else { ends };
        table.row([it.outcome.name().to_owned(), it.kid.clone(), ends, it.trusted_by.join(", ")]);
    }
    let warnings =
        imported.provider.warnings.iter().map(|warning| format!("! {}\n", output::escaped(warning)));
    table.text() + &warnings.collect::<Vec<_>>().concat()
}
