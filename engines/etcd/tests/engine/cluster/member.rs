//! One member of a cluster: a process of `etcd`.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub(super) struct Member {
    number: usize,
    process: Option<Child>,
    paused: bool,
    cut: bool,
    removed: bool,
}

impl Member {
    pub(super) fn new(number: usize) -> Self {
        Self { number, process: None, paused: false, cut: false, removed: false }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    pub(super) fn name(&self) -> String {
        format!("m{}", self.number)
    }

    /// Whether it can take part: it runs, is not paused, and is not cut off.
    pub(super) fn takes_part(&self) -> bool {
        self.process.is_some() && !self.paused && !self.cut
    }

    pub(super) fn is_removed(&self) -> bool {
        self.removed
    }

    pub(super) fn set_removed(&mut self) {
        self.removed = true;
    }

    pub(super) fn set_cut(&mut self, cut: bool) {
        self.cut = cut;
    }

    /// The id of its process.
    pub(super) fn process(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Starts its process. Elections take at most a second or two, even where two cores
    /// have several clusters to run.
    pub(super) fn start(&mut self, mut command: Command, log: &Path) {
        assert!(self.process.is_none(), "{} runs", self.name());
        let log = OpenOptions::new().create(true).append(true).open(log).unwrap();
        command.arg(format!("--name={}", self.name()));
        command.args(["--heartbeat-interval=50", "--election-timeout=500", "--bcrypt-cost=4"]);
        command.args(["--logger=zap", "--log-outputs=stderr", "--log-level=warn"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.process = Some(command.spawn().unwrap());
        self.paused = false;
    }

    /// Whether its process has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.process.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// Ends its process with SIGKILL, if it still runs.
    pub(super) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    pub(super) fn pause(&mut self) {
        self.signal("STOP");
        self.paused = true;
    }

    pub(super) fn resume(&mut self) {
        self.signal("CONT");
        self.paused = false;
    }

    /// The library of Rust itself sends no signal but SIGKILL.
    fn signal(&self, name: &str) {
        let pid = self.process().unwrap();
        let status = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
        assert!(status.success(), "SIG{name} for {}", self.name());
    }
}
