//! A provider is edited in each vendor's document: what is shown may be put back, and changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use idpstore::engine::MemoryEngine;
use idpstore::testing::inside::DIALECTS;
use idpstore::{IdpStore, Paging, ProviderQuery};
use serde_json::{Map, Value};

use super::{Surroundings, scenarios};

const VENDORS: [&str; 3] = ["okta", "pingone", "zitadel"];

/// The document of a vendor, if it shows the provider.
fn shown(store: &IdpStore, id: idpstore::model::Id, vendor: &str) -> Option<Map<String, Value>> {
    store.crossing(id, vendor).unwrap().shown.map(|shown| shown.as_object().cloned().unwrap())
}

/// What of the providers of a store does not go back as it is shown; the kinds that each vendor has shown are noted.
fn faults(store: &IdpStore, kinds: &mut BTreeMap<&str, BTreeSet<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    for provider in
        store.providers().list(&ProviderQuery { limit: 1000, ..ProviderQuery::default() }).unwrap().items
    {
        for vendor in VENDORS {
            let Some(document) = shown(store, provider.id, vendor) else { continue };
            kinds.entry(vendor).or_default().insert(provider.protocol.kind());
            match store.plan(|store| store.replace_document(provider.id, vendor, &document)) {
                Ok(plan) if plan.changes.is_empty() => {}
                Ok(plan) => {
                    let members: Vec<_> =
                        plan.changes.iter().flat_map(|change| change.members.clone()).collect();
                    faults.push(format!("{vendor} {}: {members:?}", provider.name));
                }
                Err(error) => faults.push(format!("{vendor} {}: {}", provider.name, error.in_full())),
            }
        }
    }
    faults
}

#[test]
fn what_is_shown_is_put_back_and_changes_nothing() {
    let (mut all, mut kinds) = (BTreeSet::new(), BTreeMap::new());
    for (path, scenario) in DIALECTS.iter().flat_map(|dialect| scenarios(dialect)) {
        let surroundings = Surroundings::new();
        let store = surroundings.open(MemoryEngine::default());
        let (mut last, name) = (0, path.file_name().unwrap().display().to_string());
        for step in &scenario.steps {
            surroundings.clock.advance(step.advance);
            let _ = store.handle(step.request.to_request());
            if last == store.service().last_change().unwrap() {
                continue;
            }
            last = store.service().last_change().unwrap();
            for tenant in store.tenants().list(&Paging::all()).unwrap().items {
                let faults = faults(&store.for_tenant(tenant.id), &mut kinds);
                all.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
            }
        }
    }
    let all: Vec<_> = all.into_iter().collect();
    assert_eq!(all, [""; 0]);
    for (vendor, least) in [("okta", 29), ("pingone", 11), ("zitadel", 12)] {
        assert!(kinds[vendor].len() >= least, "{vendor}: {:?}", kinds[vendor]);
    }
}
