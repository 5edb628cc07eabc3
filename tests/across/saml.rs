//! SAML: whether the partner is asked to end its session, too.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use super::{Store, with};

/// The certificate of RFC 7517, appendix B, in base64.
fn certificate() -> String {
    let jwk: Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].as_str().unwrap().to_owned()
}

fn made_through_zitadel(enabled: Option<bool>) -> Store {
    let store = Store::open();
    let metadata = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"urn:partner\"><IDPSSODescriptor>\
         <KeyDescriptor><KeyInfo><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"https://partner.example/sso\"/></IDPSSODescriptor></EntityDescriptor>",
        certificate()
    );
    let document = json!({
        "name": "P", "metadataXml": BASE64_STANDARD.encode(metadata), "federatedLogoutEnabled": enabled,
        "nameIdFormat": "SAML_NAME_ID_FORMAT_TRANSIENT",
    });
    store.send("POST", "/admin/v1/idps/saml", &document);
    store
}

#[test]
fn logout_requests_to_the_partner_are_shown_at_okta_and_zitadel() {
    let setting = "/protocol/settings/participateSlo";
    for enabled in [None, Some(false), Some(true)] {
        let store = made_through_zitadel(enabled);
        let (on, off) = (Some(json!(true)), enabled.map(Value::from).filter(|on| *on == true));
        assert_eq!(store.okta().pointer(setting), off.as_ref());
        assert_eq!(store.zitadel()["config"]["saml"]["federatedLogoutEnabled"], enabled == Some(true));
        store.survives_clients_that_write_back_what_they_read("saml", "saml");

        store.put_to_okta(&with(&store.okta(), setting, json!(true)));
        let mut settings = store.zitadel()["config"]["saml"].take();
        assert_eq!(settings["federatedLogoutEnabled"], true);
        settings["federatedLogoutEnabled"] = false.into();
        store.put_to_zitadel("saml", &settings, &json!({}));
        assert_eq!(store.okta().pointer(setting), Some(&json!(false)));
        settings["federatedLogoutEnabled"] = true.into();
        store.put_to_zitadel("saml", &settings, &json!({}));
        assert_eq!(store.okta().pointer(setting), on.as_ref());
    }
}
