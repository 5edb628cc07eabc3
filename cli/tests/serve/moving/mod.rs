//! The script of `idpstore cross --script`, run against a server: what the other vendor's API then shows is what was announced.

#![allow(clippy::indexing_slicing, reason = "a test ends where it fails")]

mod providers;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::model::IdentityProvider;
use idpstore::{IdpStore, ProviderQuery, Secrets};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::Server;
use providers::private_key;

const ENVIRONMENT: &str = "00000000-0000-7000-8010-69647073746f";
const TOKEN: &str = "s3cret";
/// A secret in which no character may get lost.
const SECRET: &str = "hush \\ \" ' $x";
const VENDORS: [&str; 3] = ["okta", "pingone", "zitadel"];

/// The store from which providers move.
struct Old {
    folder: TempDir,
    store: IdpStore,
}

impl Old {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, store: IdpStore::in_memory().unwrap() }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let request = http::Request::post(path).header("content-type", "application/json");
        let response = self.store.handle(request.body(body.to_string().into()).unwrap());
        let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        assert!(response.status().is_success(), "{path}: {answer}");
        answer
    }

    fn get(&self, path: &str) -> Value {
        let request = http::Request::get(path).body(bytes::Bytes::new());
        serde_json::from_slice(self.store.handle(request.unwrap()).body()).unwrap()
    }

    fn providers(&self) -> Vec<IdentityProvider> {
        self.store.providers().list(&ProviderQuery::all()).unwrap().items
    }

    /// Brings all into a file.
    fn save(&self) {
        let mut document = Vec::new();
        self.store.export(Secrets::InTheClear, &mut document, |_| {}).unwrap();
        fs::write(self.folder.path().join("all.json"), document).unwrap();
        self.idpstore(&["import", "all.json"]);
    }

    /// What a command prints.
    fn idpstore(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
        let command = command.current_dir(self.folder.path()).args(arguments).args(["--db", "idps.redb"]);
        let output = command.env_remove("IDPSTORE_TOKEN").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a script with all variables that it requires, but for one.
    fn run(&self, script: &str, server: &Server, without: &str) -> Output {
        let path = self.folder.path().join("move.sh");
        fs::write(&path, script).unwrap();
        let mut command = Command::new("bash");
        command.arg(&path).current_dir(self.folder.path());
        for line in script.lines().filter(|line| line.starts_with(": \"${")) {
            let name = line.trim_start_matches(": \"${").split(':').next().unwrap();
            let value = match name {
                "BASE_URL" => format!("http://{}", server.address),
                "TOKEN" => TOKEN.to_owned(),
                "ENVIRONMENT_ID" => ENVIRONMENT.to_owned(),
                _ if line.contains("rivateKey") || line.contains("SigningKey") => private_key(),
                _ => SECRET.to_owned(),
            };
            if name != without {
                command.env(name, value);
            }
        }
        command.output().unwrap()
    }
}

/// What the server answers.
fn get(server: &Server, method: &str, path: &str, body: &[u8]) -> Value {
    let token = ("authorization", "Bearer s3cret");
    let answer = crate::connection::Connection::open(server).ask(method, path, &[crate::JSON, token], body);
    assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    answer.json()
}

/// All providers as the API of a vendor shows them.
fn shown(server: &Server, vendor: &str) -> Vec<Value> {
    let list = match vendor {
        "okta" => get(server, "GET", "/api/v1/idps?limit=200", b""),
        "pingone" => {
            let path = format!("/v1/environments/{ENVIRONMENT}/identityProviders?limit=1000");
            get(server, "GET", &path, b"")["_embedded"]["identityProviders"].clone()
        }
        _ => {
            get(server, "POST", "/admin/v1/idps/templates/_search", br#"{"query": {"limit": 200}}"#)["result"]
                .clone()
        }
    };
    list.as_array().unwrap().clone()
}

/// A document without ids of records, times and secrets.
fn settings(mut document: Value) -> Value {
    const NAMES: [&str; 17] = [
        "id",
        "created",
        "lastUpdated",
        "_links",
        "createdAt",
        "updatedAt",
        "environment",
        "details",
        "kid",
        "keyId",
        "additionalKids",
        "certificates",
        "state",
        "client_secret",
        "clientSecret",
        "appSecret",
        "clientSecretSigningKey",
    ];
    match &mut document {
        Value::Object(members) => {
            members.retain(|name, _| !NAMES.contains(&&**name));
            members.values_mut().for_each(|value| *value = settings(value.take()));
            // What holds nothing but the name of a key.
            members.retain(|name, value| {
                !(["signing", "spSigning", "key"].contains(&&**name) && *value == json!({}))
            });
        }
        Value::Array(elements) => elements.iter_mut().for_each(|value| *value = settings(value.take())),
        _ => {}
    }
    document
}

/// The digests of the certificates that the providers of a store trust, by their names; `get` answers requests of the neutral API.
fn trusted(get: impl Fn(&str) -> Value) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let digest = |kid: &Value| {
        let key = get(&format!("/_idpstore/v1/keys/{}", text(kid)));
        idpstore::pki::thumbprint::x5t_s256(&BASE64_STANDARD.decode(text(&key["chain"][0])).unwrap())
    };
    let providers = get("/_idpstore/v1/providers?limit=1000")["items"].clone();
    let kids = |it: &Value| it["trusted_keys"].as_array().into_iter().flatten().map(digest).collect();
    providers.as_array().unwrap().iter().map(|it| (text(&it["name"]), kids(it))).collect()
}

/// A move to a vendor, once the script was run.
struct Moved<'m> {
    vendor: &'static str,
    server: Server,
    old: &'m Old,
    /// What the script printed to stdout and to stderr.
    made: String,
    missed: String,
}

impl Moved<'_> {
    /// What is expected of a provider: a document, or why there is none.
    fn expected(&self, provider: &IdentityProvider) -> Result<Value, String> {
        let requests = self.old.store.crossing_requests(provider.id, self.vendor).unwrap();
        assert_eq!(requests.requests.is_empty(), requests.reason.is_some(), "{requests:?}");
        if let Some(reason) = requests.reason {
            return Err(reason);
        }
        let mut expected = self.old.store.crossing(provider.id, self.vendor).unwrap().shown.unwrap();
        for omitted in requests.omitted {
            let (around, name) = omitted.member.rsplit_once('/').unwrap();
            if let Some(Value::Object(members)) = expected.pointer_mut(around) {
                members.shift_remove(name);
            }
        }
        Ok(expected)
    }

    /// Compares all providers, and gives the reasons why some were not made.
    fn compare(&self) -> Vec<(String, String)> {
        let documents = shown(&self.server, self.vendor);
        let (before, after) =
            (trusted(|path| self.old.get(path)), trusted(|path| get(&self.server, "GET", path, b"")));
        let mut missing = Vec::new();
        for provider in self.old.providers() {
            let words = format!("{}: {}", self.vendor, provider.name);
            let found: Vec<_> = documents.iter().filter(|it| it["name"] == *provider.name).collect();
            match self.expected(&provider) {
                Err(reason) => {
                    assert!(
                        self.missed.contains(&format!("not made, because {reason}")),
                        "{words}: {}",
                        self.missed
                    );
                    assert_eq!(found.len(), 0, "{words}");
                    missing.push((provider.name.clone(), reason));
                }
                Ok(expected) => {
                    assert_eq!(found.len(), 1, "{words}");
                    let text = |document| format!("{:#}", settings(document));
                    let found = text(found[0].clone()).replace(&self.server.address, "localhost");
                    assert_eq!(text(expected), found, "{words}");
                    let (before, after) = (&before[&provider.name], &after[&provider.name]);
                    // Okta has two at most.
                    let count = if self.vendor == "okta" && before.len() > 2 { 1 } else { before.len() };
                    assert_eq!(before[..count], after[..], "{words}");
                }
            }
        }
        assert_eq!(
            (self.made.lines().count(), self.missed.lines().count()),
            (documents.len(), missing.len())
        );
        missing
    }
}

#[test]
fn providers_of_every_kind_are_made_at_every_vendor() {
    let old = Old::new();
    old.fill();
    old.save();
    for vendor in VENDORS {
        let server = Server::start(&["--token", TOKEN]);
        let script = old.idpstore(&["cross", "--to", vendor, "--script"]);
        assert!(!script.contains("hush") && !script.contains("PRIVATE KEY"), "{script}");
        let output = old.run(&script, &server, "");
        let [made, missed] =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        assert!(output.status.success(), "{vendor}: {made}{missed}");
        assert!(!old.folder.path().join("harm").exists(), "{script}");
        let moved = Moved { vendor, server, old: &old, made, missed };
        let missing = moved.compare();
        let reason = |name: &str| {
            let found = missing.iter().find(|(missing, _)| missing == name);
            found.map(|(_, reason)| reason.as_str()).unwrap_or_default()
        };
        let refused = "the vendor would refuse it: ";
        let expected = match vendor {
            "okta" => ("ZITADEL bare", format!("{refused}`/protocol/credentials/trust/kid` is missing")),
            "pingone" => ("Okta GITLAB", "the vendor has no such kind of provider".to_owned()),
            _ => ("Okta X509", "the vendor has no such kind of provider".to_owned()),
        };
        assert_eq!(reason(expected.0), expected.1);
        assert_eq!(
            reason("Okta expired").starts_with(&format!("{refused}the certificate")),
            vendor == "pingone"
        );
        if vendor == "okta" {
            let documents = shown(&moved.server, vendor);
            let google = documents.iter().find(|it| it["name"] == "Okta GOOGLE").unwrap();
            assert_eq!(google["protocol"]["credentials"]["client"]["client_secret"], SECRET);
        }
    }
}

#[test]
fn nothing_is_made_without_all_secrets_and_the_first_failure_is_the_end() {
    let old = Old::new();
    for name in ["First", "Second"] {
        old.okta(
            "GOOGLE",
            name,
            &json!({"credentials": {"client": {"client_id": "us", "client_secret": "hush"}}}),
        );
    }
    old.save();
    let server = Server::start(&["--token", TOKEN]);
    let script = old.idpstore(&["cross", "--to", "pingone", "--script"]);
    let last = script.lines().filter_map(|line| line.strip_prefix(": \"${")).next_back().unwrap();
    let last = last.split(':').next().unwrap();
    assert!(last.starts_with("PROVIDER_") && last.ends_with("_SECRET"), "{last}");

    let output = old.run(&script, &server, last);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && error.contains(&format!("{last}: /clientSecret of the provider ")),
        "{error}"
    );
    assert_eq!(shown(&server, "pingone").len(), 0);

    assert!(old.run(&script, &server, "").status.success());
    let output = old.run(&script, &server, "");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let error = String::from_utf8(output.stderr).unwrap();
    let refusal =
        format!("POST /v1/environments/{ENVIRONMENT}/identityProviders was refused with status 400:\n");
    assert!(error.starts_with(&refusal) && error.contains("UNIQUENESS_VIOLATION"), "{error}");
}
