//! `idpstore keys`: the keys of a store, and which of them are weak or end soon.

use idpstore::env::{Clock as _, SystemClock};
use idpstore::model::{Id, Key};
use idpstore::pki::Timestamp;
use idpstore::{Paging, SigningKeyQuery};
use serde_json::{Value, json};

use super::store_file::StoreFile;
use super::table::Table;
use super::time::seconds;
use crate::failure::Failure;

/// List the signing keys and trusted certificates of all tenants, those that end first at the top.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore keys --db idps.redb --expiring 60d")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Only keys with findings: weak or unusable ones, and those whose certificate has ended or not begun
    #[arg(long)]
    weak: bool,
    /// Only keys whose certificate has ended or ends within this time, such as 60d or 12h
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
    for (tenant, store) in file.tenants(&store)? {
        let signing = store.service().signing_keys(&SigningKeyQuery::all());
        let trusted = store.trusted_keys().list(&Paging::all());
        for keys in [signing, trusted] {
            let keys = keys.map_err(|error| file.unread(&error))?.items.into_iter();
            listed.extend(keys.filter_map(|key| arguments.wanted(tenant, key, now)));
        }
    }
    listed.sort_by_key(|listed| listed.key.expires.unwrap_or(Timestamp::LAST));
    file.print(|| listed.iter().map(Listed::json).collect(), || table(&listed))
}

impl Arguments {
    fn wanted(&self, tenant: Id, key: Key, now: Timestamp) -> Option<Listed> {
        let ends_soon = |seconds| key.expires.is_some_and(|end| end <= now.plus_seconds(seconds));
        if !self.expiring.is_none_or(ends_soon) {
            return None;
        }
        let findings: Vec<_> = key.findings(now).iter().map(ToString::to_string).collect();
        (!self.weak || !findings.is_empty()).then_some(Listed { tenant, key, findings })
    }
}

impl Listed {
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
