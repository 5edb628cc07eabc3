//! `idpstore metadata refresh`: all that partners publish, read anew.

use std::fmt::Write as _;

use serde_json::Value;

use super::ask::Ask;
use super::imported::{self, Allowed};
use super::table::Table;
use super::target::text;
use super::tenant::OfTenant;
use super::{output, plan};
use crate::failure::Failure;
use crate::fetch::MetadataFetcher;

#[derive(clap::Args)]
pub(super) struct Refresh {
    #[command(flatten)]
    common: OfTenant,
    #[command(flatten)]
    allowed: Allowed,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Refresh {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let target = &self.common.target;
        let store = target.open_with(|builder| builder.fetcher(MetadataFetcher::for_commands()))?;
        let ask = || self.allowed.with(self.common.of(Ask::post(&["refresh"]))).flag("plan", self.dry_run);
        let refreshed = store.all(ask);
        let refreshed = refreshed.map_err(|problem| target.failure("refresh the providers in", &problem))?;
        target.print(|| Value::Array(refreshed.clone()), || as_text(&refreshed))?;
        match refreshed.iter().filter(|it| text(it, "outcome") == "failed").count() {
            0 => Ok(()),
            failed => {
                Err(Failure::of(format!("{failed} of {} providers could not be refreshed", refreshed.len())))
            }
        }
    }
}

fn as_text(refreshed: &[Value]) -> String {
    let mut table = Table::new(["outcome", "provider", "name", "url"]);
    let mut details = String::new();
    for it in refreshed {
        table.row(["outcome", "provider", "name", "url"].map(|name| text(it, name)));
        let name = output::escaped(&text(it, "name"));
        let reason = text(it, "reason");
        if let Some(changes) = it.get("plan").filter(|plan| plan.is_object()) {
            let tables = changes.get("answer").map(imported::tables).unwrap_or_default();
            let _ = write!(details, "\n{name}:\n{}{tables}", plan::lines(changes));
        } else if !reason.is_empty() {
            let _ = writeln!(details, "\n{name}:\n! {}", output::escaped(&reason));
        }
    }
    table.text() + &details
}
