//! `cargo xtask test etcd`: the engine on etcd, which is tested on clusters that the tests
//! start and split themselves.

use std::env;
use std::process::{self, Command};

use crate::pkg::target_directory;
use crate::run::{FIGURES, Outcome, cargo, figures, run, skip, succeeds};
use crate::sdk::program;
use crate::setup::{install, may_install};

/// The manifest of the engine's workspace, from the root.
pub(crate) const MANIFEST: &str = "engines/etcd/Cargo.toml";

/// What is needed: a program, arguments with which it succeeds, and Debian's package.
const NEEDED: [(&str, &[&str], &str); 3] = [
    ("etcd", &["--version"], "etcd-server"),
    ("etcdctl", &["version"], "etcd-client"),
    ("ip", &["-V"], "iproute2"),
];

/// Installs what is needed where that can be done without asking anyone, and does all checks of the engine.
pub(crate) fn test() -> Outcome {
    let is_complete = || missing().is_empty();
    let is_ready = is_complete() || (may_install() && install(&missing()).is_ok() && is_complete());
    if !is_ready {
        return skip(&format!("the engine on etcd: it needs Debian's packages {}", missing().join(", ")));
    }
    run(cargo(&["fmt", "--check", "--manifest-path", MANIFEST]))?;
    run(engine(&["clippy", "--locked", "--all-targets", "--all-features"], &["-D", "warnings"])?)?;
    let mut tests = Vec::new();
    if !may_make_namespaces() {
        skip("networks that are split and disks that are full: what these tests need cannot be made here")?;
        tests = vec!["--skip", "splits::", "--skip", "disks::"];
    }
    run(engine(&["test", "--locked"], &tests)?)?;
    histories(&["history::"], "1")?;
    let mut documentation = engine(&["doc", "--locked", "--no-deps"], &[])?;
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    run(documentation)
}

/// Calls two processes while members of their cluster fail, so many times in each of the ways that are named, and gives what was
/// seen.
pub(crate) fn histories(ways: &[&str], times: &str) -> Result<Vec<String>, String> {
    let mut tests = vec!["--nocapture", "--test-threads=1"];
    if !may_make_namespaces() {
        tests.extend(["--skip", "the_network_is_split", "--skip", "the_disk_of_a_member_is_full"]);
    }
    let mut command = on_cluster(&[ways, &tests].concat())?;
    command.env("IDPSTORE_TEST_TIMES", times);
    figures(command, FIGURES)
}

/// Runs the tests of the vendors' SDKs against servers whose stores are on a cluster.
pub(crate) fn sdk() -> Outcome {
    let mut command = on_cluster(&["programs::", "--nocapture"])?;
    let this = env::current_exe().map_err(|error| error.to_string())?;
    command.env("IDPSTORE_TEST_COMMAND", format!("{} sdk", this.display()));
    run(command)
}

/// Tests of the engine that need the command, which is built with it.
fn on_cluster(tests: &[&str]) -> Result<Command, String> {
    run(cargo(&["build", "-p", "idpstore-cli", "--features", "etcd"]))?;
    let mut command = engine(&["test", "--locked", "--features", "program", "--test", "engine"], tests)?;
    command.env("IDPSTORE", program()?);
    Ok(command)
}

/// The packages that are not there.
fn missing() -> Vec<&'static str> {
    let missing = NEEDED.iter().filter(|(program, arguments, _)| {
        let mut look = Command::new(program);
        look.args(*arguments);
        !succeeds(look)
    });
    missing.map(|(_, _, package)| *package).collect()
}

/// Cargo on the engine, in the folder where the rest is built: most of what both need is built once.
fn engine(arguments: &[&str], rest: &[&str]) -> Result<Command, String> {
    let mut command = cargo(arguments);
    command.args(["--manifest-path", MANIFEST, "--target-dir"]).arg(target_directory()?);
    if !rest.is_empty() {
        command.arg("--").args(rest);
    }
    Ok(command)
}

/// Whether network namespaces can be made here. Only root can, who can also mount a disk.
fn may_make_namespaces() -> bool {
    let namespace = |action: &str| {
        let mut command = Command::new("ip");
        command.args(["netns", action, &format!("idpstore-look-{}", process::id())]);
        succeeds(command)
    };
    namespace("add") && namespace("delete")
}
