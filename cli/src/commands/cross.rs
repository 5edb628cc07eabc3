//! `idpstore cross`: what crosses to another vendor.

use clap::builder::PossibleValuesParser;
use idpstore::{CrossingReport, IdpStore, Why};
use serde_json::Value;

use super::ask::Ask;
use super::output;
use super::progress::Progress;
use super::table::Table;
use super::target::{items, text};
use super::tenant::OfTenant;
use crate::failure::Failure;

/// Show what another vendor's API shows of a provider, or of all providers of all tenants, and what does not cross and why.
///
/// Of a provider, the members that do not cross are listed, and with `+` those that the other vendor's document has by
/// default. Of all providers, the members are counted.
///
/// With `--script`, print a script for bash that makes the providers of a tenant there, with curl and jq. It holds no secrets: it
/// begins with the variables of the environment that it needs.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore cross partner --to pingone --db idps.redb
  idpstore cross --to pingone --markdown --db idps.redb > report.md
  idpstore cross --to zitadel --script --db idps.redb > move.sh")]
pub(crate) struct Arguments {
    /// The id or the alias of a provider; without it, all are looked at
    provider: Option<String>,
    /// The vendor to whom it is to cross
    #[arg(long, value_parser = PossibleValuesParser::new(["okta", "pingone", "zitadel"]))]
    to: String,
    /// Print a report in Markdown
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print a script that makes the providers of the tenant there
    #[arg(long, conflicts_with_all = ["json", "markdown", "provider"])]
    script: bool,
    #[command(flatten)]
    common: OfTenant,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.common.target;
    let store = target.open()?;
    let unread = |problem| target.unread(&problem);
    if arguments.script {
        let script = Ask::get(&["crossing.sh"]).with("to", &arguments.to);
        let script = store.text(arguments.common.of(script)).map_err(unread)?;
        return output::print(&String::from_utf8_lossy(&script));
    }
    if let (Some(store), None) = (store.of_file(), &arguments.provider) {
        let report = arguments.report(store).map_err(|error| target.unread(&error))?;
        if arguments.markdown {
            return output::print(&report.markdown());
        }
        let answer = report.json();
        return target.print(|| answer.clone(), || counts(&answer));
    }
    if arguments.markdown {
        let report = store.text(arguments.ask("crossing.md")).map_err(unread)?;
        return output::print(&String::from_utf8_lossy(&report));
    }
    let answer = store.ask(arguments.ask("crossing")).map_err(unread)?;
    let shown = if arguments.provider.is_some() { table } else { counts };
    target.print(|| answer.clone(), || shown(&answer))
}

impl Arguments {
    /// What of all providers crosses, with progress.
    fn report(&self, store: &IdpStore) -> idpstore::Result<CrossingReport> {
        let (mut report, mut providers) = (CrossingReport::new(&self.to), 0);
        let progress = Progress::of("looking at providers");
        store.crossings(&self.to, |crossing| {
            report.add(&crossing);
            providers += 1;
            progress.at(providers);
        })?;
        Ok(report)
    }

    /// The request for a document of the provider, or of all.
    fn ask(&self, document: &str) -> Ask {
        let ask = match &self.provider {
            Some(provider) => self.common.of(Ask::get(&["providers", provider, document])),
            None => Ask::get(&[document]),
        };
        ask.with("to", &self.to)
    }
}

/// What does not cross of a provider, and what is added.
fn table(crossing: &Value) -> String {
    let mut table = Table::new(["of", "member", "why", "detail"]);
    for lost in items(crossing, "lost") {
        table.row([text(lost, "of"), member(lost), why(lost), text(lost, "detail")]);
    }
    for added in items(crossing, "added") {
        let value = added.get("value").map(Value::to_string).unwrap_or_default();
        table.row(["+".to_owned(), text(added, "member"), "by default".to_owned(), value]);
    }
    table.text()
}

/// How many providers lose each of the members.
fn counts(report: &Value) -> String {
    let mut table = Table::new(["providers", "of", "member", "why"]);
    for counted in items(report, "members") {
        table.row([text(counted, "providers"), text(counted, "of"), member(counted), why(counted)]);
    }
    let [providers, complete, lossy, not_shown] =
        ["providers", "complete", "lossy", "not_shown"].map(|name| text(report, name));
    let sum =
        format!("{providers} providers: {complete} complete, {lossy} with losses, {not_shown} not shown");
    format!("{}{sum}\n", table.text())
}

fn member(lost: &Value) -> String {
    let member = text(lost, "member");
    if member.is_empty() { "the whole document".to_owned() } else { member }
}

/// Why something does not cross, in words.
fn why(lost: &Value) -> String {
    let why = text(lost, "why");
    let known = [Why::NoWord, Why::OtherMeaning, Why::ValueNotTaken];
    known.iter().find(|known| known.name() == why).map_or(why, ToString::to_string)
}
