//! `etcdctl`, by which a cluster is administered.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::network::without_proxies;
use super::{Cluster, ROOT};

impl Cluster {
    /// Runs `etcdctl` against any member that takes part, and returns its output, or the error that it has reported.
    pub(crate) fn etcdctl(&self, arguments: &[&str]) -> Result<String, String> {
        let members = self.members.iter().filter(|member| member.takes_part());
        let endpoints: Vec<String> = members.map(|member| self.endpoint(member.number())).collect();
        self.run_etcdctl(&endpoints.join(","), arguments, "")
    }

    /// Runs `etcdctl` against one member.
    pub(crate) fn etcdctl_at(&self, i: usize, arguments: &[&str]) -> Result<String, String> {
        self.run_etcdctl(&self.endpoint(i), arguments, "")
    }

    /// Puts a value that is too long for an argument.
    pub(super) fn put(&self, key: &str, value: &str) -> Result<String, String> {
        self.run_etcdctl(&self.endpoint(self.leader()), &["put", key], value)
    }

    /// Runs `etcdctl` against one member, and reads its output as JSON.
    pub(super) fn read(&self, i: usize, arguments: &[&str]) -> Option<Value> {
        let output = self.etcdctl_at(i, &[arguments, &["--write-out=json"]].concat()).ok()?;
        Some(serde_json::from_str(&output).unwrap())
    }

    fn run_etcdctl(&self, endpoints: &str, arguments: &[&str], input: &str) -> Result<String, String> {
        let mut command = without_proxies(Command::new("etcdctl"));
        command.env("ETCDCTL_API", "3").args(arguments);
        command.args(["--dial-timeout=2s", "--command-timeout=5s", &format!("--endpoints={endpoints}")]);
        if let Some(tls) = &self.tls {
            let (certificate, key) = tls.client();
            command.arg("--cacert").arg(tls.ca()).arg("--cert").arg(certificate).arg("--key").arg(key);
        }
        if self.users {
            command.arg(format!("--user={}:{}", ROOT.0, ROOT.1));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        let [out, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        if output.status.success() { Ok(out) } else { Err(error) }
    }
}
