//! `idpstore rewrap`: more than one key, and other ones.

use serde_json::{Value, json};

use crate::Folder;

fn sealed() -> (Folder, String) {
    let folder = Folder::new();
    let export = folder.export("");
    folder.prints("seal --db idps.redb --seal-passphrase-file phrase");
    (folder, export)
}

#[test]
fn wraps_are_added_listed_and_removed() {
    let (folder, export) = sealed();
    assert_eq!(folder.prints("rewrap --list --db idps.redb"), "passphrase\n");
    let add = "rewrap --db idps.redb --seal-passphrase-file phrase --add-key-file key --name recovery";
    assert_eq!(folder.prints(add), "passphrase\nrecovery\n");
    assert!(folder.fails(add).ends_with("there is a wrap `recovery` already\n"));
    assert_eq!(folder.export(" --seal-key-file key"), export);
    assert_eq!(folder.export(" --seal-passphrase-file phrase"), export);
    let remove = "rewrap --db idps.redb --seal-key-file key --remove passphrase";
    assert_eq!(folder.prints(remove), "recovery\n");
    assert!(folder.fails(remove).ends_with("there is no wrap `passphrase`\n"));
    let last = folder.fails("rewrap --db idps.redb --seal-key-file key --remove recovery");
    assert!(last.ends_with("without its last wrap nothing could be opened any more\n"), "{last}");
    assert!(folder.fails("list --db idps.redb --seal-passphrase-file phrase").ends_with("the wrong key\n"));
    assert_eq!(folder.export(" --seal-key-file key"), export);
}

#[test]
fn a_passphrase_is_changed_at_once() {
    let (folder, export) = sealed();
    let (old, new) = ("--seal-passphrase-file phrase", "--add-passphrase-file other-phrase");
    let wraps = folder.prints(&format!("rewrap --db idps.redb {old} {new} --remove passphrase --json"));
    assert_eq!(serde_json::from_str::<Value>(&wraps).unwrap(), json!({"wraps": ["passphrase-2"]}));
    assert!(folder.fails(&format!("list --db idps.redb {old}")).ends_with("the wrong key\n"));
    assert_eq!(folder.export(" --seal-passphrase-file other-phrase"), export);
    let bytes = String::from_utf8_lossy(&folder.bytes("idps.redb")).into_owned();
    assert_eq!(bytes.matches("\"wraps\"").count(), 1, "no page that was in use before has the old wrap");
}

#[test]
fn the_data_key_is_changed() {
    let (folder, export) = sealed();
    let rotate = "rewrap --db idps.redb --seal-passphrase-file phrase --rotate --json";
    let answer: Value = serde_json::from_str(&folder.prints(rotate)).unwrap();
    let resealed = answer.get("resealed").and_then(Value::as_u64).unwrap();
    assert!(resealed >= 2, "{answer}");
    assert_eq!(folder.export(" --seal-passphrase-file phrase"), export);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (folder, _) = sealed();
    let before = folder.bytes("idps.redb");
    for (arguments, code) in [
        ("rewrap --db idps.redb", 2),
        ("rewrap --db idps.redb --list --name x", 2),
        ("rewrap --db idps.redb --add-key-file key --add-passphrase-file phrase", 2),
        ("rewrap --db idps.redb --rotate", 1),
        ("rewrap --db idps.redb --rotate --seal-key-file key --seal-passphrase-file phrase", 1),
        ("rewrap --db idps.redb --seal-passphrase-file phrase --add-key-file phrase", 1),
        ("rewrap --db idps.redb --seal-passphrase-file phrase --add-key-file key --remove none", 1),
    ] {
        assert_eq!(folder.run(arguments).0, code, "{arguments}");
        assert!(folder.bytes("idps.redb") == before, "{arguments}");
    }
    folder.prints("unseal --db idps.redb --seal-passphrase-file phrase");
    for arguments in ["rewrap --list --db idps.redb", "rewrap --rotate --db idps.redb --seal-key-file key"] {
        assert!(folder.fails(arguments).ends_with("the store is not sealed\n"), "{arguments}");
    }
}
