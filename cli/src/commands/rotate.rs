//! `idpstore rotate`: signing keys rotated with an overlap.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::ask::Ask;
use super::plan;
use super::table::Table;
use super::target::{items, text};
use super::tenant::{OfTenant, Planned};
use super::time::seconds;
use crate::failure::Failure;

/// Rotate the keys that providers and applications sign with: publish the next certificate, sign with its key, retire the old one.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore rotate prepare partner --db idps.redb
  idpstore rotate promote KID --overlap 14d --dry-run --db idps.redb
  idpstore rotate promote KID --overlap 14d --db idps.redb
  idpstore rotate status partner --db idps.redb

An OWNER is the id or the alias of a provider, the id of an application, or `tenant`.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a key the next one: its certificate is published, and nothing is signed with it yet
    Prepare {
        #[command(flatten)]
        common: Planned,
        /// The ids or aliases of providers, ids of applications, or `tenant`
        #[arg(required = true)]
        owner: Vec<String>,
        /// A key that is there; without it a new one is made
        #[arg(long, allow_hyphen_values = true)]
        kid: Option<String>,
        /// Make an EC key on P-256 in place of an RSA key of 2048 bits
        #[arg(long, conflicts_with = "kid")]
        ec: bool,
        /// For how many years the certificate of a new key is valid
        #[arg(long, default_value_t = 10, conflicts_with = "kid")]
        years: u32,
    },
    /// Install the certificate that was issued for a request, and make its key the next one
    Publish {
        #[command(flatten)]
        common: Planned,
        /// The id or the alias of a provider, the id of an application, or `tenant`
        owner: String,
        /// The id of the request
        #[arg(allow_hyphen_values = true)]
        request: String,
        /// A file with the certificate that was issued, in PEM, base64 or DER
        certificate: PathBuf,
    },
    /// Sign with a key from now on
    Promote {
        #[command(flatten)]
        common: Planned,
        /// The key id
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// All whose next key it is, if none is named
        owner: Vec<String>,
        /// For how long the certificate of the key before stays published, such as 14d or 12h
        #[arg(long, value_parser = seconds, default_value = "14d")]
        overlap: i64,
    },
    /// Sign with the previous key again, as long as its certificate is published
    Rollback {
        #[command(flatten)]
        common: Planned,
        /// The ids or aliases of providers, ids of applications, or `tenant`
        #[arg(required = true)]
        owner: Vec<String>,
    },
    /// Stop publishing the certificate of a key that is the next or a previous one
    Retire {
        #[command(flatten)]
        common: Planned,
        /// The key id
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// All to whom it is the next or a previous key, if none is named
        owner: Vec<String>,
    },
    /// Show the roles of the keys of an owner
    Status {
        #[command(flatten)]
        records: OfTenant,
        /// The id or the alias of a provider, the id of an application, or `tenant`
        owner: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    // Made before the store is opened, so that a file that is missing is no failure of the store.
    let ask = arguments.verb.ask()?;
    let (records, dry_run) = arguments.verb.common();
    let answer = records.target.open()?.ask(records.of(ask).flag("plan", dry_run));
    let answer = answer.map_err(|problem| records.target.failure("rotate the keys in", &problem))?;
    if let Verb::Status { .. } = arguments.verb {
        return records.target.print(|| answer.clone(), || table(&answer));
    }
    if dry_run {
        return records.target.print(|| answer.clone(), || plan::lines(&answer));
    }
    let kid = text(&answer, "kid");
    let line = if kid.is_empty() { kid } else { kid + "\n" };
    records.target.print(|| answer, || line)
}

impl Verb {
    /// Whose keys, and whether it is only planned.
    fn common(&self) -> (&OfTenant, bool) {
        match self {
            Self::Prepare { common, .. }
            | Self::Publish { common, .. }
            | Self::Promote { common, .. }
            | Self::Rollback { common, .. }
            | Self::Retire { common, .. } => (&common.records, common.dry_run),
            Self::Status { records, .. } => (records, false),
        }
    }

    /// The request for it.
    fn ask(&self) -> Result<Ask, Failure> {
        let verb = |verb, body: Value| Ask::post(&["rotation", verb]).json(&body);
        Ok(match self {
            Self::Prepare { owner, kid: Some(kid), .. } => {
                verb("prepare", json!({"owners": owner, "kid": kid}))
            }
            Self::Prepare { owner, ec, years, .. } => {
                let key = if *ec { "EC-P-256" } else { "RSA-2048" };
                verb("prepare", json!({"owners": owner, "key": key, "years": years}))
            }
            Self::Publish { owner, request, certificate, .. } => {
                let bytes = std::fs::read(certificate).map_err(|error| {
                    Failure::new(format!("cannot read `{}`", certificate.display()), &error)
                })?;
                let ask = Ask::post(&["owners", owner, "requests", request, "publish"]);
                ask.body("application/octet-stream", bytes)
            }
            Self::Promote { kid, owner, overlap, .. } => {
                verb("promote", json!({"kid": kid, "owners": owner, "overlap": overlap}))
            }
            Self::Rollback { owner, .. } => verb("roll-back", json!({"owners": owner})),
            Self::Retire { kid, owner, .. } => verb("retire", json!({"kid": kid, "owners": owner})),
            Self::Status { owner, .. } => Ask::get(&["owners", owner, "rotation"]),
        })
    }
}

fn table(status: &Value) -> String {
    let mut table = Table::new(["role", "kid", "until", "certificate ends"]);
    for key in items(status, "keys") {
        table.row([text(key, "role"), text(key, "kid"), text(key, "until"), text(key, "expires")]);
    }
    for request in items(status, "requests").filter_map(Value::as_str) {
        table.row(["requested".to_owned(), request.to_owned(), String::new(), String::new()]);
    }
    table.text()
}
