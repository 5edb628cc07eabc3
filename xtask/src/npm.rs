//! The checks of the npm package, over what `cargo xtask pkg` has built.

use std::process::Command;

use crate::pkg::{module, npm, npm_ci, pkg, target_directory};
use crate::run::{Outcome, cargo, root, run};
use crate::setup::chromium;

/// Builds the package and runs its tests: in Node, in Chromium, in other runtimes, and in projects that have it
/// installed.
pub(crate) fn test() -> Outcome {
    let chromium = chromium().ok_or("`chromium` is not there: `cargo xtask setup`")?;
    pkg()?;
    run(cargo(&["build", "-p", "idpstore-cli"]))?;
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

/// Measures the package beside what a user would pick instead.
pub(crate) fn bench() -> Outcome {
    pkg()?;
    let bench = root().join("pkg/bench");
    npm_ci(&bench)?;
    let mut node = Command::new("node");
    node.arg("bench.mjs").current_dir(bench).env("IDPSTORE_MODULE", module()?);
    run(node)
}
