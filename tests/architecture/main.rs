//! The rules of the house hold: who may use whom, who may be named where, and that exceptions have reasons.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod circles;
mod members;
mod rules;
mod tokens;
mod words;

use std::path::Path;

/// Looks at a file and complains.
type Rule = fn(&str, &str) -> Vec<String>;

/// The files below a folder with one of these endings: path from the root of the project, and content. What is
/// built or downloaded is left out.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.starts_with('.')
                || ["target", "node_modules", "build", "dist", "out", "wasm"].contains(&name)
            {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let short = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                let source = std::fs::read_to_string(&path).unwrap();
                if !source.starts_with("// Made by scripts/") {
                    found.push((short, source));
                }
            }
        }
    }
    assert!(!found.is_empty(), "nothing to look at in {folder}");
    found
}

fn hold(rule: Rule, files: &[(String, String)]) {
    let complaints: Vec<_> = files.iter().flat_map(|(path, source)| rule(path, source)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn modules_use_only_those_to_their_left() {
    hold(rules::arrow, &files("src", &[".rs"]));
}

#[test]
fn files_of_a_room_use_each_other_in_no_circle() {
    for uses in
        [circles::of_rust(&files("src", &[".rs"])), circles::of_typescript(&files("pkg/src", &[".ts"]))]
    {
        let circles = circles::circles(uses);
        assert!(circles.is_empty(), "{}", circles.join("\n"));
    }
}

#[test]
fn members_of_documents_are_spelled_once() {
    let complaints = members::complaints(&files("src/dialects", &[".rs"]));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn vendors_are_named_in_their_dialects_only() {
    hold(rules::vendors, &files("src", &[".rs"]));
}

#[test]
fn nothing_depends_on_the_target() {
    hold(rules::conditions, &files("src", &[".rs"]));
}

#[test]
fn some_crates_are_known_to_one_place() {
    hold(rules::crates, &files("src", &[".rs"]));
}

#[test]
fn folders_say_what_they_may_import() {
    hold(rules::folders, &files("src", &["mod.rs"]));
}

#[test]
fn no_file_is_too_long() {
    hold(rules::length, &files("", &[".rs", ".ts"]));
}

#[test]
fn exceptions_have_reasons() {
    hold(rules::exceptions, &files("", &[".rs"]));
}

#[test]
fn replaced_words_are_in_no_text() {
    for folder in ["src", "cli/src", "bindings", "pkg/src", "xtask", "fuzz", "benches", "examples"] {
        hold(words::words, &files(folder, &[".rs", ".ts"]));
    }
    hold(words::words, &files("", &[".md"]));
}

#[test]
fn prohibitions_have_reasons() {
    hold(rules::prohibitions, &files("", &["clippy.toml"]));
}

#[test]
fn the_readme_has_our_settings_for_debug_builds() {
    let [manifest, readme] = ["Cargo.toml", "README.md"]
        .map(|file| files("", &[file]).into_iter().find(|(path, _)| path == file).unwrap().1);
    let begin = manifest.find("[profile.dev.package]").unwrap();
    let settings = manifest[begin..].split_once("\n\n").unwrap().0;
    assert!(readme.contains(&format!("```toml\n{settings}\n```")), "{settings}");
}

/// Whether a rule complains of every one of `bad`, and of none of `good`; each a path and a source.
fn judge(rule: Rule, bad: &[(&str, &str)], good: &[(&str, &str)]) {
    for (path, source) in bad {
        assert!(!rule(path, source).is_empty(), "no complaint about {path}: {source}");
    }
    for (path, source) in good {
        assert_eq!(rule(path, source), [""; 0], "{path}: {source}");
    }
}

#[test]
fn the_arrow_is_noticed() {
    let bad = [
        ("src/error.rs", "use crate::pki::Jwk;"),
        ("src/model/id.rs", "use crate::service::Service;"),
        ("src/model/id.rs", "fn x() -> crate::store::IdpStore {}"),
        ("src/model/id.rs", "use crate::{error::Error, engine::{Engine, ReadTx}};"),
        ("src/model/id.rs", "use super::super::engine::Engine;"),
        ("src/model/mod.rs", "use super::engine::Engine;"),
        ("src/engine/records/mod.rs", "use super::super::{error::Error, http::Call};"),
        ("src/engine/mod.rs", "use crate::testing::FixedClock;"),
        ("src/engine/mod.rs", "use crate::Result;"),
        ("src/pki/pem.rs", "use crate::saml::Metadata;"),
        ("src/saml/mod.rs", "use crate::model::Saml;"),
        ("src/attic/mod.rs", ""),
    ];
    let good = [
        ("src/model/id.rs", "use crate::{error::Error, pki::{engine, http}}; use super::Key;"),
        ("src/model/id.rs", "//! [`crate::service`]\n/// [`crate::store`]\nuse crate::model::Key;"),
        ("src/engine/records/keys.rs", "use super::super::memory; const X: &str = \"crate::store\";"),
        ("src/http/mod.rs", "use http::HeaderMap; use crate::service::Service;"),
        ("src/testing/mod.rs", "use crate::store::IdpStore;"),
        ("src/lib.rs", "pub use store::IdpStore;"),
    ];
    judge(rules::arrow, &bad, &good);
}

#[test]
fn vendors_are_noticed() {
    let bad = [
        ("src/service/keys.rs", "fn for_okta() {}"),
        ("src/service/keys.rs", "const X: &str = \"ZITADEL\";"),
        ("src/model/id.rs", "struct PingOneId;"),
        ("src/http/mod.rs", "#[cfg(feature = \"okta\")] fn x() {}"),
        ("src/dialects/lens.rs", "use super::okta;"),
        ("src/dialects/okta/lens.rs", "use super::super::pingone;"),
        ("src/dialects/okta/lens.rs", "remainders.get(\"zitadel\")"),
    ];
    let good = [
        ("src/model/id.rs", "/// As Okta and PingOne do.\nstruct Id; // not ZITADEL"),
        ("src/dialects/mod.rs", "pub mod okta; pub mod zitadel;"),
        ("src/dialects/okta/mod.rs", "const NAME: &str = \"okta\";"),
    ];
    judge(rules::vendors, &bad, &good);
}

#[test]
fn conditions_are_noticed() {
    let bad = [
        ("src/a.rs", "#[cfg(unix)] fn x() {}"),
        ("src/a.rs", "#[cfg(not(target_arch = \"wasm32\"))] fn x() {}"),
        ("src/a.rs", "#[cfg(all(feature = \"x\", windows))] fn x() {}"),
        ("src/a.rs", "if cfg!(debug_assertions) {}"),
        ("src/a.rs", "#[cfg_attr(target_os = \"linux\", allow(dead_code))] fn x() {}"),
    ];
    let good = [
        ("src/a.rs", "#[cfg(any(test, feature = \"testing\"))] fn x() {} // cfg(unix)"),
        ("src/a.rs", "#[cfg(all(doctest, feature = \"x\"))] struct X;"),
        ("src/a.rs", "#[cfg_attr(feature = \"x\", allow(dead_code, reason = \"unix\"))] fn x() {}"),
    ];
    judge(rules::conditions, &bad, &good);
}

#[test]
fn crates_are_noticed() {
    let bad = [
        ("src/store.rs", "use redb::Database;"),
        ("src/store.rs", "fn x(_: ::redb::Database) {}"),
        ("src/engine/mod.rs", "use redb;"),
        ("src/engine/mod.rs", "use {std::fmt, redb::Database};"),
        ("src/dialects/parts.rs", "use quick_xml::Writer;"),
    ];
    let good = [
        ("src/engine/redb/mod.rs", "use ::redb::Database;"),
        ("src/engine/mod.rs", "pub mod redb; use self::redb::RedbEngine; // redb::Database"),
        ("src/store.rs", "use crate::engine::redb::RedbEngine;"),
        ("src/saml/reader.rs", "use quick_xml::NsReader;"),
    ];
    judge(rules::crates, &bad, &good);
}

#[test]
fn missing_reasons_are_noticed() {
    let bad = [
        ("a.rs", "#![allow(clippy::unwrap_used)]"),
        ("a.rs", "#[expect(dead_code, reason = \"\")] fn x() {}"),
        ("a.rs", "#[cfg_attr(test, allow(dead_code))] fn x() {}"),
    ];
    let good = [
        ("a.rs", "#[allow(dead_code, reason = \"it will be used\")] fn x() { y.expect(\"z\") }"),
        ("a.rs", "#[cfg_attr(test, expect(dead_code, reason = \"why not\"))] fn x() {}"),
    ];
    judge(rules::exceptions, &bad, &good);
    let list = |line: &str| format!("msrv = \"1.90\"\ndisallowed-methods = [\n  # time\n  {line}\n]\n");
    let bad = [list("{ path = \"a::b\" },"), list("{ path = \"a::b\", reason = \"\" },"), list("\"a::b\",")];
    let good = list("{ path = \"a::b\", reason = \"because\" },");
    judge(
        rules::prohibitions,
        &bad.each_ref().map(|list| ("clippy.toml", list.as_str())),
        &[("clippy.toml", &good)],
    );
}

#[test]
fn replaced_words_are_noticed() {
    let bad = [
        ("README.md", "It tells the time."),
        ("a.rs", "let x = 1; // Nobody knows."),
        ("a.rs", "    /// Whoever waits."),
        ("a.rs", "fail(\"cannot tell\");"),
        ("a.ts", " * What was said."),
        ("a.ts", "const x = 'through the door';"),
    ];
    let good = [
        ("README.md", "It shows the time, and is intolerable."),
        ("a.rs", "let told = tell(\"{told}\"); // shown"),
        ("a.rs", "/// See `three_doors`."),
        ("a.ts", "const told = `${told} https://example.com`;"),
    ];
    judge(words::words, &bad, &good);
}

#[test]
fn long_files_and_silent_folders_are_noticed() {
    judge(rules::length, &[("a.rs", &"\n".repeat(401))], &[("a.rs", &"\n".repeat(400))]);
    let bad = [("src/pki/mod.rs", "//! RFC work.\n// May import: nothing\nmod a;")];
    let good = [("src/pki/mod.rs", "//! RFC work. May import: `error`."), ("src/pki/jwk.rs", "//! Keys.")];
    judge(rules::folders, &bad, &good);
}
