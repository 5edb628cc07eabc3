//! ZITADEL's part: a SAML provider is made of the partner's metadata, and is there in all three APIs.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::StatusCode;
use idpstore::pki::Profile;
use idpstore::saml::{BINDINGS, Endpoint, Metadata};
use serde_json::{Value, json};

use super::client::{Client, fact};
use super::issuer::Issuer;
use super::okta::{get, object, post, text};
use crate::failure::Failure;

/// The provider's name, by which it is looked for through the other APIs.
const NAME: &str = "Three APIs";

/// A provider is made through ZITADEL's API and shown through all three.
pub(super) fn three_doors(client: &mut Client, _: &Issuer) -> Result<(), Failure> {
    client.chapter("ZITADEL, Okta, PingOne: one provider in three APIs")?;
    let id = create_provider(client)?;
    client.step("ZITADEL shows it, with a key of its own")?;
    let made = object(&client.ask_and_keep(get(&format!("/admin/v1/idps/templates/{id}")))?)?;
    fact("type", text(&made, "/idp/type")?)?;
    client.ask_and_keep(get(&format!("/idps/{id}/saml/certificate")))?;
    client.step("Okta shows the same")?;
    let shown = found(&object(&client.ask_and_keep(get("/api/v1/idps?q=Three"))?)?)?;
    fact("issuer", text(&shown, "/protocol/credentials/trust/issuer")?)?;
    fact("sso", text(&shown, "/protocol/endpoints/sso/url")?)?;
    fact("trusts", text(&shown, "/protocol/credentials/trust/kid")?)?;
    client.step("PingOne shows the same")?;
    let environments = object(&client.ask(get("/v1/environments"), StatusCode::OK)?)?;
    let environment = text(&environments, "/_embedded/environments/0/id")?;
    let path = format!("/v1/environments/{environment}/identityProviders");
    let all = object(&client.ask_and_keep(get(&path))?)?;
    let shown = found(all.pointer("/_embedded/identityProviders").unwrap_or(&Value::Null))?;
    fact("issuer", text(&shown, "/idpEntityId")?)?;
    fact("sso", text(&shown, "/ssoEndpoint")?)
}

fn create_provider(client: &mut Client) -> Result<String, Failure> {
    client.step("A SAML provider is made of its partner's metadata")?;
    let partner = Issuer::new("idp.example.org")?;
    let metadata = Metadata {
        entity_id: Some("https://idp.example.org".to_owned()),
        is_identity_provider: true,
        single_sign_on: vec![Endpoint {
            binding: format!("{BINDINGS}HTTP-POST"),
            location: "https://idp.example.org/saml2/sso".to_owned(),
            ..Endpoint::default()
        }],
        certificates: vec![BASE64_STANDARD.encode(partner.own_certificate(Profile::Bare)?)],
        ..Metadata::default()
    };
    let xml = metadata.write().map_err(|error| Failure::new("cannot write metadata", &error))?;
    let document = json!({"name": NAME, "metadataXml": BASE64_STANDARD.encode(xml)});
    let made = object(&client.ask(post("/admin/v1/idps/saml", &document), StatusCode::OK)?)?;
    fact("id", text(&made, "/id")?)?;
    Ok(text(&made, "/id")?.to_owned())
}

/// The provider among others.
fn found(all: &Value) -> Result<Value, Failure> {
    let mut all = all.as_array().into_iter().flatten();
    all.find(|provider| provider.get("name").is_some_and(|name| name == NAME))
        .cloned()
        .ok_or_else(|| Failure::of(format!("`{NAME}` is not there")))
}
