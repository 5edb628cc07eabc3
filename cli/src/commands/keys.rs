//! `idpstore keys`: the keys of a store, and which of them are weak or end soon.

use idpstore::env::{Clock as _, SystemClock};
use serde_json::Value;

use super::ask::{Ask, Problem};
use super::table::Table;
use super::target::{Open, Target, joined, text};
use super::time::seconds;
use crate::failure::Failure;

/// List the signing keys and trusted certificates of all tenants, soonest to end first.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore keys --db idps.redb --expiring 60d")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Only keys with findings: weak or unusable ones, and those whose certificate has ended or not begun
    #[arg(long)]
    weak: bool,
    /// Only keys whose certificate, or that of an issuer of theirs, has ended or ends within this time, such as 60d or 12h
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    expiring: Option<i64>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.target;
    let store = target.open()?;
    let listed = match arguments.expiring {
        Some(seconds) => expiring(&store, seconds),
        None => all(&store, arguments.weak),
    };
    let mut listed = listed.map_err(|problem| target.unread(&problem))?;
    listed.retain(|key| !arguments.weak || key.get("findings") != Some(&Value::Array(Vec::new())));
    // Times are spelled so that they sort; without one a key never ends.
    listed.sort_by_key(|key| key.get("expires").and_then(Value::as_str).unwrap_or("~").to_owned());
    target.print(|| Value::Array(listed.clone()), || table(&listed))
}

fn all(store: &Open<'_>, is_weak: bool) -> Result<Vec<Value>, Problem> {
    let mut keys = Vec::new();
    for tenant in store.tenants()? {
        keys.extend(store.all(|| Ask::get(&["keys"]).with("tenant", &tenant).flag("weak", is_weak))?);
    }
    Ok(keys)
}

/// The keys, each once, that have or lead to a certificate which ends within so many seconds.
fn expiring(store: &Open<'_>, seconds: i64) -> Result<Vec<Value>, Problem> {
    let before = SystemClock.now().plus_seconds(seconds + 1);
    let mut keys: Vec<Value> = Vec::new();
    for mut it in store.all(|| Ask::get(&["expiring"]).with("before", before))? {
        let (what, at, key) = (text(&it, "what"), text(&it, "at"), it.get_mut("key").map(Value::take));
        let Some(key) = key.filter(|_| what != "request") else { continue };
        let name = |key: &Value| (text(key, "tenant"), text(key, "kid"));
        let known = keys.iter().position(|known| name(known) == name(&key));
        let position = known.unwrap_or(keys.len());
        if known.is_none() {
            keys.push(key);
        }
        let findings = keys.get_mut(position).and_then(|key| key.get_mut("findings"));
        if what == "issuer"
            && let Some(findings) = findings.and_then(Value::as_array_mut)
        {
            findings.push(format!("the certificate of an issuer ends at {at}").into());
        }
    }
    Ok(keys)
}

fn table(listed: &[Value]) -> String {
    let mut table = Table::new(["tenant", "kid", "use", "key", "expires", "findings"]);
    for key in listed {
        table.row([
            text(key, "tenant"),
            text(key, "kid"),
            text(key, "use"),
            format!("{} {}", text(key, "kty"), text(key, "bits")),
            text(key, "expires"),
            joined(key, "findings", "; "),
        ]);
    }
    table.text()
}
