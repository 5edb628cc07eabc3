//! The commands that replace a file are killed at moments of no choosing, and where the new file cannot be written.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Folder, plain};

/// How often each command is killed in an ordinary run.
const ROUNDS: u32 = 8;

/// Commands, with what opens the file before and after them.
const COMMANDS: [(&str, &str, &str); 3] = [
    ("seal --db idps.redb --seal-key-file key", "", " --seal-key-file key"),
    ("rewrap --db idps.redb --rotate --seal-key-file key", " --seal-key-file key", " --seal-key-file key"),
    ("unseal --db idps.redb --seal-key-file key", " --seal-key-file key", ""),
];

#[test]
fn the_file_is_the_old_or_the_new_one_whenever_a_command_is_killed() {
    let folder = Folder::new();
    let export = folder.export("");
    let (mut kills, mut ended) = (0, 0);
    for (command, before, after) in COMMANDS {
        let start = folder.bytes("idps.redb");
        for round in 0..ROUNDS * times() {
            kill_after(folder.command(command), delay(round));
            let is_new = check(&folder, &start, &export, before, after);
            kills += 1;
            ended += usize::from(is_new);
            fs::write(folder.path("idps.redb"), &start).unwrap();
        }
        folder.prints(command);
        assert_eq!(folder.export(after), export, "what a kill left is in no one's way");
        assert!(!folder.path("idps.redb.new").exists());
    }
    println!(
        "figures: {kills} kills of `seal`, `rewrap` and `unseal`, {ended} after the new file was in place, and nothing was lost"
    );
}

#[test]
fn the_file_is_the_old_one_where_the_new_one_cannot_be_written() {
    let folder = Folder::new();
    let export = folder.export("");
    for (command, before, after) in COMMANDS {
        let start = folder.bytes("idps.redb");
        // In blocks of 512 octets. A signal ends the process in the midst of a write, or the write fails.
        for blocks in [0, 1, 8, 40] {
            for trap in ["", "trap '' XFSZ; "] {
                let script = format!("{trap}ulimit -f {blocks}; exec \"$0\" {command}");
                let mut shell = Command::new("sh");
                shell.current_dir(folder.0.path());
                shell.args(["-c", &script, env!("CARGO_BIN_EXE_idpstore")]);
                assert!(!shell.output().unwrap().status.success(), "{command}: {blocks}");
                assert!(folder.bytes("idps.redb") == start, "{command}: {blocks}");
                assert!(trap.is_empty() || !folder.path("idps.redb.new").exists(), "{command}: {blocks}");
                assert!(!check(&folder, &start, &export, before, after));
                fs::write(folder.path("idps.redb"), &start).unwrap();
            }
        }
        folder.prints(command);
    }
}

/// Whether the file is the new one, which holds all that the old one did. What else is there holds no secret but while it is unsealed.
fn check(folder: &Folder, start: &[u8], export: &str, before: &str, after: &str) -> bool {
    let now = folder.bytes("idps.redb");
    let is_new = now != start;
    let leftover = fs::read(folder.path("idps.redb.new")).unwrap_or_default();
    if !after.is_empty() {
        assert_eq!(plain(&leftover, export), 0);
        assert!(!is_new || plain(&now, export) == 0);
    }
    let opens = if is_new { after } else { before };
    assert_eq!(folder.export(opens), export, "new: {is_new}");
    is_new
}

/// How many times as much is done as in an ordinary run: `cargo xtask soak` sets it.
fn times() -> u32 {
    std::env::var("IDPSTORE_TEST_TIMES").map_or(1, |times| times.parse().unwrap())
}

/// From at once to a good while; in no order.
fn delay(round: u32) -> Duration {
    Duration::from_micros(u64::from(round * 7919 % 64 * 1000))
}

#[expect(clippy::disallowed_methods, reason = "the moment of the kill is a matter of time")]
fn kill_after(mut command: Command, delay: Duration) {
    let mut victim = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(delay);
    victim.kill().unwrap();
    victim.wait().unwrap();
}
