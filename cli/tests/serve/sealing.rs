//! A server on a sealed store: what it answers while the store is locked, and where it gets the key from.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::JSON;
use crate::connection::Connection;
use crate::server::{Server, refused};

const PROVIDERS: &str = "/api/v1/idps";
const SECRET: &str = "planted-5f1d-secret";

/// A folder with a key, a passphrase, and a store that both open.
fn sealed() -> TempDir {
    sealed_with(&[])
}

/// The same, whose server was started with these options, too.
fn sealed_with(options: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("key"), [7; 32]).unwrap();
    fs::write(path("phrase"), "correct horse\n").unwrap();
    Command::new("chmod").arg("600").args([path("key"), path("phrase")]).status().unwrap();
    let line = ["--db", &path("idps.redb"), "--seal-key-file", &path("key")];
    let server = Server::start(&[&line, options].concat());
    let body = json!({
        "type": "GOOGLE", "name": "Partner",
        "protocol": {"type": "OIDC", "credentials": {"client": {"client_id": "id", "client_secret": SECRET}}},
        "policy": {
            "provisioning": {"action": "AUTO"},
            "accountLink": {"action": "AUTO"},
            "subject": {"matchType": "USERNAME"},
        },
    });
    let made = Connection::open(&server).ask("POST", PROVIDERS, &[JSON], body.to_string().as_bytes());
    assert_eq!(made.status, 200, "{}", made.json());
    server.signal("TERM");
    server.end();
    let add = [
        "rewrap",
        "--db",
        &path("idps.redb"),
        "--seal-key-file",
        &path("key"),
        "--add-passphrase-file",
        &path("phrase"),
    ];
    assert!(Command::new(env!("CARGO_BIN_EXE_idpstore")).args(add).output().unwrap().status.success());
    folder
}

/// The provider, and the client secret that is shown of it.
fn shown(server: &Server) -> (Value, Option<String>) {
    let answer = Connection::open(server).ask("GET", PROVIDERS, &[], b"");
    assert_eq!(answer.status, 200, "{}", answer.json());
    let provider = answer.json().get(0).cloned().unwrap();
    let secret = provider.pointer("/protocol/credentials/client/client_secret");
    let secret = secret.and_then(Value::as_str).map(str::to_owned);
    (provider, secret)
}

#[test]
fn a_locked_store_answers_without_its_secrets() {
    let folder = sealed();
    let file = folder.path().join("idps.redb");
    let file = file.to_str().unwrap();
    let mut server = Server::start(&["--db", file]);
    assert_eq!(server.line(), format!("data in {file}\n"));
    let line = server.line();
    assert!(line.starts_with("the store is locked, its private keys and secrets stay sealed: "), "{line}");
    let (provider, secret) = shown(&server);
    assert_eq!((provider.get("name"), secret), (Some(&json!("Partner")), None));
    assert_eq!(provider.pointer("/protocol/credentials/client/client_id"), Some(&json!("id")));
    let idpstore = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
        command.current_dir(folder.path()).args(arguments).args(["--db", "idps.redb"]).output().unwrap()
    };
    assert_eq!(idpstore(&["rewrap", "--list"]).stdout, b"key\npassphrase\n");
    for change in [&["unseal"][..], &["rewrap", "--rotate"]] {
        let output = idpstore(&[change, &["--seal-key-file", "key"]].concat());
        assert!(!output.status.success());
        assert!(output.stderr.ends_with(b" `idps.redb`: the store is open elsewhere\n"));
    }
    let unlocked = idpstore(&["export", "--secrets", "--seal-key-file", "key"]); // beside the server
    assert!(String::from_utf8(unlocked.stdout).unwrap().contains(SECRET));
    server.signal("TERM");
    assert!(!server.end().stderr.contains("locked"), "it is printed once");
}

#[test]
fn the_key_comes_from_the_line_the_environment_or_the_file_of_options() {
    let folder = sealed();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let options = path("options.toml");
    let (file, key, phrase) = (path("idps.redb"), path("key"), path("phrase"));
    let secret = Some(SECRET.to_owned());
    for line in [["--seal-key-file", &key], ["--seal-passphrase-file", &phrase]] {
        let mut server = Server::start(&[&["--db", &file][..], &line].concat());
        assert_eq!((shown(&server).1, server.line()), (secret.clone(), format!("data in {file}\n")));
        server.signal("TERM");
        assert_eq!(server.end().stderr, "");
    }
    fs::write(&options, format!("db = {file:?}\nseal-key-file = {key:?}\n")).unwrap();
    assert_eq!(shown(&Server::start(&["--config", &options])).1, secret);
    // The environment wins over the file, which has no key at all there.
    fs::write(&options, format!("db = {file:?}\nseal-key-file = \"/nowhere\"\n")).unwrap();
    let server = Server::start_with(
        |command| command.env("IDPSTORE_SEAL_PASSPHRASE", "correct horse"),
        &["--config", &options],
    );
    assert_eq!(shown(&server).1, secret);
    drop(server);
    let line = refused("0", &["--db", &file, "--seal-key-file", &phrase]);
    assert!(line.contains("a key is 32 octets"), "{line}");
}

#[test]
fn everything_is_sealed_in_a_new_file() {
    let folder = sealed_with(&["--seal-everything"]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, key) = (path("idps.redb"), path("key"));
    let bytes = fs::read(&file).unwrap();
    for planted in [SECRET, "Partner", "partner"] {
        assert!(!bytes.windows(planted.len()).any(|window| window == planted.as_bytes()), "{planted}");
    }
    let mut locked = Server::start(&["--db", &file]);
    assert_eq!(locked.line(), format!("data in {file}\n"));
    let line = locked.line();
    assert!(line.starts_with("the store is locked, and everything in it is sealed: "), "{line}");
    let mut connection = Connection::open(&locked);
    for path in [PROVIDERS, "/_idpstore/v1/providers", "/_idpstore/health"] {
        assert_eq!(connection.ask("GET", path, &[], b"").status, 503, "{path}");
    }
    drop(connection);
    locked.signal("TERM");
    assert!(!locked.end().stderr.contains("clock"), "nothing of it can be logged");
    for options in [&[][..], &["--seal-everything"]] {
        let server = Server::start(&[&["--db", &file, "--seal-key-file", &key], options].concat());
        assert_eq!(shown(&server).1, Some(SECRET.to_owned()));
    }
    let line = refused("0", &["--db", &path("new.redb"), "--seal-everything"]);
    assert!(line.contains("`--seal-everything` needs a key"), "{line}");
    let other = sealed();
    let file = other.path().join("idps.redb").to_str().unwrap().to_owned();
    let line = refused("0", &["--db", &file, "--seal-key-file", &key, "--seal-everything"]);
    assert!(line.contains("only the secrets of the store are sealed"), "{line}");
}

#[test]
fn a_key_that_others_can_read_is_named() {
    let folder = sealed();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    Command::new("chmod").args(["644", &path("key")]).status().unwrap();
    let mut server = Server::start(&["--db", &path("idps.redb"), "--seal-key-file", &path("key")]);
    let line = server.line_with("others can read");
    assert!(line.contains(&path("key")) && line.contains("chmod 600"), "{line}");
}

#[test]
fn a_sealed_document_is_opened_before_it_is_sent() {
    let folder = sealed();
    let idpstore = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
        let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let document = idpstore(&["export", "--db", "idps.redb", "--sealed", "--seal-key-file", "key"]);
    fs::write(folder.path().join("all.sealed"), document).unwrap();
    let server = Server::start(&[]);
    idpstore(&["import", "all.sealed", "--url", &server.url, "--seal-key-file", "key"]);
    assert_eq!(shown(&server).1, Some(SECRET.to_owned()));
}
