//! `idpstore cross`: what crosses to another vendor.

use clap::builder::PossibleValuesParser;
use idpstore::{Crossing, CrossingReport};
use serde_json::json;

use super::output;
use super::owner::{OfFile, provider};
use super::progress::Progress;
use super::table::Table;
use crate::failure::Failure;

/// Show what another vendor's API shows of a provider, or of all providers of all tenants, and what does not cross and why.
///
/// Of a provider, the members that do not cross are listed, and with `+` those that the other vendor's document has by
/// default. Of all providers, the members are counted.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore cross partner --to pingone --db idps.redb
  idpstore cross --to pingone --markdown --db idps.redb > report.md")]
pub(crate) struct Arguments {
    /// The id or the alias of a provider; without it, all are looked at
    provider: Option<String>,
    /// The vendor to whom it is to cross
    #[arg(long, value_parser = PossibleValuesParser::new(["okta", "pingone", "zitadel"]))]
    to: String,
    /// Print a report in Markdown
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    #[command(flatten)]
    common: OfFile,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { provider: name, to, markdown, common } = arguments;
    let file = &common.file;
    let store = common.open()?;
    let mut report = CrossingReport::new(to);
    if let Some(name) = name {
        let crossing = provider(&store, name).and_then(|id| store.crossing(id, to));
        let crossing = crossing.map_err(|error| file.unread(&error))?;
        report.add(&crossing);
        if !markdown {
            return file.print(|| json!(crossing), || table(&crossing));
        }
    } else {
        let (progress, mut looked_at) = (Progress::of("comparing"), 0);
        let all = store.crossings(to, |crossing| {
            report.add(&crossing);
            looked_at += 1;
            progress.at(looked_at);
        });
        all.map_err(|error| file.unread(&error))?;
    }
    if *markdown {
        return output::print(&report.markdown());
    }
    file.print(|| report.json(), || counts(&report))
}

/// What does not cross of a provider, and what is added.
fn table(crossing: &Crossing) -> String {
    let mut table = Table::new(["of", "member", "why", "detail"]);
    for lost in &crossing.lost {
        let member = if lost.member.is_empty() { "the whole document" } else { &lost.member };
        let detail = lost.detail.clone().unwrap_or_default();
        table.row([lost.of.to_owned(), member.to_owned(), lost.why.to_string(), detail]);
    }
    for added in &crossing.added {
        table.row(["+".to_owned(), added.member.clone(), "by default".to_owned(), added.value.to_string()]);
    }
    table.text()
}

/// How many providers lose each of the members.
fn counts(report: &CrossingReport) -> String {
    let mut table = Table::new(["providers", "of", "member", "why"]);
    for counted in report.members() {
        let member = if counted.member.is_empty() { "the whole document" } else { counted.member };
        let why = counted.why.to_string();
        table.row([counted.providers.to_string(), counted.of.to_owned(), member.to_owned(), why]);
    }
    let CrossingReport { providers, complete, lossy, not_shown, .. } = report;
    let sum =
        format!("{providers} providers: {complete} complete, {lossy} with losses, {not_shown} not shown");
    format!("{}{sum}\n", table.text())
}
