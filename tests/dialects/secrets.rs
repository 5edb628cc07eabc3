//! No answer has a secret that its vendor would not return: the secrets of all scenarios are replaced by planted ones,
//! and then everything that any of the APIs can read is read.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use idpstore::engine::MemoryEngine;
use idpstore::pki::pem;
use idpstore::testing::inside::{DIALECTS, Dialect, dialect_of, router};
use idpstore::{
    ApplicationQuery, ErrorKind, IdpStore, LinkQuery, Owner, Paging, ProviderQuery, Request, Response,
    Service, SigningKeyQuery,
};
use serde_json::{Value, json};

use super::needles::{Needles, Secret, What};
use super::scenario::Asked;
use super::{Surroundings, scenarios};

/// A secret that a vendor returns. What no line names is never returned.
struct Returned {
    /// The dialect that answers.
    by: &'static str,
    what: What,
    /// Only if it was given through the same dialect.
    only_own: bool,
    /// Only by these operations; none are named: by all.
    operations: &'static [&'static str],
}

const fn returned(by: &'static str, what: What) -> Returned {
    Returned { by, what, only_own: false, operations: &[] }
}

/// As in `docs/decisions/0061-which-secrets-are-returned.md`.
const RETURNED: &[Returned] = &[
    // Recorded: in clear by create, read, list and replace.
    returned("okta", What::ClientSecret),
    // The schema's sample answer for Persona.
    returned("okta", What::ApiKey),
    // Returned once by the calls about the application that write it, and always by those about its secrets.
    Returned {
        operations: &[
            "createApplication",
            "replaceApplication",
            "listOAuth2ClientSecrets",
            "getOAuth2ClientSecret",
            "createOAuth2ClientSecret",
            "activateOAuth2ClientSecret",
            "deactivateOAuth2ClientSecret",
        ],
        ..returned("okta", What::ApplicationSecret)
    },
    // Live: import tests compare `clientSecret`, `appSecret` and `clientSecretSigningKey`.
    returned("pingone", What::ClientSecret),
    Returned { only_own: true, ..returned("pingone", What::AppleKey) },
];

/// The line that allows a secret in an answer.
fn line(dialect: &str, operation: &str, secret: &Secret) -> Option<usize> {
    RETURNED.iter().position(|line| {
        line.by == dialect
            && line.what == secret.what
            && (!line.only_own || secret.from == dialect)
            && (line.operations.is_empty() || line.operations.contains(&operation))
    })
}

/// What a member holds, if it is a secret.
fn secret_at(place: &str) -> Option<What> {
    let (around, member) = place.rsplit_once('/')?;
    Some(match member {
        "client_secret" if around.ends_with("/oauthClient") => What::ApplicationSecret,
        "clientSecret" | "client_secret" | "appSecret" => What::ClientSecret,
        "privateKey" | "private_key" | "clientSecretSigningKey" => What::AppleKey,
        "d" | "p" if around.contains("/jwks/keys/") => What::PrivateJwk,
        "apiKey" => What::ApiKey,
        "bindPassword" | "bind_password" => What::BindPassword,
        "value" if around.ends_with("/password") => What::Password,
        _ => return None,
    })
}

/// Replaces the secrets in a document by planted ones; the answer is where they are.
fn plant(document: &mut Value, dialect: &'static str, needles: &mut Needles) -> Vec<String> {
    // No scenario names the secret of an application, and none a key with its private part.
    let is_client = document["signOnMode"] == "OPENID_CONNECT";
    for (around, member, value) in [
        ("/credentials/oauthClient", "client_secret", json!("secret")),
        (
            "/settings/oauthClient",
            "jwks",
            json!({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "d", "p": "p"}]}),
        ),
    ] {
        if let Some(members) =
            document.pointer_mut(around).filter(|_| is_client).and_then(Value::as_object_mut)
        {
            members.insert(member.to_owned(), value);
        }
    }
    let mut places = Vec::new();
    super::bounds::places(document, "", &mut places);
    places.retain(|place| {
        let (Some(what), Some(Value::String(text))) = (secret_at(place), document.pointer_mut(place)) else {
            return false;
        };
        // What is blank is to be refused.
        if text.trim().is_empty() {
            return false;
        }
        let planted = needles.text(what, dialect);
        let is_bytes = what == What::AppleKey && dialect == "zitadel";
        *text = if is_bytes { BASE64_STANDARD.encode(planted) } else { planted };
        true
    });
    places
}

/// The same request in ways that are refused, in which the secret may be what is wrong.
fn wrong(asked: &Asked, document: &Value, places: &[String]) -> Vec<Request> {
    let mut wrong = Vec::new();
    let text = document.to_string();
    wrong.push(asked.with_body(text[..text.len() - 1].to_owned()));
    for place in places {
        let secret = document.pointer(place).cloned().unwrap_or_default();
        let unreadable = format!("{}!", secret.as_str().unwrap_or_default());
        for other in [json!([secret]), json!({"x": secret}), unreadable.into()] {
            let mut document = document.clone();
            *document.pointer_mut(place).unwrap() = other;
            wrong.push(asked.with_body(document.to_string()));
            document["name"] = json!(5);
            wrong.push(asked.with_body(document.to_string()));
        }
    }
    wrong
}

fn get(path: &str, accept: &str) -> Request {
    http::Request::get(path).header("accept", accept).body(bytes::Bytes::new()).unwrap()
}

fn post(path: &str, document: &Value) -> Request {
    let request = http::Request::post(path).header("content-type", "application/json");
    request.body(document.to_string().into()).unwrap()
}

/// The identifiers in an answer that lists things.
fn listed(answer: &Response) -> BTreeSet<String> {
    let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let lists = [&document, &document["result"]].into_iter();
    let lists =
        lists.chain(document["_embedded"].as_object().into_iter().flat_map(|members| members.values()));
    let elements = lists.filter_map(Value::as_array).flatten();
    let ids =
        elements.flat_map(|element| ["id", "kid"].map(|member| element[member].as_str().map(str::to_owned)));
    ids.flatten().collect()
}

/// The paths that a route of an API leads to in this store.
fn paths(store: &IdpStore, path: &str, known: &BTreeSet<String>) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
    let (_, after) = rest.split_once('}').unwrap();
    // Metadata of PingOne's providers is beside the API that lists them.
    let list = match before.trim_end_matches('/').split_once("/saml20/") {
        Some((environment, _)) => format!("/v1/environments{environment}/identityProviders"),
        None if before == "/" => "/v1/environments".to_owned(),
        None => before.trim_end_matches('/').to_owned(),
    };
    let collection = store.handle(get(&list, "application/json"));
    let ids = if collection.status() == 200 { listed(&collection) } else { known.clone() };
    ids.iter().flat_map(|id| paths(store, &format!("{before}{id}{after}"), known)).collect()
}

/// The representations in which keys and metadata may be requested besides JSON.
const REPRESENTATIONS: [&str; 6] = [
    "application/json",
    "application/xml",
    "application/x-x509-ca-cert",
    "application/x-pkcs7-certificates",
    "application/x-pem-file",
    "application/pkcs10",
];

/// Everything that can be read through a dialect, with the operation.
fn reads(store: &IdpStore, dialect: &Dialect, known: &BTreeSet<String>) -> Vec<(&'static str, Request)> {
    let mut reads = Vec::new();
    for route in dialect.routes {
        let name = route.operation.rsplit('/').next().unwrap();
        if route.method == Method::POST && name == "ListProviders" {
            reads.push((route.operation, post(route.path, &json!({}))));
        } else if route.method == Method::POST && ["GetProviderByID", "GetIDPByID"].contains(&name) {
            reads.extend(known.iter().map(|id| (route.operation, post(route.path, &json!({"id": id})))));
        } else if route.method == Method::GET {
            let is_key =
                ["keys", "csr", "certificate", "metadata"].iter().any(|word| route.path.contains(word));
            let representations = if is_key { &REPRESENTATIONS[..] } else { &REPRESENTATIONS[..1] };
            for path in paths(store, route.path, known) {
                let path = format!("{path}?expand=attributes&limit=200");
                reads.extend(representations.iter().map(|accept| (route.operation, get(&path, accept))));
            }
        }
    }
    reads
}

/// The ids that no list of a dialect leads to: of ZITADEL's providers, and of users.
fn known(store: &IdpStore, seen: &BTreeSet<String>) -> BTreeSet<String> {
    let mut known: BTreeSet<_> = seen.iter().filter(|id| id.starts_with("00u")).cloned().collect();
    for service in ["admin", "management"] {
        let path = format!("/{service}/v1/idps/templates/_search");
        known.extend(listed(&store.handle(post(&path, &json!({})))));
    }
    known
}

/// All that is read in a text or an answer and must not be there.
struct Search {
    needles: Needles,
    wrong: BTreeSet<String>,
    /// Which lines of the table were needed.
    needed: BTreeSet<usize>,
}

impl Search {
    fn answer(&mut self, dialect: &str, operation: &str, answer: &Response) {
        let headers = answer.headers().values().map(http::HeaderValue::as_bytes);
        let kind = answer.extensions().get::<ErrorKind>().map(|kind| format!("{kind} {kind:?}"));
        let texts = headers.chain([&answer.body()[..]]).chain(kind.as_ref().map(String::as_bytes));
        for secret in texts.flat_map(|text| self.needles.find(text)) {
            match line(dialect, operation, &secret) {
                Some(line) if answer.status().is_success() => {
                    self.needed.insert(line);
                }
                _ => {
                    let status = answer.status().as_u16();
                    self.wrong.insert(format!("{dialect} {operation} ({status}): {secret:?}"));
                }
            }
        }
    }

    /// Everything that is there to be read, and how it is printed.
    fn store(&mut self, store: &IdpStore, seen: &BTreeSet<String>) {
        for text in printed(store) {
            for secret in self.needles.find(text.as_bytes()) {
                self.wrong
                    .insert(format!("{secret:?} is printed: {}", text.chars().take(100).collect::<String>()));
            }
        }
        let known = known(store, seen);
        for dialect in DIALECTS {
            for (operation, request) in reads(store, dialect, &known) {
                self.answer(dialect.name, operation, &store.handle(request));
            }
        }
    }
}

/// All that is held, by `Debug`.
fn printed(store: &IdpStore) -> Vec<String> {
    let mut texts = vec![format!("{store:?}"), format!("{:?}", store.snapshot().unwrap())];
    texts.push(format!("{:?}", store.service().changes(0, usize::MAX).unwrap()));
    for tenant in store.service().tenants(&Paging::all()).unwrap().items {
        let service = store.service().for_tenant(tenant.id);
        texts.extend([format!("{tenant:?}"), format!("{service:?}")]);
        let query = ProviderQuery::all();
        for provider in service.providers(&query).unwrap().items {
            let links = LinkQuery { contains: None, after: None, limit: usize::MAX };
            texts.push(format!("{:?}", service.links(provider.id, &links).unwrap()));
            texts.push(format!("{provider:?}"));
        }
        let query = ApplicationQuery { limit: usize::MAX, ..ApplicationQuery::default() };
        texts.push(format!("{:?}", service.applications(&query).unwrap()));
        texts.push(format!("{:?}", service.trusted_keys(&Paging::all()).unwrap()));
        texts.extend(held(&service).iter().map(|key| format!("{key:?}")));
    }
    texts
}

/// The keys that a tenant holds.
fn held(service: &Service) -> Vec<idpstore::model::Key> {
    let mut held = service.signing_keys(&SigningKeyQuery::all()).unwrap().items;
    held.extend(service.signing_keys(&Owner::Tenant.into()).unwrap().items);
    held
}

/// The private keys that the environment of scenarios gives, and those that were brought along.
fn plant_keys(store: &IdpStore, needles: &mut Needles) {
    for tenant in store.service().tenants(&Paging::all()).unwrap().items {
        for key in held(&store.service().for_tenant(tenant.id)) {
            let private = key.private.expect("a key that is held");
            needles.key(&pem::base64_any(private.reveal().unwrap()).unwrap());
        }
    }
}

fn operation(dialect: &Dialect, request: &Request) -> &'static str {
    router::find(dialect.routes, request.method(), request.uri().path())
        .map_or("", |(route, _)| route.operation)
}

#[test]
fn no_answer_has_a_secret_that_its_vendor_would_not_return() {
    let mut search = Search { needles: Needles::default(), wrong: BTreeSet::new(), needed: BTreeSet::new() };
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let file = format!("{}/tests/vectors/keys/rsa-2048-{name}.pem", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(file).unwrap();
        let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        search.needles.key(&BASE64_STANDARD.decode(base64).unwrap());
    }
    for dialect in DIALECTS {
        for (_, scenario) in scenarios(dialect) {
            let surroundings = Surroundings::new();
            let store = surroundings.open(MemoryEngine::default());
            let attacked = Surroundings::new().open(MemoryEngine::default());
            let (mut seen, mut searched) = (BTreeSet::new(), false);
            for step in &scenario.steps {
                surroundings.clock.advance(step.advance);
                if step.request.method == "DELETE" && !searched {
                    search.store(&store, &seen);
                    searched = true;
                }
                let mut request = step.request.to_request();
                // A scenario may ask several dialects.
                let dialect = dialect_of(&request).unwrap_or(dialect);
                let operation = operation(dialect, &request);
                if let Some(document) = step.request.document() {
                    let mut document = document.clone();
                    let places = plant(&mut document, dialect.name, &mut search.needles);
                    if !places.is_empty() {
                        attacked.restore(&store.snapshot().unwrap()).unwrap();
                        for wrong in wrong(&step.request, &document, &places) {
                            search.answer(dialect.name, operation, &attacked.handle(wrong));
                        }
                        request = step.request.with_body(document.to_string());
                    }
                }
                let answer = store.handle(request);
                let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
                seen.extend(document["id"].as_str().map(str::to_owned));
                plant_keys(&store, &mut search.needles);
                search.answer(dialect.name, operation, &answer);
            }
            search.store(&store, &seen);
        }
    }
    let Search { needles, wrong, needed } = search;
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    assert_eq!(needles.planted().len(), 8, "{:?}", needles.planted());
    assert_eq!(needed.len(), RETURNED.len(), "what is allowed is returned, too: {needed:?}");
}
