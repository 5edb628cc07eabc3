//! `idpstore list`: what a store holds.

use clap::ValueEnum;
use idpstore::model::{Id, State};
use idpstore::{ApplicationQuery, IdpStore, ProviderQuery};
use serde_json::Value;

use super::store_file::{StoreFile, of_tenant};
use super::table::Table;
use crate::failure::Failure;

/// List the identity providers of all tenants, or the applications or tenants.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore list --db idps.redb --kind saml")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
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

/// What is printed of a record: its row and its JSON.
type Line = ([String; 5], Value);

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let store = file.open()?;
    let mut lines = Vec::new();
    for (tenant, store) in file.tenants(&store)? {
        let listed = match arguments.what {
            What::Providers => providers(tenant, &store, arguments.kind.as_ref()),
            What::Applications => applications(tenant, &store),
            What::Tenants => self::tenant(tenant, &store),
        };
        lines.extend(listed.map_err(|error| file.unread(&error))?);
    }
    let (rows, values): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
    file.print(
        || Value::Array(values),
        || {
            let mut table = Table::new(["tenant", "id", "kind", "state", "name"]);
            for row in rows {
                table.row(row);
            }
            table.text()
        },
    )
}

fn providers(tenant: Id, store: &IdpStore, kind: Option<&String>) -> idpstore::Result<Vec<Line>> {
    let query = ProviderQuery { kinds: kind.cloned().into_iter().collect(), ..ProviderQuery::all() };
    let found = store.providers().list(&query)?.items;
    let line = |provider: &idpstore::model::IdentityProvider| {
        let row = row(tenant, provider.id, &provider.protocol.kind(), provider.state, &provider.name);
        (row, of_tenant(tenant, provider))
    };
    Ok(found.iter().map(line).collect())
}

fn applications(tenant: Id, store: &IdpStore) -> idpstore::Result<Vec<Line>> {
    let query = ApplicationQuery { limit: usize::MAX, ..ApplicationQuery::default() };
    let found = store.applications().list(&query)?.items;
    let line = |application: &idpstore::model::Application| {
        let row = row(tenant, application.id, "application", application.state, &application.name);
        (row, of_tenant(tenant, application))
    };
    Ok(found.iter().map(line).collect())
}

fn tenant(id: Id, store: &IdpStore) -> idpstore::Result<Vec<Line>> {
    let tenant = store.tenants().get(id)?;
    Ok(vec![(row(id, id, "tenant", State::Active, &tenant.name), of_tenant(id, &tenant))])
}

fn row(tenant: Id, id: Id, kind: &str, state: State, name: &str) -> [String; 5] {
    let state = if state == State::Active { "active" } else { "inactive" };
    [tenant.to_string(), id.to_string(), kind.to_owned(), state.to_owned(), name.to_owned()]
}
