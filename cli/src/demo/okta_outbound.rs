//! Okta's other part: an application for whom we are the identity provider gets another signing key, as in
//! the same guide.

use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use idpstore::pki::{Certificate, pem};
use serde_json::{Value, json};

use super::client::{Client, fact};
use super::issuer::Issuer;
use super::okta::{JSON, carries, describe, get, object, post, text, to, unreadable};
use crate::failure::Failure;

/// Where an application names the key that we sign with for it.
const SIGNING_KID: &str = "/credentials/signing/kid";

/// A SAML application is made, gets a second key, is signed for with it, and could go back.
pub(super) fn outbound_saml(client: &mut Client, _: &Issuer) -> Result<(), Failure> {
    client.chapter("Okta, outbound SAML: an application gets another signing key")?;
    let app = create_application(client)?;
    let path = format!("/api/v1/apps/{}", text(&app, "/id")?);
    let first = key(client, &path, text(&app, SIGNING_KID)?)?;
    let second = generate(client, &path)?;
    find(client, &app)?;
    update_key_credential(client, &path, &app, text(&second, "/kid")?)?;
    check_metadata(client, &path, &first, &second)
}

fn create_application(client: &mut Client) -> Result<Value, Failure> {
    client.step("A SAML application is made; it gets a name and a key of its own")?;
    let acs = "https://app.example.com/saml2/acs";
    let document = json!({
        "label": "Example App",
        "signOnMode": "SAML_2_0",
        "settings": {"signOn": {
            "ssoAcsUrl": acs,
            "recipient": acs,
            "destination": acs,
            "audience": "https://app.example.com",
            "subjectNameIdTemplate": "${user.userName}",
            "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "responseSigned": true,
            "assertionSigned": true,
            "signatureAlgorithm": "RSA_SHA256",
            "digestAlgorithm": "SHA256",
            "honorForceAuthn": true,
            "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        }},
    });
    let made = object(&client.ask(post("/api/v1/apps", &document), StatusCode::OK)?)?;
    fact("id", text(&made, "/id")?)?;
    fact("name", text(&made, "/name")?)?;
    Ok(made)
}

fn key(client: &mut Client, path: &str, kid: &str) -> Result<Value, Failure> {
    let key = object(&client.ask(get(&format!("{path}/credentials/keys/{kid}")), StatusCode::OK)?)?;
    describe(&key, "the application's first")?;
    Ok(key)
}

fn generate(client: &mut Client, path: &str) -> Result<Value, Failure> {
    client.step("A second key is made for it, with a certificate for two years")?;
    let request = to(Method::POST, &format!("{path}/credentials/keys/generate?validityYears=2"), JSON);
    let key = object(&client.ask(request.body(bytes::Bytes::new()), StatusCode::CREATED)?)?;
    describe(&key, "the application's second")?;
    Ok(key)
}

fn find(client: &mut Client, app: &Value) -> Result<(), Failure> {
    client.step("Which applications still use the first key?")?;
    let filter = format!("credentials.signing.kid%20eq%20%22{}%22", text(app, SIGNING_KID)?);
    let found = object(&client.ask(get(&format!("/api/v1/apps?filter={filter}")), StatusCode::OK)?)?;
    let labels: Vec<_> = found.as_array().into_iter().flatten().map(|app| text(app, "/label")).collect();
    match labels.as_slice() {
        [Ok(label)] => fact("found", label),
        _ => Err(Failure::of("not exactly one application uses the first key")),
    }
}

fn update_key_credential(client: &mut Client, path: &str, app: &Value, kid: &str) -> Result<(), Failure> {
    client.step("Its name, its label and the new key are put: everything else stays as it was")?;
    let document = json!({
        "name": text(app, "/name")?,
        "label": text(app, "/label")?,
        "signOnMode": "SAML_2_0",
        "credentials": {"signing": {"kid": kid}},
    });
    let request = to(Method::PUT, path, JSON).header(CONTENT_TYPE, JSON);
    client.ask(request.body(document.to_string().into()), StatusCode::OK)?;
    let now = object(&client.ask_and_keep(get(path))?)?;
    fact("signs with", text(&now, SIGNING_KID)?)?;
    if text(&now, SIGNING_KID)? != kid || now.get("settings") != app.get("settings") {
        return Err(Failure::of("the application has another key, or other settings"));
    }
    Ok(())
}

fn check_metadata(client: &mut Client, path: &str, first: &Value, second: &Value) -> Result<(), Failure> {
    client.step(
        "What the application must know of us carries the second certificate, or the first on request",
    )?;
    let metadata = format!("{path}/sso/saml/metadata");
    carries(client, &metadata, &certificate(second)?)?;
    carries(client, &format!("{metadata}?kid={}", text(first, "/kid")?), &certificate(first)?)
}

/// The certificate of a key.
fn certificate(key: &Value) -> Result<Certificate, Failure> {
    let der = pem::base64_any(text(key, "/x5c/0")?).map_err(unreadable)?;
    Certificate::from_der(&der).map_err(unreadable)
}
