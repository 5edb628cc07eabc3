//! The built binary as a child process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

/// More than anything here takes, so that a server that hangs fails its test instead of hanging it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server that was started and has printed its address; killed when it goes out of scope.
pub(crate) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    pub(crate) address: String,
    pub(crate) url: String,
}

/// How a server ended, and what it had printed after its address.
pub(crate) struct End {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    /// Without the line about the console, which not every program has.
    pub(crate) stderr: String,
    pub(crate) all_stderr: String,
}

/// What begins the line about the console.
const CONSOLE: &str = "console at ";

impl Server {
    /// Starts `idpstore serve --port 0` with more arguments and waits for its address.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::wait_for(serve(program(), "0", arguments))
    }

    /// The same after this was done to the command.
    pub(crate) fn start_with(set: impl FnOnce(&mut Command) -> &mut Command, arguments: &[&str]) -> Self {
        let mut command = program();
        set(&mut command);
        Self::wait_for(serve(command, "0", arguments))
    }

    /// The same with its arguments in the environment or in a file alone.
    pub(crate) fn start_bare(set: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = program();
        command.arg("serve");
        set(&mut command);
        Self::wait_for(spawn(&mut command))
    }

    /// Starts `idpstore` with these arguments, which make it a server.
    #[cfg(feature = "console")]
    pub(crate) fn of(arguments: &[&str]) -> Self {
        Self::wait_for(spawn(program().args(arguments)))
    }

    /// The same with a variable of the environment.
    #[cfg(feature = "console")]
    pub(crate) fn of_with(name: &str, value: &str, arguments: &[&str]) -> Self {
        Self::wait_for(spawn(program().env(name, value).args(arguments)))
    }

    /// The same by way of a shell, which first runs these commands.
    pub(crate) fn start_after(commands: &str, arguments: &[&str]) -> Self {
        let script = format!("{commands}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_idpstore")]);
        Self::wait_for(serve(shell, "0", arguments))
    }

    /// The same with a token in the environment.
    pub(crate) fn start_with_token(token: &str) -> Self {
        let mut command = program();
        command.env("IDPSTORE_TOKEN", token);
        Self::wait_for(serve(command, "0", &[]))
    }

    /// The same in a terminal of its own, which shows what is printed to stdout and to stderr.
    pub(crate) fn in_terminal() -> Self {
        let command = format!("'{}' serve --port 0", env!("CARGO_BIN_EXE_idpstore"));
        let mut terminal = Command::new("script");
        terminal.args(["--quiet", "--flush", "--command", &command, "/dev/null"]);
        Self::wait_for(spawn(&mut terminal))
    }

    fn wait_for(mut child: Child) -> Self {
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        // In a terminal there are others before it.
        while line.starts_with("data in") || line.starts_with(CONSOLE) {
            line.clear();
            stdout.read_line(&mut line).unwrap();
        }
        let url = line.strip_prefix("listening on ").map(str::trim_end).unwrap_or_default().to_owned();
        let (_, address) = url.split_once("://").unwrap_or_else(|| panic!("{line:?}"));
        Self { child, stdout, stderr, address: address.to_owned(), url }
    }

    /// The port alone.
    pub(crate) fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap()
    }

    /// The next line of stderr that has these words.
    pub(crate) fn line_with(&mut self, words: &str) -> String {
        loop {
            let line = self.line();
            if line.contains(words) {
                return line;
            }
        }
    }

    /// The next line of stderr, but for that about the console.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        while line.is_empty() || line.starts_with(CONSOLE) {
            line.clear();
            assert!(self.stderr.read_line(&mut line).unwrap() > 0, "stderr has ended");
        }
        line
    }

    /// The next line of stdout.
    pub(crate) fn printed(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// The number of the process.
    pub(crate) fn process(&self) -> String {
        self.child.id().to_string()
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
        let others = stderr.split_inclusive('\n').filter(|line| !line.contains(CONSOLE)).collect();
        End { status, stdout, stderr: others, all_stderr: stderr }
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

/// The link to the console that a server prints, and the server.
#[cfg(feature = "console")]
pub(crate) fn console_of(mut server: Server) -> (String, Server) {
    let mut line = String::new();
    while !line.starts_with(CONSOLE) {
        line.clear();
        assert!(server.stderr.read_line(&mut line).unwrap() > 0, "there is no link");
    }
    (line.trim_start_matches(CONSOLE).trim_end().to_owned(), server)
}

/// The one line of a server that must not come up.
pub(crate) fn refused(port: &str, arguments: &[&str]) -> String {
    let words = ends_with(1, serve(program(), port, arguments));
    assert_eq!(words.lines().count(), 1, "{words}");
    words
}

/// What is printed about arguments that make no sense.
pub(crate) fn misused(arguments: &[&str]) -> String {
    ends_with(2, serve(program(), "0", arguments))
}

fn ends_with(code: i32, mut child: Child) -> String {
    let status = wait(&mut child);
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{words}");
    assert!(output.stdout.is_empty());
    words
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_idpstore"))
}

fn serve(mut command: Command, port: &str, arguments: &[&str]) -> Child {
    spawn(command.args(["serve", "--port", port]).args(arguments))
}

fn spawn(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
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
