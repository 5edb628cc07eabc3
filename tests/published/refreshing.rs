//! Providers that came from URLs are read there anew, each for itself.

use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Saml, Source};
use idpstore::pki::Timestamp;
use idpstore::{ErrorKind, IdpStore, MetadataImport, Need, RefreshOutcome, Refreshed};
use serde_json::json;

use super::{AGGREGATE, Partners, cautious, certificate, entity, store_with};

const METADATA: &str = "https://idp.example.com/metadata";

fn create(store: &IdpStore, name: &str, protocol: impl Into<Protocol>, url: &str) -> IdentityProvider {
    let source = Some(Source::at(url));
    store.providers().create(IdentityProvider { source, ..IdentityProvider::named(name, protocol) }).unwrap()
}

fn outcomes(refreshed: &[Refreshed]) -> Vec<(String, &'static str, String)> {
    let shown = |it: &Refreshed| {
        let why = match &it.outcome {
            RefreshOutcome::Failed(error) => error.in_full(),
            RefreshOutcome::Changed { imported, .. } => {
                imported.certificates.iter().map(|it| it.outcome.name()).collect::<Vec<_>>().join(" ")
            }
            _ => String::new(),
        };
        (it.name.clone(), it.outcome.name(), why)
    };
    refreshed.iter().map(shown).collect()
}

fn refresh(store: &IdpStore) -> Vec<(String, &'static str, String)> {
    outcomes(&store.refresh(&cautious()).unwrap())
}

fn row(name: &str, outcome: &'static str, why: &str) -> (String, &'static str, String) {
    (name.to_owned(), outcome, why.to_owned())
}

#[test]
fn a_document_is_read_again_only_if_it_has_changed() {
    let partners = Partners::default();
    let (store, clock) = store_with(&partners);
    let ([signing, ..], xml) = entity();
    let made = create(&store, "Partner", Saml::default(), METADATA);
    partners.publish(METADATA, &xml, Some("\"1\""));
    let planned = store.plan_refresh(&cautious()).unwrap();
    assert_eq!(outcomes(&planned), [row("Partner", "changed", "added added")]);
    let RefreshOutcome::Changed { plan, .. } = &planned[0].outcome else { panic!("{planned:?}") };
    assert_eq!(plan.warnings[0], "the metadata is signed, and the signature is not verified");
    assert!(plan.documents.iter().any(|it| it.dialect == "okta"));
    assert_eq!(store.providers().get(made.id).unwrap(), made, "a plan changes nothing");
    assert_eq!(refresh(&store), [row("Partner", "changed", "added added")]);
    let first = store.providers().get(made.id).unwrap();
    let source = json!({"url": METADATA, "etag": "\"1\"", "read": 1_800_000_000_000_u64});
    assert_eq!(json!(first.source), source);
    partners.requested();

    clock.advance(3600);
    assert_eq!(refresh(&store), [row("Partner", "unchanged", "")]);
    assert_eq!(partners.requested(), [(METADATA.to_owned(), Some("\"1\"".to_owned()))]);
    assert_eq!(store.providers().get(made.id).unwrap(), first);

    // Another version that says the same of the provider is remembered, and nothing else.
    partners.publish(METADATA, &xml.replace("support", "other"), Some("\"2\""));
    assert_eq!(refresh(&store), [row("Partner", "unchanged", "")]);
    let second = store.providers().get(made.id).unwrap();
    assert_eq!(
        json!(second.source),
        json!({"url": METADATA, "etag": "\"2\"", "read": 1_800_003_600_000_u64})
    );
    assert_eq!(second.protocol, first.protocol);

    partners.publish(METADATA, &xml.replace(&signing, &certificate()), None);
    assert_eq!(refresh(&store), [row("Partner", "changed", "added kept left")]);
    assert_eq!(store.providers().get(made.id).unwrap().source.unwrap().etag, None);
    let last = store.service().last_change().unwrap();
    assert_eq!(refresh(&store), [row("Partner", "unchanged", "")]);
    assert_eq!(store.service().last_change().unwrap(), last, "without a version the document is compared");
}

#[test]
fn what_was_left_is_dropped_although_the_document_is_the_same() {
    let partners = Partners::default();
    let (store, _) = store_with(&partners);
    let ([signing, ..], xml) = entity();
    let made = create(&store, "Partner", Saml::default(), METADATA);
    partners.publish(METADATA, &xml, Some("\"1\""));
    refresh(&store);
    partners.publish(METADATA, &xml.replace(&signing, &certificate()), Some("\"2\""));
    refresh(&store);
    assert_eq!(store.providers().get(made.id).unwrap().trusted_keys.len(), 3);
    let dropping = MetadataImport { drops_certificates: true, ..cautious() };
    assert_eq!(
        outcomes(&store.refresh(&dropping).unwrap()),
        [row("Partner", "changed", "kept kept dropped")]
    );
    assert_eq!(store.providers().get(made.id).unwrap().trusted_keys.len(), 2);
}

#[test]
fn trust_that_has_ended_meanwhile_does_not_stop_a_refresh_and_does_not_come_back() {
    let partners = Partners::default();
    let (store, clock) = store_with(&partners);
    let (_, xml) = entity();
    let made = create(&store, "Partner", Saml::default(), METADATA);
    partners.publish(METADATA, &xml, Some("\"1\""));
    refresh(&store);
    let [first, second] = &*store.providers().get(made.id).unwrap().trusted_keys else { panic!("two") };
    let end = Timestamp::from_unix_seconds(1_800_003_600);
    store.providers().distrust_at(made.id, first, end).unwrap();
    clock.advance(7200);
    partners.publish(METADATA, &xml.replace("example.com/post", "example.com/posted"), Some("\"2\""));
    assert_eq!(refresh(&store), [row("Partner", "changed", "withheld kept")]);
    assert_eq!(store.providers().get(made.id).unwrap().trusted_keys, std::slice::from_ref(second));
}

#[test]
fn a_failure_of_one_does_not_stop_the_others() {
    let partners = Partners::default();
    let (store, _) = store_with(&partners);
    let (_, xml) = entity();
    let client = Client::new("us", "secret");
    let at = |path: &str| format!("https://{path}.example/.well-known/openid-configuration");
    let issuer = |name: &str, keys: &str| {
        let url = format!("https://{name}.example");
        let document =
            json!({"issuer": url, "authorization_endpoint": url, "jwks_uri": format!("{url}/{keys}")});
        partners.publish(&at(name), &document.to_string(), None);
        partners.publish(&format!("{url}/keys"), r#"{"keys": []}"#, None);
    };
    issuer("good", "keys");
    issuer("keyless", "missing");
    partners.publish("https://z/changed", &xml, None);
    partners.publish("https://z/expired", &xml.replace("2027-03-01", "2026-03-01"), None);
    partners.publish("https://z/broken", &xml[..200], None);
    create(&store, "Good", OpenIdConnect::new("https://good.example", client.clone()), &at("good"));
    create(&store, "Keyless", OpenIdConnect::new("https://keyless.example", client.clone()), &at("keyless"));
    create(&store, "Broken", Saml::default(), "https://z/broken");
    create(&store, "Other", Saml::new("urn:other"), "https://z/changed");
    create(&store, "Same", Saml::default(), "https://z/changed");
    create(&store, "Neither", OpenIdConnect::default(), "https://z/changed");
    create(&store, "Expired", Saml::default(), "https://z/expired");
    create(&store, "Gone", Saml::default(), "https://z/gone");
    store.providers().create(IdentityProvider::named("By hand", Saml::default())).unwrap();
    assert_eq!(
        refresh(&store),
        [
            row("Good", "changed", ""),
            row("Keyless", "failed", "not supported: nothing is at `https://keyless.example/missing`"),
            row(
                "Broken",
                "failed",
                "malformed body: the metadata cannot be used: it is not well-formed XML: syntax error: tag not closed: `>` not found before end of input"
            ),
            row(
                "Other",
                "failed",
                "invalid document; `core:entity_id` cannot be changed: the metadata is that of `https://idp.example.com`"
            ),
            row("Same", "changed", "added added"),
            row("Neither", "failed", "not supported: the provider does not speak SAML"),
            row("Expired", "failed", "invalid document; `/validUntil` has passed: 2026-03-01T00:00:00.000Z"),
            row("Gone", "failed", "not supported: nothing is at `https://z/gone`"),
        ]
    );
    let requested: Vec<_> =
        partners.requested().into_iter().filter(|(url, _)| url == "https://z/changed").collect();
    assert_eq!(requested.len(), 1, "a document is fetched once for all that came from it");
}

#[test]
fn the_entities_of_one_document_are_read_at_once() {
    let partners = Partners::default();
    let (store, _) = store_with(&partners);
    let url = "https://federation.example/aggregate";
    for entity_id in ["urn:a", "urn:b", "urn:c", "urn:missing"] {
        create(&store, entity_id, Saml::new(entity_id), url);
    }
    partners.publish(url, &AGGREGATE.replace("urn:sp", "urn:c"), Some("\"1\""));
    let missing =
        "malformed body: the metadata cannot be used: it does not describe the entity `urn:missing`";
    let twice = "malformed body: the metadata cannot be used: it describes the entity `urn:c` twice";
    let (a, b) = (row("urn:a", "changed", ""), row("urn:b", "changed", ""));
    assert_eq!(refresh(&store), [a, b, row("urn:c", "failed", twice), row("urn:missing", "failed", missing)]);
    partners.requested();
    refresh(&store);
    assert_eq!(partners.requested(), [(url.to_owned(), None)], "not all have that version");
}

#[test]
fn a_host_that_fetches_in_its_own_time_is_given_all_urls() {
    #[derive(Debug)]
    struct Later;

    impl idpstore::env::Fetcher for Later {
        fn get(&self, url: &str) -> idpstore::Result<Vec<u8>> {
            Err(idpstore::Error::pending(Need::Document { url: url.to_owned() }))
        }
    }

    let store = IdpStore::builder().fetcher(Later).open().unwrap();
    let urls = ["https://a.example/m", "https://b.example/m"];
    for url in urls {
        create(&store, "Partner", Saml::default(), url);
    }
    let pending = store.refresh(&cautious()).unwrap().into_iter().map(|it| match it.outcome {
        RefreshOutcome::Failed(error) => error.kind().clone(),
        other => panic!("{other:?}"),
    });
    let needs = urls.map(|url| ErrorKind::Pending(Need::Document { url: url.to_owned() }));
    assert_eq!(pending.collect::<Vec<_>>(), needs);
    let none = IdpStore::in_memory().unwrap();
    create(&none, "Partner", Saml::default(), METADATA);
    assert_eq!(refresh(&none), [row("Partner", "failed", "not supported: this store fetches no documents")]);
}

/// What ZITADEL's API has fetched is read anew like everything else.
#[cfg(feature = "zitadel")]
#[test]
fn a_provider_made_from_a_url_through_an_api_is_refreshed() {
    let partners = Partners::default();
    let (store, _) = store_with(&partners);
    let (_, xml) = entity();
    partners.publish(METADATA, &xml, Some("\"1\""));
    let send = |method: &str, path: &str, body: serde_json::Value| {
        let request =
            http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        let response = store.handle(request.body(body.to_string().into()).unwrap());
        assert_eq!(response.status(), 200, "{:?}", response.body());
        serde_json::from_slice::<serde_json::Value>(response.body()).unwrap()
    };
    let made = send("POST", "/admin/v1/idps/saml", json!({"name": "Partner", "metadataUrl": METADATA}));
    let source = || store.providers().list(&idpstore::ProviderQuery::all()).unwrap().items.remove(0).source;
    assert_eq!(json!(source()), json!({"url": METADATA, "read": 1_800_000_000_000_u64}));
    let read = store.refresh(&cautious()).unwrap();
    // Neutral metadata also has what ZITADEL keeps by itself.
    assert_eq!(read[0].outcome.name(), "changed");
    assert_eq!(source().unwrap().etag.as_deref(), Some("\"1\""));
    let path = format!("/admin/v1/idps/saml/{}", made["id"].as_str().unwrap());
    let by_hand = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, xml.replace("/get", "/by-hand"));
    send("PUT", &path, json!({"name": "Partner", "metadataXml": by_hand}));
    assert_eq!(source(), None);
}
