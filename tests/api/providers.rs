//! What is shown of providers: by whom, and who is linked to them.

use idpstore::IdpStore;
use idpstore::model::{
    Client, Foreign, Id, IdentityProvider, MutualTls, OpenIdConnect, Protocol, Saml, Social, User,
};
use serde_json::{Value, json};

use super::{ask, store};

fn make(store: &IdpStore, name: &str, protocol: impl Into<Protocol>) -> Id {
    store.providers().create(IdentityProvider::named(name, protocol)).unwrap().id
}

/// The vendors that show a provider of a protocol, as its document and as crossings have it.
fn shown_by(protocol: impl Into<Protocol>) -> Value {
    let store = store();
    let id = make(&store, "Partner", protocol);
    let shown_by = ask(&store, &format!("GET /v1/providers/{id}"), Value::Null).1["shown_by"].clone();
    let crossing = |to: &&str| {
        let (status, crossing) =
            ask(&store, &format!("GET /v1/providers/{id}/crossing?to={to}"), Value::Null);
        assert_eq!(status, 200, "{crossing}");
        !crossing["shown"].is_null()
    };
    let crossing: Vec<_> = ["okta", "pingone", "zitadel"].into_iter().filter(crossing).collect();
    assert_eq!(shown_by, json!(crossing));
    shown_by
}

#[test]
fn a_provider_names_the_vendors_that_show_it() {
    let social = |service: &str| shown_by(Social::new(service, Client::default()));
    let foreign = |dialect: &str, kind: &str| {
        shown_by(Protocol::Foreign(Foreign { dialect: dialect.to_owned(), kind: kind.to_owned() }))
    };
    let all = json!(["okta", "pingone", "zitadel"]);
    assert_eq!(shown_by(Saml::new("urn:p")), all);
    assert_eq!(shown_by(OpenIdConnect::default()), all);
    for service in ["google", "microsoft", "apple"] {
        assert_eq!(social(service), all, "{service}");
    }
    assert_eq!(social("facebook"), json!(["okta", "pingone"]));
    assert_eq!(social("nothing"), json!([]));
    assert_eq!(shown_by(MutualTls::default()), json!(["okta"]));
    assert_eq!(foreign("zitadel", "LDAP"), json!(["zitadel"]));
    assert_eq!(foreign("elsewhere", "LDAP"), json!([]));
}

#[test]
fn users_who_are_linked_are_listed_in_pages() {
    let store = store();
    let (partner, other) =
        (make(&store, "Partner", Saml::new("urn:p")), make(&store, "Other", Saml::new("urn:o")));
    let users: Vec<_> = (0..5)
        .map(|number| {
            let user = store.users().create(User::named(format!("user{number}@example.com"))).unwrap();
            store.service().link_user(partner, user.id, &format!("ext{number}")).unwrap();
            user
        })
        .collect();
    store.service().link_user(other, users[0].id, "elsewhere").unwrap();

    let path = format!("/v1/providers/{partner}/links");
    let (status, first) = ask(&store, &format!("GET {path}?limit=2"), Value::Null);
    let link = json!({
        "user": users[0].id.to_string(),
        "ids": first["items"][0]["ids"],
        "login": "user0@example.com",
        "external_id": "ext0",
        "created": "2027-01-15T08:00:00.000Z",
        "updated": "2027-01-15T08:00:00.000Z",
    });
    assert_eq!((status, &first["items"][0]), (200, &link));
    let spelled = store.service().user(users[0].id).unwrap().id;
    assert_eq!(first["items"][0]["ids"]["zitadel"], spelled.to_string());

    let (mut logins, mut after, mut count) = (Vec::new(), String::new(), 0);
    loop {
        let page = ask(&store, &format!("GET {path}?limit=2{after}"), Value::Null).1;
        logins.extend(page["items"].as_array().unwrap().iter().map(|it| it["login"].clone()));
        count += 1;
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let wanted: Vec<_> = users.iter().map(|user| json!(user.login)).collect();
    assert_eq!((logins, count), (wanted, 3));
    assert_eq!(
        ask(&store, &format!("GET /v1/providers/{other}/links"), Value::Null).1["items"][0]["external_id"],
        "elsewhere"
    );
    assert_eq!(ask(&store, "GET /v1/providers/nothing/links", Value::Null).0, 404);
    assert_eq!(ask(&store, &format!("GET {path}?after=~x"), Value::Null).0, 400);
}
