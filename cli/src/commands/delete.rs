//! `idpstore delete`: a provider or application deleted.

use serde_json::{Value, json};

use super::ask::{Ask, Problem};
use super::plan;
use super::target::Open;
use super::tenant::OfTenant;
use crate::failure::Failure;

/// Delete a provider or an application, with the signing keys that only it owns.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore delete partner --db idps.redb --dry-run")]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: OfTenant,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The id or the alias of a provider, or the id of an application
    record: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { common, dry_run, record } = arguments;
    let answer = arguments.delete(&common.target.open()?);
    let answer = answer.map_err(|problem| common.target.failure("delete from", &problem))?;
    if *dry_run {
        return common.target.print(|| answer.clone(), || plan::lines(&answer));
    }
    common.target.print(|| json!({"deleted": record}), String::new)
}

impl Arguments {
    /// Deletes the provider of this name or, if there is none, the application.
    fn delete(&self, store: &Open<'_>) -> Result<Value, Problem> {
        let ask = |kind| self.common.of(Ask::delete(&[kind, &self.record])).flag("plan", self.dry_run);
        match store.ask(ask("providers")) {
            Err(missing) if missing.is_missing() => store
                .ask(ask("applications"))
                .map_err(|other| if other.is_missing() { missing } else { other }),
            answer => answer,
        }
    }
}
