//! `cargo xtask soak`: what takes too long for every run of the checks. The tests are those of `cargo xtask test`, done
//! many times over; only fuzzing is done nowhere else.

use std::fs;
use std::process::Command;

use crate::etcd;
use crate::fuzz;
use crate::npm;
use crate::pkg::console;
use crate::run::{FIGURES, Outcome, cargo, figures, root, run, say, succeeds, timed};

/// What a part has done, a line for each of its figures.
type Figures = Result<Vec<String>, String>;

/// A part: its name, and how it is done; fuzzing takes so many minutes for each target.
type Part = (&'static str, fn(u32) -> Figures);

const PARTS: [Part; 8] = [
    ("kills", |_| kills()),
    ("power-cuts", |_| power_cuts()),
    ("failing-disks", |_| failing_disks()),
    ("fuzz", fuzz::fuzz),
    ("etcd", |_| on_etcd()),
    ("bundlers", |_| npm::bundlers()),
    ("minimum-rust", |_| minimum_rust()),
    ("publishing", |_| publishing()),
];

/// How long each target is fuzzed unless `--minutes` says otherwise.
const MINUTES: u32 = 20;

/// Does all parts, or those that are named, whatever becomes of the others, and sums up.
pub(crate) fn soak(arguments: &[&str]) -> Outcome {
    let (names, minutes) = read(arguments)?;
    let mut summary = Vec::new();
    let mut failed = Vec::new();
    for (name, part) in PARTS.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        let (outcome, took) = timed(|| part(minutes));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        summary.push(format!("{name:<15}{:>7.1} s  {word}", took.as_secs_f64()));
        let lines = outcome.unwrap_or_else(|words| {
            failed.push(*name);
            words.lines().map(str::to_owned).collect()
        });
        summary.extend(lines.into_iter().map(|line| format!("{:<15}{line}", "")));
    }
    say("");
    for line in &summary {
        say(line);
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// The parts that are named, and the minutes.
fn read<'a>(arguments: &[&'a str]) -> Result<(Vec<&'a str>, u32), String> {
    let (mut names, mut minutes) = (Vec::new(), MINUTES);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if *argument == "--minutes" {
            let number = arguments.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
            minutes = number.ok_or("`--minutes` takes a whole number from 1")?;
        } else if PARTS.iter().any(|(name, _)| name == argument) {
            names.push(*argument);
        } else {
            let known = PARTS.map(|(name, _)| name);
            return Err(format!("there is no part `{argument}`, but {}", known.join(", ")));
        }
    }
    Ok((names, minutes))
}

/// Kills processes that write: one of the library, `serve` with several clients, commands that seal and unseal a file, Node, and tabs of
/// a browser.
fn kills() -> Figures {
    let mut done = storage("kill::", "10")?;
    for test in ["serve", "sealing"] {
        let mut tests =
            cargo(&["test", "-p", "idpstore-cli", "--test", test, "kills::", "--", "--nocapture"]);
        tests.env("IDPSTORE_TEST_TIMES", "10");
        done.extend(figures(tests, FIGURES)?);
    }
    done.extend(npm::repeat("node-file.test.mjs", "killed", "10")?);
    done.extend(npm::repeat("tabs.test.mjs", "killed", "7")?);
    Ok(done)
}

/// Cuts the power of a disk at each moment, of a sealed store, too.
fn power_cuts() -> Figures {
    let mut done = storage("power::", "13")?;
    done.extend(storage("sealing::", "13")?);
    Ok(done)
}

/// Makes each call to a disk fail in turn.
fn failing_disks() -> Figures {
    let mut done = storage("failures::", "50")?;
    done.extend(npm::repeat("storage-failure.test.mjs", "wherever", "5")?);
    Ok(done)
}

/// Does the tests of a file in `tests/storage` so many times over.
fn storage(name: &str, times: &str) -> Figures {
    let mut tests =
        cargo(&["test", "-p", "idpstore", "--all-features", "--test", "storage", name, "--", "--nocapture"]);
    tests.env("IDPSTORE_TEST_TIMES", times);
    figures(tests, FIGURES)
}

/// Has members of clusters of etcd fail while two processes are called, and runs the vendors' SDKs against such a process.
fn on_etcd() -> Figures {
    let mut done = etcd::histories(&["the_leader_is_killed", "a_follower_is_paused"], "20")?;
    done.extend(etcd::histories(&["the_network_is_split", "a_process_is_behind_a_compaction"], "10")?);
    done.extend(etcd::histories(&["the_disk_of_a_member_is_full", "the_quota_is_used_up"], "5")?);
    etcd::sdk()?;
    done.push("the vendors' SDKs hold on a cluster".to_owned());
    Ok(done)
}

/// Builds the library with the oldest Rust that `Cargo.toml` promises, if that is installed.
fn minimum_rust() -> Figures {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).map_err(|error| error.to_string())?;
    let version = rust_version(&manifest).ok_or("`Cargo.toml` has no `rust-version`")?;
    let rustup = |arguments: &[&str]| {
        let mut command = Command::new("rustup");
        command.args(["run", version]).args(arguments).current_dir(root());
        command
    };
    if !succeeds(rustup(&["cargo", "--version"])) {
        return Ok(vec![format!(
            "skipped: Rust {version} is not installed (`rustup toolchain install {version}`)"
        )]);
    }
    run(rustup(&["cargo", "check", "-p", "idpstore", "--all-features", "--locked"]))?;
    Ok(vec![format!("builds with Rust {version}")])
}

/// The value of `rust-version` in a manifest.
fn rust_version(manifest: &str) -> Option<&str> {
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \""))?;
    line.split('"').next()
}

/// Packs what is published, and builds it from the packages.
fn publishing() -> Figures {
    console()?;
    // The console is in the package, and not in the repository.
    run(cargo(&["publish", "--dry-run", "--workspace", "--all-features", "--allow-dirty"]))?;
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_tells_the_oldest_rust() {
        let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert_eq!(rust_version(&manifest), Some("1.90"));
        assert_eq!(rust_version("edition = \"2024\""), None);
    }

    #[test]
    fn reads_parts_and_minutes() {
        assert_eq!(read(&[]).unwrap(), (vec![], MINUTES));
        assert_eq!(read(&["kills", "--minutes", "3", "fuzz"]).unwrap(), (vec!["kills", "fuzz"], 3));
        for wrong in [&["--minutes"][..], &["--minutes", "0"], &["--minutes", "x"], &["kils"]] {
            read(wrong).unwrap_err();
        }
    }
}
