//! `idpstore rotate`: signing keys rotated with an overlap.

use std::path::PathBuf;

use idpstore::model::Role;
use idpstore::pki::{EcCurve, KeySpec};
use idpstore::{IdpStore, NewSigningKey, OwnedKey, Result, Rotation};
use serde_json::{Value, json};

use super::owner::{OfTenant, owner};
use super::plan;
use super::table::Table;
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

/// What all of them take.
#[derive(clap::Args)]
struct Common {
    #[command(flatten)]
    records: OfTenant,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a key the next one: its certificate is published, and nothing is signed with it yet
    Prepare {
        #[command(flatten)]
        common: Common,
        #[arg(required = true)]
        owner: Vec<String>,
        /// A key that is there; without it a new one is made
        #[arg(long)]
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
        common: Common,
        owner: String,
        request: String,
        certificate: PathBuf,
    },
    /// Sign with a key from now on
    Promote {
        #[command(flatten)]
        common: Common,
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
        common: Common,
        #[arg(required = true)]
        owner: Vec<String>,
    },
    /// Stop publishing the certificate of a key that is the next or a previous one
    Retire {
        #[command(flatten)]
        common: Common,
        kid: String,
        owner: Vec<String>,
    },
    /// Show the roles of the keys of an owner
    Status {
        #[command(flatten)]
        common: Common,
        owner: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> std::result::Result<(), Failure> {
    let Common { records, dry_run } = arguments.verb.common();
    let (file, store) = (&records.file, records.open()?);
    let failure = |error: idpstore::Error| file.failure("rotate the keys in", &error);
    if let Verb::Status { owner: name, .. } = &arguments.verb {
        let status = owner(&store, name).and_then(|owner| store.rotation().status(owner)).map_err(failure)?;
        return file.print(|| json_of(&status), || table_of(&status));
    }
    // Read before anything is planned, so that a file that is missing is no failure of the store.
    let certificate = match &arguments.verb {
        Verb::Publish { certificate, .. } => std::fs::read(certificate)
            .map_err(|error| Failure::new(format!("cannot read `{}`", certificate.display()), &error))?,
        _ => Vec::new(),
    };
    let call = |store: &IdpStore| arguments.verb.call(store, &certificate);
    if *dry_run {
        let plan = store.plan(call).map_err(failure)?;
        return file.print(|| plan::json(&plan, &[]), || plan::text(&plan));
    }
    let kid = call(&store).map_err(failure)?;
    file.print(|| json!({"kid": kid}), || kid.as_ref().map(|kid| format!("{kid}\n")).unwrap_or_default())
}

impl Verb {
    fn common(&self) -> &Common {
        match self {
            Self::Prepare { common, .. }
            | Self::Publish { common, .. }
            | Self::Promote { common, .. }
            | Self::Rollback { common, .. }
            | Self::Retire { common, .. }
            | Self::Status { common, .. } => common,
        }
    }

    /// Makes the call; the `kid` of the key that it is about.
    fn call(&self, store: &IdpStore, certificate: &[u8]) -> Result<Option<String>> {
        let rotation = store.rotation();
        let owners =
            |names: &[String]| names.iter().map(|name| owner(store, name)).collect::<Result<Vec<_>>>();
        match self {
            Self::Prepare { owner, kid: Some(kid), .. } => {
                rotation.prepare_existing(kid, &owners(owner)?)?;
                Ok(Some(kid.clone()))
            }
            Self::Prepare { owner, ec, years, .. } => {
                let spec =
                    if *ec { KeySpec::Ec { curve: EcCurve::P256 } } else { KeySpec::Rsa { bits: 2048 } };
                let new = NewSigningKey { spec, years: *years, ..NewSigningKey::default() };
                rotation.prepare(&owners(owner)?, &new).map(|key| Some(key.kid))
            }
            Self::Publish { owner: name, request, .. } => {
                rotation.publish(owner(store, name)?, request, certificate).map(|key| Some(key.kid))
            }
            Self::Promote { kid, owner, overlap, .. } => {
                let overlap = u32::try_from(*overlap).unwrap_or(u32::MAX);
                rotation.promote(kid, &owners(owner)?, overlap)?;
                Ok(Some(kid.clone()))
            }
            Self::Rollback { owner, .. } => rotation.roll_back(&owners(owner)?).map(|()| None),
            Self::Retire { kid, owner, .. } => {
                rotation.retire(kid, &owners(owner)?)?;
                Ok(Some(kid.clone()))
            }
            Self::Status { .. } => Ok(None),
        }
    }
}

fn until(role: Role) -> Option<String> {
    match role {
        Role::Previous(until) => Some(until.to_string()),
        _ => None,
    }
}

fn json_of(status: &Rotation) -> Value {
    let key = |OwnedKey { role, key, .. }: &OwnedKey| json!({"role": role.name(), "until": until(*role), "kid": key.kid, "expires": key.expires.map(|end| end.to_string())});
    let requested = status.requested.iter().filter_map(|key| Some(key.request.as_ref()?.id.clone()));
    json!({
        "name": status.name,
        "keys": status.keys.iter().map(key).collect::<Vec<_>>(),
        "requests": requested.collect::<Vec<_>>(),
    })
}

fn table_of(status: &Rotation) -> String {
    let mut table = Table::new(["role", "kid", "until", "certificate ends"]);
    for owned in &status.keys {
        let ends = owned.key.expires.map(|end| end.to_string()).unwrap_or_default();
        table.row([
            owned.role.name().to_owned(),
            owned.key.kid.clone(),
            until(owned.role).unwrap_or_default(),
            ends,
        ]);
    }
    for request in status.requested.iter().filter_map(|key| key.request.as_ref()) {
        table.row(["requested".to_owned(), request.id.clone(), String::new(), String::new()]);
    }
    table.text()
}
