//! What an import creates, changes and leaves as it is.

use idpstore::model::{IdentityProvider, Saml};
use idpstore::{ChangeKind, ErrorKind, ImportPlan, Secrets};
use serde_json::json;

use super::{EXPORTED, IN_THE_CLEAR, SEED, edited, export, import, plan, seeded, store};

#[test]
fn a_seed_makes_the_same_store_each_time() {
    let (store, _) = seeded();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("tests/transfer/exported.json", export(&store, Secrets::LeftOut)).unwrap();
        std::fs::write("tests/transfer/in_the_clear.json", export(&store, Secrets::InTheClear)).unwrap();
    }
    assert_eq!(export(&store, Secrets::LeftOut), EXPORTED);
    assert_eq!(export(&store, Secrets::InTheClear), IN_THE_CLEAR);
    assert_eq!(export(&seeded().0, Secrets::InTheClear), IN_THE_CLEAR);
}

#[test]
fn a_seed_that_is_imported_again_changes_nothing() {
    let (store, clock) = seeded();
    clock.advance(60);
    let again = store.plan_import(SEED, true, |_| {}).unwrap();
    assert_eq!((plan(&store, SEED, true), again.unchanged()), (Vec::new(), 9));
    assert_eq!(store.import(&again, |_| {}).unwrap(), 0);
    assert_eq!(export(&store, Secrets::InTheClear), IN_THE_CLEAR);
}

#[test]
fn what_was_exported_changes_nothing_where_it_is_imported() {
    let (store, clock) = seeded();
    clock.advance(60);
    let last = store.service().last_change().unwrap();
    for document in [EXPORTED, IN_THE_CLEAR] {
        assert_eq!(plan(&store, document, true), [""; 0]);
        assert_eq!(import(&store, document, true), 0);
    }
    assert_eq!(export(&store, Secrets::InTheClear), IN_THE_CLEAR);
    assert_eq!(store.service().last_change().unwrap(), last);
}

#[test]
fn an_empty_store_becomes_the_one_that_was_exported() {
    let (other, clock) = store();
    clock.advance(60);
    let made = plan(&other, IN_THE_CLEAR, false);
    let expected = [
        "+ trusted key",
        "+ signing key",
        "+ tenant Second",
        "+ provider Partner",
        "+ provider Login",
        "+ provider Google",
        "+ application App",
        "+ user ann@example.com",
        "+ link ann",
        "+ owner of a key",
        "+ owner of a key",
    ];
    assert!(
        made.len() == expected.len()
            && made.iter().zip(expected).all(|(line, start)| line.starts_with(start)),
        "{made:#?}"
    );
    import(&other, IN_THE_CLEAR, false);
    assert_eq!(export(&other, Secrets::InTheClear), IN_THE_CLEAR);
    let next = other.providers().create(IdentityProvider::named("Next", Saml::new("urn:next"))).unwrap();
    assert!(
        store().0.providers().create(IdentityProvider::named("Next", Saml::new("urn:next"))).unwrap().id
            < next.id
    );
}

#[test]
fn what_changes_is_shown_member_by_member_and_logged_once() {
    let (store, clock) = seeded();
    clock.advance(60);
    let document = edited(EXPORTED, |document| {
        document["providers"][0]["name"] = json!("Partner of old");
        document["providers"][1]["protocol"]["client"]["scopes"] = json!(["openid", "email"]);
        document["providers"][1]["protocol"]["client"]["secret"] = json!("new");
        document["users"][0]["state"] = json!("deprovisioned");
    });
    let expected = [
        r#"~ provider Partner of old name: "Partner" -> "Partner of old""#,
        r#"~ provider Login protocol/client/secret: another secret, protocol/client/scopes: ["openid"] -> ["openid","email"]"#,
        r#"~ user ann@example.com state: "active" -> "deprovisioned""#,
    ];
    assert_eq!(plan(&store, &document, false), expected);
    let number = import(&store, &document, false);
    let changes = store.service().changes(number - 1, 10).unwrap();
    let expected = edited(&document, |document| {
        for at in ["/providers/0/updated", "/providers/1/updated", "/users/0/updated"] {
            *document.pointer_mut(at).unwrap() = json!("2027-01-15T08:01:00.000Z");
        }
        document["providers"][1]["protocol"]["client"].as_object_mut().unwrap().remove("secret");
    });
    let is = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(is(&export(&store, Secrets::LeftOut)), is(&expected));
    assert!(export(&store, Secrets::InTheClear).contains(r#""secret": "new""#));
    assert!(changes.iter().all(|change| (change.sequence, change.kind) == (number, ChangeKind::Imported)));
    assert_eq!(changes.len(), 3);
    store.undo(number).unwrap_err();
}

#[test]
fn records_may_exchange_what_only_one_may_have() {
    let (store, _) = seeded();
    let named = |first: &str, second: &str| {
        edited(EXPORTED, |document| {
            document["providers"][0]["alias"] = json!(first);
            document["providers"][1]["alias"] = json!(second);
        })
    };
    import(&store, &named("one", "two"), false);
    import(&store, &named("two", "one"), false);
    assert_eq!(store.providers().with_alias("two").unwrap().name, "Partner");
}

#[test]
fn a_document_is_imported_at_once_as_if_it_had_been_planned() {
    let ((planned, _), (at_once, _)) = (store(), store());
    for document in [SEED, EXPORTED, SEED] {
        let number = import(&planned, document, false);
        let plan = at_once.plan_import(document, false, |_| {}).unwrap();
        let (done, change) = at_once.import_document(document, false, |_| {}).unwrap();
        let outcomes = |plan: &ImportPlan| -> Vec<_> {
            plan.planned()
                .iter()
                .map(|it| (it.outcome, it.noun, it.place.clone(), it.members.clone()))
                .collect()
        };
        assert_eq!((outcomes(&done), change), (outcomes(&plan), number));
        assert_eq!((done.unchanged(), done.is_possible()), (plan.unchanged(), true));
        assert_eq!(at_once.service().last_change().unwrap(), planned.service().last_change().unwrap());
    }
}

#[test]
fn a_plan_is_for_the_store_that_it_was_made_for() {
    let (store, _) = seeded();
    let document = edited(EXPORTED, |document| document["providers"][0]["name"] = json!("Other"));
    let plan = store.plan_import(&document, false, |_| {}).unwrap();
    store.providers().create(IdentityProvider::named("Meanwhile", Saml::new("urn:meanwhile"))).unwrap();
    let before = export(&store, Secrets::InTheClear);
    assert_eq!(store.import(&plan, |_| {}).unwrap_err().kind(), &ErrorKind::Conflict);
    assert_eq!(export(&store, Secrets::InTheClear), before);
}

#[test]
fn what_contradicts_a_changed_provider_is_dropped() {
    let (store, _) = seeded();
    let document = r#"{"providers": [{"name": "Login", "state": "inactive",
        "protocol": {"type": "open_id_connect", "issuer": "https://op.example.com", "client": {"id": "them"}}}]}"#;
    import(&store, document, false);
    let clear = export(&store, Secrets::InTheClear);
    assert!(clear.contains(r#""secret": "hush""#) && clear.contains("hush too"), "secrets stay: {clear}");
}

#[test]
fn progress_counts_records() {
    let (store, _) = seeded();
    let (mut exported, mut planned) = (Vec::new(), Vec::new());
    assert_eq!(store.export(Secrets::LeftOut, std::io::sink(), |count| exported.push(count)).unwrap(), 10);
    store.plan_import(EXPORTED, false, |count| planned.push(count)).unwrap();
    assert_eq!((exported, planned), ((1..=10).collect(), (1..=10).collect()));
}
