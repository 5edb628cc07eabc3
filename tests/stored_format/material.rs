//! What the scenario is made of: settings of every protocol, plans, names and certificates.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::CertificatePlan;
use idpstore::env::Generator;
use idpstore::model::{
    AppleKey, Client, Endpoint, OpenIdConnect, Remainder, Remainders, Saml, Secret, Social, social,
};
use idpstore::pki::{
    DistinguishedName, EcCurve, Hash, Issuance, Jwk, KeySpec, NameAttribute, Profile, Timestamp, issue,
};
use idpstore::testing::{CannedKeys, CountedEntropy};

/// When the scenario begins.
pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

pub(crate) const RSA: KeySpec = KeySpec::Rsa { bits: 2048 };

/// What one dialect says.
pub(crate) fn said(dialect: &str, document: &serde_json::Value) -> Remainders {
    Remainders::from([(dialect.to_owned(), Remainder::from(document.as_object().unwrap().clone()))])
}

pub(crate) fn saml() -> Saml {
    let endpoint = |location: &str, binding| {
        Some(Endpoint { location: location.to_owned(), binding, ..Endpoint::default() })
    };
    let alternative = Endpoint {
        response_location: Some("https://partner.example/response".into()),
        ..endpoint("https://partner.example/redirect", None).unwrap()
    };
    Saml {
        entity_id: Some("urn:partner".into()),
        service_provider_entity_id: Some("urn:us".into()),
        single_sign_on: Some(Endpoint {
            location: "https://partner.example/sso".into(),
            binding: Some("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST".into()),
            response_location: Some("https://partner.example/response".into()),
            alternatives: vec![alternative],
        }),
        single_logout: endpoint("https://partner.example/slo", None),
        requests_signed: Some(true),
        logout_requests: Some(true),
        signature_algorithm: Some("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256".into()),
        name_id_format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
    }
}

pub(crate) fn openid_connect() -> OpenIdConnect {
    let client = Client {
        id: Some("client".into()),
        secret: Some(Secret::new("hush".to_owned())),
        scopes: Some(vec!["openid".to_owned(), "email".to_owned()]),
        pkce: Some(true),
        token_endpoint_auth_method: Some("client_secret_basic".to_owned()),
    };
    OpenIdConnect {
        issuer: Some("https://op.example".into()),
        discovery_endpoint: Some("https://op.example/discovery".into()),
        authorization_endpoint: Some("https://op.example/authorize".into()),
        token_endpoint: Some("https://op.example/token".into()),
        userinfo_endpoint: Some("https://op.example/userinfo".into()),
        jwks_uri: Some("https://op.example/keys".into()),
        client,
    }
}

pub(crate) fn social() -> Social {
    let private_key = Some(Secret::new("-----BEGIN PRIVATE KEY-----".to_owned()));
    Social {
        service: social::APPLE.to_owned(),
        client: Client { id: Some("apple".into()), ..Client::default() },
        // Every member once, whichever service it is for.
        tenant: Some("tenant".into()),
        apple_key: Some(AppleKey { team_id: Some("TEAM".into()), key_id: Some("KEY".into()), private_key }),
    }
}

pub(crate) fn common_name(name: &str) -> DistinguishedName {
    DistinguishedName::new().with(NameAttribute::CommonName, name)
}

pub(crate) fn plan(tenant: &str, now: Timestamp) -> CertificatePlan {
    CertificatePlan {
        subject: common_name(tenant),
        issuer: common_name(tenant),
        serial_number: 7.into(),
        not_before: now,
        not_after: now.plus_calendar_years(10),
        spec: RSA,
        hash: Hash::Sha256,
        profile: Profile::Bare,
    }
}

/// A plan for a key on this curve, with a digest of its strength.
pub(crate) fn plan_on(curve: EcCurve) -> impl Fn(&str, Timestamp) -> CertificatePlan {
    let hash = match curve {
        EcCurve::P256 => Hash::Sha256,
        EcCurve::P384 => Hash::Sha384,
        _ => Hash::Sha512,
    };
    move |tenant, now| CertificatePlan { spec: KeySpec::Ec { curve }, hash, ..plan(tenant, now) }
}

/// The certificate of RFC 7517, appendix B, in base64.
pub(crate) fn partner_certificate() -> String {
    let json: serde_json::Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    json["x5c"][0].as_str().unwrap().to_owned()
}

/// A certificate of the key of RFC 8037, appendix A.2, which is on an Edwards curve.
pub(crate) fn edwards_certificate() -> Vec<u8> {
    let key = serde_json::from_str(include_str!("../vectors/rfc8037-a2.json")).unwrap();
    certificate(&key, "partner on an Edwards curve", "authority", 1)
}

/// A certificate of the canned key at this position, issued by itself.
pub(crate) fn certificate_of(position: usize) -> Vec<u8> {
    let name = format!("partner {position}");
    certificate(&CannedKeys::key(position).unwrap().public_jwk(), &name, &name, position)
}

/// A certificate of this key, issued by an authority.
pub(crate) fn issued_certificate_of(key: &Jwk) -> Vec<u8> {
    certificate(key, "sp.example.com", "authority", 7)
}

pub(crate) fn base64(der: &[u8]) -> String {
    BASE64_STANDARD.encode(der)
}

/// A certificate in DER, signed with the canned key at this position.
fn certificate(key: &Jwk, subject: &str, issuer: &str, signer: usize) -> Vec<u8> {
    let signer = CannedKeys::key(signer).unwrap();
    let issuance = Issuance {
        serial_number: 1.into(),
        not_before: NOW,
        not_after: NOW.plus_calendar_years(1),
        issuer: &common_name(issuer),
        subject: &common_name(subject),
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    issue(&issuance, key, &signer, &mut Generator(&CountedEntropy::default())).unwrap()
}
