//! Providers of every kind, made through the APIs of all vendors.

use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value, json};

use super::{ENVIRONMENT, Old};

/// A name that would do harm in a script that took it in as it is.
const HOSTILE: &str = "'; touch harm; $(touch harm) `touch harm` \"${HOME}\"\nJSON\ntouch harm # \\";

impl Old {
    /// Makes providers of every kind through all APIs.
    pub(super) fn fill(&self) {
        self.fill_okta();
        self.fill_pingone();
        self.fill_zitadel();
    }

    fn fill_okta(&self) {
        let kids = [self.trusted(), self.trusted()];
        let saml = |issuer: &str, more: &Value| {
            json!({
                "type": "SAML2",
                "endpoints": {
                    "sso": {"url": "https://idp.example.com/sso", "binding": "HTTP-REDIRECT"},
                    "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
                },
                "algorithms": {"request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}}},
                "settings": {"nameFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
                "credentials": {"trust": {"issuer": issuer, "kid": kids[0], "additionalKids": more}},
            })
        };
        self.okta("SAML2", "Okta SAML2", &saml("urn:one", &json!([kids[1]])));
        self.okta("SAML2", "Okta expired", &{
            let mut expired = saml("urn:old", &json!([]));
            expired["credentials"]["trust"]["kid"] = self.key(&json!({"x5c": [expired_certificate()]}));
            expired
        });
        let off = self.okta("SAML2", HOSTILE, &saml("urn:two", &json!([])));
        self.post(&format!("/api/v1/idps/{}/lifecycle/deactivate", off["id"].as_str().unwrap()), &json!({}));
        let client = json!({"client": {"client_id": "us", "client_secret": "hush"}});
        let url =
            |path: &str| json!({"url": format!("https://idp.example.com/{path}"), "binding": "HTTP-POST"});
        self.okta("OIDC", "Okta OIDC", &json!({
            "type": "OIDC", "scopes": ["openid", "email"], "issuer": {"url": "https://idp.example.com"},
            "endpoints": {"authorization": url("a"), "token": url("t"), "userInfo": url("u"), "jwks": url("j")},
            "credentials": client,
        }));
        let smart_card =
            json!({"type": "MTLS", "credentials": {"trust": {"issuer": "CN=Root", "kid": self.trusted()}}});
        self.okta("X509", "Okta X509", &smart_card);
        for kind in [
            "GOOGLE",
            "FACEBOOK",
            "LINKEDIN",
            "MICROSOFT",
            "AMAZON",
            "GITHUB",
            "GITLAB",
            "PAYPAL",
            "PAYPAL_SANDBOX",
            "YAHOO",
            "DISCORD",
            "LOGINGOV",
            "SALESFORCE",
            "SPOTIFY",
            "XERO",
            "YAHOOJP",
        ] {
            self.okta(
                kind,
                &format!("Okta {kind}"),
                &json!({"scopes": ["openid", "email"], "credentials": client}),
            );
        }
        let signing = json!({"kid": "0123456789", "teamId": "9876543210", "privateKey": private_key()});
        let apple =
            json!({"scopes": ["email"], "credentials": {"client": {"client_id": "us"}, "signing": signing}});
        self.okta("APPLE", "Okta APPLE", &apple);
    }

    fn fill_pingone(&self) {
        let certificates = json!([{"id": self.trusted()}, {"id": self.trusted()}, {"id": self.trusted()}]);
        self.pingone("SAML", &json!({
            "idpEntityId": "urn:three", "ssoBinding": "HTTP_POST", "ssoEndpoint": "https://idp.example.com/sso",
            "sloEndpoint": "https://idp.example.com/slo", "sloWindow": 3, "authnRequestSigned": true,
            "idpVerification": {"certificates": certificates}, "spEntityId": "urn:us", "enabled": false,
        }));
        let client = json!({"clientId": "us", "clientSecret": "hush"});
        let with_client = |more: &Value| {
            let both = [&client, more].into_iter().flat_map(|part| part.as_object().unwrap().clone());
            Value::Object(both.collect::<Map<_, _>>())
        };
        self.pingone("OPENID_CONNECT", &with_client(&json!({
            "issuer": "https://idp.example.com", "scopes": ["openid"], "pkceMethod": "S256",
            "authorizationEndpoint": "https://idp.example.com/a", "tokenEndpoint": "https://idp.example.com/t",
            "jwksEndpoint": "https://idp.example.com/j", "tokenEndpointAuthMethod": "CLIENT_SECRET_POST",
        })));
        self.pingone("FACEBOOK", &json!({"appId": "us", "appSecret": "hush"}));
        self.pingone("APPLE", &json!({
            "clientId": "us", "teamId": "9876543210", "keyId": "0123456789", "clientSecretSigningKey": private_key(),
        }));
        self.pingone("PAYPAL", &with_client(&json!({"clientEnvironment": "sandbox"})));
        for kind in
            ["GOOGLE", "LINKEDIN", "LINKEDIN_OIDC", "AMAZON", "TWITTER", "YAHOO", "MICROSOFT", "GITHUB"]
        {
            self.pingone(kind, &client);
        }
    }

    fn fill_zitadel(&self) {
        let client = json!({"clientId": "us", "clientSecret": "hush", "scopes": ["openid"]});
        let with_client = |more: &Value| {
            let both = [&client, more].into_iter().flat_map(|part| part.as_object().unwrap().clone());
            Value::Object(both.collect::<Map<_, _>>())
        };
        let endpoints = json!({
            "authorizationEndpoint": "https://idp.example.com/a", "tokenEndpoint": "https://idp.example.com/t",
            "userEndpoint": "https://idp.example.com/u",
        });
        for path in ["google", "github", "gitlab", "azure"] {
            self.zitadel(path, &client);
        }
        let body: Value = serde_json::from_slice(&crate::fresh_certificate()).unwrap();
        let certificate = body["x5c"][0].as_str().unwrap();
        let key = format!(
            "<KeyDescriptor><KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>\
             </KeyDescriptor>"
        );
        let signed = metadata("urn:four", &key);
        self.zitadel("saml", &json!({"metadataXml": signed, "binding": "SAML_BINDING_REDIRECT"}));
        let bare = json!({"name": "ZITADEL bare", "metadataXml": metadata("urn:five", "")});
        self.zitadel("saml", &bare);
        self.zitadel(
            "generic_oidc",
            &with_client(&json!({"issuer": "https://idp.example.com", "usePkce": true})),
        );
        self.zitadel("gitlab_self_hosted", &with_client(&json!({"issuer": "https://git.example.com"})));
        self.zitadel("github_es", &with_client(&endpoints));
        let mut oauth = with_client(&endpoints);
        oauth["idAttribute"] = "sub".into();
        self.zitadel("oauth", &oauth);
        self.zitadel(
            "generic_jwt",
            &json!({
                "issuer": "https://idp.example.com", "jwtEndpoint": "https://idp.example.com/jwt",
                "keysEndpoint": "https://idp.example.com/keys", "headerName": "x-token",
            }),
        );
        self.zitadel("ldap", &json!({
            "servers": ["ldap://ldap.example.com"], "baseDn": "dc=example", "bindDn": "cn=us", "bindPassword": "hush",
            "userBase": "dn", "userObjectClasses": ["person"], "userFilters": ["uid"], "timeout": "10s",
        }));
        self.zitadel(
            "apple",
            &json!({
                "clientId": "us", "teamId": "9876543210", "keyId": "0123456789", "scopes": ["email"],
                "privateKey": BASE64_STANDARD.encode(private_key()),
            }),
        );
    }

    pub(super) fn okta(&self, kind: &str, name: &str, protocol: &Value) -> Value {
        let action = if kind == "X509" { "DISABLED" } else { "AUTO" };
        let policy = json!({
            "provisioning": {"action": action, "profileMaster": true},
            "accountLink": {"action": "AUTO"},
            "subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"},
            "maxClockSkew": 120_000,
        });
        let document = json!({"type": kind, "name": name, "protocol": protocol, "policy": policy});
        self.post("/api/v1/idps", &document)
    }

    fn pingone(&self, kind: &str, members: &Value) {
        let mut document = json!({"type": kind, "name": format!("PingOne {kind}"), "enabled": true});
        document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.post(&format!("/v1/environments/{ENVIRONMENT}/identityProviders"), &document);
    }

    fn zitadel(&self, path: &str, members: &Value) {
        let mut document =
            json!({"name": format!("ZITADEL {path}"), "providerOptions": {"isLinkingAllowed": true}});
        document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.post(&format!("/admin/v1/idps/{path}"), &document);
    }

    /// The key of a certificate that no other has.
    fn trusted(&self) -> Value {
        let body: Value = serde_json::from_slice(&crate::fresh_certificate()).unwrap();
        self.key(&body)
    }

    fn key(&self, body: &Value) -> Value {
        self.post("/api/v1/idps/credentials/keys", body)["kid"].clone()
    }
}

/// A private key as Apple gives it to developers.
pub(super) fn private_key() -> String {
    let key = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    String::from_utf8(Command::new("openssl").args(key).output().unwrap().stdout).unwrap()
}

/// Metadata with these keys, in base64.
fn metadata(entity_id: &str, keys: &str) -> String {
    BASE64_STANDARD.encode(format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\"><IDPSSODescriptor>{keys}\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"https://idp.example.com/sso\"/></IDPSSODescriptor></EntityDescriptor>"
    ))
}

/// The certificate of RFC 7517, appendix B, which is no longer valid.
fn expired_certificate() -> Value {
    let jwk: Value = serde_json::from_str(include_str!("../../../../tests/vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].clone()
}
