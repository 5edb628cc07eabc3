//! `cargo xtask setup`: the programs that the tests call.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::run::{Outcome, cargo, is_ci, run, say, skip, succeeds};

/// A program outside of cargo's reach.
struct Tool {
    name: &'static str,
    purpose: &'static str,
    /// Whether the checks make no sense without it.
    required: bool,
}

const TOOLS: [Tool; 9] = [
    Tool { name: "openssl", purpose: "makes certificates and judges ours", required: true },
    Tool { name: "bash", purpose: "runs the script that makes providers at another vendor", required: true },
    Tool { name: "curl", purpose: "sends the requests of that script", required: true },
    Tool { name: "jq", purpose: "puts variables into them", required: true },
    Tool {
        name: "protoc",
        purpose: "builds the client of etcd, with protobuf's own definitions",
        required: true,
    },
    Tool { name: "python3", purpose: "runs a vendor's SDK against `serve`", required: false },
    Tool { name: "node", purpose: "runs the npm package, its tests and a vendor's SDK", required: true },
    Tool { name: "npm", purpose: "installs what these need", required: true },
    Tool { name: "chromium", purpose: "runs the npm package as a page does", required: true },
];

/// Makes sure that every tool is there, installing it where that can be done without asking anyone.
pub(crate) fn setup() -> Outcome {
    TOOLS.iter().try_for_each(provide)?;
    check_node()?;
    if is_ci() && !has_cargo_deny() {
        // It runs once, so it need not be quick.
        let mut install = cargo(&["install", "cargo-deny", "--version", CARGO_DENY, "--locked", "--debug"]);
        install.env("CARGO_PROFILE_DEV_DEBUG", "0");
        run(install)?;
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
    if is_there(name) || (may_install() && install(packages(name)).is_ok() && is_there(name)) {
        say(&format!("{name} is there"));
        return Ok(());
    }
    let words = format!("`{name}` is not there ({purpose}): install it with your system's package manager");
    if *required { Err(words) } else { skip(&words) }
}

/// The packages of Debian that have a program and what it needs.
fn packages<'n>(name: &'n &'n str) -> &'n [&'n str] {
    match *name {
        "node" => &["nodejs"],
        "protoc" => &["protobuf-compiler", "libprotobuf-dev"],
        _ => std::slice::from_ref(name),
    }
}

pub(crate) fn is_there(name: &str) -> bool {
    if name == "chromium" {
        return chromium().is_some();
    }
    let mut command = Command::new(name);
    command.args(match name {
        "openssl" => &["version"][..],
        "protoc" => &["--descriptor_set_out=/dev/null", "google/protobuf/descriptor.proto"],
        _ => &["--version"],
    });
    succeeds(command)
}

/// The browser of the tests: the one that `IDPSTORE_CHROMIUM` names, or the first `chromium` of the path.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = env::var_os("IDPSTORE_CHROMIUM").map(PathBuf::from);
    let name = format!("chromium{}", env::consts::EXE_SUFFIX);
    let found = || {
        env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
    };
    named.or_else(found)
}

/// The oldest Node that runs the package, as `engines` in its `package.json` has it.
const NODE: (u32, u32) = (20, 19);

/// Makes sure that Node is new enough, with npm: that of a system may be older, such as the 18 of Debian 12.
pub(crate) fn check_node() -> Outcome {
    let told = Command::new("node").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let told = String::from_utf8_lossy(&told);
    if release(&told).is_some_and(|release| release >= NODE) && is_there("npm") {
        return Ok(());
    }
    let (major, minor) = NODE;
    let found = if told.is_empty() { "none" } else { told.trim() };
    Err(format!(
        "the npm package needs Node {major}.{minor} or newer, with npm, and here is {found}: install it from \
         https://nodejs.org or as your system recommends"
    ))
}

/// The first two numbers of a version, such as `v20.19.4`.
fn release(version: &str) -> Option<(u32, u32)> {
    let (major, rest) = version.trim().strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, rest.split('.').next()?.parse().ok()?))
}

/// Whether this is a system with apt, and we are root: a container, mostly.
pub(crate) fn may_install() -> bool {
    let id = Command::new("id").arg("-u").output();
    let mut apt = Command::new("apt-get");
    apt.arg("--version");
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0") && succeeds(apt)
}

/// Installs packages of the system.
pub(crate) fn install(packages: &[&str]) -> Outcome {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run(command)
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_node_is_too_old() {
        assert!(release("v18.20.4\n").unwrap() < NODE);
        assert!(release("v20.9.0").unwrap() < NODE);
        assert!(release("v20.19.0").unwrap() >= NODE);
        assert!(release("v22.1.0-nightly").unwrap() >= NODE);
        assert_eq!(release(""), None);
    }
}
