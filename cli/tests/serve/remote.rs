//! The commands on a server: they print what they print of a file.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::server::Server;

const SEED: &str = r#"{"providers": [
    {"name": "Partner", "alias": "partner", "protocol": {"type": "saml", "entity_id": "urn:partner"}},
    {"name": "Login", "protocol": {"type": "open_id_connect", "client": {"id": "us", "secret": "hush"}}}
], "applications": [{"name": "Wiki", "entity_id": "urn:wiki"}]}"#;

/// A store file, a copy of it on a server that requires a token, and a second document.
struct Twins {
    folder: TempDir,
    server: Server,
}

impl Twins {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("seed.json"), SEED).unwrap();
        fs::write(path("second.json"), SEED.replace("Login", "Sign-in")).unwrap();
        for arguments in ["import seed.json", "rotate prepare partner --ec"] {
            run(folder.path(), &format!("{arguments} --db file.redb"));
        }
        fs::copy(path("file.redb"), path("served.redb")).unwrap();
        let server = Server::start(&["--db", &path("served.redb"), "--token", "s3cret"]);
        Self { folder, server }
    }

    /// What a command prints of the file and of the server.
    fn both(&self, arguments: &str) -> [(i32, String, String); 2] {
        let url = format!("http://{}", self.server.address);
        ["--db file.redb".to_owned(), format!("--url {url} --token s3cret")].map(|target| {
            let (code, printed, error) = run(self.folder.path(), &format!("{arguments} {target}"));
            (code, printed, error.replace(&url, "file.redb"))
        })
    }

    /// The same of both.
    fn same(&self, arguments: &str) -> String {
        let [of_file, of_server] = self.both(arguments);
        assert_eq!(of_file, of_server, "{arguments}");
        assert_eq!((of_file.0, of_file.2.as_str()), (0, ""), "{arguments}");
        of_file.1
    }
}

fn run(folder: &Path, arguments: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
    command
        .current_dir(folder)
        .args(arguments.split(' '))
        .env_remove("IDPSTORE_DB")
        .env_remove("IDPSTORE_TOKEN");
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_server_answers_as_a_file_does() {
    let twins = Twins::new();
    for arguments in ["list", "list --kind saml", "list applications", "list tenants", "keys", "keys --weak"]
    {
        assert!(twins.same(arguments).starts_with("TENANT"), "{arguments}");
        let _: Value = serde_json::from_str(&twins.same(&format!("{arguments} --json"))).unwrap();
    }
    assert_eq!(twins.same("keys --expiring 4000d").lines().count(), 2);
    let keys: Value = serde_json::from_str(&twins.same("keys --json")).unwrap();
    let kid = keys.pointer("/0/kid").and_then(Value::as_str).unwrap();
    assert!(twins.same(&format!("show {kid}")).contains("signing key"));
    assert!(twins.same(&format!("used-by {kid}")).contains("Partner"));
    assert!(twins.same("rotate status partner").contains(kid));
    let listed: Value = serde_json::from_str(&twins.same("list --json")).unwrap();
    let id = listed.pointer("/0/id").and_then(Value::as_str).unwrap();
    assert!(twins.same(&format!("show {id}")).contains("Partner"));
    assert!(twins.same(&format!("history {id}")).contains("created"));
    assert_eq!(twins.same("log --after 1").lines().count(), 3);
    assert!(twins.same("export").contains("urn:partner"));
    assert!(twins.same("export --yaml").contains("urn:partner"));
    assert!(twins.same("import second.json --dry-run").contains("+ provider Sign-in"));
    let refused = twins.both("show nothing");
    assert_eq!(refused[0], refused[1]);
    assert_eq!(refused[0].2, "idpstore: cannot show a record of `file.redb`: no record `nothing`\n");
}

#[test]
fn a_server_is_changed_as_a_file_is() {
    let twins = Twins::new();
    let keys: Value = serde_json::from_str(&twins.same("keys --json")).unwrap();
    let kid = keys.pointer("/0/kid").and_then(Value::as_str).unwrap();
    assert!(twins.same(&format!("rotate promote {kid} --dry-run")).contains("~ providers"));
    assert_eq!(twins.same(&format!("rotate promote {kid}")), format!("{kid}\n"));
    assert!(twins.same("rotate status partner").contains("active"));
    assert_eq!(twins.same("undo 3"), "change 3 is undone by change 4\n");
    assert_eq!(twins.same(&format!("rotate retire {kid}")), format!("{kid}\n"));
    assert!(twins.same("import second.json").contains("+ provider Sign-in"));
    assert!(twins.same("delete partner --dry-run").contains("- providers"));
    assert_eq!(twins.same("delete partner"), "");

    let certificate = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ed25519",
            "-nodes",
            "-keyout",
            "/dev/null",
            "-subj",
            "/CN=partner",
        ])
        .output()
        .unwrap();
    fs::write(twins.folder.path().join("partner.pem"), certificate.stdout).unwrap();
    for (code, printed, error) in twins.both("import seed.json") {
        assert_eq!(
            (code, error.as_str(), printed.contains("+ provider Partner")),
            (0, "", true),
            "{printed}"
        );
    }
    for (code, printed, error) in twins.both("trust add partner partner.pem") {
        assert_eq!((code, error.as_str(), printed.lines().count()), (0, "", 1));
    }
}

#[test]
fn a_server_that_refuses_or_is_not_there_is_named() {
    let twins = Twins::new();
    let url = format!("http://{}", twins.server.address);
    let run = |arguments: &str| run(twins.folder.path(), arguments);
    let (code, _, error) = run(&format!("list --url {url}"));
    assert_eq!((code, error), (1, format!("idpstore: cannot read `{url}`: not authenticated\n")));
    let (code, _, error) = run("list --url http://127.0.0.1:1");
    assert!(code == 1 && error.starts_with("idpstore: cannot read `http://127.0.0.1:1`: "), "{error}");
    assert_eq!(error.lines().count(), 1);
    let (code, _, error) = run("list --url 127.0.0.1");
    assert!(code == 2 && error.contains("an address is wanted"), "{error}");
    let (code, _, error) = run(&format!("export --secrets --url {url}"));
    assert!(code == 2 && error.contains("cannot be used with"), "{error}");
    let served = run(&format!("list --db nowhere.redb --url {url} --token s3cret"));
    assert!(served.1.contains("Partner"), "a server wins over a file");
}
