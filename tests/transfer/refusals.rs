//! What is refused, and where.

use idpstore::{ErrorKind, Secrets};
use serde_json::{Value, json};

use super::{EXPORTED, edited, export, plan, seeded};

/// Each record, and the line that refuses it.
#[test]
fn each_fault_is_named_with_its_place() {
    let (store, _) = seeded();
    let saml = |name: &str| json!({"name": name, "protocol": {"type": "saml", "entity_id": "urn:other"}});
    let with = |member: &str, value: Value| {
        let mut record = saml("Other");
        record[member] = value;
        record
    };
    let cases = [
        (json!(7), "! refused provider  at /providers/0: is not of type object"),
        (json!({"name": "Other"}), "at /providers/0/protocol: "),
        (json!({"protocol": {"type": "saml"}}), "at /providers/0/name: "),
        (with("name", json!("")), "at /providers/0/name: "),
        (with("name", json!(7)), "at /providers/0/name: cannot be read: expected a string"),
        (with("nmae", json!("x")), "at /providers/0/nmae: is not a member of such a record"),
        (
            with("protocol", json!({"type": "saml", "entiy_id": "x"})),
            "at /providers/0/protocol/entiy_id: is not a member",
        ),
        (with("protocol", json!({"type": "saml", "entity_id": ""})), "at /providers/0/protocol/entity_id: "),
        (
            with("protocol", json!({"type": "saml", "single_sign_on": {"location": "no"}})),
            "at /providers/0/protocol/single_sign_on/location: must be a URL",
        ),
        (
            with("protocol", json!({"type": "soap"})),
            "at /providers/0/protocol/type: cannot be read: expected one of `saml`, ",
        ),
        (with("linking", json!([])), "at /providers/0/linking: is not a member of such a record"),
        (with("linking", json!({"updates": "yes"})), "at /providers/0/linking/updates: cannot be read: "),
        (
            with("protocol", json!({"entity_id": 7, "type": "saml"})),
            "at /providers/0/protocol: cannot be read: expected a string",
        ),
        (with("remainders", json!({"a\"b": {}, "okta": [], "z": {}})), "at /providers/0/remainders/okta: "),
        (with("trusted_keys", json!(["unknown"])), "at /providers/0/trusted_keys/0: "),
        (
            with("trusted_keys", json!(["a", 7])),
            "at /providers/0/trusted_keys/1: cannot be read: expected a s",
        ),
        (with("signing_key", json!("unknown")), "at /providers/0/signing_key: "),
        (with("tenant", json!("Third")), "at /providers/0/tenant: "),
        (with("id", json!("x")), "at /providers/0/id: must be an id: a text of digits"),
        (with("id", json!("9223372036854775807")), "at /providers/0/id: is too large a number"),
        (with("id", json!("1")), "at /providers/0/id: "),
        (with("created", json!("today")), "at /providers/0/created: is not a time in UTC: `today`"),
    ];
    for (record, words) in cases {
        let document = json!({"providers": [record]}).to_string();
        let lines = plan(&store, &document, false);
        let is_named = |line: &String| line.starts_with("! refused provider ") && line.contains(words);
        assert!(lines.iter().any(is_named), "{document}: {lines:?}");
    }
}

#[test]
fn a_plan_that_refuses_a_record_does_nothing() {
    let (store, _) = seeded();
    let before = export(&store, Secrets::InTheClear);
    let document = edited(EXPORTED, |document| {
        document["providers"][0]["name"] = json!("Other");
        document["providers"][1]["name"] = json!("");
    });
    let plan = store.plan_import(&document, false, |_| {}).unwrap();
    assert!(!plan.is_possible());
    let error = store.import(&plan, |_| {}).unwrap_err();
    let places: Vec<_> = error.violations().iter().map(|violation| violation.pointer.as_str()).collect();
    assert_eq!(places, ["/providers/1/name"]);
    let at_once = store.import_document(&document, false, |_| {}).unwrap_err();
    assert_eq!(at_once.violations(), error.violations());
    assert_eq!(export(&store, Secrets::InTheClear), before);
}

#[test]
fn two_records_never_share_what_only_one_may_have() {
    let (store, _) = seeded();
    let alias = edited(EXPORTED, |document| document["providers"][1]["alias"] = json!("partner"));
    assert!(plan(&store, &alias, false).iter().any(|line| line.contains("at /providers/1/alias: ")));
    let twice = edited(EXPORTED, |document| {
        let provider = document["providers"][0].clone();
        document["providers"].as_array_mut().unwrap().push(provider);
    });
    assert_eq!(
        plan(&store, &twice, false),
        ["! refused provider Partner at /providers/3: is in the document twice"]
    );
    let login = json!({"users": [{"id": "77", "login": "ANN@example.com"}]}).to_string();
    assert!(
        plan(&store, &login, false).iter().any(|line| line.starts_with("! refused user ANN@example.com"))
    );
    let certificate = edited(EXPORTED, |document| {
        let mut key = document["trusted_keys"][0].clone();
        key["id"] = json!("77");
        document["trusted_keys"] = json!([key]);
    });
    assert!(plan(&store, &certificate, false).iter().any(|line| line.starts_with("! refused trusted key ")));
}

#[test]
fn what_is_no_document_is_an_error() {
    let (store, _) = seeded();
    let deep = format!(r#"{{"providers": [{{"name": {}}}]}}"#, "[".repeat(100_000) + &"]".repeat(100_000));
    let kinds = [
        ("{", "Malformed"),
        ("[]", "Invalid"),
        (r#"{"provider": []}"#, "Invalid"),
        (r#"{"version": 2}"#, "TooNew"),
    ];
    for (text, kind) in kinds {
        let error = store.plan_import(text, false, |_| {}).unwrap_err();
        assert!(format!("{:?}", error.kind()).starts_with(kind), "{text}: {error:?}");
    }
    let lines = plan(&store, &deep, false);
    assert!(
        lines.len() == 1 && lines[0].contains("at /providers/0: cannot be read: recursion limit"),
        "{lines:?}"
    );
    let large = " ".repeat((1 << 28) + 1);
    assert_eq!(store.plan_import(&large, false, |_| {}).unwrap_err().kind(), &ErrorKind::TooLarge);
}

#[test]
fn a_plan_of_another_store_breaks_no_rule_of_this_one() {
    let here = idpstore::IdpStore::in_memory().unwrap();
    let there = idpstore::IdpStore::in_memory().unwrap();
    let taken = idpstore::model::IdentityProvider::named("Taken", idpstore::model::Saml::default());
    here.providers().create(taken.clone().alias("partner")).unwrap();
    there.providers().create(taken).unwrap();
    let seed =
        r#"{"providers": [{"name": "New", "alias": "partner", "protocol": {"type": "saml"}, "id": "77"}]}"#;
    let plan = there.plan_import(seed, false, |_| {}).unwrap();
    let before = here.snapshot().unwrap();
    assert!(here.import(&plan, |_| {}).is_err());
    assert_eq!(here.snapshot().unwrap(), before);
}

#[test]
fn a_secret_of_another_type_is_not_repeated() {
    let (store, _) = seeded();
    let oidc = |secret: Value| json!({"type": "open_id_connect", "client": {"id": "we", "secret": secret}});
    for secret in [json!(271_828), json!(["271828"]), json!({"271828": "271828"})] {
        let document = json!({"providers": [{"name": "Other", "protocol": oidc(secret)}]}).to_string();
        let lines = plan(&store, &document, false);
        assert!(lines.iter().any(|line| line.starts_with("! refused")), "{lines:?}");
        assert!(!format!("{lines:?}").contains("271828"), "{lines:?}");
    }
}
