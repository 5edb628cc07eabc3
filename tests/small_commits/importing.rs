//! Documents are imported, and tenants deleted, in several commits.

use std::ops::ControlFlow;

use idpstore::engine::KeyWrap;
use idpstore::saml::{EncodingStandard, each_entity};
use idpstore::testing::OptimisticEngine;
use idpstore::{ErrorKind, IdpStore, MetadataImport, Paging, Secrets};
use serde_json::{Value, json};

use crate::failing::{Failing, cluster};

fn open(engine: &OptimisticEngine) -> IdpStore {
    IdpStore::builder().engine(engine.clone()).open().unwrap()
}

/// A document with so many providers and users in a tenant of its own. The first and the last provider may sign with a key, and do.
fn document(count: usize) -> Value {
    let provider = |number: usize| {
        let mut provider = json!({
            "tenant": "Of steps", "name": format!("Partner {number:04}"), "alias": format!("partner-{number}"),
            "protocol": {"type": "saml", "entity_id": format!("urn:partner:{number}"), "single_sign_on": {"location": "https://idp.example.com/sso"}},
        });
        if number == 0 || number + 1 == count {
            provider["signing_key"] = json!("ours");
        }
        provider
    };
    let user = |number: usize| json!({"tenant": "Of steps", "login": format!("user-{number}@example.com")});
    json!({
        "tenants": [{"name": "Of steps"}],
        "signing_keys": [{"tenant": "Of steps", "kid": "ours", "owners": ["partner-0", format!("partner-{}", count - 1)]}],
        "providers": (0..count).map(provider).collect::<Vec<_>>(),
        "users": (0..count).map(user).collect::<Vec<_>>(),
    })
}

/// The names of what is stored: its order depends on ids, which a cluster draws by lot.
fn names(store: &IdpStore) -> Vec<String> {
    let mut document = Vec::new();
    store.export(Secrets::LeftOut, &mut document, |_| {}).unwrap();
    let document: Value = serde_json::from_slice(&document).unwrap();
    let listed = |list: &str, name: &str| {
        let records = document[list].as_array().cloned().unwrap_or_default();
        let names = records.iter().map(|record| record[name].as_str().unwrap_or_default().to_owned());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    [listed("tenants", "name"), listed("providers", "name"), listed("users", "login")].concat()
}

#[test]
fn a_large_document_is_imported_in_steps_and_pruned_in_steps() {
    for wrap in [None, Some(KeyWrap::key([7; 32]))] {
        let engine = cluster();
        let builder = || IdpStore::builder().engine(engine.clone());
        let store = wrap.clone().map_or_else(builder, |wrap| builder().seal(wrap)).open().unwrap();
        let large = document(400).to_string();
        let (done, last) = store.import_document(&large, false, |_| {}).unwrap();
        assert_eq!((done.planned().len(), done.unchanged()), (1 + 1 + 400 + 400 + 2, 0));
        assert!(last > 0 && last == store.service().last_change().unwrap());
        let units = store.service().changes(0, usize::MAX).unwrap();
        let mut numbers: Vec<_> = units.iter().map(|change| change.sequence).collect();
        numbers.dedup();
        assert!(numbers.len() > 10, "{} units", numbers.len());
        assert_eq!(store.check().unwrap().problems, []);

        let (again, number) = store.import_document(&large, true, |_| {}).unwrap();
        assert_eq!((again.planned().len(), again.unchanged(), number), (0, 802, 0));

        let (pruned, _) = store.import_document(&document(2).to_string(), true, |_| {}).unwrap();
        assert_eq!(
            pruned.planned().len(),
            398 + 398 + 3,
            "with the key's new owner, without its old one, and the provider that signs"
        );
        assert_eq!(store.check().unwrap().problems, []);
        let whole = IdpStore::in_memory().unwrap();
        whole.import_document(&document(2).to_string(), true, |_| {}).unwrap();
        assert_eq!(names(&store), names(&whole));
    }
}

#[test]
fn an_import_that_was_broken_off_goes_on_when_it_is_repeated() {
    let (engine, large) = (cluster(), document(300).to_string());
    let failing = IdpStore::builder().engine(Failing::after(9, engine.clone())).open().unwrap();
    let broken = failing.import_document(&large, false, |_| {}).unwrap_err();
    assert!(broken.to_string().contains("goes on when it is repeated"), "{broken}");
    let store = open(&engine);
    assert_eq!(store.check().unwrap().problems, [], "what is done is sound");
    let (done, _) = store.import_document(&large, false, |_| {}).unwrap();
    assert!(done.unchanged() > 50 && done.planned().len() > 50, "{} unchanged", done.unchanged());
    assert_eq!(store.plan_import(&large, true, |_| {}).unwrap().planned(), []);
}

#[test]
fn a_document_that_is_refused_changes_nothing() {
    let (store, mut broken) = (open(&cluster()), document(300));
    broken["users"].as_array_mut().unwrap().push(json!({"tenant": "Of steps", "login": 7}));
    let refused = store.import_document(&broken.to_string(), false, |_| {}).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Invalid { .. }), "{refused}");
    assert_eq!((names(&store), store.service().last_change().unwrap()), (vec!["idpstore".to_owned()], 0));
}

#[test]
fn a_plan_of_a_large_import_is_carried_out_unless_the_store_has_changed() {
    let store = open(&cluster());
    let large = document(300).to_string();
    let plan = store.plan_import(&large, false, |_| {}).unwrap();
    assert_eq!(names(&store), ["idpstore"], "nothing is done yet");
    store.import(&plan, |_| {}).unwrap();
    assert_eq!(store.plan_import(&large, true, |_| {}).unwrap().planned(), []);
    assert_eq!(store.import(&plan, |_| {}).unwrap_err().kind(), &ErrorKind::Conflict);
}

#[test]
fn the_deletion_of_a_tenant_that_was_broken_off_goes_on_when_it_is_repeated() {
    let engine = cluster();
    let store = open(&engine);
    store.import_document(&document(300).to_string(), false, |_| {}).unwrap();
    let tenant = store.tenants().list(&Paging::default()).unwrap().items.pop().unwrap();
    let failing = IdpStore::builder().engine(Failing::after(3, engine)).open().unwrap();
    assert_eq!(failing.tenants().delete(tenant.id).unwrap_err().kind(), &ErrorKind::Storage);
    assert_eq!(names(&store), ["idpstore"], "nothing of it can be reached");
    assert_ne!(store.check().unwrap().problems, []);
    let again = store.service().for_tenant(tenant.id).found_tenant("again").unwrap_err();
    assert_eq!(again.kind(), &ErrorKind::WrongState, "it would have what is left of the other");
    store.tenants().delete(tenant.id).unwrap();
    assert_eq!(store.check().unwrap().problems, []);
}

#[test]
fn a_large_tenant_is_deleted_and_nothing_of_it_is_left() {
    let engine = cluster();
    let store = open(&engine);
    store.import_document(&document(300).to_string(), false, |_| {}).unwrap();
    let tenant = store.tenants().list(&Paging::default()).unwrap().items.pop().unwrap();
    assert_eq!(tenant.name, "Of steps");
    store.tenants().delete(tenant.id).unwrap();
    assert_eq!(names(&store), ["idpstore"]);
    assert_eq!(store.check().unwrap().problems, []);
    let number = store.service().last_change().unwrap();
    assert!(store.undo(number).is_err(), "it cannot be undone");
    let gone = store.tenants().delete(tenant.id).unwrap_err();
    assert!(matches!(gone.kind(), ErrorKind::NotFound { .. }));
}

#[test]
fn the_data_key_of_a_large_store_is_rotated() {
    let open = |engine: OptimisticEngine| {
        IdpStore::builder().engine(engine).seal(KeyWrap::key([7; 32])).open().unwrap()
    };
    let (engine, mut secrets) = (cluster(), document(2));
    secrets["providers"] = (0..200)
        .map(|number| {
            let client = json!({"id": "us", "secret": format!("hush {number}"), "scopes": ["openid"]});
            let protocol =
                json!({"type": "open_id_connect", "issuer": "https://op.example.com", "client": client});
            json!({"name": format!("Login {number}"), "protocol": protocol})
        })
        .collect();
    secrets["signing_keys"] = json!([]);
    let store = open(engine.clone());
    store.import_document(&secrets.to_string(), false, |_| {}).unwrap();
    assert_eq!(store.rotate_data_key().unwrap(), 200);
    let mut exported = Vec::new();
    open(engine).export(Secrets::InTheClear, &mut exported, |_| {}).unwrap();
    let exported = String::from_utf8(exported).unwrap();
    assert!((0..200).all(|number| exported.contains(&format!("\"hush {number}\""))));
}

#[test]
fn a_large_federation_is_taken_in() {
    let entity = |number: usize| {
        format!(r#"<EntityDescriptor entityID="urn:{number}"><IDPSSODescriptor/></EntityDescriptor>"#)
    };
    let entities: String = (0..100).map(entity).collect();
    let xml = format!(
        r#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{entities}</EntitiesDescriptor>"#
    );
    let mut entities = Vec::new();
    let mut take = |entity| {
        entities.push(entity);
        Ok(ControlFlow::Continue(()))
    };
    each_entity(xml.as_bytes(), &EncodingStandard, &mut take).unwrap();
    let service = open(&cluster()).service();
    let imported = service.create_from_aggregate(&entities, &MetadataImport::default()).unwrap();
    assert_eq!((imported.created.len(), imported.known.len()), (100, 0));
    let last = service.last_change().unwrap();
    assert_eq!(imported.created.last().unwrap().provider.sequence, last);
    assert!(imported.created[0].provider.sequence < last, "in more than one unit");
    let again = service.create_from_aggregate(&entities, &MetadataImport::default()).unwrap();
    assert_eq!((again.created.len(), again.known.len()), (0, 100));
}
