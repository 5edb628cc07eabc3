//! Providers are made of all entities of a document, or of none.

use std::ops::ControlFlow;

use idpstore::saml::{EncodingStandard, Metadata, each_entity};
use idpstore::{IdpStore, MetadataImport, ProviderQuery};

use super::{AGGREGATE, cautious, store};

fn entities(xml: &str) -> Vec<Metadata> {
    let mut found = Vec::new();
    each_entity(xml.as_bytes(), &EncodingStandard, &mut |entity| {
        found.push(entity);
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    found
}

fn names(store: &IdpStore) -> Vec<String> {
    let all = store.providers().list(&ProviderQuery::all()).unwrap().items;
    all.into_iter().map(|provider| provider.name).collect()
}

#[test]
fn every_identity_provider_is_created_once() {
    let store = store();
    let import =
        |store: &IdpStore, xml: &str| store.service().create_from_aggregate(&entities(xml), &cautious());
    let plan = store.plan(|store| import(store, AGGREGATE)).unwrap();
    assert_eq!((plan.changes.len(), names(&store).len()), (3, 0));
    let made = import(&store, AGGREGATE).unwrap();
    assert_eq!((made.known.len(), made.others), (0, 1));
    assert_eq!(names(&store), ["urn:a", "urn:b", "urn:c"]);
    let numbers: Vec<_> = made.created.iter().map(|it| it.provider.sequence).collect();
    assert_eq!(numbers, [1; 3], "one transaction");
    assert_eq!(store.providers().get(made.created[1].provider.id).unwrap(), made.created[1].provider);
    let grown = AGGREGATE.replace("urn:sp\"><SPSSODescriptor/>", "urn:d\"><IDPSSODescriptor/>");
    let again = import(&store, &grown).unwrap();
    assert_eq!(again.known, made.created.iter().map(|it| it.provider.id).collect::<Vec<_>>());
    assert_eq!(names(&store), ["urn:a", "urn:b", "urn:c", "urn:d"]);
}

#[test]
fn one_entity_that_is_refused_keeps_all_out() {
    let store = store();
    let refused = |xml: &str| {
        let refused = store.service().create_from_aggregate(&entities(xml), &cautious()).unwrap_err();
        assert_eq!(names(&store), [""; 0]);
        refused.to_string()
    };
    assert_eq!(
        refused(&AGGREGATE.replace("urn:c", "urn:a")),
        "invalid document; `core:entity_id` is that of two entities: `urn:a`"
    );
    assert_eq!(
        refused(&AGGREGATE.replace("https://b.example/sso", "https:///sso")),
        "invalid document; `core:saml.single_sign_on.location` must be a URL that begins with http:// or https://: \
         the entity `urn:b` cannot be taken in"
    );
    let expired = AGGREGATE.replace("2027-02-01", "2027-01-01");
    assert!(refused(&expired).starts_with("invalid document; `/validUntil` has passed"));
    let nameless = AGGREGATE.replace(" entityID=\"urn:b\"", "");
    assert!(refused(&nameless).starts_with("invalid document; `core:entity_id` is missing"));
    let import = MetadataImport { accepts_expired: true, ..cautious() };
    assert_eq!(store.service().create_from_aggregate(&entities(&expired), &import).unwrap().created.len(), 3);
}
