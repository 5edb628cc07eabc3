//! A store in which there is something of everything, the same at each making.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::engine::memory::MemoryEngine;
use idpstore::engine::{Engine, ReadTx, WriteTx};
use idpstore::env::Generator;
use idpstore::model::{
    AppleKey, Client, Endpoint, Foreign, Id, IdentityProvider, Linking, MutualTls, OpenIdConnect, Protocol,
    Remainder, Saml, Secret, Social, SocialService, State,
};
use idpstore::pki::issuance::{Issuance, Profile, issue};
use idpstore::pki::{DistinguishedName, KeySpec, NameAttribute, Timestamp};
use idpstore::service::{CertificatePlan, Service};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{IdpStore, Result};

const NOW: i64 = 1_800_000_000_000;

/// An engine that one keeps a hand on while a store uses it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<MemoryEngine>);

impl Engine for Shared {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        self.0.read()
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        self.0.write()
    }
}

/// Opens a store whose time, randomness and keys are the same each time.
pub(crate) fn open(engine: impl Engine + 'static) -> Result<IdpStore> {
    IdpStore::builder()
        .engine(engine)
        .clock(FixedClock::at(Timestamp::from_unix_millis(NOW)))
        .entropy(CountedEntropy::default())
        .keys(CannedKeys::default())
        .open()
}

/// Does everything once that can be done, and leaves a record of each kind.
pub(crate) fn fill(service: &Service) {
    let trusted = service.import_trusted_key(&[partner_certificate()]).unwrap();
    let saml = create(service, "Über-Partner", &Protocol::Saml(saml()), |provider| {
        provider.trusted_keys = vec![trusted.kid.clone()];
        provider.linking = Linking { automatic: Some(true), creation: Some(false) };
        let said = serde_json::json!({"issuerMode": "DYNAMIC", "policy": {"maxClockSkew": 120, "list": [null, 1.5]}});
        provider.remainders.insert("okta".to_owned(), Remainder(said.as_object().unwrap().clone()));
    });
    create(service, "OIDC", &Protocol::OpenIdConnect(openid_connect()), |_| ());
    let social = create(service, "S", &Protocol::Social(social()), |_| ());
    let mutual_tls = MutualTls { issuer: Some("CN=Cards".to_owned()) };
    let cards = create(service, "X", &Protocol::MutualTls(mutual_tls), |_| ());
    let foreign = Foreign { dialect: "zitadel".to_owned(), kind: "LDAP".to_owned() };
    create(service, "", &Protocol::Foreign(foreign), |_| ());

    service.set_provider_state(social, State::Inactive).unwrap();
    service.set_provider_state(cards, State::Inactive).unwrap();
    service.set_provider_state(cards, State::Active).unwrap();

    let generated = service.generate_signing_key(saml, plan).unwrap();
    service.clone_signing_key(saml, &generated.kid, social).unwrap();
    let signing_with_default =
        |old: &IdentityProvider, kid| IdentityProvider { signing_key: Some(kid), ..old.clone() };
    service
        .replace_provider(saml, |old, draft| Ok(signing_with_default(old, draft.default_signing_key(plan)?)))
        .unwrap();

    let subject = DistinguishedName::new().with(NameAttribute::CommonName, "sp.example.com");
    let request = |_| service.create_request(saml, &subject, &["sp.example.com".to_owned()], spec()).unwrap();
    let [answered, revoked, _pending] = [1, 2, 3].map(request).map(|key| key.request.unwrap().id);
    service.install_certificate(saml, &answered, &certificate_of(2)).unwrap();
    service.revoke_request(saml, &revoked).unwrap();

    let replaced = service.import_trusted_key(&[BASE64_STANDARD.encode(certificate_of(5))]).unwrap();
    service.replace_trusted_key(&replaced.kid, &[BASE64_STANDARD.encode(certificate_of(6))]).unwrap();
    let gone = service.import_trusted_key(&[BASE64_STANDARD.encode(certificate_of(7))]).unwrap();
    service.delete_trusted_key(&gone.kid).unwrap();
    let gone = create(service, "gone", &Protocol::Saml(Saml::default()), |_| ());
    service.delete_provider(gone).unwrap();
}

fn create(service: &Service, name: &str, protocol: &Protocol, add: impl Fn(&mut IdentityProvider)) -> Id {
    let made = service.create_provider(|draft| {
        let mut provider = IdentityProvider::new(draft.id(), draft.now(), name, protocol.clone());
        add(&mut provider);
        Ok(provider)
    });
    made.unwrap().id
}

fn saml() -> Saml {
    let endpoint = |location: &str, binding| Some(Endpoint { location: location.to_owned(), binding });
    Saml {
        entity_id: Some("urn:partner".into()),
        service_provider_entity_id: Some("urn:us".into()),
        single_sign_on: endpoint(
            "https://partner.example/sso",
            Some("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST".into()),
        ),
        single_logout: endpoint("https://partner.example/slo", None),
        requests_signed: Some(true),
        signature_algorithm: Some("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256".into()),
        name_id_format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
    }
}

fn openid_connect() -> OpenIdConnect {
    let client = Client {
        id: Some("client".into()),
        secret: Some(Secret::new("hush".to_owned())),
        scopes: Some(vec!["openid".to_owned(), "email".to_owned()]),
    };
    OpenIdConnect {
        issuer: Some("https://op.example".into()),
        authorization_endpoint: Some("https://op.example/authorize".into()),
        token_endpoint: Some("https://op.example/token".into()),
        userinfo_endpoint: Some("https://op.example/userinfo".into()),
        jwks_uri: Some("https://op.example/keys".into()),
        client,
    }
}

fn social() -> Social {
    let private_key = Some(Secret::new("-----BEGIN PRIVATE KEY-----".to_owned()));
    Social {
        service: SocialService::Apple,
        client: Client { id: Some("apple".into()), ..Client::default() },
        apple_key: Some(AppleKey { team_id: Some("TEAM".into()), key_id: Some("KEY".into()), private_key }),
    }
}

fn spec() -> KeySpec {
    KeySpec::Rsa { bits: 2048 }
}

fn plan(tenant: &str, now: Timestamp) -> CertificatePlan {
    CertificatePlan {
        name: DistinguishedName::new().with(NameAttribute::CommonName, tenant),
        serial_number: 7,
        not_before: now,
        not_after: now.plus_calendar_years(10),
        spec: spec(),
    }
}

/// The certificate of RFC 7517, appendix B, in base64.
fn partner_certificate() -> String {
    let json: serde_json::Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    json["x5c"][0].as_str().unwrap().to_owned()
}

/// A certificate of the canned key at this position, issued by itself, in DER.
fn certificate_of(position: usize) -> Vec<u8> {
    let key = CannedKeys::key(position).unwrap();
    let name = DistinguishedName::new().with(NameAttribute::CommonName, format!("partner {position}"));
    let issuance = Issuance {
        serial_number: 1,
        not_before: Timestamp::from_unix_millis(NOW),
        not_after: Timestamp::from_unix_millis(NOW).plus_calendar_years(1),
        issuer: &name,
        subject: &name,
        profile: Profile::Bare,
    };
    let entropy = CountedEntropy::default();
    issue(&issuance, &key.public_jwk(), &key, &mut Generator(&entropy)).unwrap()
}
