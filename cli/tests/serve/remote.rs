//! The commands on a server: they print what they print of a file.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::fetching::{answer, partner};
use crate::server::Server;
use crate::trusting::Authority;

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
            // Documents of vendors have URLs of the server, and whether Okta's time of a change is
            // another depends on the second in which each of the two was made.
            let printed = printed.replace(&url, "http://localhost").replace(" /lastUpdated", "");
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

#[test]
fn a_server_with_tls_is_trusted_by_its_authority() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    let folder = authority.path("");
    let trusted = format!("list tenants --ca ca.pem --url {}", server.url);
    assert_eq!(run(&folder, &trusted).0, 0);
    let (code, _, error) = run(&folder, &trusted.replace("--ca ca.pem ", ""));
    assert!(code == 1 && error.contains("UnknownIssuer"), "{error}");
    assert!(run(&folder, &trusted.replace("ca.pem", "none.pem")).2.contains("cannot read `none.pem`"));
}

#[test]
fn the_health_of_a_server_is_checked_with_tls_or_without() {
    let (plain, secure) =
        (Server::start(&["--token", "s3cret"]), Authority::new().start(&["--host", "127.0.0.2"]));
    let check = |server: &Server, host: &str| {
        run(Path::new("."), &format!("health --port {} --host {host}", server.port()))
    };
    assert_eq!(check(&plain, "0.0.0.0"), (0, String::new(), String::new()));
    assert_eq!(check(&secure, "127.0.0.2").0, 0);
    let (code, _, error) = check(&secure, "127.0.0.1");
    assert!(code == 1 && error.contains("cannot reach"), "{error}");
    // A partner is a server, too, and none of ours.
    let other = partner(answer("404 Not Found", b""));
    let port = other.split([':', '/']).nth(4).unwrap().to_owned();
    let (code, _, error) = run(Path::new("."), &format!("health --port {port}"));
    assert!(code == 1 && error.contains("its status is 404"), "{error}");
}

#[test]
fn an_unavailable_store_has_an_exit_code_of_its_own() {
    let answering = |status: &str, name: &str| {
        let document = format!(r#"{{"type": "urn:idpstore:problem:{name}", "title": "{name} it is"}}"#);
        partner(answer(status, document.as_bytes()))
    };
    let unavailable = answering("503 Service Unavailable", "unavailable");
    let (code, _, error) = run(Path::new("."), &format!("list tenants --url {unavailable}"));
    assert!(code == 75 && error.contains("unavailable it is"), "{code} {error}");
    let port = unavailable.split([':', '/']).nth(4).unwrap();
    assert_eq!(run(Path::new("."), &format!("health --port {port}")).0, 75);
    let locked = answering("503 Service Unavailable", "locked");
    assert_eq!(run(Path::new("."), &format!("list tenants --url {locked}")).0, 1);
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

/// The metadata of an identity provider.
fn entity(id: &str) -> String {
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{id}\"><IDPSSODescriptor>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"https://idp.example.com/sso\"/></IDPSSODescriptor></EntityDescriptor>"
    )
}

/// What is printed of a new provider, without its id.
fn created((code, printed, error): (i32, String, String)) -> (i32, String) {
    assert!(printed.trim().parse::<u64>().is_ok(), "{printed}");
    (code, error)
}

#[test]
fn a_server_takes_in_what_partners_publish() {
    let twins = Twins::new();
    let write = |name: &str, text: &str| fs::write(twins.folder.path().join(name), text).unwrap();
    write("one.xml", &entity("urn:partner"));
    let all = ["urn:partner", "urn:a", "urn:b"].map(entity).concat();
    let all = format!(
        "<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">{all}</EntitiesDescriptor>"
    );
    write("all.xml", &all);
    let issuer = serde_json::json!({
        "issuer": "https://op.example", "authorization_endpoint": "https://op.example/login",
        "jwks_uri": "https://op.example/keys",
    });
    write("issuer.json", &issuer.to_string());
    write("moved.json", &issuer.to_string().replace("/login", "/authorize"));

    assert!(twins.same("metadata plan partner one.xml").contains("/protocol/single_sign_on"));
    assert!(twins.same("metadata apply partner one.xml").contains("! the metadata is not signed"));
    for arguments in [
        "create saml New --alias new --metadata one.xml",
        "create oidc Issuer --alias issuer --client-id us --discovery issuer.json",
    ] {
        let [of_file, of_server] = twins.both(arguments).map(created);
        assert_eq!(of_file, of_server, "{arguments}");
        assert_eq!((of_file.0, of_file.1.starts_with("! ")), (0, true), "{}", of_file.1);
    }
    for (code, printed, error) in twins.both("metadata apply issuer moved.json --json") {
        assert_eq!((code, error.as_str()), (0, ""));
        assert!(printed.contains("https://op.example/authorize"), "{printed}");
    }
    let many = twins.both("create saml --metadata all.xml --all");
    for (code, printed, error) in &many {
        assert_eq!((*code, printed.lines().count(), &many[0].2), (0, 4, error));
        assert!(printed.ends_with("= already there: 1\n"), "{printed}");
    }
    for refused in [
        "create saml X --metadata all.xml",
        "create saml X --alias new --metadata one.xml",
        "metadata apply new issuer.json",
        "metadata apply nothing one.xml",
        "clone partner --to-tenant 7",
        "cross nothing --to okta",
    ] {
        let [of_file, of_server] = twins.both(refused);
        let known = |text: &str| text.split(" is taken by ").next().unwrap().to_owned();
        assert_eq!((of_file.0, known(&of_file.2)), (1, known(&of_server.2)), "{refused}");
        assert_eq!(of_file.1 + &of_server.1, "");
    }
}

#[test]
fn a_server_fetches_itself_what_is_refreshed_if_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let document = partner(answer("200 OK\r\netag: \"1\"", entity("urn:partner").as_bytes()));
    for (option, outcome, code) in [("--allow-metadata-fetch", "unchanged", 0), ("--log", "failed", 1)] {
        let server = Server::start(&[option]);
        let run =
            |arguments: &str| run(folder.path(), &format!("{arguments} --url http://{}", server.address));
        assert_eq!(run(&format!("create saml New --alias new --metadata {document}")).0, 0);
        let record: Value = serde_json::from_str(&run("list --json").1).unwrap();
        let id = record.pointer("/0/id").and_then(Value::as_str).unwrap();
        let shown: Value = serde_json::from_str(&run(&format!("show {id} --json")).1).unwrap();
        let source = shown.pointer("/record/source").unwrap();
        assert_eq!(
            (source.get("url"), source.get("etag")),
            (Some(&Value::from(&*document)), Some(&Value::from("\"1\"")))
        );
        let (refreshed, printed, error) = run("metadata refresh");
        assert_eq!(refreshed, code, "{printed}{error}");
        assert!(printed.contains(outcome), "{printed}");
    }
}

#[test]
fn a_client_secret_comes_from_a_file_the_input_or_the_environment() {
    let twins = Twins::new();
    let folder = twins.folder.path();
    let issuer = r#"{"issuer": "https://op.example", "authorization_endpoint": "https://op.example/login", "jwks_uri": "https://op.example/keys"}"#;
    fs::write(folder.join("issuer.json"), issuer).unwrap();
    fs::write(folder.join("secret"), "of the file\n").unwrap();
    let url = format!("http://{}", twins.server.address);
    for target in [["--db", "file.redb"], ["--url", &url]] {
        for (option, variable) in [
            (&["--client-secret-file", "secret"][..], "unused"),
            (&["--client-secret-file", "-"], "unused"),
            (&[], "of the environment"),
        ] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
            command
                .current_dir(folder)
                .env("IDPSTORE_TOKEN", "s3cret")
                .env("IDPSTORE_CLIENT_SECRET", variable);
            command.args(["create", "oidc", "X", "--client-id", "us", "--discovery", "issuer.json"]);
            command
                .args(option)
                .args(target)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            // One that does not read its input may be gone by now.
            let _ = child.stdin.take().unwrap().write_all(b"of the input");
            assert!(child.wait().unwrap().success(), "{option:?} {target:?}");
        }
    }
    for file in ["file.redb", "served.redb"] {
        let (_, export, _) = run(folder, &format!("export --secrets --db {file}"));
        for secret in ["of the file", "of the input", "of the environment"] {
            assert_eq!(export.matches(&format!("\"{secret}\"")).count(), 1, "{secret}: {export}");
        }
        assert!(!export.contains("unused"));
    }
}

#[test]
fn a_server_shows_what_crosses_and_copies() {
    let twins = Twins::new();
    for arguments in ["cross partner --to okta", "cross --to pingone", "metadata refresh --dry-run"] {
        assert!(twins.same(arguments).lines().count() > 0, "{arguments}");
        let _: Value = serde_json::from_str(&twins.same(&format!("{arguments} --json"))).unwrap();
    }
    let report = twins.same("cross partner --to zitadel --markdown");
    assert!(report.starts_with("# What crosses to zitadel\n"), "{report}");
    assert!(twins.same("cross --to okta --markdown").starts_with("# What crosses to okta\n"));
    assert!(twins.same("cross --to okta --script").starts_with("#!/usr/bin/env bash\n"));
    for (code, planned, error) in twins.both("clone partner --to-tenant 1 --name Copy --dry-run") {
        assert_eq!((code, error.as_str()), (0, ""));
        assert!(planned.contains("+ providers"), "{planned}");
    }
    for copied in twins.both("clone partner --to-tenant 1 --name Copy") {
        assert_eq!(created(copied), (0, String::new()));
    }
    for (_, listed, _) in twins.both("list --kind saml") {
        assert_eq!(listed.lines().filter(|line| line.contains("Copy")).count(), 1, "{listed}");
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
