//! OpenSSL, run in a scratch directory.

#![allow(dead_code, unreachable_pub, reason = "each test that uses this room is a program of its own")]

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use idpstore::pki::{Certificate, bundle};
use tempfile::TempDir;

/// A scratch directory in which OpenSSL runs.
pub struct Judge(TempDir);

impl Judge {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn run(&self, arguments: &str) -> Output {
        Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env("OPENSSL_CONF", "/dev/null")
            .output()
            .expect("these tests need the `openssl` program (version 3) on the PATH")
    }

    /// Runs `openssl` with these arguments, which hold no blanks of their own; it must succeed.
    pub fn says(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {words}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The key and certificate that `openssl req -x509` makes with these further arguments.
    pub fn makes(&self, key: &str, arguments: &str) -> Certificate {
        self.says(&format!("genpkey -quiet -algorithm {key} -out made.key"));
        self.says(&format!("req -x509 -new -key made.key -out made.pem {arguments}"));
        Certificate::from_der(&bundle::certificates(&self.get("made.pem")).unwrap()[0]).unwrap()
    }

    /// The one-line summary of a field of a PEM file: what stands after the equals sign.
    pub fn field(&self, file: &str, field: &str) -> String {
        let line = self.says(&format!("x509 -in {file} -noout -{field} -dateopt iso_8601"));
        line.split_once('=').unwrap().1.to_owned()
    }
}
