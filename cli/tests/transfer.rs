//! `idpstore export`, `import` and `diff` from the outside: what they print, and how they end.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

const SEED: &str = r#"{"providers": [
    {"name": "Partner", "alias": "partner", "protocol": {"type": "saml", "entity_id": "urn:partner"}},
    {"name": "Login", "protocol": {"type": "open_id_connect", "client": {"id": "us", "secret": "hush"}}}
]}"#;

/// The exit code, and what was printed to stdout and to stderr.
fn idpstore(folder: &Path, arguments: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
    let output = command.current_dir(folder).args(arguments.split(' ')).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn lines(code: i32, printed: &str, error: &str) -> (i32, String, String) {
    (code, printed.to_owned(), error.to_owned())
}

#[test]
fn a_document_goes_in_and_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("seed.json"), SEED).unwrap();
    let made = lines(0, "+ provider Partner\n+ provider Login\n", "");
    assert_eq!(idpstore(folder, "import seed.json --db idps.redb"), made);
    assert_eq!(idpstore(folder, "import seed.json --db idps.redb"), lines(0, "= 2 records\n", ""));

    let (code, document, error) = idpstore(folder, "export --db idps.redb");
    assert_eq!((code, &*error, document.contains("hush")), (0, "", false));
    assert!(idpstore(folder, "export --db idps.redb --secrets").1.contains("hush"));
    fs::write(folder.join("a.json"), &document).unwrap();
    assert_eq!(idpstore(folder, "import a.json --db idps.redb --prune"), lines(0, "= 3 records\n", ""));

    fs::write(folder.join("b.json"), document.replace("\"Partner\"", "\"Other\"")).unwrap();
    let changed = "~ provider Other name: \"Partner\" -> \"Other\"\n= 2 records\n";
    assert_eq!(idpstore(folder, "import b.json --db idps.redb --dry-run"), lines(0, changed, ""));
    assert_eq!(idpstore(folder, "diff a.json b.json"), lines(1, changed, "idpstore: the documents differ\n"));
    assert_eq!(idpstore(folder, "diff a.json a.json"), lines(0, "= 3 records\n", ""));
    assert_eq!(idpstore(folder, "export --db idps.redb").1, document, "nothing was changed");

    fs::write(folder.join("c.json"), r#"{"providers": []}"#).unwrap();
    let deleted = "- provider Partner\n- provider Login\n";
    assert_eq!(idpstore(folder, "import c.json --db idps.redb"), lines(0, "", ""));
    assert_eq!(idpstore(folder, "import c.json --db idps.redb --prune"), lines(0, deleted, ""));
}

#[test]
fn documents_may_be_yaml() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let seed = "providers:\n- name: NO\n  alias: on\n  protocol: {type: saml, entity_id: urn:partner}\n";
    fs::write(folder.join("seed.yaml"), seed).unwrap();
    assert_eq!(idpstore(folder, "import seed.yaml --db idps.redb"), lines(0, "+ provider NO\n", ""));
    let (code, yaml, error) = idpstore(folder, "export --yaml --db idps.redb");
    assert_eq!((code, &*error), (0, ""));
    fs::write(folder.join("a.yml"), yaml).unwrap();
    fs::write(folder.join("a.json"), idpstore(folder, "export --db idps.redb").1).unwrap();
    assert_eq!(idpstore(folder, "diff a.json a.yml"), lines(0, "= 2 records\n", ""));
    fs::write(folder.join("b.yaml"), "providers: [").unwrap();
    let (code, _, error) = idpstore(folder, "import b.yaml --db idps.redb");
    assert!(
        code == 1 && error.starts_with("idpstore: cannot read `b.yaml`: ") && error.lines().count() == 1,
        "{error}"
    );
}

#[test]
fn an_export_whose_reader_is_gone_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("seed.json"), SEED).unwrap();
    idpstore(folder.path(), "import seed.json --db idps.redb");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
    let output =
        command.current_dir(folder.path()).args(["export", "--db", "idps.redb"]).stdout(writer).output();
    let output = output.unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}

#[test]
fn what_is_refused_ends_with_1_and_wrong_arguments_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("bad.json"), r#"{"providers": [{"name": "", "protocol": {"type": "saml"}}]}"#)
        .unwrap();
    let (code, printed, error) = idpstore(folder, "import bad.json --db idps.redb");
    assert_eq!((code, &*error), (1, "idpstore: records are refused, and nothing is changed\n"));
    assert!(printed.contains("! refused provider  at /providers/0/name: "), "{printed}");
    assert!(!folder.join("idps.redb").exists(), "no store is made for what is refused");
    for missing in
        ["export --db none.redb", "import bad.json --db none.redb --dry-run", "diff bad.json none.json"]
    {
        let (code, printed, error) = idpstore(folder, missing);
        assert_eq!((code, &*printed, error.lines().count()), (1, "", 1), "{missing}: {error}");
        assert!(!folder.join("none.redb").exists());
    }
    assert_eq!(idpstore(folder, "import bad.json").0, 2);
}
