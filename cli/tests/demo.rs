//! `idpstore demo` from the outside: what it prints, and what it leaves behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How the second chapter begins.
const OUTBOUND: &str = "\nOkta, outbound SAML";

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_idpstore")).arg("demo").args(arguments).output().unwrap()
}

/// What a demonstration printed that must have ended well.
fn told(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    assert_eq!(words, "");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The values of all facts with this name, in order.
fn facts<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let value = |line: &'t str| line.trim_start().strip_prefix(name)?.strip_prefix("  ").map(str::trim);
    text.lines().filter_map(value).collect()
}

fn file(text: &str) -> PathBuf {
    PathBuf::from(text.lines().next().unwrap().strip_prefix("The store is the file ").unwrap())
}

#[test]
fn tells_the_story_and_leaves_nothing() {
    let text = told(&demo(&[]));
    assert!(!file(&text).exists() && !file(&text).parent().unwrap().exists());
    assert_eq!(facts(&text, "certificate"), ["the published one, byte for byte"; 3]);
    assert_eq!(facts(&text, "answer"), ["the same as before, byte for byte"; 11]);
    assert_eq!(facts(&text, "issuer"), ["https://idp.example.org"; 2], "in Okta's API and in PingOne's");
    let (_, rotation) = text.split_once("\nRotation with an overlap").unwrap();
    let (rotation, _) = rotation.split_once("\nZITADEL").unwrap();
    let roles = ["active", "next", "previous"].map(|role| facts(rotation, role));
    let (a, b) = (roles[0][0], roles[1][0]);
    assert_eq!(roles, [vec![a, b, a], vec![b, b], vec![a]], "prepared, promoted and rolled back");
    assert_eq!(rotation.matches("our metadata has 2 certificates").count(), 3);
    assert_eq!(facts(rotation, "warning").len(), 1, "Okta shows one certificate");
    assert!(text.ends_with("\nEverything went as it should.\n"));
    assert!(!text.contains('\u{1b}'), "colours would spoil what is not a terminal");
}

#[test]
fn shows_what_names_each_key() {
    let text = told(&demo(&[]));
    let (text, _) = text.split_once(OUTBOUND).unwrap();
    let (kids, thumbprints) = (facts(text, "kid"), facts(text, "thumbprint"));
    // Imported and published, then listed: two that may sign, and the partner's.
    assert_eq!(kids.len(), 5);
    assert_eq!(facts(text, "x5t#S256").len(), 6, "the authority's is shown besides");
    let whole_second = |time: &&str| time.split_once('.').is_some_and(|(_, rest)| rest == "000Z");
    assert!(facts(text, "expires").iter().all(whole_second));
    // Signing keys are named by their thumbprint, trusted ones are not.
    let named_by_it: Vec<_> =
        kids.iter().zip(&thumbprints).map(|(kid, thumbprint)| kid == thumbprint).collect();
    assert_eq!(named_by_it, [false, true, true, true, false]);
    assert_eq!(kids.iter().collect::<BTreeSet<_>>().len(), 3);
    assert_eq!(facts(text, "signs with").last(), Some(&kids[1]));
    assert_eq!(facts(text, "created").first(), Some(&"null"));
}

#[test]
fn signs_for_the_application_with_its_second_key() {
    let text = told(&demo(&[]));
    let (_, text) = text.split_once(OUTBOUND).unwrap();
    let (kids, thumbprints) = (facts(text, "kid"), facts(text, "thumbprint"));
    assert_eq!(kids.len(), 2);
    assert_eq!(kids, thumbprints);
    assert_eq!(facts(text, "found"), ["Example App"]);
    assert_eq!(facts(text, "signs with"), [kids[1]]);
}

#[test]
fn keeps_the_file_that_was_asked_for_and_adds_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.redb");
    let arguments = ["--db", path.to_str().unwrap()];
    let (first, second) = (told(&demo(&arguments)), told(&demo(&arguments)));
    assert_eq!(file(&first), path);
    assert_ne!(facts(&first, "id"), facts(&second, "id"));
    assert!(path.exists());
}

#[test]
fn refuses_a_file_that_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "no store at all").unwrap();
    let output = demo(&["--db", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.starts_with(&format!("idpstore: cannot open `{}`", path.display())), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert_eq!(read(&path), "no store at all");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
