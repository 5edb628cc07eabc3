//! The commands that look at a store file or change it, from the outside: what they print, and how they end.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use idpstore::model::{Application, Id, IdentityProvider, Saml};
use idpstore::pki::{KeySpec, Timestamp};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{IdpStore, NewSigningKey, Owner};
use serde_json::{Value, json};
use tempfile::TempDir;

/// One test at a time: a process that is just being started holds the locks of all files that are open here.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A store file of one provider, one application, and one key that has ended.
struct Sample {
    folder: TempDir,
    file: PathBuf,
    provider: Id,
    kid: String,
}

impl Sample {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("idps.redb");
        // The certificate of the key has ended long since.
        let clock = FixedClock::at(Timestamp::from_unix_seconds(1_600_000_000));
        let open = IdpStore::builder().clock(clock.clone()).entropy(CountedEntropy::default());
        let store = open.keys(CannedKeys::default()).file(&file).unwrap().open().unwrap();
        let saml = Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso");
        let provider = store.providers().create(IdentityProvider::named("Partner", saml)).unwrap();
        let new = NewSigningKey { spec: KeySpec::Rsa { bits: 2048 }, years: 1, ..NewSigningKey::default() };
        let key = store.signing_keys(Owner::Provider(provider.id)).generate(&new).unwrap();
        clock.advance(60);
        let sign = |provider: &mut IdentityProvider| provider.signing_key = Some(key.kid.clone());
        store.as_actor("alice").providers().update(provider.id, sign).unwrap();
        store.applications().create(Application::named("Wiki\u{7}")).unwrap();
        drop(store);
        Self { folder, file, provider: provider.id, kid: key.kid }
    }

    /// The exit code, what was printed, and what was printed to stderr.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let file = self.file.to_str().unwrap();
        outcome(Command::new(env!("CARGO_BIN_EXE_idpstore")).args(arguments).args(["--db", file]))
    }

    /// What a command prints that ends well.
    fn prints(&self, arguments: &[&str]) -> String {
        let (code, printed, error) = self.run(arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
        printed
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.prints(&[arguments, &["--json"]].concat())).unwrap()
    }
}

fn outcome(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn list_names_what_the_store_holds() {
    let _alone = alone();
    let sample = Sample::new();
    let id = sample.provider;
    let table =
        format!("TENANT  ID                   KIND  STATE   NAME\n1       {id}  saml  active  Partner\n");
    assert_eq!(sample.prints(&["list"]), table);
    assert_eq!(sample.prints(&["list", "--kind", "oidc"]), "TENANT  ID  KIND  STATE  NAME\n");
    let applications = sample.prints(&["list", "applications"]);
    assert!(applications.ends_with("  application  active  Wiki\\u{7}\n"), "{applications}");
    let listed = sample.json(&["list"]);
    assert_eq!((&listed[0]["id"], &listed[0]["tenant"]), (&json!(id.to_string()), &json!("1")));
    assert_eq!(sample.json(&["list", "tenants"])[0]["id"], "1");
}

#[test]
fn show_finds_a_record_by_any_spelling_of_its_id() {
    let _alone = alone();
    let sample = Sample::new();
    let id = sample.provider;
    let ids = json!({"okta": idpstore::okta::id(id), "pingone": idpstore::pingone::id(id), "zitadel": id.to_string()});
    for spelling in ids.as_object().unwrap().values() {
        let shown = sample.json(&["show", spelling.as_str().unwrap()]);
        assert_eq!((&shown["what"], &shown["record"]["ids"]), (&json!("provider"), &ids));
        assert_eq!(shown["record"]["name"], "Partner");
    }
    let key = sample.prints(&["show", &sample.kid]);
    assert!(key.starts_with("signing key\n  okta: ") && key.contains(&sample.kid), "{key}");
    assert!(!key.contains("private"), "{key}");
    let (code, printed, error) = sample.run(&["show", "nothing"]);
    assert_eq!((code, &*printed), (1, ""));
    assert!(error.ends_with("idps.redb`: no record `nothing`\n") && error.lines().count() == 1, "{error}");
}

#[test]
fn keys_are_listed_by_their_end_and_findings() {
    let _alone = alone();
    let sample = Sample::new();
    let found = json!([{
        "tenant": "1",
        "kid": sample.kid,
        "use": "signing",
        "kty": "RSA",
        "bits": 2048,
        "expires": "2021-09-13T12:26:40.000Z",
        "findings": ["expired: the certificate has ended at 2021-09-13T12:26:40.000Z"],
    }]);
    for arguments in [&["keys"][..], &["keys", "--weak"], &["keys", "--expiring", "1h"]] {
        assert_eq!(sample.json(arguments), found, "{arguments:?}");
    }
    assert!(sample.prints(&["keys"]).starts_with("TENANT  KID "));
    let (code, _, error) = sample.run(&["keys", "--expiring", "soon"]);
    assert!(code == 2 && error.contains("such as 60d or 12h"), "{error}");
}

#[test]
fn log_and_history_tell_who_changed_what() {
    let _alone = alone();
    let sample = Sample::new();
    let id = sample.provider;
    let log = sample.json(&["log", "--after", "2"]);
    let change = json!({
        "number": 3,
        "time": "2020-09-13T12:27:40.000Z",
        "tenant": "1",
        "actor": "alice",
        "kind": "provider_replaced",
        "subject": id.to_string(),
        "ids": idpstore::spellings(id).collect::<std::collections::BTreeMap<_, _>>(),
        "kid": null,
        "due": null,
        "days": null,
        "undoes": null,
    });
    assert_eq!((log.as_array().unwrap().len(), &log[0]), (2, &change));
    assert_eq!(sample.prints(&["log"]).lines().count(), 5);
    let history = "NUMBER  TIME                      ACTOR    CHANGE\n\
         3       2020-09-13T12:27:40.000Z  alice    signing_key\n\
         1       2020-09-13T12:26:40.000Z  library  created\n";
    assert_eq!(sample.prints(&["history", &idpstore::okta::id(id)]), history);
    assert_eq!(sample.json(&["history", &id.to_string()])[0]["before"]["signing_key"], Value::Null);
    let (code, _, error) = sample.run(&["history", "7"]);
    assert!(code == 1 && error.ends_with("idps.redb`: no record `7`\n"), "{error}");
    let (code, _, error) = sample.run(&["history", "nothing"]);
    assert!(code == 1 && error.ends_with("no record `nothing`\n"), "{error}");
}

#[test]
fn log_shows_what_the_clock_has_brought() {
    let _alone = alone();
    let sample = Sample::new();
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_626_400_000));
    let store = IdpStore::builder().clock(clock).file(&sample.file).unwrap().open().unwrap();
    assert_eq!(store.advance().unwrap(), 1);
    drop(store);
    let log = sample.json(&["log", "--after", "4"]);
    let change = json!({
        "number": 5,
        "time": "2021-07-16T01:46:40.000Z",
        "tenant": "1",
        "actor": "clock",
        "kind": "signing_key_expiring",
        "subject": log[0]["subject"],
        "ids": log[0]["ids"],
        "kid": sample.kid,
        "due": "2021-07-15T12:26:40.000Z",
        "days": 60,
        "undoes": null,
    });
    assert_eq!(log, json!([change]));
    let table = sample.prints(&["log", "--after", "4"]);
    assert!(table.ends_with(&format!("  {}  2021-07-15T12:26:40.000Z  60\n", sample.kid)), "{table}");
    let (code, _, error) = sample.run(&["undo", "5"]);
    assert!(code == 1 && error.ends_with("change 5 was brought by the clock\n"), "{error}");
}

#[test]
fn undo_takes_a_change_back_or_says_why_not() {
    let _alone = alone();
    let sample = Sample::new();
    let (code, _, error) = sample.run(&["undo", "1"]);
    assert!(code == 1 && error.starts_with("idpstore: cannot undo change 1 of `"), "{error}");
    assert_eq!(error.lines().count(), 1);
    assert_eq!(sample.prints(&["undo", "3"]), "change 3 is undone by change 5\n");
    assert_eq!(sample.json(&["undo", "4"]), json!({"undone": 4, "by": 6}));
    assert_eq!(sample.json(&["show", &sample.provider.to_string()])["record"]["signing_key"], Value::Null);
    assert_eq!(sample.json(&["log", "--after", "4"])[0]["actor"], "command line");
}

#[test]
fn used_by_names_the_owners_of_a_key() {
    let _alone = alone();
    let sample = Sample::new();
    let id = sample.provider;
    let owner = json!({
        "tenant": "1",
        "owner": "provider",
        "id": id.to_string(),
        "ids": {"okta": idpstore::okta::id(id), "pingone": idpstore::pingone::id(id), "zitadel": id.to_string()},
        "name": "Partner",
        "uses": ["signing", "attached"],
    });
    assert_eq!(sample.json(&["used-by", &sample.kid]), json!([owner]));
    let table = sample.prints(&["used-by", &sample.kid]);
    assert!(table.ends_with("  provider  1677721600000000000  Partner  signing, attached\n"), "{table}");
    let (code, _, error) = sample.run(&["used-by", "nothing"]);
    assert!(code == 1 && error.ends_with("idps.redb`: no record `nothing`\n"), "{error}");
}

#[test]
fn the_file_may_be_named_by_the_environment_and_must_be_there() {
    let _alone = alone();
    let sample = Sample::new();
    let list = |file: Option<&Path>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
        command.arg("list").env_remove("IDPSTORE_DB");
        outcome(command.envs(file.map(|file| ("IDPSTORE_DB", file))))
    };
    assert!(list(Some(&sample.file)).1.contains("Partner"));
    assert!(list(None).0 == 2 && list(None).2.contains("--db <FILE>"));
    let missing = sample.folder.path().join("missing.redb");
    assert!(list(Some(&missing)).0 == 1 && !missing.exists());
}

#[test]
fn a_file_that_is_in_use_is_read_and_not_changed() {
    let _alone = alone();
    let sample = Sample::new();
    let server = IdpStore::open(&sample.file).unwrap();
    assert!(sample.prints(&["list"]).contains("Partner"));
    let plan = sample.json(&["delete", &sample.provider.to_string(), "--dry-run"]);
    assert!(plan["changes"].as_array().unwrap().iter().any(|it| it["name"] == sample.provider.to_string()));
    let (code, printed, error) = sample.run(&["delete", &sample.provider.to_string()]);
    assert_eq!((code, &*printed), (1, ""));
    assert!(error.ends_with("idps.redb`: the store is open elsewhere: it is only read here\n"), "{error}");
    server.providers().get(sample.provider).unwrap();
}

#[test]
fn the_log_follows_a_server() {
    let _alone = alone();
    let sample = Sample::new();
    let arguments = ["log", "--follow", "--json", "--after", "3"];
    let (code, _, error) = sample.run(&arguments);
    assert!(
        code == 1 && error.ends_with("the state does not allow it: no other process has the store open\n"),
        "{error}"
    );

    let server = IdpStore::open(&sample.file).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
    let mut follower =
        command.args(arguments).arg("--db").arg(&sample.file).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap()["kind"].clone();
    assert_eq!(next(), "application_created");
    server.providers().deactivate(sample.provider).unwrap();
    assert_eq!(next(), "provider_deactivated");
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn delete_takes_a_provider_or_an_application() {
    let _alone = alone();
    let sample = Sample::new();
    sample.prints(&["delete", &sample.provider.to_string()]);
    assert_eq!(sample.json(&["list"]), json!([]));
    let application = sample.json(&["list", "applications"])[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(sample.json(&["delete", &application]), json!({"deleted": application}));
    for nothing in ["nothing", "tenant"] {
        let (code, _, error) = sample.run(&["delete", nothing]);
        assert!(code == 1 && error.contains(&format!("identity provider `{nothing}`")), "{error}");
    }
}

#[test]
fn shells_and_man_know_the_commands() {
    let _alone = alone();
    let run = |arguments: &[&str]| outcome(Command::new(env!("CARGO_BIN_EXE_idpstore")).args(arguments));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, _) = run(&["completions", shell]);
        assert!(code == 0 && script.contains("promote"), "{shell}");
    }
    assert_eq!(run(&["completions", "csh"]).0, 2);
    assert!(run(&["man"]).1.contains(".TH idpstore 1"));
    let page = run(&["man", "rotate", "promote"]).1;
    assert!(page.contains(".TH idpstore-rotate-promote 1") && page.contains("overlap"), "{page}");
    let unknown = (1, String::new(), "idpstore: there is no subcommand `rotate nothing`\n".to_owned());
    assert_eq!(run(&["man", "rotate", "nothing"]), unknown);
}
