//! `cargo xtask sdk`: the vendors' own SDKs against `idpstore serve`, as in `tests/sdk`.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::pkg::target_directory;
use crate::run::{Outcome, cargo, root, run, skip};
use crate::setup::is_there;

/// Builds the command and runs the tests of each SDK that can be installed here.
pub(crate) fn sdk() -> Outcome {
    run(cargo(&["build", "-p", "idpstore-cli"]))?;
    against_program(&program()?)
}

/// The command, as it was built last.
pub(crate) fn program() -> Result<PathBuf, String> {
    Ok(target_directory()?.join("debug").join(format!("idpstore{EXE_SUFFIX}")))
}

/// Runs the tests of each SDK that can be installed here against a program that is there.
pub(crate) fn against_program(program: &Path) -> Outcome {
    let target = target_directory()?;
    node(program, &target.join("sdk/node"))?;
    python(program, &target.join("sdk/python"))?;
    harness(program)
}

/// Installs from the lock file outside of the sources, and runs the tests there.
fn node(program: &Path, folder: &Path) -> Outcome {
    if !["node", "npm"].iter().all(|tool| is_there(tool)) {
        return skip("the SDK for Node: `node` and `npm` are not there");
    }
    copy(&sources("node"), folder)?;
    if run(within(folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])).is_err() {
        return skip("the SDK for Node: it cannot be installed");
    }
    run(against(program, within(folder, "node", &["--test"])))
}

/// Installs exactly the pinned packages into an environment of its own, and runs the tests with it.
fn python(program: &Path, folder: &Path) -> Outcome {
    if !is_there("python3") {
        return skip("the SDK for Python: `python3` is not there");
    }
    let python = folder.join(if cfg!(windows) { "Scripts/python" } else { "bin/python" });
    let requirements = sources("python").join("requirements.txt");
    let install = || {
        let mut make = Command::new("python3");
        make.args(["-m", "venv"]).arg(folder);
        run(make)?;
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--require-hashes", "-r"]).arg(&requirements);
        run(install)
    };
    if install().is_err() {
        return skip("the SDK for Python: it cannot be installed");
    }
    run(against(program, within(&sources("python"), &python, &["-m", "unittest"])))
}

/// Runs the examples of tests in other languages.
fn harness(program: &Path) -> Outcome {
    let folder = root().join("examples/harness");
    for [tool, test] in [["python3", "test_retries.py"], ["curl", "retries.sh"]] {
        let (with, arguments): (_, &[_]) =
            if tool == "curl" { ("sh", &[test]) } else { (tool, &["-m", "unittest", test]) };
        if is_there(tool) {
            run(against(program, within(&folder, with, arguments)))?;
        } else {
            skip(&format!("the example `{test}`: `{tool}` is not there"))?;
        }
    }
    Ok(())
}

/// The folder with the tests for an SDK.
fn sources(name: &str) -> PathBuf {
    root().join("tests/sdk").join(name)
}

fn within(folder: &Path, program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// The SDKs speak to this program, and would send even what goes to this machine through a proxy.
fn against(program: &Path, mut command: Command) -> Command {
    command.env("IDPSTORE", program).env("IDPSTORE_BIN", program).env("PYTHONDONTWRITEBYTECODE", "1"); // nothing is left in the sources
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy);
    }
    command
}

/// Copies the files of a folder into another, which is made if it is not there.
fn copy(from: &Path, to: &Path) -> Outcome {
    let copied = || -> std::io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in from.read_dir()?.flatten().filter(|entry| entry.path().is_file()) {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    };
    copied().map_err(|error| format!("cannot copy {}: {error}", from.display()))
}
