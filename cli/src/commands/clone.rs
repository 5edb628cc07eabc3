//! `idpstore clone`: a copy of a provider.

use serde_json::{Value, json};

use super::ask::Ask;
use super::plan;
use super::target::text;
use super::tenant::OfTenant;
use crate::failure::Failure;

/// Copy a provider into a tenant under a new id, with the keys that it trusts and signs with.
///
/// Keys are found there by their certificates, or copied. Users who are linked to the provider are not copied, and an alias only
/// into another tenant.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore clone partner --to-tenant 1883204691309887489 --db idps.redb")]
pub(crate) struct Arguments {
    /// The id or the alias of the provider
    provider: String,
    /// The tenant that gets the copy
    #[arg(long, value_name = "ID")]
    to_tenant: u64,
    /// The name of the copy, if it is to have another
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    common: OfTenant,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { provider, to_tenant, name, common, dry_run } = arguments;
    let target = &common.target;
    let ask = common.of(Ask::post(&["providers", provider, "copies"]));
    let ask = ask.json(&json!({"to_tenant": to_tenant.to_string(), "name": name}));
    let answer = target.open()?.ask(ask.flag("plan", *dry_run));
    let answer = answer.map_err(|problem| target.failure("copy a provider in", &problem))?;
    if *dry_run {
        return target.print(|| answer.clone(), || plan::lines(&answer));
    }
    let id = answer.get("provider").map(|copy: &Value| text(copy, "id")).unwrap_or_default();
    target.print(|| answer, || format!("{id}\n"))
}
