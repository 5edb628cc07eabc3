//! What crosses of a whole store.

use idpstore::CrossingReport;
use idpstore::model::{IdentityProvider, Saml};
use serde_json::{Value, json};

use super::House;

/// A store of two tenants with a provider that crosses whole to PingOne, one that does not, and one of another kind.
fn mixed() -> House {
    let house = House::open();
    let google = |name: &str| json!({"name": name, "clientId": "us", "clientSecret": "s"});
    house.ask("POST", "/admin/v1/idps/google", &google("Google"));
    house.ask("POST", "/admin/v1/idps/gitlab", &google("GitLab"));
    let tenant = house.0.tenants().create("Acme").unwrap();
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    let partner = IdentityProvider::named("A | `B` <b>\n", saml).inactive();
    let store = house.0.for_tenant(tenant.id);
    let id = store.providers().create(partner).unwrap().id;
    let update = |it: &mut IdentityProvider| it.linking.updates = Some(true);
    store.providers().update(id, update).unwrap();
    house
}

fn report(house: &House, to: &str) -> CrossingReport {
    let mut report = CrossingReport::new(to);
    let mut tenants = Vec::new();
    let count = house.0.crossings(to, |crossing| {
        tenants.push(crossing.tenant);
        report.add(&crossing);
    });
    assert_eq!((count.unwrap(), tenants.len(), tenants.is_sorted()), (3, 3, true));
    report
}

#[test]
fn the_whole_store_in_json() {
    let report = report(&mixed(), "pingone").json();
    let details = report["details"].as_array().unwrap();
    let (gitlab, partner) = (&details[0]["provider"], &details[1]["provider"]);
    let lost = |of: &str, member: &str, core: Value, value: Value| json!({"member": member, "of": of, "core": core, "value": value, "why": "no_word", "detail": null});
    let count = |of: &str, member: &str, core: Value| json!({"of": of, "member": member, "core": core, "why": "no_word", "providers": 1});
    let updates = "linking.updates";
    assert_eq!(
        report,
        json!({
            "to": "pingone", "providers": 3, "complete": 1, "lossy": 1, "not_shown": 1,
            "members": [
                count("okta", "/policy/provisioning/profileMaster", updates.into()),
                count("zitadel", "", Value::Null),
                count("zitadel", "/providerOptions/isAutoUpdate", updates.into()),
            ],
            "omitted_members": 0,
            "details": [
                {
                    "tenant": "1", "provider": gitlab, "name": "GitLab",
                    "lost": [lost("zitadel", "", Value::Null, Value::Null)],
                },
                {
                    "tenant": details[1]["tenant"], "provider": partner, "name": "A | `B` <b>\n",
                    "lost": [
                        lost("okta", "/policy/provisioning/profileMaster", updates.into(), true.into()),
                        lost("zitadel", "/providerOptions/isAutoUpdate", updates.into(), true.into()),
                    ],
                },
            ],
            "omitted_details": 0,
        })
    );
}

#[test]
fn the_whole_store_in_markdown() {
    let report = report(&mixed(), "pingone");
    let json = report.json();
    let details = json["details"].as_array().unwrap();
    let id = |it: &Value| it.as_str().unwrap().to_owned();
    let (gitlab, partner, acme) =
        (id(&details[0]["provider"]), id(&details[1]["provider"]), id(&details[1]["tenant"]));
    let expected = format!(
        "\
# What crosses to pingone

| providers | complete | with losses | not shown |
|---|---|---|---|
| 3 | 1 | 1 | 1 |

## Members that do not cross

| providers | of | member | part of the core | why |
|---|---|---|---|---|
| 1 | okta | `/policy/provisioning/profileMaster` | `linking.updates` | no word for it |
| 1 | zitadel | the whole document |  | no word for it |
| 1 | zitadel | `/providerOptions/isAutoUpdate` | `linking.updates` | no word for it |

## Providers

### GitLab ({gitlab}, tenant 1)

| of | member | why | detail |
|---|---|---|---|
| zitadel | the whole document | no word for it |  |

### A \\| \\`B\\` \\<b\\> ({partner}, tenant {acme})

| of | member | why | detail |
|---|---|---|---|
| okta | `/policy/provisioning/profileMaster` | no word for it |  |
| zitadel | `/providerOptions/isAutoUpdate` | no word for it |  |
"
    );
    assert_eq!(report.markdown(), expected);
}

#[test]
fn a_report_of_many_providers_is_bounded() {
    let house = House::open();
    for number in 0..120 {
        house.ask(
            "POST",
            "/api/v1/idps",
            &json!({
                "type": "GOOGLE", "name": format!("Google {number}"),
                "protocol": {"credentials": {"client": {"client_id": "us", "client_secret": "s"}}},
                "policy": {format!("new|{number}"): "x".repeat(300), "shared": 1},
            }),
        );
    }
    let mut report = CrossingReport::new("pingone");
    house.0.crossings("pingone", |crossing| report.add(&crossing)).unwrap();
    let json = report.json();
    assert_eq!((&json["lossy"], &json["omitted_details"]), (&json!(120), &json!(20)));
    let first = &json["members"][0];
    assert_eq!((&first["member"], &first["providers"]), (&json!("/policy/shared"), &json!(120)));
    assert_eq!(json["details"][0]["lost"][0]["value"], Value::Null, "long values are left out");
    let markdown = report.markdown();
    assert!(markdown.contains("| 1 | okta | `/policy/new\\|7` |  | no word for it |\n"), "{markdown}");
    assert!(markdown.ends_with("\n20 more providers have losses.\n"), "{markdown}");
}
