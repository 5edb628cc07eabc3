//! Fuzzing, as `fuzz/README.md` describes it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::pkg::target_directory;
use crate::run::{Outcome, cargo, root, run, say};

/// How many targets are fuzzed at a time.
const AT_A_TIME: usize = 2;

/// Makes sure that all targets compile, sparing what is only needed to run them: the fuzzer, which is in C++, and the
/// options of the compiler, with which the dependencies would be another build.
pub(crate) fn check() -> Outcome {
    let mut check =
        cargo(&["check", "--locked", "--no-default-features", "--manifest-path", "fuzz/Cargo.toml"]);
    check.arg("--target-dir").arg(target_directory()?);
    run(check)
}

/// Fuzzes every target for so many minutes, from its seeds and what was found in earlier runs.
pub(crate) fn fuzz(minutes: u32) -> Result<Vec<String>, String> {
    run(within(&["build", "--locked", "--release"]))?;
    let waiting = Mutex::new(targets()?);
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(target) = next() {
                    let outcome = fuzz_one(&target, minutes);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    let has_findings = outcomes.iter().any(Result::is_err);
    let mut lines: Vec<String> = outcomes.into_iter().map(|line| line.unwrap_or_else(|line| line)).collect();
    lines.sort();
    if has_findings { Err(lines.join("\n")) } else { Ok(lines) }
}

/// The names of all targets, the last of the alphabet first.
fn targets() -> Result<Vec<String>, String> {
    let entries =
        folder().join("fuzz_targets").read_dir().map_err(|error| format!("fuzz_targets: {error}"))?;
    let stems = entries.flatten().filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned()));
    let mut targets: Vec<String> = stems.collect();
    targets.sort_by(|a, b| b.cmp(a));
    Ok(targets)
}

/// Fuzzes a target; its figures, as an error if anything was found.
fn fuzz_one(target: &str, minutes: u32) -> Result<String, String> {
    let log = folder().join("artifacts").join(format!("{target}.log"));
    let failed = |error: std::io::Error| format!("{target}: {error}");
    let corpus = Path::new("corpus").join(target);
    for made in [folder().join("artifacts"), folder().join(&corpus)] {
        fs::create_dir_all(made).map_err(failed)?;
    }
    let mut fuzzer = within(&["run", "--quiet", "--locked", "--release", "--bin", target, "--"]);
    fuzzer.arg(corpus).stderr(File::create(&log).map_err(failed)?);
    let seeds = Path::new("seeds").join(target);
    if folder().join(&seeds).is_dir() {
        fuzzer.arg(seeds);
    }
    let dictionary = format!("dictionaries/{target}.txt");
    if folder().join(&dictionary).is_file() {
        fuzzer.arg(format!("-dict={dictionary}"));
    }
    fuzzer.arg(format!("-artifact_prefix=artifacts/{target}-"));
    fuzzer.arg(format!("-max_total_time={}", minutes * 60));
    // An input that takes so many seconds is a finding, too.
    fuzzer.arg("-timeout=20");
    say(&format!("fuzzing {target}; its log is {}", log.display()));
    let status = fuzzer.status().map_err(failed)?;
    let words = String::from_utf8_lossy(&fs::read(&log).map_err(failed)?).into_owned();
    let figures = last_figures(&words).unwrap_or_default();
    if status.success() {
        Ok(format!("{target}: {figures}, nothing found"))
    } else {
        Err(format!("{target}: {figures}, FAILED ({status}): {}", log.display()))
    }
}

/// Executions and coverage from the last line of the fuzzer's that has them, such as
/// `#4096 pulse  cov: 811 ft: 1500 corp: 40/1Kb lim: 4096 exec/s: 2048 rss: 60Mb`.
fn last_figures(log: &str) -> Option<String> {
    let line = log.lines().rfind(|line| line.starts_with('#') && line.contains(" cov: "))?;
    let word_after = |name: &str| line.split_once(name)?.1.split_whitespace().next();
    let runs = word_after("#")?;
    Some(format!("{runs} executions, {} a second, cov: {}", word_after("exec/s: ")?, word_after(" cov: ")?))
}

fn folder() -> PathBuf {
    root().join("fuzz")
}

/// A command of cargo within `fuzz/`, whose options of the compiler are found from there.
fn within(arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    command.current_dir(folder()).env_remove("RUSTFLAGS");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_figures_of_a_run() {
        let log = "INFO: seed\n#2\tINITED cov: 8 ft: 9 corp: 1/1b exec/s: 0 rss: 30Mb\nNEW_FUNC\n\
            #4096\tDONE   cov: 811 ft: 1500 corp: 40/1Kb lim: 4096 exec/s: 2048 rss: 60Mb\nDone 4096 runs in 2 second(s)\n";
        assert_eq!(last_figures(log).unwrap(), "4096 executions, 2048 a second, cov: 811");
        assert_eq!(last_figures("error: could not compile"), None);
    }
}
