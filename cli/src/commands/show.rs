//! `idpstore show`: one record.

use serde_json::Value;

use super::ask::Ask;
use super::target::{Target, text};
use crate::failure::Failure;

/// Show a provider, application, user or key, its secrets left out.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore show 0oa0002GM1FU6deuf1ds --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// The id as any vendor's API spells it, the kid of a key, or the alias of a provider
    #[arg(allow_hyphen_values = true)]
    id: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.target;
    let found = target.open()?.ask(Ask::get(&["records", &arguments.id]));
    let found = found.map_err(|problem| target.failure("show a record of", &problem))?;
    target.print(|| found.clone(), || shown(&found))
}

fn shown(found: &Value) -> String {
    let mut record = found.get("record").cloned().unwrap_or_default();
    let ids = record.as_object_mut().and_then(|members| members.shift_remove("ids")).unwrap_or_default();
    let mut lines = vec![text(found, "what")];
    let ids = ids.as_object().into_iter().flatten();
    lines.extend(ids.map(|(api, id)| format!("  {api}: {}", id.as_str().unwrap_or_default())));
    format!("{}\n{record:#}\n", lines.join("\n"))
}
