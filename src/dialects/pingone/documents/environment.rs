//! PingOne's document of an environment: its tenant.

use serde_json::{Value, json};

use super::bill_of_materials::{BILL, PRODUCTS as PRODUCT_LIST};
use super::record::Within;
use crate::dialects::document::{Core, Document, Spell, any, choice, field, hidden, server, text};
use crate::dialects::parts::put_string;
use crate::dialects::pingone::{default_keys, default_records, ids, links, wire};
use crate::model::{Remainder, Tenant, VendorRecord};
use crate::pki::Timestamp;

/// With what an environment is shown.
pub(in crate::dialects::pingone) struct Shown {
    /// Its URL.
    pub(in crate::dialects::pingone) url: String,
    /// Whether with its bill of materials.
    pub(in crate::dialects::pingone) has_bill: bool,
}

impl Spell for Shown {}

/// The document.
pub(in crate::dialects::pingone) static ENVIRONMENT: Document<Tenant, Shown> = Document::of(
    wire::NAME,
    &[
        server("_links", |_, at: &Shown| links::to(&[("self", &at.url)]).into()),
        server("id", |tenant: &Tenant, _| tenant.id.to_uuid().into()),
        text("name").required().core(NAME),
        any("description"),
        choice(TYPE, TYPES).or(|_| "SANDBOX".into()),
        choice("region", &["NA", "CA", "EU", "AU", "SG", "AP"]).or(|_| "NA".into()),
        any("license"),
        any("icon"),
        server(STATUS, |tenant, _| if kept(tenant, DELETED).is_some() { PENDING } else { ACTIVE }.into()),
        server(BILL_OF_MATERIALS, |tenant, at| {
            at.has_bill.then(|| Value::from(BILL.members(&bill(tenant), &within(at)))).into()
        }),
        server("organization", |_, _| json!({"id": ids::organization()}).into()),
        server("createdAt", |tenant, _| tenant.created.to_string().into()),
        server("updatedAt", |tenant, _| tenant.updated.to_string().into()),
        server("softDeletedAt", |tenant, _| kept(tenant, DELETED).and_then(Value::as_str).into()),
        // A store keeps nothing back.
        server("hardDeletedAllowedAt", |tenant, _| kept(tenant, DELETED).and_then(Value::as_str).into()),
        hidden(default_keys::KEPT),
        hidden(default_records::KEPT),
        hidden(PRODUCTS),
        hidden(DELETED),
    ],
);

/// The member with the type of an environment, and its values.
pub(in crate::dialects::pingone) const TYPE: &str = "type";
pub(in crate::dialects::pingone) const TYPES: &[&str] = &["PRODUCTION", "SANDBOX"];

/// The member with the status of an environment, and its values.
pub(in crate::dialects::pingone) const STATUS: &str = "status";
pub(in crate::dialects::pingone) const STATES: &[&str] = &[ACTIVE, PENDING];
const ACTIVE: &str = "ACTIVE";
pub(in crate::dialects::pingone) const PENDING: &str = "DELETE_PENDING";

pub(in crate::dialects::pingone) const BILL_OF_MATERIALS: &str = "billOfMaterials";

/// Under which names is kept of what an environment is made, and since when it is to be deleted.
pub(in crate::dialects::pingone) const PRODUCTS: &str = "materials";
pub(in crate::dialects::pingone) const DELETED: &str = "softDeleted";

const NAME: Core<Tenant> = field(
    "name",
    |tenant| tenant.name.as_str().into(),
    |tenant, received| put_string(&mut tenant.name, received),
);

fn kept<'t>(tenant: &'t Tenant, name: &str) -> Option<&'t Value> {
    tenant.remainders.get(wire::NAME)?.get(name)
}

/// The bill of materials of an environment; one that was never given any has no products.
pub(in crate::dialects::pingone) fn bill(tenant: &Tenant) -> VendorRecord {
    let kept = kept(tenant, PRODUCTS).cloned().unwrap_or_else(|| json!({(PRODUCT_LIST): []}));
    let time = |name: &str| {
        kept.get(name).and_then(Value::as_i64).map_or(tenant.created, Timestamp::from_unix_millis)
    };
    let mut bill =
        VendorRecord { created: time("created"), updated: time("updated"), ..VendorRecord::named("", "") };
    let members = kept.as_object().cloned().unwrap_or_default();
    bill.remainders.insert(wire::NAME.to_owned(), Remainder::from(members));
    bill
}

/// With what the bill of materials of an environment is shown.
pub(in crate::dialects::pingone) fn within(at: &Shown) -> Within {
    Within { url: at.url.clone(), own: format!("{}/{BILL_OF_MATERIALS}", at.url), ..Within::default() }
}
