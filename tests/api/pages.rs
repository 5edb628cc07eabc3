//! Lists that the service looks for: in pages they are the same as in whole, and a page looks at a bounded number of records.

use idpstore::model::{Application, Id, IdentityProvider, Saml};
use idpstore::{IdpStore, NewSigningKey, Owner};
use serde_json::{Value, json};

use super::{ask, certificate, metadata, store};

/// The items of all pages of a list with so many items at most, and how many pages there are.
fn pages(store: &IdpStore, path: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut items, mut next, mut count) = (Vec::new(), String::new(), 0);
    loop {
        let separator = if path.contains('?') { '&' } else { '?' };
        let (status, page) = ask(store, &format!("GET {path}{separator}limit={limit}{next}"), Value::Null);
        assert_eq!(status, 200, "{page}");
        let more = page["items"].as_array().unwrap();
        assert!(more.len() <= limit);
        items.extend(more.iter().cloned());
        count += 1;
        match page["next"].as_str() {
            Some(place) => next = format!("&after={place}"),
            None => return (items, count),
        }
    }
}

/// Two tenants with providers and applications of both kinds of use; the `kid` of a key that many use.
fn busy() -> (IdpStore, String) {
    let store = store();
    let other = store.tenants().create("Acme").unwrap().id;
    let kid = furnish(&store);
    furnish(&store.for_tenant(other));
    (store, kid)
}

fn furnish(store: &IdpStore) -> String {
    let provider =
        |name: &str| store.providers().create(IdentityProvider::named(name, Saml::new(name))).unwrap().id;
    let application = |name: &str| {
        let new = Application { entity_id: Some(name.to_owned()), ..Application::named(name) };
        store.applications().create(new).unwrap().id
    };
    let owners: Vec<_> = (0..4)
        .flat_map(|number| {
            let name = |what| format!("urn:{what}:{number}");
            [Owner::Provider(provider(&name("p"))), Owner::Application(application(&name("a")))]
        })
        .collect();
    let new = |years| NewSigningKey { years, spec: "EC-P-256".parse().unwrap(), ..NewSigningKey::default() };
    let keys = store.signing_keys(Owner::Tenant);
    let kid = keys.generate(&new(1)).unwrap().kid;
    for owner in owners.iter().take(6) {
        keys.share(&kid, *owner).unwrap();
    }
    (1..4).for_each(|years| drop(keys.generate(&new(years)).unwrap()));
    for owner in owners.iter().take(3) {
        let signing = Some(kid.clone());
        if let Owner::Provider(id) = owner {
            store.providers().update(*id, |it| it.signing_key.clone_from(&signing)).unwrap();
        } else if let Owner::Application(id) = owner {
            store.applications().update(*id, |it| it.signing_key.clone_from(&signing)).unwrap();
        }
    }
    let Some(Owner::Provider(last)) = owners.iter().rev().find(|it| matches!(it, Owner::Provider(_))) else {
        unreachable!()
    };
    store.providers().trust(*last, certificate()).unwrap();
    kid
}

#[test]
fn pages_are_the_whole_list() {
    let (store, kid) = busy();
    for (path, length) in [
        (format!("/v1/keys/{kid}/references"), 7),
        ("/v1/unused-keys".to_owned(), 3),
        ("/v1/owners-without-key".to_owned(), 5),
        ("/v1/expiring?before=2100-01-01T00:00:00Z".to_owned(), 10),
    ] {
        let (whole, count) = pages(&store, &path, 1000);
        assert_eq!((whole.len(), count), (length, 1), "{path}: {whole:#?}");
        for limit in 1..=length {
            assert_eq!(
                pages(&store, &path, limit),
                (whole.clone(), length.div_ceil(limit)),
                "{path} {limit}"
            );
        }
    }
    let typed = store.references(&kid).unwrap();
    let listed = pages(&store, &format!("/v1/keys/{kid}/references"), 2).0;
    let names: Vec<_> = typed.iter().map(|it| json!(it.name)).collect();
    assert_eq!(listed.iter().map(|it| it["name"].clone()).collect::<Vec<_>>(), names);
}

#[test]
fn the_history_of_a_record_goes_on() {
    let (store, kid) = busy();
    let partner = store.references(&kid).unwrap()[0].owner;
    let Owner::Provider(id) = partner else { unreachable!() };
    for name in ["A", "B", "C"] {
        store.providers().update(id, |it| it.name = name.to_owned()).unwrap();
    }
    let path = format!("/v1/records/{id}/history");
    let (whole, _) = pages(&store, &path, 1000);
    assert_eq!(whole.len(), 5);
    for limit in 1..=5 {
        assert_eq!(pages(&store, &path, limit), (whole.clone(), 5_usize.div_ceil(limit)), "{limit}");
    }
    store.providers().delete(id).unwrap();
    let (gone, _) = pages(&store, &path, 2);
    assert_eq!(gone[1..], whole);
    for place in ["x", "~AA", "1", "999"] {
        assert_eq!(ask(&store, &format!("GET {path}?after={place}"), Value::Null).0, 400, "{place}");
    }
}

#[test]
fn a_list_goes_on_after_what_is_gone() {
    let (store, kid) = busy();
    for path in [format!("/v1/keys/{kid}/references"), "/v1/owners-without-key".to_owned()] {
        let whole = pages(&store, &path, 1000).0;
        let page = ask(&store, &format!("GET {path}?limit=1"), Value::Null).1;
        let id = page["items"][0]["id"].as_str().unwrap();
        store
            .providers()
            .delete(id.parse::<u64>().ok().and_then(|id| Id::try_from(id).ok()).unwrap())
            .unwrap();
        let rest =
            ask(&store, &format!("GET {path}?after={}", page["next"].as_str().unwrap()), Value::Null).1;
        assert_eq!(rest["items"].as_array().unwrap()[..], whole[1..]);
    }
}

#[test]
fn places_of_other_lists_are_refused() {
    let (store, kid) = busy();
    for path in [
        format!("/v1/keys/{kid}/references"),
        "/v1/unused-keys".to_owned(),
        "/v1/owners-without-key".to_owned(),
        "/v1/expiring?before=2100-01-01T00:00:00Z".to_owned(),
    ] {
        for place in ["1", "x", "~", "~AA", "~////", "~_wAAAAAAAAAA", "~_w"] {
            let separator = if path.contains('?') { '&' } else { '?' };
            let (status, _) = ask(&store, &format!("GET {path}{separator}after={place}"), Value::Null);
            assert_eq!(status, 400, "{path} {place}");
        }
    }
}

#[test]
fn a_page_ends_when_many_records_were_looked_at() {
    let store = store();
    for number in 0..1005 {
        store.applications().create(Application::named(format!("Without entity id {number}"))).unwrap();
    }
    let wanted = Application { entity_id: Some("urn:wiki".to_owned()), ..Application::named("Wiki") };
    let id = store.applications().create(wanted).unwrap().id;
    let (status, page) = ask(&store, "GET /v1/owners-without-key", Value::Null);
    assert_eq!((status, &page["items"], page["next"].is_string()), (200, &json!([]), true));
    let (items, count) = pages(&store, "/v1/owners-without-key", 10);
    assert_eq!((items.len(), count, &items[0]["id"]), (1, 2, &json!(id.to_string())));
    let xml = metadata("urn:partner", vec![]);
    assert_eq!(ask(&store, "POST /v1/providers", json!({"metadata": xml})).0, 201);
    assert_eq!(pages(&store, "/v1/owners-without-key", 1).0.len(), 2);
}
