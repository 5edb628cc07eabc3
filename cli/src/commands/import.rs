//! `idpstore import`: a document taken into a store.

use std::path::{Path, PathBuf};

use idpstore::{IdpStore, ImportPlan, PlannedRecord};
use serde_json::{Value, json};

use super::document::{self, cannot};
use super::output;
use super::progress::Progress;
use super::store_file::StoreFile;
use crate::failure::Failure;

/// Take a document of JSON or YAML into a store: an export, or one that was written by hand. A store is made where there is none.
///
/// What changes is printed: `+` is created, `~` changed, `-` deleted, `=` left as it is and `!` refused. If anything is
/// refused, nothing is changed.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore import idps.json --db idps.redb --dry-run")]
pub(crate) struct Arguments {
    /// The document
    document: PathBuf,
    #[command(flatten)]
    file: StoreFile,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete what the document does not list
    #[arg(long)]
    prune: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { document, file, dry_run, prune } = arguments;
    if !*dry_run && !file.is_there() {
        // A store is not made for a document that is refused.
        let empty = IdpStore::in_memory().map_err(|error| cannot("import", document, &error))?;
        let first = plan(&empty, document, *prune)?;
        if !first.is_possible() {
            return report(file, &first);
        }
    }
    let store = if *dry_run { file.open()? } else { file.make()? }.as_actor("command line");
    let plan = plan(&store, document, *prune)?;
    report(file, &plan)?;
    if *dry_run { Ok(()) } else { apply(&store, document, &plan) }
}

/// Prints a plan, and fails if it refuses a record.
fn report(file: &StoreFile, plan: &ImportPlan) -> Result<(), Failure> {
    file.print(|| as_json(plan), || text(plan))?;
    if plan.is_possible() {
        return Ok(());
    }
    Err(Failure::of("records are refused, and nothing is changed"))
}

/// What importing a document would do.
pub(super) fn plan(store: &IdpStore, document: &Path, prune: bool) -> Result<ImportPlan, Failure> {
    let (text, progress) = (document::read(document)?, Progress::of("comparing"));
    store
        .plan_import(&text, prune, |records| progress.at(records))
        .map_err(|error| cannot("import", document, &error))
}

/// Does it.
pub(super) fn apply(store: &IdpStore, document: &Path, plan: &ImportPlan) -> Result<(), Failure> {
    let progress = Progress::of("importing");
    store
        .import(plan, |records| progress.at(records))
        .map(drop)
        .map_err(|error| cannot("import", document, &error))
}

/// A plan as text, with a line for each record that does not stay as it is.
pub(super) fn text(plan: &ImportPlan) -> String {
    let mut lines: Vec<String> = plan.planned().iter().map(ToString::to_string).collect();
    if plan.unchanged() > 0 {
        lines.push(format!("= {} records", plan.unchanged()));
    }
    let warning =
        |kid| format!("warning: signing key {kid} cannot sign: its private part is not in the document");
    lines.extend(plan.cannot_sign().iter().map(warning));
    lines.iter().map(|line| output::escaped(line) + "\n").collect()
}

fn as_json(plan: &ImportPlan) -> Value {
    let member =
        |it: &idpstore::MemberChange| json!({"pointer": it.pointer, "before": it.before, "after": it.after});
    let planned = |it: &PlannedRecord| {
        json!({
            "outcome": it.outcome.name(),
            "kind": it.noun,
            "name": it.name,
            "tenant": it.tenant.to_string(),
            "place": it.place,
            "members": it.members.iter().map(member).collect::<Vec<_>>(),
            "reason": it.reason,
        })
    };
    json!({
        "planned": plan.planned().iter().map(planned).collect::<Vec<_>>(),
        "unchanged": plan.unchanged(),
        "cannot_sign": plan.cannot_sign(),
    })
}
