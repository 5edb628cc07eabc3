//! `idpstore check`: whether a store file is whole, and which of its keys are weak.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use idpstore::{Builder, IdpStore, Report};

use crate::engine::Engine;
use crate::failure::{Cause, Failure};
use crate::seal::Seal;
use crate::secret;
use crate::share::Share;

/// Check a store: every record, index entry, reference and key. Ends with 1 if anything is wrong.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file, which must not be in use, unless all share it
    #[arg(required_unless_present = "engine", conflicts_with = "engine")]
    file: Option<PathBuf>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    engine: Engine,
    #[command(flatten)]
    seal: Seal,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { file, share, engine, seal } = arguments;
    let file = file.as_deref().unwrap_or(Path::new(""));
    let name = engine.url().map_or_else(|| file.display().to_string(), str::to_owned);
    let cannot = |attempt: &str, error: &Cause| Failure::new(format!("cannot {attempt} `{name}`"), error);
    secret::warn_of_readers(seal.files().into_iter().flatten())?;
    let builder = IdpStore::builder();
    let builder = if let Some(wrap) = seal.wrap()? { builder.seal(wrap) } else { builder };
    let builder = if let Some(engine) = engine.connect(|_| {})? {
        Ok(builder.engine(engine))
    } else {
        // Opening a store makes one where there is none.
        file.metadata().map_err(|error| cannot("open", &error))?;
        share.file(builder, file)
    };
    let opened = builder.and_then(Builder::open);
    let store = opened.map_err(|error| cannot("open", &error))?;
    let report = store.check().map_err(|error| cannot("check", &error))?;
    print(&report).map_err(|error| Failure::new("cannot print the report", &error))?;
    match summary(&report) {
        None => Ok(()),
        Some(summary) => Err(Failure::of(format!("`{name}` has {summary}"))),
    }
}

fn print(report: &Report) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for problem in &report.problems {
        writeln!(out, "{}: {problem}", problem.kind.name())?;
    }
    for finding in &report.findings {
        writeln!(out, "{finding}")?;
    }
    for warning in &report.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    if report.omitted > 0 {
        writeln!(out, "and {} more", report.omitted)?;
    }
    if report.not_compared > 0 {
        writeln!(out, "{} RSA keys were not searched for shared factors", report.not_compared)?;
    }
    writeln!(out, "{} records and {} index entries checked", report.records, report.entries)
}

/// How much is wrong, if anything is.
fn summary(report: &Report) -> Option<String> {
    let (problems, findings) = (report.problems.len(), report.findings.len());
    let warnings = report.warnings.len();
    let at_least = if report.omitted > 0 { "at least " } else { "" };
    (problems + findings + warnings > 0).then(|| {
        format!("{at_least}{problems} problems, {findings} findings on keys and {warnings} warnings")
    })
}
