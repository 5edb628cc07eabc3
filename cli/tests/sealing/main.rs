//! Sealed store files and documents on the command line, from the outside: what is printed, what is in the files, and how the commands end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

mod documents;
mod everything;
mod kills;
mod rewrapping;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A client secret that came through Okta's API.
const SECRET: &str = "planted-5f1d-secret";
/// Another one, whose provider was deleted.
const DELETED: &str = "planted-77aa-deleted";
/// Another one, in place of which there is [`SECRET`] now.
const REPLACED: &str = "planted-0c3e-replaced";

/// A folder with a store file, keys and passphrases.
struct Folder(TempDir);

impl Folder {
    /// With an unsealed store that has a history.
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, content) in [
            ("key", &[7; 32][..]),
            ("other-key", &[8; 32]),
            ("phrase", b"correct horse\n"),
            ("other-phrase", b"battery staple\n"),
        ] {
            fs::write(folder.path(name), content).unwrap();
            fs::set_permissions(folder.path(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        folder.fill();
        folder
    }

    /// Makes providers through Okta's API, one of which gets another secret, and one of which is deleted; and a signing key.
    fn fill(&self) {
        let store = idpstore::IdpStore::open(self.path("idps.redb")).unwrap();
        let ask = |method: &str, path: &str, body: Value| -> Value {
            let request = http::Request::builder().method(method).uri(path);
            let request = request.header("content-type", "application/json");
            let response = store.handle(request.body(body.to_string().into()).unwrap());
            assert!(response.status().is_success(), "{path}: {:?}", response.body());
            serde_json::from_slice(response.body()).unwrap_or_default()
        };
        let id = |answer: &Value| answer.get("id").and_then(Value::as_str).unwrap().to_owned();
        let kept = id(&ask("POST", "/api/v1/idps", provider("Kept", REPLACED)));
        let deleted = id(&ask("POST", "/api/v1/idps", provider("Deleted", DELETED)));
        ask("PUT", &format!("/api/v1/idps/{kept}"), provider("Kept", SECRET));
        ask("DELETE", &format!("/api/v1/idps/{deleted}"), Value::Null);
        ask(
            "POST",
            "/_idpstore/v1/rotation/prepare",
            json!({"owners": [kept], "key": "EC-P-256", "years": 1}),
        );
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
        command.current_dir(self.0.path()).args(arguments.split(' ')).env_remove("IDPSTORE_SEAL_PASSPHRASE");
        command
    }

    /// The exit code, and what was printed to stdout and to stderr.
    fn run(&self, arguments: &str) -> (i32, String, String) {
        outcome(&mut self.command(arguments))
    }

    /// What a command prints that ends well.
    fn prints(&self, arguments: &str) -> String {
        let (code, printed, error) = self.run(arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{arguments}");
        printed
    }

    /// The one line of a command that fails.
    fn fails(&self, arguments: &str) -> String {
        let (code, printed, error) = self.run(arguments);
        assert_eq!((code, printed.as_str(), error.lines().count()), (1, "", 1), "{arguments}: {error}");
        error
    }

    /// Everything in the store, in the clear.
    fn export(&self, options: &str) -> String {
        self.prints(&format!("export --db idps.redb --secrets{options}"))
    }

    /// The names of all files, to whom each belongs, and who may use it.
    fn files(&self) -> Vec<(String, u32, u32)> {
        let entries = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap());
        let of = |entry: fs::DirEntry| {
            let there = entry.metadata().unwrap();
            (entry.file_name().into_string().unwrap(), there.uid(), there.mode() & 0o777)
        };
        let mut files: Vec<_> = entries.map(of).collect();
        files.sort();
        files
    }
}

fn outcome(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn provider(name: &str, secret: &str) -> Value {
    json!({
        "type": "GOOGLE", "name": name,
        "protocol": {"type": "OIDC", "credentials": {"client": {"client_id": "id", "client_secret": secret}}},
        "policy": {
            "provisioning": {"action": "AUTO"},
            "accountLink": {"action": "AUTO"},
            "subject": {"matchType": "USERNAME"},
        },
    })
}

/// A document without the tenants, which a store has before anything is imported.
fn without_tenants(document: &str) -> Value {
    let mut document: Value = serde_json::from_str(document).unwrap();
    document.as_object_mut().unwrap().remove("tenants").unwrap();
    document
}

/// How often a text is in these bytes.
fn count(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
}

/// What of this is in the bytes of a file: client secrets, and the private keys of an export.
fn plain(bytes: &[u8], export: &str) -> usize {
    let secrets = [SECRET, DELETED, REPLACED].iter().map(|secret| count(bytes, secret)).sum::<usize>();
    secrets + private_keys(export).iter().map(|key| count(bytes, key)).sum::<usize>()
}

/// All private keys in a document.
fn private_keys(export: &str) -> Vec<String> {
    fn look(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("private").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| look(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| look(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    look(&serde_json::from_str(export).unwrap(), &mut found);
    found
}

#[test]
fn sealing_leaves_no_secret_in_the_file_and_unsealing_brings_all_back() {
    let folder = Folder::new();
    let before = folder.export("");
    assert_eq!(private_keys(&before).len(), 1);
    assert!(plain(&folder.bytes("idps.redb"), &before) > 1, "the test looks for what is there");
    fs::set_permissions(folder.path("idps.redb"), fs::Permissions::from_mode(0o640)).unwrap();
    // No one but root may give a file away.
    let _ = chown(folder.path("idps.redb"), Some(12_345), None);
    let files = folder.files();
    fs::write(folder.path("idps.redb.new"), "left by a kill").unwrap();

    let sealed = folder.prints("seal --db idps.redb --seal-key-file key");
    assert_eq!(sealed, "`idps.redb` is sealed by the wrap `key`\n");
    assert_eq!(folder.files(), files);
    assert_eq!(plain(&folder.bytes("idps.redb"), &before), 0);
    assert_eq!(folder.export(" --seal-key-file key"), before);
    assert_eq!(plain(&folder.bytes("idps.redb"), &before), 0, "opening it writes nothing in the clear");
    let words =
        "idpstore: cannot seal `idps.redb`: the state does not allow it: the store is sealed already\n";
    assert_eq!(folder.fails("seal --db idps.redb --seal-key-file key"), words);

    let unsealed = folder.prints("unseal --db idps.redb --seal-key-file key --json");
    assert_eq!(serde_json::from_str::<Value>(&unsealed).unwrap(), json!({"sealed": false, "wraps": []}));
    assert_eq!((folder.export(""), folder.files()), (before, files));
    let words = "idpstore: cannot unseal `idps.redb`: the state does not allow it: the store is not sealed\n";
    assert_eq!(folder.fails("unseal --db idps.redb --seal-key-file key"), words);
}

#[test]
fn a_wrong_key_is_refused_before_anything_is_touched() {
    let folder = Folder::new();
    folder.prints("seal --db idps.redb --seal-passphrase-file phrase");
    let before = folder.bytes("idps.redb");
    for command in [
        "list",
        "unseal",
        "seal",
        "rewrap --rotate",
        "rewrap --remove passphrase",
        "compact",
        "backup b.redb",
    ] {
        for wrong in ["--seal-passphrase-file other-phrase", "--seal-key-file key"] {
            if matches!(command, "seal" | "compact") {
                continue; // which need no key of the store
            }
            let line = folder.fails(&format!("{command} --db idps.redb {wrong}"));
            assert!(line.ends_with(" `idps.redb`: the wrong key\n"), "{line}");
            assert!(folder.bytes("idps.redb") == before, "{command}");
        }
    }
    assert!(folder.fails("check idps.redb --seal-key-file key").ends_with("the wrong key\n"));
    let by_variable = outcome(folder.command("list --db idps.redb").env("IDPSTORE_SEAL_PASSPHRASE", "wrong"));
    assert_eq!(
        by_variable,
        (1, String::new(), "idpstore: cannot open `idps.redb`: the wrong key\n".to_owned())
    );
    let server = outcome(&mut folder.command("serve --port 0 --db idps.redb --seal-key-file key"));
    assert_eq!(server, by_variable);
    assert!(folder.bytes("idps.redb") == before);
}

#[test]
fn a_wrap_is_refused_for_a_store_that_is_not_sealed() {
    let folder = Folder::new();
    let words = "idpstore: cannot open `idps.redb`: the state does not allow it: the store is not sealed: `idpstore seal` seals it\n";
    assert_eq!(folder.fails("list --db idps.redb --seal-key-file key"), words);
    let by_variable = outcome(folder.command("list --db idps.redb").env("IDPSTORE_SEAL_PASSPHRASE", "any"));
    assert_eq!(by_variable, (1, String::new(), words.to_owned()));
    let needed = folder.fails("seal --db idps.redb");
    assert!(
        needed.contains("give `--seal-key-file`, `--seal-passphrase-file` or `IDPSTORE_SEAL_PASSPHRASE`")
    );
    assert!(
        folder
            .fails("seal --db none.redb --seal-key-file key")
            .starts_with("idpstore: cannot seal `none.redb`: ")
    );
    assert!(!folder.path("none.redb").exists());
}

#[test]
fn a_locked_store_can_be_read_checked_copied_and_made_small() {
    let folder = Folder::new();
    let (list, keys) = (folder.prints("list --db idps.redb"), folder.prints("keys --db idps.redb"));
    let checked = folder.prints("check idps.redb");
    folder.prints("seal --db idps.redb --seal-key-file key");
    assert_eq!(folder.prints("list --db idps.redb"), list);
    assert_eq!(folder.prints("keys --db idps.redb"), keys);
    assert_eq!(folder.prints("check idps.redb"), checked);
    assert_eq!(folder.prints("check idps.redb --seal-key-file key"), checked);
    folder.prints("compact --db idps.redb");
    folder.prints("backup copy.redb --db idps.redb");
    assert_eq!(folder.prints("list --db copy.redb --seal-key-file key"), list);
    assert_eq!(count(&folder.bytes("copy.redb"), SECRET), 0);
    let refused = folder.fails("export --db idps.redb --secrets");
    assert!(refused.ends_with("the store is locked, and its secrets are sealed\n"), "{refused}");
    folder.prints("export --db idps.redb");
}

#[test]
fn a_new_store_is_made_sealed_by_the_commands_that_make_stores() {
    let folder = Folder::new();
    fs::write(folder.path("all.json"), folder.export("")).unwrap();
    let made = outcome(
        folder.command("import all.json --db new.redb").env("IDPSTORE_SEAL_PASSPHRASE", "correct horse"),
    );
    assert_eq!(made.0, 0, "{}", made.2);
    assert_eq!(plain(&folder.bytes("new.redb"), &folder.export("")), 0);
    assert_eq!(folder.prints("rewrap --list --db new.redb"), "passphrase\n");
    assert!(folder.prints("export --secrets --db new.redb --seal-passphrase-file phrase").contains(SECRET));
}

#[test]
fn files_of_keys_that_others_can_read_are_named() {
    let folder = Folder::new();
    fs::set_permissions(folder.path("key"), fs::Permissions::from_mode(0o644)).unwrap();
    let (code, _, error) = folder.run("seal --db idps.redb --seal-key-file key");
    let words = "warning: others can read `key`: `chmod 600` keeps them out of what is secret in it\n";
    assert_eq!((code, error.as_str()), (0, words));
}
