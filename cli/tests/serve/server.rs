//! The built binary as a child process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

/// More than anything here takes, so that a server that hangs fails its test instead of hanging it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server that was started and told its address; killed when it goes out of scope.
pub(crate) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
    pub(crate) address: String,
}

/// How a server ended, and what it had printed since it told its address.
pub(crate) struct End {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Server {
    /// Starts `idpstore serve --port 0` with more arguments and waits for its address.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = spawn("0", arguments);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = child.stderr.take().unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").and_then(|line| line.strip_suffix('\n'));
        let address = url.and_then(|url| url.strip_prefix("http://")).unwrap_or_default().to_owned();
        assert!(address.starts_with("127.0.0.1:"), "{line:?}");
        Self { child, stdout, stderr, address }
    }

    /// The port alone.
    pub(crate) fn port(&self) -> &str {
        self.address.strip_prefix("127.0.0.1:").unwrap()
    }

    /// Sends a signal, for example `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits until the server has ended by itself.
    pub(crate) fn end(mut self) -> End {
        let status = wait(&mut self.child);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        End { status, stdout, stderr }
    }

    /// Ends the server as a crash would, at once.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a server says that must not come up.
pub(crate) fn refused(port: &str, arguments: &[&str]) -> String {
    let mut child = spawn(port, arguments);
    let status = wait(&mut child);
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{words}");
    assert!(output.stdout.is_empty());
    assert_eq!(words.lines().count(), 1, "{words}");
    words
}

fn spawn(port: &str, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_idpstore"))
        .args(["serve", "--port", port])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a child process can only be polled for its end")]
fn wait(child: &mut Child) -> ExitStatus {
    let pause = Duration::from_millis(10);
    for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(pause);
    }
    child.kill().unwrap();
    panic!("the server did not end");
}
