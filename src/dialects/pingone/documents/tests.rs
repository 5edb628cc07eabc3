//! PingOne's documents: their reference, and the laws.

use serde_json::json;

use super::*;
use crate::dialects::document::laws::Subject;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::pingone::mappings::Mapping;
use crate::dialects::pingone::wire::{self, KINDS, Kind};
use crate::model::{Application, Id, IdentityProvider, Remainder, Tenant, VendorRecord};
use crate::pki::Timestamp;

const ID: Id = Id::from_number(7);
const NOW: Timestamp = Timestamp::from_unix_seconds(1_768_471_200);

pub(in crate::dialects::pingone) fn provider(kind: &Kind) -> IdentityProvider {
    IdentityProvider::new(ID, NOW, "", kind.blank())
}

/// The protocols of applications.
pub(in crate::dialects::pingone) const PROTOCOLS: [&str; 2] = ["SAML", "OPENID_CONNECT"];

pub(in crate::dialects::pingone) fn application(protocol: &str) -> Application {
    let mut blank = Application::new(ID, NOW, "");
    let kept = Remainder::from(Members::from_iter([("protocol".to_owned(), protocol.into())]));
    blank.remainders.insert(wire::NAME.to_owned(), kept);
    blank
}

pub(in crate::dialects::pingone) fn environment() -> Tenant {
    Tenant::new(ID, NOW, "")
}

pub(in crate::dialects::pingone) fn vendor_record() -> VendorRecord {
    VendorRecord { id: ID, created: NOW, updated: NOW, ..VendorRecord::named("pingone.x", "x") }
}

/// A policy whose keys have been rotated.
pub(in crate::dialects::pingone) fn rotated_policy() -> VendorRecord {
    let kept = Remainder::from(Members::from_iter([(rotation_policy::ROTATED.to_owned(), 0.into())]));
    VendorRecord { remainders: [(wire::NAME.to_owned(), kept)].into(), ..vendor_record() }
}

/// An environment that is to be deleted.
pub(in crate::dialects::pingone) fn deleted_environment() -> Tenant {
    let kept = Remainder::from(Members::from_iter([(environment::DELETED.to_owned(), "".into())]));
    Tenant { remainders: [(wire::NAME.to_owned(), kept)].into(), ..environment() }
}

/// PingOne's documents, as `docs/documents.md` describes them.
pub(in crate::dialects::pingone) fn reference() -> String {
    let kinds = KINDS.iter().map(|kind| (kind.name, provider(kind))).collect();
    let protocols = PROTOCOLS.iter().map(|protocol| (*protocol, application(protocol))).collect();
    let sections = [
        environment::ENVIRONMENT.reference("Environment", &vec![("", environment())]),
        provider::PROVIDER.reference("Identity provider", &kinds),
        mapping::MAPPING.reference("Attribute mapping", &vec![("", Mapping::default())]),
        application::APPLICATION.reference("Application", &protocols),
        bill_of_materials::BILL.reference("Bill of materials", &vec![("", vendor_record())]),
        population::POPULATION.reference("Population", &vec![("", vendor_record())]),
        rotation_policy::POLICY.reference("Key rotation policy", &vec![("", vendor_record())]),
    ];
    format!("\n## PingOne\n{}", sections.concat())
}

#[test]
fn the_laws_hold_for_providers_of_each_type() {
    for kind in KINDS {
        let (document, scene) = (&provider::PROVIDER, &Scene::default());
        let subject =
            Subject { document, blank: &|| provider(kind), scene, finish: |_| (), fixed: json!({}) };
        subject.hold();
        subject.is_described("IdentityProvider");
    }
}

#[test]
fn the_laws_hold_for_applications_of_each_protocol() {
    for protocol in PROTOCOLS {
        let (document, scene) = (&application::APPLICATION, &Scene::default());
        let fixed = json!({"protocol": protocol});
        let subject = Subject { document, blank: &|| application(protocol), scene, finish: |_| (), fixed };
        subject.hold();
        subject.is_described("Application");
    }
}

#[test]
fn the_laws_hold_for_environments_and_mappings() {
    let (document, scene) =
        (&environment::ENVIRONMENT, &environment::Shown { url: String::new(), has_bill: false });
    let subject = Subject { document, blank: &environment, scene, finish: |_| (), fixed: json!({}) };
    subject.hold();
    subject.is_described("Environment");
    let scene = &mapping::Within { environment: String::new(), provider: ID, url: None };
    let document = &mapping::MAPPING;
    let subject = Subject { document, blank: &Mapping::default, scene, finish: |_| (), fixed: json!({}) };
    subject.hold();
    subject.is_described("IdentityProviderAttribute");
}

#[test]
fn the_laws_hold_for_what_is_kept_in_vendor_records() {
    let scene = &record::Within::default();
    let hold = |document, name, fixed| {
        let subject = Subject { document, blank: &vendor_record, scene, finish: |_| (), fixed };
        subject.hold();
        subject.is_described(name);
    };
    hold(&population::POPULATION, "Population", json!({}));
    let fixed = json!({"rotationPeriod": 90, "validityPeriod": 365, "keyLength": 2048, "dn": "CN=x"});
    hold(&rotation_policy::POLICY, "KeyRotationPolicy", fixed);
    hold(&bill_of_materials::BILL, "BillOfMaterials", json!({}));
}
