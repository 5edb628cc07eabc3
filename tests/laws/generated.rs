//! Generated JSON, changes to documents, and records.

use idpstore::model::{
    AppleKey, Client, Endpoint, Id, IdentityProvider, Linking, MutualTls, OpenIdConnect, Permission,
    Protocol, Saml, Secret, Social, State, UserMatch, social,
};
use idpstore::pki::Timestamp;
use idpstore::testing::inside::lens::{Members, insert};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Number, Value, json};

/// Any text of so many characters.
pub(crate) fn text(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), length).prop_map(String::from_iter)
}

/// A name of up to 100 characters, often of just as many.
pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof![text(1..=100), text(100), "[a-z]{1,9}"]
}

/// Any JSON.
pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Value::from)),
        text(0..20).prop_map(Value::from),
        Just(json!({})),
        Just(json!([])),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((text(0..9), inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// One thing that is said in addition: a value at a path.
pub(crate) type Addition = (Vec<String>, Value);

/// One of these values at one of these paths, which are written with slashes.
pub(crate) fn known(members: Vec<(&'static str, Vec<Value>)>) -> impl Strategy<Value = Addition> {
    select(members).prop_flat_map(|(path, values)| (Just(steps(path)), select(values)))
}

/// A member that no vendor knows, with any value, in one of these objects.
pub(crate) fn unknown(objects: Vec<&'static str>) -> impl Strategy<Value = Addition> {
    let name = prop_oneof![
        Just(String::new()),
        Just("/".to_owned()),
        Just("~0".to_owned()),
        text(0..9).prop_map(|end| format!("x{end}")),
    ];
    (select(objects), name, json()).prop_map(|(object, name, value)| {
        let mut path = steps(object);
        path.push(name);
        (path, value)
    })
}

fn steps(path: &str) -> Vec<String> {
    path.split('/').filter(|step| !step.is_empty()).map(str::to_owned).collect()
}

/// Says all of this, too.
pub(crate) fn add(document: &mut Members, additions: Vec<Addition>) {
    for (path, value) in additions {
        insert(document, &path.iter().map(String::as_str).collect::<Vec<_>>(), value);
    }
}

/// Records as another dialect or a program might have made them, with all that their protocol needs.
pub(crate) fn record() -> BoxedStrategy<IdentityProvider> {
    let record = (
        name(),
        any::<bool>(),
        protocol(),
        linking(),
        select(vec![1, 2]),
        option::of(Just("signing-kid".to_owned())),
    );
    record
        .prop_map(|(name, active, protocol, linking, trusted, signing_key)| {
            let now = Timestamp::from_unix_seconds(1_768_471_200);
            let has_keys = matches!(protocol, Protocol::Saml(_) | Protocol::MutualTls(_));
            let signs = matches!(protocol, Protocol::Saml(_) | Protocol::OpenIdConnect(_));
            let trusted = (0..trusted).filter(|_| has_keys).map(|number| format!("kid-{number}"));
            IdentityProvider {
                state: if active { State::Active } else { State::Inactive },
                trusted_keys: trusted.collect(),
                signing_key: signing_key.filter(|_| signs),
                linking,
                ..IdentityProvider::new(Id::from_number(77), now, name, protocol)
            }
        })
        .boxed()
}

fn linking() -> impl Strategy<Value = Linking> {
    let permission = || (any::<bool>(), any::<bool>());
    let matches =
        [UserMatch::Username, UserMatch::Email, UserMatch::UsernameOrEmail, UserMatch::CustomAttribute];
    let linking = (
        option::of(permission()),
        option::of(permission()),
        option::of(select(matches.to_vec())),
        option::of(any::<bool>()),
    );
    linking.prop_map(|(creation, link, matched_by, updates)| {
        let permission = |(allowed, automatic)| Permission { allowed, automatic };
        Linking { creation: creation.map(permission), link: link.map(permission), matched_by, updates }
    })
}

fn protocol() -> BoxedStrategy<Protocol> {
    let certificates = text(1..20).prop_map(|issuer| MutualTls { issuer: Some(issuer) });
    prop_oneof![
        saml().prop_map(Protocol::Saml),
        open_id_connect().prop_map(Protocol::OpenIdConnect),
        social().prop_map(Protocol::Social),
        certificates.prop_map(Protocol::MutualTls),
    ]
    .boxed()
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    let bindings = ["HTTP-POST", "HTTP-Redirect", "SOAP"];
    let binding = option::of(select(bindings.to_vec()));
    let one = (text(0..9), binding, any::<bool>()).prop_map(|(end, binding, responds)| Endpoint {
        location: format!("https://partner.example/{end}"),
        binding: binding.map(|binding| format!("urn:oasis:names:tc:SAML:2.0:bindings:{binding}")),
        response_location: responds.then(|| format!("https://partner.example/response/{end}")),
        alternatives: Vec::new(),
    });
    let one = one.boxed();
    (one.clone(), proptest::collection::vec(one, 0..3))
        .prop_map(|(first, alternatives)| Endpoint { alternatives, ..first })
}

fn saml() -> impl Strategy<Value = Saml> {
    let algorithms = vec![
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    ];
    let formats = vec![
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName",
    ];
    let saml = (
        text(1..20),
        option::of(text(1..20)),
        endpoint(),
        option::of(endpoint()),
        option::of(any::<bool>()),
        option::of(select(algorithms)),
        option::of(select(formats)),
        option::of(any::<bool>()),
    );
    saml.prop_map(|(partner, ours, sign_on, logout, signed, algorithm, format, logout_requests)| Saml {
        entity_id: Some(partner),
        service_provider_entity_id: ours,
        single_sign_on: Some(sign_on),
        single_logout: logout,
        requests_signed: signed,
        logout_requests,
        signature_algorithm: algorithm.map(str::to_owned),
        name_id_format: format.map(str::to_owned),
    })
}

fn client() -> impl Strategy<Value = Client> {
    let scopes = proptest::collection::vec(text(0..9), 0..3);
    let method = option::of(select(&["client_secret_basic", "private_key_jwt"]));
    (text(1..20), text(1..20), scopes, option::of(any::<bool>()), method).prop_map(
        |(id, secret, scopes, pkce, method)| Client {
            id: Some(id),
            secret: Some(Secret::new(secret)),
            scopes: Some(scopes),
            pkce,
            token_endpoint_auth_method: method.map(str::to_owned),
        },
    )
}

fn open_id_connect() -> impl Strategy<Value = OpenIdConnect> {
    let url = || text(0..9).prop_map(|end| format!("https://partner.example/{end}"));
    let given = || option::of(url());
    // What is missing is derived from the issuer, which must then be of such a form.
    let issuer = "https://partner\\.example(/[a-z]{0,5}){0,2}";
    let scopes = any::<bool>();
    (issuer, given(), given(), given(), given(), given(), client(), scopes).prop_map(
        |(issuer, discovery, authorization, token, userinfo, jwks, client, scopes)| OpenIdConnect {
            issuer: Some(issuer),
            discovery_endpoint: discovery,
            authorization_endpoint: authorization,
            token_endpoint: token,
            userinfo_endpoint: userinfo,
            jwks_uri: jwks,
            client: Client { scopes: client.scopes.filter(|_| scopes), ..client },
        },
    )
}

fn social() -> impl Strategy<Value = Social> {
    let services = [
        social::AMAZON,
        social::APPLE,
        social::FACEBOOK,
        social::GIT_HUB,
        social::GIT_LAB,
        social::GOOGLE,
        social::LINKED_IN,
        social::MICROSOFT,
        social::PAY_PAL,
        social::PAY_PAL_SANDBOX,
        social::YAHOO,
    ];
    let tenant = option::of(prop_oneof![text(1..9), "common|organizations|consumers"]);
    (select(services.to_vec()), client(), text(1..20), tenant).prop_map(|(service, client, text, tenant)| {
        let key = AppleKey {
            team_id: Some(text.clone()),
            key_id: Some(text.clone()),
            private_key: Some(Secret::new(text)),
        };
        let tenant = tenant.filter(|_| service == social::MICROSOFT);
        Social {
            service: service.to_owned(),
            client,
            tenant,
            apple_key: Some(key).filter(|_| service == social::APPLE),
        }
    })
}
