//! Creation of users and linking of accounts: all combinations of ZITADEL's options, of Okta's actions and of PingOne's
//! registration (`docs/decisions/0071-creation-and-linking.md`).

use serde_json::{Value, json};

use super::{Store, with};

/// `isCreationAllowed`, `isAutoCreation`.
type Creation = (bool, bool);

/// `isLinkingAllowed`, `autoLinking` behind `AUTO_LINKING_OPTION_`.
type Link = (bool, &'static str);

/// ZITADEL's options, and of each: what Okta shows, and which options there are once Okta has changed its action to
/// `AUTO` or to `DISABLED`.
const CREATIONS: [(Creation, &str, [Creation; 2]); 4] = [
    ((false, false), "DISABLED", [(true, true), (false, false)]),
    ((false, true), "DISABLED", [(true, true), (false, true)]),
    ((true, false), "DISABLED", [(true, true), (true, false)]),
    ((true, true), "AUTO", [(true, true), (false, false)]),
];

/// The same, with the `matchType` that Okta shows.
const LINKS: [(Link, &str, Option<&str>, [Link; 2]); 6] = [
    ((false, "UNSPECIFIED"), "DISABLED", None, [(true, "USERNAME"), (false, "UNSPECIFIED")]),
    ((false, "USERNAME"), "DISABLED", Some("USERNAME"), [(true, "USERNAME"), (false, "USERNAME")]),
    ((false, "EMAIL"), "DISABLED", Some("EMAIL"), [(true, "EMAIL"), (false, "EMAIL")]),
    ((true, "UNSPECIFIED"), "DISABLED", None, [(true, "USERNAME"), (true, "UNSPECIFIED")]),
    ((true, "USERNAME"), "AUTO", Some("USERNAME"), [(true, "USERNAME"), (false, "UNSPECIFIED")]),
    ((true, "EMAIL"), "AUTO", Some("EMAIL"), [(true, "EMAIL"), (false, "UNSPECIFIED")]),
];

/// ZITADEL's options as it shows them: without those that are off.
fn options(creation: Creation, link: Link, updates: bool) -> Value {
    let mut options = json!({});
    let switches = [
        ("isLinkingAllowed", link.0),
        ("isCreationAllowed", creation.0),
        ("isAutoCreation", creation.1),
        ("isAutoUpdate", updates),
    ];
    for (name, _) in switches.iter().filter(|(_, on)| *on) {
        options[name] = true.into();
    }
    if link.1 != "UNSPECIFIED" {
        options["autoLinking"] = format!("AUTO_LINKING_OPTION_{}", link.1).into();
    }
    options
}

fn made_through_zitadel(options: &Value) -> Store {
    let store = Store::open();
    let client = json!({"name": "G", "clientId": "id", "clientSecret": "secret", "providerOptions": options});
    store.send("POST", "/admin/v1/idps/google", &client);
    store
}

fn made_through_okta(provisioning: &Value, link: &Value, subject: &Value) -> Store {
    let store = Store::open();
    let client = json!({"client": {"client_id": "id", "client_secret": "secret"}});
    let policy = json!({"provisioning": provisioning, "accountLink": link, "subject": subject});
    let document =
        json!({"type": "GOOGLE", "name": "G", "protocol": {"credentials": client}, "policy": policy});
    store.send("POST", "/api/v1/idps", &document);
    store
}

fn options_of(store: &Store) -> Value {
    store.zitadel()["config"]["options"].take()
}

fn is_registered(store: &Store) -> bool {
    store.pingone()["registration"]["population"]["id"].is_string()
}

/// Does something with every combination of ZITADEL's options.
fn for_all(mut check: impl FnMut(usize, usize, bool)) {
    for creation in 0..CREATIONS.len() {
        for link in 0..LINKS.len() {
            check(creation, link, false);
            check(creation, link, true);
        }
    }
}

#[test]
fn every_combination_of_zitadels_options_is_shown_restrictively() {
    for_all(|creation, link, updates| {
        let (created, provisioning, _) = CREATIONS[creation];
        let (linked, account_link, match_type, _) = LINKS[link];
        let said = options(created, linked, updates);
        let store = made_through_zitadel(&said);
        assert_eq!(options_of(&store), said);
        let policy = &store.okta()["policy"];
        assert_eq!(policy["provisioning"]["action"], provisioning, "{said}");
        assert_eq!(policy["accountLink"]["action"], account_link, "{said}");
        assert_eq!(policy["subject"]["matchType"].as_str(), match_type, "{said}");
        assert_eq!(policy["provisioning"]["profileMaster"], updates, "{said}");
        assert!(!is_registered(&store), "no population is known");
        store.survives_clients_that_write_back_what_they_read("google", "google");
    });
}

#[test]
fn a_change_through_okta_changes_no_option_but_those_that_it_means() {
    let actions = ["AUTO", "DISABLED"];
    for_all(|creation, link, updates| {
        let (created, _, creations) = CREATIONS[creation];
        let (linked, _, _, links) = LINKS[link];
        for (provisioning, created_then) in actions.into_iter().zip(creations) {
            for (account_link, linked_then) in actions.into_iter().zip(links) {
                let store = made_through_zitadel(&options(created, linked, updates));
                let document = with(&store.okta(), "/policy/provisioning/action", json!(provisioning));
                let document = with(&document, "/policy/accountLink/action", json!(account_link));
                let document = with(&document, "/policy/provisioning/profileMaster", json!(!updates));
                store.put_to_okta(&document);
                assert_eq!(store.okta(), document);
                let expected = options(created_then, linked_then, !updates);
                assert_eq!(options_of(&store), expected, "{created:?} {linked:?}");
            }
        }
    });
}

#[test]
fn a_registration_at_pingone_creates_users() {
    for (created, provisioning, [when_on, _]) in CREATIONS {
        let rest = (true, "EMAIL");
        let store = made_through_zitadel(&options(created, rest, true));
        let shown = store.pingone();
        // Where no population was named, naming none says nothing.
        store.put_to_pingone(&shown);
        assert_eq!(options_of(&store), options(created, rest, true));
        assert_eq!(store.okta()["policy"]["provisioning"]["action"], provisioning);
        let registered = with(&shown, "/registration", json!({"population": {"id": "people"}}));
        store.put_to_pingone(&registered);
        assert_eq!(store.pingone(), registered);
        assert_eq!(options_of(&store), options(when_on, rest, true));
        assert_eq!(store.okta()["policy"]["provisioning"]["action"], "AUTO");
        store.put_to_pingone(&shown);
        assert_eq!(store.pingone(), shown);
        assert_eq!(options_of(&store), options((false, false), rest, true));
        assert_eq!(store.okta()["policy"]["provisioning"]["action"], Value::Null);
    }
}

#[test]
fn a_population_is_forgotten_once_nobody_is_registered_in_it() {
    let store = Store::open();
    let document = json!({
        "name": "G", "type": "GOOGLE", "enabled": true, "clientId": "id", "clientSecret": "secret",
        "registration": {"population": {"id": "people"}},
    });
    store.send("POST", &store.providers(), &document);
    let shown = store.okta();
    assert_eq!(shown["policy"]["provisioning"]["action"], "AUTO");
    assert_eq!(options_of(&store), options((true, true), (false, "UNSPECIFIED"), false));
    store.survives_clients_that_write_back_what_they_read("google", "google");
    assert_eq!(store.pingone()["registration"], document["registration"]);

    store.put_to_okta(&with(&store.okta(), "/policy/provisioning/action", json!("DISABLED")));
    assert_eq!(store.pingone()["registration"], Value::Null);
    store.put_to_okta(&with(&store.okta(), "/policy/provisioning/action", json!("AUTO")));
    assert!(!is_registered(&store));
    assert_eq!(options_of(&store), options((true, true), (false, "UNSPECIFIED"), false));
}

#[test]
fn every_combination_of_oktas_policy_is_shown_restrictively() {
    let actions = [None, Some("AUTO"), Some("DISABLED")];
    let matches = [
        (None, "USERNAME"),
        (Some("USERNAME"), "USERNAME"),
        (Some("EMAIL"), "EMAIL"),
        (Some("USERNAME_OR_EMAIL"), "USERNAME"),
        (Some("CUSTOM_ATTRIBUTE"), "UNSPECIFIED"),
    ];
    for provisioning in actions.into_iter().chain([Some("CALLOUT")]) {
        for account_link in actions {
            for (match_type, found_by) in matches {
                let subject =
                    json!({"matchType": match_type, "matchAttribute": match_type.and(Some("login"))});
                let (create, link) = (json!({"action": provisioning}), json!({"action": account_link}));
                let store = made_through_okta(&create, &link, &subject);
                let creates = provisioning == Some("AUTO");
                let link =
                    if account_link == Some("AUTO") { (true, found_by) } else { (false, "UNSPECIFIED") };
                assert_eq!(options_of(&store), options((creates, creates), link, false), "{subject}");
                assert!(!is_registered(&store), "no population is known");
                let policy = store.okta()["policy"].take();
                assert_eq!(policy["subject"]["matchType"], subject["matchType"]);
                store.survives_clients_that_write_back_what_they_read("google", "google");
            }
        }
    }
}

#[test]
fn how_users_are_found_is_changed_through_zitadel() {
    let subject = json!({"matchType": "CUSTOM_ATTRIBUTE", "matchAttribute": "login"});
    let store = made_through_okta(&json!({}), &json!({"action": "AUTO"}), &subject);
    let google = store.zitadel()["config"]["google"].take();
    store.put_to_zitadel("google", &google, &options((false, false), (true, "EMAIL"), false));
    let subject = store.okta()["policy"]["subject"].take();
    assert_eq!(subject["matchType"], "EMAIL");
    assert_eq!(subject["matchAttribute"], Value::Null);
    // Users are also found at sign-in, so what they are found by outlives the links.
    store.put_to_zitadel("google", &google, &json!({}));
    let policy = store.okta()["policy"].take();
    assert_eq!(policy["accountLink"]["action"], "DISABLED");
    assert_eq!(policy["subject"]["matchType"], "EMAIL");
}
