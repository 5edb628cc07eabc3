//! Okta's part: a SAML provider gets a signing certificate from a certification authority, step by step as
//! in Okta's guide, down to the update of the key credential.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use idpstore::pki::{Certificate, CertificationRequest, Jwk, Profile, pem, thumbprint};
use serde_json::{Value, json};

use super::client::{Client, fact};
use super::issuer::Issuer;
use crate::failure::Failure;

/// What Okta speaks.
pub(super) const JSON: &str = "application/json";

/// The path of the certificates that providers are trusted by.
const STORE_KEYS: &str = "/api/v1/idps/credentials/keys";

/// A partner's certificate is imported and a provider made that trusts it; then the provider gets a signing
/// key that an authority of our own has certified.
pub(super) fn inbound_saml(client: &mut Client, authority: &Issuer) -> Result<(), Failure> {
    client.chapter("Okta, inbound SAML: a provider gets a signing certificate from our own authority")?;
    let trusted = import_certificate(client)?;
    let idp = create_provider(client, &trusted)?;
    let request = request_certificate(client, &idp)?;
    let certificate = sign(client, authority, &request)?;
    let signing = publish(client, &idp, &request, &certificate)?;
    update_key_credential(client, &idp, &signing)?;
    check_metadata(client, &idp, &certificate)?;
    list_keys(client, &idp, &signing)?;
    describe(&object(&client.ask_and_keep(get(&format!("{STORE_KEYS}/{trusted}")))?)?, "the partner's")
}

fn import_certificate(client: &mut Client) -> Result<String, Failure> {
    client.step("The partner's certificate is imported, to be trusted")?;
    let partner = Issuer::new("idp.example.com")?;
    let x5c = BASE64_STANDARD.encode(partner.own_certificate(Profile::Bare)?);
    let key = client.ask(post(STORE_KEYS, &json!({"x5c": [x5c]})), StatusCode::OK)?;
    let key = object(&key)?;
    describe(&key, "the partner's")?;
    Ok(text(&key, "/kid")?.to_owned())
}

fn create_provider(client: &mut Client, trusted: &str) -> Result<String, Failure> {
    client.step("A SAML provider is made that trusts it")?;
    let made = object(&client.ask(post("/api/v1/idps", &provider(trusted)), StatusCode::OK)?)?;
    fact("id", text(&made, "/id")?)?;
    fact("status", text(&made, "/status")?)?;
    fact("audience", text(&made, "/protocol/credentials/trust/audience")?)?;
    fact("signs with", format!("{} (the org's own)", text(&made, SIGNING_KID)?))?;
    Ok(text(&made, "/id")?.to_owned())
}

/// Where a provider names the key that it signs with.
const SIGNING_KID: &str = "/protocol/credentials/signing/kid";

/// The provider of Okta's guide.
fn provider(trusted: &str) -> Value {
    let signature = |scope| json!({"signature": {"algorithm": "SHA-256", "scope": scope}});
    json!({
        "type": "SAML2",
        "name": "Example IdP",
        "protocol": {
            "type": "SAML2",
            "endpoints": {
                "sso": {
                    "url": "https://idp.example.com/saml2/sso",
                    "binding": "HTTP-REDIRECT",
                    "destination": "https://idp.example.com/saml2/sso",
                },
                "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
            },
            "algorithms": {"request": signature("REQUEST"), "response": signature("ANY")},
            "settings": {"nameFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"},
            "credentials": {"trust": {"issuer": "https://idp.example.com", "kid": trusted}},
        },
        "policy": {
            "provisioning": {"action": "AUTO", "profileMaster": true, "groups": {"action": "NONE"}},
            "accountLink": {"filter": null, "action": "AUTO"},
            "subject": {
                "userNameTemplate": {"template": "idpuser.subjectNameId"},
                "filter": null,
                "matchType": "USERNAME",
            },
            "maxClockSkew": 120_000,
        },
    })
}

/// A certification request as Okta shows it.
struct Pending {
    id: String,
    der: Vec<u8>,
}

fn request_certificate(client: &mut Client, idp: &str) -> Result<Pending, Failure> {
    client.step("A key pair is made for it, and a request to certify the public part")?;
    let subject = json!({
        "countryName": "US",
        "stateOrProvinceName": "California",
        "localityName": "San Francisco",
        "organizationName": "Example, Inc.",
        "commonName": "sp.example.com",
    });
    let wish = json!({"subject": subject, "subjectAltNames": {"dnsNames": ["sp.example.com"]}});
    let path = format!("/api/v1/idps/{idp}/credentials/csrs");
    let shown = object(&client.ask(post(&path, &wish), StatusCode::CREATED)?)?;
    let der = pem::base64_any(text(&shown, "/csr")?).map_err(unreadable)?;
    fact("id", text(&shown, "/id")?)?;
    fact("subject", CertificationRequest::from_der(&der).map_err(unreadable)?.subject())?;
    Ok(Pending { id: text(&shown, "/id")?.to_owned(), der })
}

fn sign(client: &mut Client, authority: &Issuer, request: &Pending) -> Result<Certificate, Failure> {
    client.step(
        "An authority, made for this run, checks and signs the request; the certificate is published",
    )?;
    fact("authority", authority.name())?;
    fact("x5t#S256", thumbprint::x5t_s256(&authority.own_certificate(Profile::Authority)?))?;
    Certificate::from_der(&authority.certify(&request.der)?).map_err(unreadable)
}

fn publish(client: &Client, idp: &str, request: &Pending, issued: &Certificate) -> Result<String, Failure> {
    let path = format!("/api/v1/idps/{idp}/credentials/csrs/{}/lifecycle/publish", request.id);
    let body = pem::encode("CERTIFICATE", issued.der());
    let request =
        to(Method::POST, &path, JSON).header(CONTENT_TYPE, "application/x-pem-file").body(body.into());
    let key = object(&client.ask(request, StatusCode::CREATED)?)?;
    describe(&key, "the request's")?;
    Ok(text(&key, "/kid")?.to_owned())
}

fn update_key_credential(client: &mut Client, idp: &str, signing: &str) -> Result<(), Failure> {
    client.step("The whole provider is put back, with the new key to sign with")?;
    let path = format!("/api/v1/idps/{idp}");
    let mut entire = object(&client.ask(get(&path), StatusCode::OK)?)?;
    for (pointer, value) in [(SIGNING_KID, json!(signing)), ("/created", Value::Null)] {
        let place = entire.pointer_mut(pointer).ok_or_else(|| lacks(pointer))?;
        *place = value;
    }
    let request = to(Method::PUT, &path, JSON).header(CONTENT_TYPE, JSON);
    let put = object(&client.ask(request.body(entire.to_string().into()), StatusCode::OK)?)?;
    fact("signs with", text(&put, SIGNING_KID)?)?;
    if text(&put, SIGNING_KID)? != signing {
        return Err(Failure::of("the provider does not sign with the new key"));
    }
    fact("created", put.get("created").map_or("absent".to_owned(), Value::to_string))?;
    let now = object(&client.ask_and_keep(get(&path))?)?;
    fact("created", text(&now, "/created")?)
}

fn check_metadata(client: &mut Client, idp: &str, published: &Certificate) -> Result<(), Failure> {
    client.step("What the partner must know of us carries the new certificate")?;
    carries(client, &format!("/api/v1/idps/{idp}/metadata.xml"), published)
}

/// Asks for SAML metadata, which must carry this certificate and no other.
pub(super) fn carries(client: &mut Client, path: &str, certificate: &Certificate) -> Result<(), Failure> {
    let xml = client.ask_and_keep(to(Method::GET, path, "application/xml").body(Bytes::new()))?;
    let xml = String::from_utf8_lossy(&xml);
    let mut carried = xml.split("<ds:X509Certificate>").skip(1).filter_map(|rest| rest.split('<').next());
    let is_it = |base64| pem::base64_any(base64).is_ok_and(|der| der == certificate.der());
    if !carried.clone().any(|_| true) || !carried.all(is_it) {
        return Err(Failure::of("the metadata carries another certificate than the published one"));
    }
    fact("certificate", "the published one, byte for byte")
}

fn list_keys(client: &mut Client, idp: &str, signing: &str) -> Result<(), Failure> {
    client.step("The keys with which the provider may sign, and the one by which it trusts the partner")?;
    let keys = client.ask_and_keep(get(&format!("/api/v1/idps/{idp}/credentials/keys")))?;
    for key in object(&keys)?.as_array().into_iter().flatten() {
        let signs = text(key, "/kid")? == signing;
        describe(key, if signs { "the one that signs" } else { "the org's own, in reserve" })?;
    }
    Ok(())
}

/// Prints whose key it is, what names it, and when its certificate ends.
pub(super) fn describe(key: &Value, whose: &str) -> Result<(), Failure> {
    let jwk: Jwk = serde_json::from_value(key.clone()).map_err(unreadable)?;
    fact("key", whose)?;
    fact("  kid", text(key, "/kid")?)?;
    fact("  x5t#S256", text(key, "/x5t#S256")?)?;
    fact("  thumbprint", thumbprint::jwk_thumbprint(&jwk))?;
    fact("  expires", text(key, "/expiresAt")?)
}

/// A request as Okta's clients begin it.
pub(super) fn to(method: Method, path: &str, accept: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("https://example.okta.com{path}"))
        .header(AUTHORIZATION, "SSWS an-api-token")
        .header(ACCEPT, accept)
}

pub(super) fn get(path: &str) -> http::Result<Request<Bytes>> {
    to(Method::GET, path, JSON).body(Bytes::new())
}

pub(super) fn post(path: &str, document: &Value) -> http::Result<Request<Bytes>> {
    to(Method::POST, path, JSON).header(CONTENT_TYPE, JSON).body(document.to_string().into())
}

pub(super) fn object(body: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(body).map_err(unreadable)
}

pub(super) fn text<'v>(document: &'v Value, pointer: &str) -> Result<&'v str, Failure> {
    document.pointer(pointer).and_then(Value::as_str).ok_or_else(|| lacks(pointer))
}

fn lacks(pointer: &str) -> Failure {
    Failure::of(format!("the answer has no `{pointer}`"))
}

pub(super) fn unreadable(error: impl std::error::Error + 'static) -> Failure {
    Failure::new("cannot read an answer", &error)
}
