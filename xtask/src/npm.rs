//! The checks of the npm package, over what `cargo xtask pkg` has built.

use std::path::Path;
use std::process::Command;

use crate::pkg::{npm, npm_ci, pkg, target_directory};
use crate::run::{Outcome, cargo, root, run};

/// Builds the package and runs its tests: in Node, in Chromium, and in projects that have it installed.
pub(crate) fn test() -> Outcome {
    pkg()?;
    run(cargo(&["build", "-p", "idpstore-cli"]))?;
    let pkg = root().join("pkg");
    npm_ci(&pkg.join("test/consumers"))?;
    run(with_program(npm(&pkg, &["test"]))?)
}

/// Measures the package beside what a user would pick instead.
pub(crate) fn bench() -> Outcome {
    pkg()?;
    let bench = root().join("pkg/bench");
    npm_ci(&bench)?;
    run(node(&bench, "bench.mjs"))
}

/// Tells the tests where the native program is, with which the package shares its files.
fn with_program(mut command: Command) -> Result<Command, String> {
    command.env("IDPSTORE_BIN", target_directory()?.join("debug").join("idpstore"));
    Ok(command)
}

fn node(directory: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(script).current_dir(directory);
    command
}
