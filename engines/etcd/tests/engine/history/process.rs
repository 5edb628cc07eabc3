//! A process that serves the store: `idpstore serve`.

use std::env;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// How old what is answered may be.
pub(super) const MAX_LAG: Duration = Duration::from_secs(5);

/// Ends when it is dropped.
pub(super) struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts the program that the variable `IDPSTORE` names, built with the feature `etcd`. Its log is a file in a folder.
    pub(super) fn start(members: &[String], folder: &Path, name: &str) -> Self {
        let program =
            env::var_os("IDPSTORE").expect("IDPSTORE names the program, as `cargo xtask test etcd` does");
        let hosts: Vec<_> = members.iter().map(|url| url.trim_start_matches("http://")).collect();
        let mut command = Command::new(program);
        command.args(["serve", "--port", "0", "--engine", &format!("etcd://{}/idps", hosts.join(","))]);
        command.args(["--engine-max-lag", &MAX_LAG.as_secs().to_string()]);
        let log = File::create(folder.join(format!("{name}.log"))).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                line.unwrap().strip_prefix("listening on http://")?.trim_end_matches('/').parse().ok()
            })
            .expect("it listens");
        thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
