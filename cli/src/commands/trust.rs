//! `idpstore trust`: the certificates that a partner signs with.

use std::fmt::Write as _;
use std::path::PathBuf;

use idpstore::pki::Timestamp;
use serde_json::{Value, json};

use super::ask::Ask;
use super::plan;
use super::target::text;
use super::tenant::Planned;
use super::time::seconds;
use crate::failure::Failure;

/// Trust a certificate of a partner beside the present ones, or trust one no longer, now or from a time on.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore trust add partner next.pem --db idps.redb
  idpstore trust drop partner 0192f0c1-5d2e-7000-8000-69647073746f --in 14d --db idps.redb")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Also trust a certificate, and cancel its planned end
    Add {
        #[command(flatten)]
        common: Planned,
        /// The id or the alias of the provider
        provider: String,
        /// A file with one certificate, in PEM, base64 or DER
        certificate: PathBuf,
    },
    /// Trust a certificate no longer
    Drop {
        #[command(flatten)]
        common: Planned,
        /// The id or the alias of the provider
        provider: String,
        /// The certificate's key id
        #[arg(allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        end: End,
    },
}

/// Until when a certificate stays trusted; without an argument, no longer.
#[derive(clap::Args)]
#[group(multiple = false)]
struct End {
    /// Trust it until this time, such as 2027-03-01T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// Trust it for so long, such as 14d or 12h
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    r#in: Option<i64>,
    /// Trust it until it expires
    #[arg(long)]
    when_expired: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "a time is spelled by RFC 3339, such as 2027-03-01T00:00:00Z".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (Verb::Add { common, .. } | Verb::Drop { common, .. }) = &arguments.verb;
    let Planned { records, dry_run } = common;
    let ask = match &arguments.verb {
        Verb::Add { provider, certificate, .. } => {
            let bytes = std::fs::read(certificate)
                .map_err(|error| Failure::new(format!("cannot read `{}`", certificate.display()), &error))?;
            Ask::post(&["providers", provider, "trusted-keys"]).body("application/octet-stream", bytes)
        }
        Verb::Drop { provider, kid, end, .. } => Ask::delete(&["providers", provider, "trusted-keys", kid])
            .with_any("at", end.at)
            .with_any("seconds", end.r#in)
            .flag("when_expired", end.when_expired),
    };
    let answer = records.target.open()?.ask(records.of(ask).flag("plan", *dry_run));
    let answer = answer.map_err(|problem| records.target.failure("change what is trusted in", &problem))?;
    if *dry_run {
        return records.target.print(|| answer.clone(), || plan::lines(&answer));
    }
    let trusted = answer.get("trusted_keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut ends = answer.get("trust_ends").cloned().unwrap_or_else(|| json!({}));
    if let Value::Object(ends) = &mut ends {
        ends.retain(|kid, _| trusted.iter().any(|it| it == kid.as_str())); // the others have been dropped
    }
    records.target.print(|| json!({"trusted": trusted, "ends": ends}), || lines(&trusted, &ends))
}

/// The certificates that are trusted now, and until when.
fn lines(trusted: &[Value], ends: &Value) -> String {
    trusted.iter().filter_map(Value::as_str).fold(String::new(), |mut lines, kid| {
        let end = text(ends, kid);
        let until = if end.is_empty() { end } else { format!("  until {end}") };
        let _ = writeln!(lines, "{kid}{until}");
        lines
    })
}
