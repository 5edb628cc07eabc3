//! What a document does not list is deleted, if that is wanted: of the kinds that it lists, in the tenants that it knows.

use std::collections::BTreeSet;

use super::super::document::{Document, List};
use super::super::kinds::{
    Applications, Kind, Links, Providers, SigningKeys, Tenants, TrustedKeys, Users, VendorRecords,
};
use super::super::plan::Outcome;
use super::Importing;
use crate::engine::keyspace::{self, tag};
use crate::engine::records::{self, Record as _, Revealed, Step};
use crate::engine::{records::is_referred_to, tables};
use crate::error::{Error, Reason, Result};
use crate::model::{ChangeKind, Id, Tenant};

/// The tables of records that own others, which go with them.
const OWNERS: [u8; 4] = [tag::PROVIDER, tag::APPLICATION, tag::USER, tag::VENDOR_RECORD];

/// A record that was deleted: its tenant, its name, its key and its bytes.
struct Gone {
    tenant: Id,
    title: String,
    key: Vec<u8>,
    bytes: Vec<u8>,
}

impl Importing<'_, '_> {
    /// Deletes what the document does not list. What others still refer to is refused.
    pub(super) fn prune(&mut self, document: &Document<'_>) -> Result<()> {
        let tenants = self.tenants_to_prune(document)?;
        let vendor_records = self.remove::<VendorRecords>(&tenants, &document.vendor_records)?;
        let links = self.remove::<Links>(&tenants, &document.links)?;
        let providers = self.remove::<Providers>(&tenants, &document.providers)?;
        let applications = self.remove::<Applications>(&tenants, &document.applications)?;
        let users = self.remove::<Users>(&tenants, &document.users)?;
        let trusted = self.remove::<TrustedKeys>(&tenants, &document.trusted_keys)?;
        let signing = self.remove::<SigningKeys>(&tenants, &document.signing_keys)?;
        self.refuse_referred::<VendorRecords>(vendor_records)?;
        self.refuse_referred::<Links>(links)?;
        self.refuse_referred::<Providers>(providers)?;
        self.refuse_referred::<Applications>(applications)?;
        self.refuse_referred::<Users>(users)?;
        self.refuse_referred::<TrustedKeys>(trusted)?;
        self.refuse_referred::<SigningKeys>(signing)
    }

    /// Deletes the tenants that a list of tenants does not have, and gives the others; without a list, those of the records, and
    /// without records the default one.
    fn tenants_to_prune(&mut self, document: &Document<'_>) -> Result<BTreeSet<Id>> {
        let stored = records::tenants(&*self.unit.tx, None, usize::MAX)?;
        let listed = |tenant: &Tenant, seen: &Self| seen.dealt.seen.contains(tenant.key(tenant.id).bytes());
        if document.tenants.is_none() {
            let mut tenants = BTreeSet::new();
            tenants.extend(self.dealt.seen.iter().filter_map(|key| tables::read(key).1?.tenant));
            if tenants.is_empty() {
                tenants.insert(Tenant::DEFAULT);
            }
            return Ok(tenants);
        }
        let mut left = BTreeSet::from([Tenant::DEFAULT]);
        for tenant in stored {
            if listed(&tenant, self) || tenant.id == Tenant::DEFAULT {
                left.insert(tenant.id);
                continue;
            }
            records::remove_tenant(&mut *self.unit.tx, tenant.id, usize::MAX)?;
            self.unit.tenant = tenant.id;
            self.note::<Tenants>(Outcome::Deleted, "", &tenant, Vec::new());
            let (tenant, kind) = (tenant.id, ChangeKind::TenantDeleted);
            self.unit.steps.push(Step::new(tenant, kind, tenant, None));
        }
        Ok(left)
    }

    fn remove<K: Kind>(&mut self, tenants: &BTreeSet<Id>, list: &List<'_>) -> Result<Vec<Gone>> {
        let mut removed = Vec::new();
        for tenant in tenants.iter().copied().filter(|_| list.is_some()) {
            self.unit.tenant = tenant;
            let mut gone = Vec::new();
            records::each_record::<K::Record>(&*self.unit.tx, K::TABLE, tenant, &mut |record| {
                if !self.dealt.seen.contains(record.key(tenant).bytes()) {
                    gone.push(record);
                }
                Ok(())
            })?;
            for record in gone {
                if self.is_full() {
                    return Ok(removed);
                }
                if K::TABLE == tag::SIGNING_KEY {
                    for attachment in records::attachments_of_key(&*self.unit.tx, tenant, &K::title(&record))?
                    {
                        records::remove(&mut *self.unit.tx, tenant, &attachment)?;
                    }
                }
                records::remove(&mut *self.unit.tx, tenant, &record)?;
                if OWNERS.contains(&K::TABLE) {
                    self.unit.release_vendor_records(K::subject(&record))?;
                }
                self.note::<K>(Outcome::Deleted, "", &record, Vec::new());
                let (title, key) = (K::title(&record), record.key(tenant).bytes().to_vec());
                removed.push(Gone { tenant, title, key, bytes: keyspace::encode(&Revealed(&record))? });
            }
        }
        Ok(removed)
    }

    fn refuse_referred<K: Kind>(&mut self, removed: Vec<Gone>) -> Result<()> {
        for Gone { tenant, title, key, bytes } in removed {
            if is_referred_to(&*self.unit.tx, &key, &bytes)? {
                self.unit.tenant = tenant;
                let error = Error::invalid("", Reason::Other("is what others refer to".to_owned()));
                self.refuse(K::NOUN, "", &title, error)?;
            }
        }
        Ok(())
    }
}
