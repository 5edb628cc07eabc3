//! `idpstore import`: a document taken into a store.

use std::path::{Path, PathBuf};

use idpstore::{ErrorKind, IdpStore, ImportPlan};
use serde_json::{Value, json};

use super::ask::Ask;
use super::document::{self, cannot};
use super::output;
use super::progress::Progress;
use super::store_file::StoreFile;
use super::target::{Target, items, text};
use crate::failure::Failure;
use crate::seal::DocumentSeal;

/// Take a document of JSON or YAML into a store: an export, sealed or not, or one that was written by hand. A store is made where there is none.
///
/// What changes is printed: `+` is created, `~` changed, `-` deleted, `=` left as it is and `!` refused. If anything is
/// refused, nothing is changed.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore import idps.json --db idps.redb --dry-run")]
pub(crate) struct Arguments {
    /// The document
    document: PathBuf,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    seal: DocumentSeal,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete what the document does not list, of the kinds that it lists
    #[arg(long)]
    prune: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.target;
    let text = document::read(&arguments.document, || arguments.seal.or(target.wrap()?))?;
    match target.file() {
        Some(file) => into_file(arguments, &file, &text),
        None => onto_server(arguments, &text),
    }
}

/// Imports into a file, and shows how far that has come.
fn into_file(arguments: &Arguments, file: &StoreFile, text: &str) -> Result<(), Failure> {
    let Arguments { document, target, dry_run, prune, .. } = arguments;
    if !*dry_run && !file.is_there() {
        // A store is not made for a document that is refused.
        let empty = IdpStore::in_memory().map_err(|error| cannot("import", document, &error))?;
        let first = plan(&empty, document, text, *prune)?;
        if !first.is_possible() {
            return report(target, &json!(first));
        }
    }
    let store = if *dry_run { file.open()? } else { file.make_with(|builder| builder)? };
    let store = store.as_actor("command line");
    if *dry_run {
        return report(target, &json!(plan(&store, document, text, *prune)?));
    }
    let done = match apply(&store, text, *prune) {
        // The plan shows what is refused.
        Err(error) if matches!(error.kind(), ErrorKind::Invalid { .. }) => {
            plan(&store, document, text, *prune)?
        }
        done => done.map_err(|error| cannot("import", document, &error))?,
    };
    report(target, &json!(done))
}

/// Imports onto a server.
fn onto_server(arguments: &Arguments, text: &str) -> Result<(), Failure> {
    let Arguments { document, target, dry_run, prune, .. } = arguments;
    let store = target.open()?;
    let ask = |is_plan| {
        let ask = Ask::post(&["import"]).flag("prune", *prune).flag("plan", is_plan);
        store.ask(ask.body("application/json", text.as_bytes().to_vec()))
    };
    let done = match ask(*dry_run) {
        // The plan shows what is refused.
        Err(problem) if problem.is_refusal() => ask(true),
        done => done,
    };
    report(target, &done.map_err(|problem| cannot("import", document, &problem))?)
}

/// Prints a plan, and fails if it refuses a record.
fn report(target: &Target, plan: &Value) -> Result<(), Failure> {
    target.print(|| plan.clone(), || lines(plan))?;
    if plan.get("possible") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    Err(Failure::of("records are refused, and nothing is changed"))
}

/// What importing the text of a document would do.
pub(super) fn plan(
    store: &IdpStore,
    document: &Path,
    text: &str,
    prune: bool,
) -> Result<ImportPlan, Failure> {
    let progress = Progress::of("comparing");
    store
        .plan_import(text, prune, |records| progress.at(records))
        .map_err(|error| cannot("import", document, &error))
}

/// Imports a document, and returns what has been done.
pub(super) fn apply(store: &IdpStore, text: &str, prune: bool) -> Result<ImportPlan, idpstore::Error> {
    let progress = Progress::of("importing");
    store.import_document(text, prune, |records| progress.at(records)).map(|(done, _)| done)
}

/// A plan as text, with a line for each record that does not stay as it is.
pub(super) fn lines(plan: &Value) -> String {
    let mut lines: Vec<String> = items(plan, "planned").map(|it| text(it, "line")).collect();
    if plan.get("unchanged").and_then(Value::as_u64) > Some(0) {
        lines.push(format!("= {} records", text(plan, "unchanged")));
    }
    let kids = items(plan, "cannot_sign").filter_map(Value::as_str);
    let warning =
        |kid| format!("warning: signing key {kid} cannot sign: its private part is not in the document");
    lines.extend(kids.map(warning));
    lines.iter().map(|line| output::escaped(line) + "\n").collect()
}
