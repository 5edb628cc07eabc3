//! Cleaning up even after a test whose process was killed.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A shell that waits for the end of its input, which comes when this is dropped, and when our process ends in any way.
/// Then it ends the processes that it knows, and removes the folder, with what is mounted there, and the network.
pub(super) struct Cleanup {
    shell: Child,
    input: Option<ChildStdin>,
}

impl Cleanup {
    /// Starts it with the commands that remove the network.
    pub(super) fn start(folder: &Path, network: &str) -> Self {
        let mut command = Command::new("sh");
        // Signals from the keyboard reach it, too; it ends after us.
        command.args(["-c", "trap '' HUP INT TERM; exec sh"]);
        let mut shell = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let input = shell.stdin.take();
        let mut cleanup = Self { shell, input };
        let end = "for pid in $pids; do kill -KILL $pid; done; umount -l \"$folder\"/*; rm -rf \"$folder\"";
        cleanup.run(&format!("folder='{}'; trap '{end}; {network}' EXIT", folder.display()));
        cleanup
    }

    /// Has it know the processes that run.
    pub(super) fn remember(&mut self, processes: &[u32]) {
        let processes: Vec<String> = processes.iter().map(ToString::to_string).collect();
        self.run(&format!("pids='{}'", processes.join(" ")));
    }

    fn run(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        self.input = None;
        self.shell.wait().unwrap();
    }
}
