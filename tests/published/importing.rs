//! What of metadata goes into a provider, what does not, and what is refused.

use idpstore::model::{Endpoint, IdentityProvider, Protocol, Saml, Source};
use idpstore::saml::{EncodingStandard, Metadata};
use idpstore::{ErrorKind, IdpStore, MetadataImport, NewSigningKey, Owner};
use serde_json::{Value, json};

use super::{cautious, entity, store};

const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

fn read(xml: &str) -> Metadata {
    Metadata::read(xml.as_bytes(), &EncodingStandard).unwrap()
}

fn named(saml: Saml) -> IdentityProvider {
    IdentityProvider::named("Partner", saml)
}

fn settings(provider: &IdentityProvider) -> &Saml {
    let Protocol::Saml(saml) = &provider.protocol else { panic!("{provider:?}") };
    saml
}

/// The warnings of a plan to take this metadata into a provider with these settings.
fn warnings(store: &IdpStore, saml: Saml, metadata: &Metadata) -> Vec<String> {
    let made = store.providers().create(named(saml)).unwrap();
    let call = |store: &IdpStore| store.service().update_from_metadata(made.id, metadata, &cautious());
    let plan = store.plan(call).unwrap();
    assert_eq!(store.apply(&plan, call).unwrap().warnings, plan.warnings);
    plan.warnings
}

#[test]
fn settings_are_taken_and_everything_else_is_named() {
    let (store, (_, xml)) = (store(), entity());
    let made =
        store.service().create_from_metadata(&named(Saml::default()), &read(&xml), &cautious()).unwrap();
    let endpoint = |binding: &str, location: &str| Endpoint {
        binding: Some(format!("urn:oasis:names:tc:SAML:2.0:bindings:{binding}")),
        ..Endpoint::from(location)
    };
    let expected = Saml {
        entity_id: Some("https://idp.example.com".to_owned()),
        single_sign_on: Some(Endpoint {
            alternatives: vec![endpoint("HTTP-POST", "https://idp.example.com/post")],
            ..endpoint("HTTP-Redirect", "https://idp.example.com/get")
        }),
        single_logout: Some(Endpoint {
            response_location: Some("https://idp.example.com/logout/done".to_owned()),
            ..endpoint("HTTP-Redirect", "https://idp.example.com/logout")
        }),
        requests_signed: Some(true),
        ..Saml::default()
    };
    assert_eq!(settings(&made.provider), &expected);
    assert_eq!(made.certificates.len(), 2, "what is for encryption alone is not trusted");
    let unreadable = "`X509Certificate` 5 of the metadata is not a readable certificate";
    assert_eq!(made.provider.warnings, [unreadable]);
    assert_eq!(
        made.warnings,
        [
            "the metadata is signed, and the signature is not verified",
            "the metadata is valid until 2027-02-01T00:00:00.000Z",
            unreadable,
            "endpoints with these bindings are not kept: `urn:mace:shibboleth:1.0:profiles:AuthnRequest`",
            "the partner wants signed requests, and the provider has no signing key",
            "no name ID format is requested, and the metadata lists several: `urn:oasis:names:tc:SAML:2.0:nameid-format:persistent`, \
             `urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress`",
            "certificates for encryption alone are not kept: 1",
            "the `cacheDuration` `PT6H` is not kept",
            "these parts of the metadata are not kept: `Extensions`, `errorURL`, `KeyName`, `EncryptionMethod`, \
             `ArtifactResolutionService`, `SPSSODescriptor`, `Organization`, `ContactPerson`",
        ]
    );
    assert_eq!(store.check().unwrap().problems, []);
}

#[test]
fn a_name_id_format_is_never_replaced() {
    let store = store();
    let metadata = |formats: &[&str]| Metadata {
        name_id_formats: formats.iter().map(ToString::to_string).collect(),
        ..read(&entity().1)
    };
    let format_of = |saml: Saml, formats: &[&str]| {
        let made = store.providers().create(named(saml)).unwrap();
        let imported =
            store.service().update_from_metadata(made.id, &metadata(formats), &cautious()).unwrap();
        let about = imported.warnings.into_iter().find(|warning| warning.contains("name ID format"));
        (settings(&imported.provider).name_id_format.clone(), about)
    };
    let own = || Saml::default().name_id_format(UNSPECIFIED);
    let kept = Some(UNSPECIFIED.to_owned());
    assert_eq!(format_of(Saml::default(), &["urn:only"]), (Some("urn:only".to_owned()), None));
    assert_eq!(format_of(own(), &[]), (kept.clone(), None));
    let further = "further name ID formats are not kept: `urn:a`".to_owned();
    assert_eq!(format_of(own(), &["urn:a", UNSPECIFIED]), (kept.clone(), Some(further)));
    let none =
        format!("the name ID format `{UNSPECIFIED}` is requested, and the metadata lists others: `urn:a`");
    assert_eq!(format_of(own(), &["urn:a"]), (kept, Some(none)));
}

#[test]
fn signing_is_switched_on_and_never_off() {
    let store = store();
    let signed = |before: Option<bool>, wanted: Option<bool>| {
        let made =
            store.providers().create(named(Saml { requests_signed: before, ..Saml::default() })).unwrap();
        let metadata = Metadata { wants_signed_requests: wanted, ..read(&entity().1) };
        let imported = store.service().update_from_metadata(made.id, &metadata, &cautious()).unwrap();
        settings(&imported.provider).requests_signed
    };
    for before in [None, Some(false), Some(true)] {
        assert_eq!(signed(before, Some(true)), Some(true));
        assert_eq!(signed(before, Some(false)), before);
        assert_eq!(signed(before, None), before);
    }
    let made = store.providers().create(named(Saml::default())).unwrap();
    let new = NewSigningKey { spec: "EC-P-256".parse().unwrap(), ..NewSigningKey::default() };
    let key = store.signing_keys(Owner::Provider(made.id)).generate(&new).unwrap();
    store.providers().update(made.id, |it| it.signing_key = Some(key.kid.clone())).unwrap();
    let imported = store.service().update_from_metadata(made.id, &read(&entity().1), &cautious()).unwrap();
    assert!(!imported.warnings.iter().any(|warning| warning.contains("signing key")), "{imported:?}");
}

#[test]
fn metadata_that_has_expired_is_refused_unless_it_may_be_taken() {
    let store = store();
    let end = "2027-01-15T08:00:00Z".parse().unwrap();
    let metadata = Metadata { valid_until: Some(end), ..read(&entity().1) };
    let made = store.providers().create(named(Saml::default())).unwrap();
    let update = |import: &MetadataImport| store.service().update_from_metadata(made.id, &metadata, import);
    let refused = update(&cautious()).unwrap_err().to_string();
    assert_eq!(refused, "invalid document; `/validUntil` has passed: 2027-01-15T08:00:00.000Z");
    assert!(store.service().create_from_metadata(&made, &metadata, &cautious()).is_err());
    assert_eq!(store.providers().get(made.id).unwrap(), made);
    let import = MetadataImport { accepts_expired: true, ..cautious() };
    assert!(
        update(&import)
            .unwrap()
            .warnings
            .contains(&"the metadata was valid until 2027-01-15T08:00:00.000Z".to_owned())
    );
}

#[test]
fn metadata_without_what_counts_is_named_or_refused() {
    let (store, full) = (store(), read(&entity().1));
    let bare =
        Metadata { entity_id: full.entity_id.clone(), is_identity_provider: true, ..Metadata::default() };
    assert_eq!(
        warnings(&store, Saml::default(), &bare),
        ["the metadata is not signed", "the metadata has no usable endpoint to sign in at"]
    );
    let made = store.providers().create(named(Saml::new("urn:p"))).unwrap();
    let any = MetadataImport { changes_entity_id: true, ..cautious() };
    let nameless = Metadata { entity_id: None, ..full.clone() };
    let refused = store.service().update_from_metadata(made.id, &nameless, &any).unwrap_err().to_string();
    assert_eq!(refused, "invalid document; `core:entity_id` is missing");
    let refused = store.service().update_from_metadata(made.id, &full, &cautious()).unwrap_err().to_string();
    assert_eq!(
        refused,
        "invalid document; `core:entity_id` cannot be changed: the metadata is that of `https://idp.example.com`"
    );
    let long = Metadata { entity_id: Some("x".repeat(1 << 20)), ..full };
    let refused =
        store.service().create_from_metadata(&named(Saml::default()), &long, &cautious()).unwrap_err();
    assert!(refused.to_string().len() < 300, "{refused}");
}

#[test]
fn a_provider_remembers_where_its_settings_came_from() {
    let (store, full) = (store(), read(&entity().1));
    let source = Source::at("http://idp.example.com/metadata").version(Some("\"1\"".to_owned()));
    let import = MetadataImport { source: Some(source.clone()), ..cautious() };
    let made = store.service().create_from_metadata(&named(Saml::default()), &full, &import).unwrap();
    let remembered = json!({"url": source.url, "etag": "\"1\"", "read": 1_800_000_000_000_u64});
    assert_eq!(json!(made.provider.source), remembered);
    assert_eq!(
        made.warnings[1],
        "the document was fetched from `http://idp.example.com/metadata` without TLS"
    );
    let id = made.provider.id;
    let again = store.service().update_from_metadata(id, &full, &import).unwrap();
    assert_eq!(again.provider, made.provider);
    let mut document = Vec::new();
    store.export(idpstore::Secrets::LeftOut, &mut document, |_| ()).unwrap();
    let exported: Value = serde_json::from_slice(&document).unwrap();
    let spelled = json!({"url": source.url, "etag": "\"1\"", "read": "2027-01-15T08:00:00.000Z"});
    assert_eq!(exported["providers"][0]["source"], spelled);
    let schema: Value = serde_json::from_str(include_str!("../../docs/idpstore.schema.json")).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&exported));
    assert!(store.plan_import(&exported.to_string(), false, |_| ()).unwrap().planned().is_empty());
    let copy = super::store();
    let plan = copy.plan_import(&exported.to_string(), false, |_| ()).unwrap();
    copy.import(&plan, |_| ()).unwrap();
    assert_eq!(copy.providers().get(id).unwrap().source, made.provider.source);

    let from_a_file = store.service().update_from_metadata(id, &full, &cautious()).unwrap();
    assert_eq!(from_a_file.provider.source, None);
    let last = from_a_file.warnings.last().unwrap();
    assert_eq!(last, "the provider is no longer refreshed from `http://idp.example.com/metadata`");

    for (url, words) in [
        ("ftp://idp.example.com", "`core:source.url` must be a URL"),
        ("https://user:pass@idp.example.com/", "`core:source.url` must not have a user name"),
    ] {
        let import = MetadataImport { source: Some(Source::at(url)), ..cautious() };
        let refused = store.service().update_from_metadata(id, &full, &import).unwrap_err();
        assert!(
            matches!(refused.kind(), ErrorKind::Invalid { .. }) && refused.to_string().contains(words),
            "{refused}"
        );
        assert!(!refused.to_string().contains("pass@"), "{refused}");
    }
    let long = Source::at("https://idp.example.com").version(Some("x".repeat(1025)));
    assert_eq!(long.etag, None);
}

/// No vendor's document shows it, and none loses it.
#[cfg(all(feature = "okta", feature = "zitadel"))]
#[test]
fn vendors_keep_where_settings_came_from() {
    let store = store();
    // Okta takes RSA keys alone.
    let jwk: Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    let certificates = vec![jwk["x5c"][0].as_str().unwrap().to_owned()];
    let full = Metadata { certificates, ..read(&entity().1) };
    let import =
        MetadataImport { source: Some(Source::at("https://idp.example.com/secret-place")), ..cautious() };
    let made =
        store.service().create_from_metadata(&named(Saml::default()), &full, &import).unwrap().provider;
    let send = |method: &str, path: &str, body: Vec<u8>| {
        let request =
            http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        let response = store.handle(request.body(body.into()).unwrap());
        assert_eq!(response.status(), 200, "{method} {path}: {:?}", response.body());
        assert!(!String::from_utf8_lossy(response.body()).contains("secret-place"), "{path}");
        response.into_body().to_vec()
    };
    let path = format!("/api/v1/idps/{}", idpstore::okta::id(made.id));
    let shown = send("GET", &path, Vec::new());
    send("PUT", &path, shown);
    send("GET", &format!("/admin/v1/idps/templates/{}", made.id), Vec::new());
    assert_eq!(store.providers().get(made.id).unwrap().source, made.source);
}
