//! The checks of the npm package, over what `cargo xtask pkg` has built.

use std::process::Command;

use crate::pkg::{console, module, npm, npm_ci, pkg, target_directory, whole_pkg};
use crate::run::{FIGURES, Outcome, cargo, figures, root, run};
use crate::setup::chromium;

/// Builds the package and runs its tests: in Node, in Chromium, in other runtimes, and in projects that have it
/// installed.
pub(crate) fn test() -> Outcome {
    let chromium = chromium().ok_or("`chromium` is not there: `cargo xtask setup`")?;
    pkg()?;
    console()?;
    run(cargo(&["build", "-p", "idpstore-cli", "--features", "console"]))?;
    let pkg = root().join("pkg");
    for project in ["test/consumers", "test/runtimes"] {
        npm_ci(&pkg.join(project))?;
    }
    let mut tests = npm(&pkg, &["test"]);
    // The native program, with which the package shares its files.
    tests.env("IDPSTORE_BIN", target_directory()?.join("debug").join("idpstore"));
    tests.env("IDPSTORE_CHROMIUM", chromium);
    run(tests)
}

/// Runs the tests of a file whose names have this word, so many times over, and gives what they have done.
pub(crate) fn repeat(file: &str, name: &str, times: &str) -> Result<Vec<String>, String> {
    pkg()?;
    let mut node = Command::new("node");
    node.arg(format!("--test-name-pattern={name}")).arg(format!("test/{file}"));
    node.current_dir(root().join("pkg")).env("IDPSTORE_TEST_TIMES", times);
    if let Some(chromium) = chromium() {
        node.env("IDPSTORE_CHROMIUM", chromium);
    }
    figures(node, FIGURES)
}

/// Installs the package as it is published into projects that bundle it, and runs them; and the entries of one vendor each.
pub(crate) fn bundlers() -> Result<Vec<String>, String> {
    let chromium = chromium().ok_or("`chromium` is not there: `cargo xtask setup`")?;
    whole_pkg()?;
    let pkg = root().join("pkg");
    let mut done = Vec::new();
    for (project, tests) in [
        ("consumers", &["test/package.test.mjs", "test/consumers/typescript.test.mjs"][..]),
        ("bundlers", &["test/bundlers/one-vendor.test.mjs", "test/bundlers/bundlers.test.mjs"]),
    ] {
        npm_ci(&pkg.join("test").join(project))?;
        let mut node = Command::new("node");
        // One after the other: both install the package.
        node.args(["--test", "--test-concurrency=1"]).args(tests).current_dir(&pkg);
        node.env("IDPSTORE_CHROMIUM", &chromium);
        done.extend(figures(node, FIGURES)?);
    }
    Ok(done)
}

/// Measures the package beside what a user would pick instead.
pub(crate) fn bench() -> Outcome {
    whole_pkg()?;
    let bench = root().join("pkg/bench");
    npm_ci(&bench)?;
    let mut node = Command::new("node");
    node.arg("bench.mjs").current_dir(bench).env("IDPSTORE_MODULE", module()?);
    run(node)
}
