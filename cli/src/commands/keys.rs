//! `idpstore keys`: the keys of a store, and which of them are weak or end soon.

use std::collections::BTreeMap;

use idpstore::env::{Clock as _, SystemClock};
use idpstore::model::{Id, Key, KeyDate};
use idpstore::pki::Timestamp;
use idpstore::{Expiring, IdpStore, Paging, SigningKeyQuery};
use serde_json::{Value, json};

use super::store_file::StoreFile;
use super::table::Table;
use super::time::seconds;
use crate::failure::Failure;

/// List the signing keys and trusted certificates of all tenants, soonest to end first.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore keys --db idps.redb --expiring 60d")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Only keys with findings: weak or unusable ones, and those whose certificate has ended or not begun
    #[arg(long)]
    weak: bool,
    /// Only keys whose certificate, or that of an issuer of theirs, has ended or ends within this time, such as 60d or 12h
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    expiring: Option<i64>,
}

struct Listed {
    tenant: Id,
    key: Key,
    findings: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let store = file.open()?;
    let now = SystemClock.now();
    let mut listed = Vec::new();
    if let Some(seconds) = arguments.expiring {
        listed = expiring(&store, now, seconds).map_err(|error| file.unread(&error))?;
    } else {
        for (tenant, store) in file.tenants(&store)? {
            let keys = all(&store).map_err(|error| file.unread(&error))?.into_iter();
            listed.extend(keys.map(|key| Listed::of(tenant, key, now)));
        }
    }
    listed.retain(|it| !arguments.weak || !it.findings.is_empty());
    listed.sort_by_key(|listed| listed.key.expires.unwrap_or(Timestamp::LAST));
    file.print(|| listed.iter().map(Listed::json).collect(), || table(&listed))
}

fn all(store: &IdpStore) -> idpstore::Result<Vec<Key>> {
    let mut keys = store.service().signing_keys(&SigningKeyQuery::all())?.items;
    keys.extend(store.trusted_keys().list(&Paging::all())?.items);
    Ok(keys)
}

/// The keys, each once, that have or lead to a certificate which ends within so many seconds.
fn expiring(store: &IdpStore, now: Timestamp, seconds: i64) -> idpstore::Result<Vec<Listed>> {
    let mut listed = BTreeMap::new();
    for Expiring { tenant, at, what, key, .. } in store.expiring(now.plus_seconds(seconds + 1))? {
        if what == KeyDate::Request {
            continue;
        }
        let it = listed.entry((tenant, key.id)).or_insert_with(|| Listed::of(tenant, key, now));
        if what == KeyDate::Issuer {
            it.findings.push(format!("the certificate of an issuer ends at {at}"));
        }
    }
    Ok(listed.into_values().collect())
}

impl Listed {
    fn of(tenant: Id, key: Key, now: Timestamp) -> Self {
        let findings = key.findings(now).iter().map(ToString::to_string).collect();
        Self { tenant, key, findings }
    }

    fn json(&self) -> Value {
        json!({
            "tenant": self.tenant,
            "kid": self.key.kid,
            "use": self.purpose(),
            "kty": self.key.jwk.kty(),
            "bits": self.key.jwk.bits(),
            "expires": self.key.expires.map(|end| end.to_string()),
            "findings": self.findings,
        })
    }

    fn purpose(&self) -> &'static str {
        match (&self.key.request, self.key.is_signing()) {
            (Some(_), _) => "requested",
            (None, true) => "signing",
            (None, false) => "trusted",
        }
    }
}

fn table(listed: &[Listed]) -> String {
    let mut table = Table::new(["tenant", "kid", "use", "key", "expires", "findings"]);
    for it in listed {
        table.row([
            it.tenant.to_string(),
            it.key.kid.clone(),
            it.purpose().to_owned(),
            format!("{} {}", it.key.jwk.kty(), it.key.jwk.bits()),
            it.key.expires.map(|end| end.to_string()).unwrap_or_default(),
            it.findings.join("; "),
        ]);
    }
    table.text()
}
