//! The tenant whose records a command line names.

use super::ask::Ask;
use super::target::Target;

/// What all commands on the records of one tenant take.
#[derive(clap::Args)]
pub(super) struct OfTenant {
    #[command(flatten)]
    pub(super) target: Target,
    /// The tenant whose records they are
    #[arg(long, value_name = "ID", default_value_t = 1)]
    tenant: u64,
}

impl OfTenant {
    /// The same request, for the records of the tenant.
    pub(super) fn of(&self, ask: Ask) -> Ask {
        ask.with("tenant", self.tenant)
    }
}

/// What commands take that change records of one tenant, and can be planned.
#[derive(clap::Args)]
pub(super) struct Planned {
    #[command(flatten)]
    pub(super) records: OfTenant,
    /// Print what would change, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}
