//! `idpstore list`: what a store holds.

use clap::ValueEnum;
use serde_json::{Map, Value};

use super::ask::{Ask, Problem};
use super::table::Table;
use super::target::{Open, Target, text};
use crate::failure::Failure;

/// List the identity providers of all tenants, or the applications or tenants.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore list --db idps.redb --kind saml
  idpstore list --url http://127.0.0.1:8080")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// What to list
    #[arg(value_enum, default_value_t)]
    what: What,
    /// Only providers of this kind: saml, oidc, google …
    #[arg(long)]
    kind: Option<String>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum What {
    #[default]
    Providers,
    Applications,
    Tenants,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.target;
    if arguments.kind.is_some() && !matches!(arguments.what, What::Providers) {
        return Err(Failure::of("`--kind` is for providers"));
    }
    let listed = arguments.listed(&target.open()?).map_err(|problem| target.unread(&problem))?;
    target.print(
        || Value::Array(listed.clone()),
        || {
            let mut table = Table::new(["tenant", "id", "kind", "state", "name"]);
            for record in &listed {
                let (kind, state) = match arguments.what {
                    What::Providers => (text(record, "kind"), text(record, "state")),
                    What::Applications => ("application".to_owned(), text(record, "state")),
                    What::Tenants => ("tenant".to_owned(), "active".to_owned()),
                };
                table.row([text(record, "tenant"), text(record, "id"), kind, state, text(record, "name")]);
            }
            table.text()
        },
    )
}

impl Arguments {
    fn listed(&self, store: &Open<'_>) -> Result<Vec<Value>, Problem> {
        if let What::Tenants = self.what {
            let tenants = store.all(|| Ask::get(&["tenants"]))?;
            return Ok(tenants.into_iter().map(|tenant| of_tenant(&text(&tenant, "id"), tenant)).collect());
        }
        let mut listed = Vec::new();
        for tenant in store.tenants()? {
            let list = if let What::Applications = self.what { "applications" } else { "providers" };
            let records = store
                .all(|| Ask::get(&[list]).with("tenant", &tenant).with_any("kind", self.kind.as_ref()))?;
            listed.extend(records.into_iter().map(|record| of_tenant(&tenant, record)));
        }
        Ok(listed)
    }
}

/// A record, and whose it is.
fn of_tenant(tenant: &str, record: Value) -> Value {
    let mut members = Map::from_iter([("tenant".to_owned(), tenant.into())]);
    if let Value::Object(record) = record {
        members.extend(record);
    }
    members.into()
}
