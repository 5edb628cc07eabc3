//! `cargo xtask test`: every check of the project, in the order in which one wants to hear of a failure; or, as in
//! `cargo xtask test format npm`, those that are named.

use std::env;
use std::path::PathBuf;

use crate::pkg::{TARGET, console, provide_target};
use crate::run::{Outcome, cargo, note_skipped, run, say, skip, succeeds, take_skipped, timed};
use crate::sdk::sdk;
use crate::setup::{has_cargo_deny, setup};
use crate::{etcd, fuzz, npm};

/// A check: its name, and how it is done.
type Check = (&'static str, fn() -> Outcome);

const CHECKS: [Check; 12] = [
    ("setup", setup),
    ("format", || run(cargo(&["fmt", "--all", "--check"]))),
    ("lints", || {
        console()?;
        run(cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))
    }),
    ("tests", || {
        console()?;
        run(cargo(&["test", "--workspace", "--all-features"]))
    }),
    ("etcd", etcd::test),
    ("sdk", sdk),
    ("npm", npm::test),
    ("no-features", || {
        run(cargo(&["check", "-p", "idpstore", "--no-default-features"]))?;
        run(cargo(&["test", "-p", "idpstore-cli", "--test", "serve", "console::"]))
    }),
    ("wasm", wasm),
    ("fuzz-targets", fuzz::check),
    ("documentation", documentation),
    ("dependencies", dependencies),
];

/// Runs the checks, or those that are named, up to the first that fails, and sums up.
pub(crate) fn test(names: &[&str]) -> Outcome {
    let known: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        return Err(format!("there is no check `{name}`, but {}", known.join(", ")));
    }
    let mut summary = Vec::new();
    let mut outcome = Ok(());
    for (name, check) in CHECKS.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        let took;
        (outcome, took) = timed(*check);
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        summary.push(format!("{name:<15}{:>7.1} s  {word}", took.as_secs_f64()));
        summary.extend(take_skipped().into_iter().map(|words| format!("{:<15}skipped: {words}", "")));
        if outcome.is_err() {
            break;
        }
    }
    say("");
    for line in &summary {
        say(line);
    }
    outcome
}

/// The library as a program in WebAssembly depends on it.
fn wasm() -> Outcome {
    provide_target()?;
    run(cargo(&["check", "-p", "idpstore", "--all-features", "--target", TARGET]))
}

fn documentation() -> Outcome {
    console()?;
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    run(command)
}

/// The workspaces that are published.
const MANIFESTS: [&str; 2] = ["Cargo.toml", etcd::MANIFEST];

/// Checks the dependencies against `deny.toml`. The database of advisories is no package of a registry, so without it
/// that check is left out even in CI.
fn dependencies() -> Outcome {
    if !has_cargo_deny() {
        return skip("cargo-deny is not installed (`cargo install cargo-deny --locked`)");
    }
    // cargo-deny looks at the crates of every platform; a build downloads only those of its own.
    if !MANIFESTS.iter().all(|manifest| succeeds(cargo(&["fetch", "--locked", "--manifest-path", manifest])))
    {
        return skip("not all dependencies can be downloaded (`cargo fetch`)");
    }
    let check = |checks: &[&str]| {
        MANIFESTS.iter().try_for_each(|manifest| {
            let deny =
                ["deny", "--manifest-path", manifest, "--workspace", "--offline", "--config", "deny.toml"];
            run(cargo(&[&deny[..], &["check", "--hide-inclusion-graph"], checks].concat()))
        })
    };
    check(&["licenses", "bans", "sources"])?;
    if !has_advisories() {
        note_skipped(
            "advisories were not checked: their database is not here (`cargo deny fetch db`); SECURITY.md says when \
             they last were",
        );
        return Ok(());
    }
    check(&["advisories"])
}

/// Whether cargo-deny has fetched a database of advisories, in the place that it uses by default.
fn has_advisories() -> bool {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let entries = home.and_then(|home| home.join("advisory-dbs").read_dir().ok());
    entries.is_some_and(|entries| entries.flatten().any(|entry| entry.path().is_dir()))
}
