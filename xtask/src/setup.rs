//! `cargo xtask setup`: the programs that the tests call.

use std::process::Command;

use crate::run::{Outcome, cargo, is_ci, run, say, skip, succeeds};

/// A program outside of cargo's reach.
struct Tool {
    name: &'static str,
    purpose: &'static str,
    /// Whether the checks make no sense without it.
    required: bool,
}

const TOOLS: [Tool; 5] = [
    Tool { name: "openssl", purpose: "makes certificates and judges ours", required: true },
    Tool { name: "python3", purpose: "runs a vendor's SDK against `serve`", required: false },
    Tool { name: "node", purpose: "runs the npm package, its tests and a vendor's SDK", required: true },
    Tool { name: "npm", purpose: "installs what these need", required: true },
    Tool { name: "chromium", purpose: "runs the npm package as a page does", required: true },
];

/// Makes sure that every tool is there, installing it where that can be done without asking anyone.
pub(crate) fn setup() -> Outcome {
    TOOLS.iter().try_for_each(provide)?;
    if is_ci() && !has_cargo_deny() {
        // It runs once, so it need not be quick.
        run(cargo(&["install", "cargo-deny", "--version", CARGO_DENY, "--locked", "--debug"]))?;
    }
    Ok(())
}

/// The version that CI holds the dependencies against `deny.toml` with.
const CARGO_DENY: &str = "0.20.2";

pub(crate) fn has_cargo_deny() -> bool {
    succeeds(cargo(&["deny", "--version"]))
}

fn provide(tool: &Tool) -> Outcome {
    let Tool { name, purpose, required } = tool;
    if is_there(name) || (may_install() && install(name).is_ok() && is_there(name)) {
        say(&format!("{name} is there"));
        return Ok(());
    }
    let words = format!("`{name}` is not there ({purpose}): install it with your system's package manager");
    if *required { Err(words) } else { skip(&words) }
}

fn is_there(name: &str) -> bool {
    let mut command = Command::new(name);
    command.arg(if name == "openssl" { "version" } else { "--version" });
    succeeds(command)
}

/// Whether this is a system with apt, and we are root: a container, mostly.
fn may_install() -> bool {
    let id = Command::new("id").arg("-u").output();
    let mut apt = Command::new("apt-get");
    apt.arg("--version");
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0") && succeeds(apt)
}

fn install(name: &str) -> Outcome {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run(command)
    };
    apt(&["update"])?;
    let package = if name == "node" { "nodejs" } else { name };
    apt(&["install", "-y", "--no-install-recommends", package])
}
