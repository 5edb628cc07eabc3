//! What is deleted because a document does not list it.

use idpstore::Secrets;
use serde_json::json;

use super::{EXPORTED, edited, export, import, plan, seeded};

#[test]
fn nothing_is_deleted_without_being_asked_for() {
    let (store, _) = seeded();
    let document = edited(EXPORTED, |document| {
        for list in ["tenants", "providers", "applications", "users", "trusted_keys", "signing_keys", "links"]
        {
            document[list] = json!([]);
        }
    });
    assert_eq!(plan(&store, &document, false), [""; 0]);
    let lines = plan(&store, &document, true);
    let expected = [
        "- tenant Second",
        "- link ann",
        "- provider Partner",
        "- provider Login",
        "- application App",
        "- user ann@example.com",
        "- trusted key ",
        "- signing key ",
    ];
    assert!(
        lines.len() == 8 && lines.iter().zip(expected).all(|(line, start)| line.starts_with(start)),
        "{lines:#?}"
    );
    import(&store, &document, true);
    let left: serde_json::Value = serde_json::from_str(&export(&store, Secrets::LeftOut)).unwrap();
    assert_eq!(left["tenants"].as_array().unwrap().len(), 1);
    assert_eq!((&left["providers"], &left["signing_keys"]), (&json!([]), &json!([])));
}

#[test]
fn a_list_that_is_missing_says_nothing() {
    let (store, _) = seeded();
    assert_eq!(
        plan(&store, r#"{"users": []}"#, true),
        ["- user ann@example.com", "! refused user ann@example.com: is what others refer to"]
    );
    assert_eq!(plan(&store, r#"{"links": []}"#, true), ["- link ann"]);
    assert_eq!(plan(&store, "{}", true), [""; 0]);
}

#[test]
fn what_others_refer_to_is_not_deleted() {
    let (store, _) = seeded();
    for list in ["trusted_keys", "signing_keys", "providers", "applications"] {
        let lines = plan(&store, &json!({list: []}).to_string(), true);
        assert!(lines.iter().any(|line| line.ends_with("is what others refer to")), "{list}: {lines:?}");
    }
}

#[test]
fn an_owner_that_is_not_listed_may_sign_no_longer() {
    let (store, _) = seeded();
    let document = edited(EXPORTED, |document| {
        document["applications"][0].as_object_mut().unwrap().remove("signing_key");
        let id = document["applications"][0]["id"].clone();
        document["signing_keys"][0]["owners"].as_array_mut().unwrap().retain(|it| it["owner"] != id);
    });
    assert_eq!(plan(&store, &document, false).len(), 1);
    let lines = plan(&store, &document, true);
    assert!(lines.len() == 2 && lines[1].starts_with("- owner of a key "), "{lines:?}");
    import(&store, &document, true);

    let still = edited(EXPORTED, |document| document["signing_keys"][0]["owners"] = json!(["partner"]));
    let (store, _) = seeded();
    let lines = plan(&store, &still, true);
    assert!(lines.iter().any(|line| line.starts_with("! refused signing key ")), "{lines:?}");
}

#[test]
fn no_record_is_taken_in_for_a_tenant_that_is_deleted() {
    let (store, _) = seeded();
    let document = edited(EXPORTED, |document| drop(document["tenants"].as_array_mut().unwrap().pop()));
    let lines = plan(&store, &document, true);
    assert!(
        lines.iter().any(|line| line.contains("! refused provider Google at /providers/2/tenant: ")),
        "{lines:?}"
    );
    assert_eq!(plan(&store, &document, false), [""; 0]);
}

#[test]
fn other_tenants_lose_nothing() {
    let store = idpstore::IdpStore::in_memory().unwrap();
    let acme = store.tenants().create("Acme").unwrap();
    let new =
        |name: &str| idpstore::model::IdentityProvider::named(name, idpstore::model::Saml::new("urn:x"));
    let kept = store.for_tenant(acme.id).providers().create(new("Kept")).unwrap();
    let gone = store.providers().create(new("Gone")).unwrap();
    import(&store, r#"{"providers": []}"#, true);
    assert!(store.providers().get(gone.id).is_err());
    assert_eq!(store.for_tenant(acme.id).providers().get(kept.id).unwrap(), kept);
    let of_acme = json!({"providers": [{"name": "Other", "tenant": "Acme", "protocol": {"type": "saml"}}]});
    let before = store.providers().create(new("Here")).unwrap();
    import(&store, &of_acme.to_string(), true);
    assert!(store.for_tenant(acme.id).providers().get(kept.id).is_err());
    assert_eq!(store.providers().get(before.id).unwrap(), before);
}
