//! Running other programs, and printing how it went.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore prints what it does")]

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Success, or in words what went wrong.
pub(crate) type Outcome = Result<(), String>;

/// Prints a line.
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Prints what went wrong, and returns the exit code to end with.
pub(crate) fn fail(words: &str) -> ExitCode {
    eprintln!("{words}");
    ExitCode::FAILURE
}

/// Whether this is CI, where no one can install what is missing.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// Leaves out what cannot be done here. CI can be given all that it needs, so there it is a failure.
pub(crate) fn skip(words: &str) -> Outcome {
    if is_ci() {
        return Err(format!("missing in CI: {words}"));
    }
    note_skipped(words);
    Ok(())
}

/// Prints that something is left out, now and in the summary.
pub(crate) fn note_skipped(words: &str) {
    say(&format!("skipped: {words}"));
    lock_skipped().push(words.to_owned());
}

/// What was left out since the last call of this.
pub(crate) fn take_skipped() -> Vec<String> {
    std::mem::take(&mut *lock_skipped())
}

fn lock_skipped() -> MutexGuard<'static, Vec<String>> {
    static SKIPPED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    SKIPPED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The cargo that runs us, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// Echoes a command and runs it; its output goes where ours goes.
pub(crate) fn run(mut command: Command) -> Outcome {
    let line = line(&command);
    say(&format!("$ {line}"));
    judge(&line, command.status())
}

/// The word after which a test prints what it has done.
pub(crate) const FIGURES: &str = "figures: ";

/// Runs a command as [`run`] does, and gives what follows this word in the lines of its output.
pub(crate) fn figures(mut command: Command, word: &str) -> Result<Vec<String>, String> {
    let line = line(&command);
    say(&format!("$ {line}"));
    let mut found = Vec::new();
    let status = command.stdout(Stdio::piped()).spawn().and_then(|mut child| {
        for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line?;
            say(&line);
            found.extend(line.split_once(word).map(|(_, figure)| figure.to_owned()));
        }
        child.wait()
    });
    judge(&line, status)?;
    if found.is_empty() { Err(format!("no figures: {line}")) } else { Ok(found) }
}

fn judge(line: &str, status: std::io::Result<ExitStatus>) -> Outcome {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed: {line} ({status})")),
        Err(error) => Err(format!("failed: {line} ({error})")),
    }
}

/// Does something and takes the time.
#[expect(clippy::disallowed_methods, reason = "how long a chore takes is only printed")]
pub(crate) fn timed<T>(chore: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (chore(), start.elapsed())
}

/// Whether a command succeeds, without a word.
pub(crate) fn succeeds(mut command: Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A command as one would type it.
fn line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program()).file_stem().unwrap_or_default();
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}='{}'", name.display(), value?.display())));
    let arguments = command.get_args().map(|argument| argument.display().to_string());
    let words: Vec<String> = variables.chain([program.display().to_string()]).chain(arguments).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_a_command_as_one_would_type_it() {
        let mut command = Command::new("/usr/local/bin/cargo");
        command.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(line(&command), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps");
    }

    #[test]
    fn finds_the_figures_in_the_output_of_a_command() {
        let mut command = Command::new("printf");
        command.arg("one\ntest x ... figures: 3 kills\nfigures: 4 images\n");
        assert_eq!(figures(command, "figures: ").unwrap(), ["3 kills", "4 images"]);
        assert_eq!(figures(Command::new("true"), "figures: ").unwrap_err(), "no figures: true");
        figures(Command::new("false"), "figures: ").unwrap_err();
    }

    #[test]
    fn names_the_command_that_failed() {
        let mut command = Command::new("false");
        command.arg("friend");
        let words = run(command).unwrap_err();
        assert!(words.starts_with("failed: false friend ("), "{words}");
        assert!(run(Command::new("no-such-program")).is_err());
        assert!(!succeeds(Command::new("no-such-program")));
    }
}
