//! Certificates for a cluster and its clients, made by openssl.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::network::Network;

/// A certification authority, and what it has issued: a certificate for all members, and one for clients. All are files
/// in PEM.
pub(crate) struct Tls {
    folder: PathBuf,
}

impl Tls {
    /// Makes them.
    pub(super) fn make(folder: &Path, network: &Network) -> Self {
        let tls = Self { folder: folder.to_owned() };
        tls.run(
            "ca",
            "authority",
            &["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"],
            false,
        );
        let hosts = (0..9).map(|i| network.client_address(i).replace(":2379", ""));
        let hosts: Vec<String> = hosts.map(|host| format!("IP:{host}")).collect();
        // A member is also a client, of itself.
        let uses = "extendedKeyUsage=serverAuth,clientAuth";
        tls.run("server", "etcd", &[&format!("subjectAltName={}", hosts.join(",")), uses], true);
        tls.run("client", "idpstore", &["extendedKeyUsage=clientAuth"], true);
        tls
    }

    /// Makes a key and a certificate: one that the authority issues, or its own.
    fn run(&self, file: &str, name: &str, extensions: &[&str], issued: bool) {
        let mut command = Command::new("openssl");
        command.args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-noenc",
            "-days",
            "2",
        ]);
        command.args(["-subj", &format!("/CN={name}"), "-out"]).arg(self.path(file, "pem"));
        command.arg("-keyout").arg(self.path(file, "key"));
        command.args(extensions.iter().flat_map(|extension| ["-addext", extension]));
        if issued {
            command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
            command.arg("-CA").arg(self.path("ca", "pem")).arg("-CAkey").arg(self.path("ca", "key"));
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn path(&self, file: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{file}.{extension}"))
    }

    /// The authority's certificate.
    pub(crate) fn ca(&self) -> PathBuf {
        self.path("ca", "pem")
    }

    /// The certificate of a client and its private key.
    pub(crate) fn client(&self) -> (PathBuf, PathBuf) {
        (self.path("client", "pem"), self.path("client", "key"))
    }

    pub(super) fn server_flags(&self) -> Vec<String> {
        let flag = |name: &str, path: PathBuf| format!("--{name}={}", path.display());
        vec![
            flag("cert-file", self.path("server", "pem")),
            flag("key-file", self.path("server", "key")),
            flag("trusted-ca-file", self.ca()),
            "--client-cert-auth".to_owned(),
        ]
    }
}
