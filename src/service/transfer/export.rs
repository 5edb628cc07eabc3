//! A document of everything that a store holds.

use std::io::Write;

use serde_json::{Value, json};

use super::super::Service;
use super::document::VERSION;
use super::kinds::{
    Applications, Kind, Links, Providers, SigningKeys, Tenants, TrustedKeys, Users, VendorRecords,
};
use crate::engine::ReadTx;
use crate::engine::records;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Attachment, Id, Planned, Tenant};

/// What a document holds of private keys and secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Secrets {
    /// Nothing: members that hold them are left out, also where a vendor's document has them.
    #[default]
    LeftOut,
    /// All of them, in the clear: the document is to be kept like the store.
    InTheClear,
}

impl Service {
    /// Writes everything that the store holds, of all tenants.
    pub(crate) fn export(
        &self,
        secrets: Secrets,
        out: &mut dyn Write,
        progress: &mut dyn FnMut(u64),
    ) -> Result<u64> {
        self.read(|tx| {
            let tenants = records::tenants(tx, None, usize::MAX)?.iter().map(|tenant| tenant.id).collect();
            let mut export = Export { tx, tenants, secrets, out, progress, records: 0 };
            export.text(&format!("{{\n  \"version\": {VERSION}"))?;
            export.list::<Tenants>(|_, _, _| Ok(()))?;
            export.list::<Providers>(|_, _, _| Ok(()))?;
            export.list::<Applications>(|_, _, _| Ok(()))?;
            export.list::<Users>(|_, _, _| Ok(()))?;
            export.list::<TrustedKeys>(|_, _, key| {
                // What the certificate shows anyway is not repeated.
                leave_out(key, &["jwk", "expires"]);
                Ok(())
            })?;
            export.list::<SigningKeys>(owners)?;
            export.list::<Links>(|_, _, _| Ok(()))?;
            export.list::<VendorRecords>(|_, _, _| Ok(()))?;
            export.text("\n}\n")?;
            Ok(export.records)
        })
    }
}

struct Export<'e> {
    tx: &'e dyn ReadTx,
    tenants: Vec<Id>,
    secrets: Secrets,
    out: &'e mut dyn Write,
    progress: &'e mut dyn FnMut(u64),
    records: u64,
}

impl Export<'_> {
    fn text(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes()).map_err(storage)
    }

    /// Writes the records of a kind one by one; `finish` makes of the stored form what a document has.
    fn list<K: Kind>(&mut self, finish: fn(&dyn ReadTx, Id, &mut Value) -> Result<()>) -> Result<()> {
        self.text(&format!(",\n  \"{}\": [", K::LIST))?;
        let mut separator = "\n    ";
        let tx = self.tx;
        for tenant in self.tenants.clone() {
            // A tenant is stored under its own id, and all other records under that of their tenant.
            records::each_record::<K::Record>(tx, K::TABLE, tenant, &mut |record| {
                let mut record = records::json(&record)?;
                finish(tx, tenant, &mut record)?;
                self.text(separator)?;
                separator = ",\n    ";
                self.record::<K>(tenant, record)
            })?;
        }
        self.text(if separator.starts_with(',') { "\n  ]" } else { "]" })
    }

    fn record<K: Kind>(&mut self, tenant: Id, mut record: Value) -> Result<()> {
        match self.secrets {
            Secrets::LeftOut => records::take_secrets(&mut record),
            Secrets::InTheClear if records::is_sealed(&record) => return Err(ErrorKind::Sealed.into()),
            Secrets::InTheClear => {}
        }
        K::FORM.spell(&mut record);
        if tenant != Tenant::DEFAULT
            && K::LIST != Tenants::LIST
            && let Some(members) = record.as_object_mut()
        {
            members.shift_insert(0, "tenant".to_owned(), tenant.to_string().into());
        }
        let text = serde_json::to_string_pretty(&record).map_err(storage)?;
        self.text(&text.replace('\n', "\n    "))?;
        self.records += 1;
        (self.progress)(self.records);
        Ok(())
    }
}

fn leave_out(record: &mut Value, names: &[&str]) {
    if let Some(members) = record.as_object_mut() {
        members.retain(|name, _| !names.contains(&&**name));
    }
}

/// Who signs with a key stands beside it.
fn owners(tx: &dyn ReadTx, tenant: Id, key: &mut Value) -> Result<()> {
    let kid = key.get("kid").and_then(Value::as_str).unwrap_or_default();
    let owners = records::attachments_of_key(tx, tenant, kid)?;
    let owners: Vec<_> = owners.iter().map(owner).collect();
    leave_out(key, &["expires"]);
    if let Some(members) = key.as_object_mut() {
        members.insert("owners".to_owned(), owners.into());
    }
    Ok(())
}

fn owner(it: &Attachment) -> Value {
    let mut owner = json!({"owner": it.owner.to_string(), "created": it.created.to_string()});
    let planned = match it.planned {
        None => return owner,
        Some(Planned::Next) => "next".into(),
        Some(Planned::Previous(until)) => json!({"previous": until.to_string()}),
        Some(Planned::Ended(until)) => json!({"ended": until.to_string()}),
    };
    if let Some(members) = owner.as_object_mut() {
        members.insert("planned".to_owned(), planned);
    }
    owner
}

fn storage(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Storage).context("the document cannot be written").caused_by(cause)
}
