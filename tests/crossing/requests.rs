//! The requests that make a provider at another vendor.

use idpstore::model::{Client, Social};
use idpstore::{CrossingRequests, VariableAt};

use super::*;

impl House {
    /// The requests that make the only provider.
    fn requests(&self, to: &str) -> CrossingRequests {
        let only = self.0.providers().list_from(0, 2).unwrap();
        assert_eq!(only.total, 1);
        self.0.crossing_requests(only.items[0].id, to).unwrap()
    }
}

/// A client without a secret.
fn public() -> Client {
    Client { secret: None, ..Client::new("us", "") }
}

/// The places of variables, a line for each.
fn places(variables: &[VariableAt]) -> Vec<String> {
    let spelled =
        |at: &VariableAt| format!("{} {}{}", at.name, at.pointer, if at.base64 { " in base64" } else { "" });
    variables.iter().map(spelled).collect()
}

/// Methods and paths, a line for each.
fn calls(made: &CrossingRequests) -> Vec<String> {
    made.requests.iter().map(|request| format!("{} {}", request.method, request.path)).collect()
}

/// A certificate that is valid at the time of the house.
fn valid() -> String {
    let settings =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-days", "36500"];
    let output = std::process::Command::new("openssl").args(settings).args(["-subj", "/CN=partner"]).output();
    let pem = String::from_utf8(output.unwrap().stdout).unwrap();
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// A SAML provider with this certificate, switched off.
fn saml(certificate: &str) -> House {
    let house = House::open();
    let key = house.ask("POST", "/api/v1/idps/credentials/keys", &json!({"x5c": [certificate]}));
    let made = house.ask(
        "POST",
        "/api/v1/idps",
        &json!({
            "type": "SAML2", "name": "Partner",
            "protocol": {
                "type": "SAML2",
                "endpoints": {
                    "sso": {"url": "https://idp.example.com/sso", "binding": "HTTP-REDIRECT"},
                    "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
                },
                "credentials": {"trust": {"issuer": "urn:partner", "kid": key["kid"], "audience": "urn:us"}},
            },
            "policy": {
                "provisioning": {"action": "AUTO"}, "accountLink": {"action": "AUTO"},
                "subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"},
            },
        }),
    );
    house.ask(
        "POST",
        &format!("/api/v1/idps/{}/lifecycle/deactivate", made["id"].as_str().unwrap()),
        &Value::Null,
    );
    house
}

#[test]
fn okta_gets_the_certificate_first_and_switches_off_last() {
    let certificate = valid();
    let made = saml(&certificate).requests("okta");
    let paths = [
        "POST /api/v1/idps/credentials/keys",
        "POST /api/v1/idps",
        "POST /api/v1/idps/${PROVIDER}/lifecycle/deactivate",
    ];
    assert_eq!(calls(&made), paths);
    let [import, provider, _] = &made.requests[..] else { panic!("{made:?}") };
    assert_eq!(import.body, Some(json!({"x5c": [certificate]})));
    assert_eq!(places(import.result.as_slice()), ["CERTIFICATE_1 /kid"]);
    assert!(import.certificate.as_ref().is_some_and(|digest| digest.len() == 43));

    let body = provider.body.as_ref().unwrap();
    let trust = json!({"issuer": "urn:partner", "kid": "${CERTIFICATE_1}", "audience": "urn:us", "revocation": null, "revocationCacheLifetime": 0});
    assert_eq!(body["protocol"]["credentials"], json!({"trust": trust}));
    assert_eq!(places(&provider.variables), ["CERTIFICATE_1 /protocol/credentials/trust/kid"]);
    assert_eq!(places(provider.result.as_slice()), ["PROVIDER /id"]);
    for member in ["id", "created", "lastUpdated", "_links", "status"] {
        assert_eq!(body.get(member), None);
    }
    let omitted: Vec<_> = made.omitted.iter().map(|omitted| omitted.member.as_str()).collect();
    assert_eq!(
        (omitted, &made.secrets[..], &made.reason),
        (vec!["/protocol/credentials/signing/kid"], &[][..], &None)
    );
}

#[test]
fn pingone_gets_the_certificate_as_a_file() {
    let certificate = valid();
    let house = saml(&certificate);
    let made = house.requests("pingone");
    let start = "POST /v1/environments/${ENVIRONMENT_ID}";
    assert_eq!(calls(&made), [format!("{start}/certificates"), format!("{start}/identityProviders")]);
    let [import, provider] = &made.requests[..] else { panic!("{made:?}") };
    let [usage, file] = &import.form[..] else { panic!("{import:?}") };
    assert_eq!((usage.name, usage.file, usage.content.as_str()), ("usageType", None, "SIGNING"));
    assert_eq!((file.name, file.file), ("file", Some("certificate.pem")));
    let base64: String = file.content.lines().filter(|line| !line.starts_with("-----")).collect();
    assert_eq!((base64, &import.body), (certificate, &None));
    let body = provider.body.as_ref().unwrap();
    assert_eq!((&body["type"], &body["enabled"]), (&json!("SAML"), &json!(false)));
    assert_eq!(body["idpVerification"], json!({"certificates": [{"id": "${CERTIFICATE_1}"}]}));
    assert_eq!(places(&provider.variables), ["CERTIFICATE_1 /idpVerification/certificates/0/id"]);

    // The certificate of RFC 7517 is valid no longer.
    let reason = saml(&self::certificate()).requests("pingone").reason.unwrap();
    let start = "the vendor would refuse it: the certificate of the key ";
    assert!(reason.starts_with(start) && reason.contains("is valid from 2013"), "{reason}");
}

#[test]
fn zitadel_has_a_call_for_each_kind_and_surface() {
    let house = saml(&valid());
    let made = house.requests("zitadel");
    assert_eq!(calls(&made), ["POST /admin/v1/idps/saml"]);
    let body = made.requests[0].body.as_ref().unwrap();
    let shown = house.crossing("zitadel").shown.unwrap();
    assert_eq!(body["metadataXml"], shown["config"]["saml"]["metadataXml"]);
    assert_eq!((&body["name"], &body["binding"]), (&json!("Partner"), &json!("SAML_BINDING_REDIRECT")));
    assert_eq!((body.get("config"), body.get("type")), (None, None));
    let omitted = made.omitted.iter().map(|omitted| (omitted.member.as_str(), omitted.reason.as_str()));
    assert_eq!(omitted.collect::<Vec<_>>(), [("/state", "the vendor's API switches no provider off")]);

    let tenant = house.0.tenants().create("Acme").unwrap();
    let acme = house.0.for_tenant(tenant.id);
    let made = acme.providers().create(IdentityProvider::named("Google", Social::new("google", public())));
    let made = acme.crossing_requests(made.unwrap().id, "zitadel").unwrap();
    assert_eq!(calls(&made), ["POST /management/v1/idps/google"]);
    // It needs a secret, although the provider has none.
    assert_eq!(made.secrets.len(), 1);
}

#[test]
fn secrets_are_variables_and_never_in_a_document() {
    let house = House::open();
    let google = IdentityProvider::named("Google", Social::new("google", Client::new("us", "hush")))
        .alias("google-work");
    let google = house.0.providers().create(google).unwrap();
    for (to, place) in [
        ("okta", "/protocol/credentials/client/client_secret"),
        ("pingone", "/clientSecret"),
        ("zitadel", "/clientSecret"),
    ] {
        let made = house.requests(to);
        assert!(!format!("{made:?}").contains("hush"));
        assert_eq!(made.secrets, ["GOOGLE_WORK_SECRET"]);
        let request = &made.requests[0];
        assert_eq!(places(&request.variables), [format!("GOOGLE_WORK_SECRET {place}")]);
        assert_eq!(request.body.as_ref().unwrap().pointer(place), Some(&json!("${GOOGLE_WORK_SECRET}")));
    }
    // An alias from which no variable can be named.
    for alias in ["Work", "_x", "a.b", "provider-7", "é"] {
        house.0.providers().update(google.id, |provider| provider.alias = Some(alias.to_owned())).unwrap();
        assert_eq!(house.requests("okta").secrets, [format!("PROVIDER_{}_SECRET", google.id)]);
    }

    // Members that no table knows are sent, but for the secrets in them.
    let house = House::open();
    house.ask(
        "POST",
        "/api/v1/idps",
        &json!({
            "type": "GOOGLE", "name": "Google", "policy": {},
            "protocol": {"credentials": {"client": {"client_id": "us", "client_secret": "hush"}}},
            "note": {"text": "${PROVIDER}", "password": "hush", "secrets": ["hush"]},
        }),
    );
    let made = house.requests("okta");
    assert!(!format!("{made:?}").contains("hush"));
    let start = format!("PROVIDER_{}_SECRET", made.provider);
    let note = json!({"text": "${PROVIDER}", "password": format!("${{{start}_2}}")});
    assert_eq!(made.requests[0].body.as_ref().unwrap()["note"], note);
    let client = format!("{start} /protocol/credentials/client/client_secret");
    assert_eq!(places(&made.requests[0].variables), [client, format!("{start}_2 /note/password")]);
    assert_eq!(made.omitted[0].member, "/note/secrets");

    let apple = json!({
        "type": "APPLE", "name": "Apple", "enabled": true, "clientId": "us", "teamId": "9876543210",
        "keyId": "0123456789", "clientSecretSigningKey": "hush",
    });
    let house = House::open();
    house.ask("POST", PINGONE, &apple);
    let made = house.requests("zitadel");
    let id = made.provider;
    assert_eq!(places(&made.requests[0].variables), [format!("PROVIDER_{id}_SECRET /privateKey in base64")]);
    assert!(!format!("{made:?}").contains("hush"));
}

#[test]
fn what_is_not_shown_or_would_be_refused_makes_no_requests() {
    let house = House::open();
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    house.0.providers().create(IdentityProvider::named("Partner", saml)).unwrap();
    for (to, reason) in [
        ("okta", "the vendor would refuse it: `/protocol/credentials/trust/kid` is missing"),
        ("pingone", "the vendor would refuse it: `/idpVerification/certificates` is missing"),
    ] {
        let made = house.requests(to);
        assert_eq!((made.requests.len(), made.reason.as_deref()), (0, Some(reason)), "{to}");
    }
    let long = "x".repeat(201);
    let house = House::open();
    house.0.providers().create(IdentityProvider::named(long, Social::new("git_lab", public()))).unwrap();
    let reason = |to: &str| house.requests(to).reason.unwrap_or_default();
    assert_eq!(reason("pingone"), "the vendor has no such kind of provider");
    assert_eq!(reason("okta"), "the vendor would refuse it: `/name` is not within 1 to 100");
    // Where it needs no name, only that is left out.
    let made = house.requests("zitadel");
    assert_eq!((made.requests.len(), made.omitted[0].member.as_str()), (1, "/name"));
    let only = house.0.providers().list_from(0, 1).unwrap().items[0].id;
    assert_eq!(*house.0.crossing_requests(only, "harbor").unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(*house.0.crossing_script("harbor", Vec::new()).unwrap_err().kind(), ErrorKind::Unsupported);
}
