//! `idpstore metadata refresh`: all that partners publish, read anew.

use std::fmt::Write as _;

use idpstore::{RefreshOutcome, Refreshed};
use serde_json::{Value, json};

use super::imported::{self, Allowed};
use super::owner::OfFile;
use super::table::Table;
use super::{output, plan};
use crate::failure::Failure;
use crate::fetch::MetadataFetcher;

#[derive(clap::Args)]
pub(super) struct Refresh {
    #[command(flatten)]
    common: OfFile,
    #[command(flatten)]
    allowed: Allowed,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Refresh {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let file = &self.common.file;
        let store = self.common.open_with(|builder| builder.fetcher(MetadataFetcher::for_commands()))?;
        let import = self.allowed.import(None);
        let refreshed = if self.dry_run { store.plan_refresh(&import) } else { store.refresh(&import) };
        let refreshed = refreshed.map_err(|error| file.failure("refresh the providers in", &error))?;
        file.print(|| refreshed.iter().map(as_json).collect(), || as_text(&refreshed))?;
        match refreshed.iter().filter(|it| matches!(it.outcome, RefreshOutcome::Failed(_))).count() {
            0 => Ok(()),
            failed => {
                Err(Failure::of(format!("{failed} of {} providers could not be refreshed", refreshed.len())))
            }
        }
    }
}

fn as_json(it: &Refreshed) -> Value {
    let mut value = match &it.outcome {
        RefreshOutcome::Changed { plan, imported } => plan::json(
            plan,
            &[("certificates", imported::certificates(imported)), ("keys", imported::keys(imported))],
        ),
        RefreshOutcome::Failed(error) => json!({"reason": error.in_full()}),
        _ => json!({}),
    };
    if let Some(members) = value.as_object_mut() {
        let about = [
            ("provider", json!(it.provider)),
            ("name", json!(it.name)),
            ("url", json!(it.url)),
            ("outcome", json!(it.outcome.name())),
        ];
        members.extend(about.map(|(name, value)| (name.to_owned(), value)));
    }
    value
}

fn as_text(refreshed: &[Refreshed]) -> String {
    let mut table = Table::new(["outcome", "provider", "name", "url"]);
    let mut details = String::new();
    for it in refreshed {
        table.row([it.outcome.name().to_owned(), it.provider.to_string(), it.name.clone(), it.url.clone()]);
        let name = output::escaped(&it.name);
        match &it.outcome {
            RefreshOutcome::Changed { plan, imported } => {
                let tables = imported::tables(imported);
                let _ = write!(details, "\n{name}:\n{}{tables}", plan::lines_of(plan));
            }
            RefreshOutcome::Failed(error) => {
                let _ = writeln!(details, "\n{name}:\n! {}", output::escaped(&error.in_full()));
            }
            _ => {}
        }
    }
    table.text() + &details
}
