//! Clients of TLS, each of which trusts one certification authority and no other.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use crate::connection::{Connection, socket};
use crate::server::Server;

/// A folder with a certification authority, which servers that are started here use.
pub(crate) struct Authority {
    folder: TempDir,
}

/// A connection behind TLS.
pub(crate) type Secure = StreamOwned<ClientConnection, TcpStream>;

impl Authority {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server that uses it.
    pub(crate) fn start(&self, arguments: &[&str]) -> Server {
        let folder = self.folder.path().to_str().unwrap();
        Server::start(&[&["--tls", "--tls-dir", folder, "--keys", "fixture"], arguments].concat())
    }

    /// A connection to the server, which has to have the name.
    pub(crate) fn connect(&self, server: &Server, name: &str) -> std::io::Result<Connection<Secure>> {
        let stream = secured(socket(server), &self.path("ca.pem"), name)?;
        Ok(Connection::over(stream, &server.address))
    }
}

/// What a client takes that trusts the certificate in a file.
pub(crate) fn trusting(file: &Path, protocols: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Arc::new(config)
}

/// Shakes hands over a stream.
pub(crate) fn secured<S: Read + Write>(
    mut stream: S,
    authority: &Path,
    name: &str,
) -> std::io::Result<StreamOwned<ClientConnection, S>> {
    let config = trusting(authority, &[b"http/1.1"]);
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(config, name).unwrap();
    while client.is_handshaking() {
        client.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(client, stream))
}

/// Makes a certification authority in a folder, as `serve` names its own.
pub(crate) fn authority(folder: &Path) {
    run(
        folder,
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -subj /CN=ca -days 2 -out ca.pem",
    );
}

/// Makes a key and a certificate with this name, by the authority in a folder: `FILE.key`, `FILE.pem`.
pub(crate) fn certified(folder: &Path, file: &str, name: &str) {
    let request = format!(
        "openssl req -new -newkey rsa:2048 -nodes -keyout {file}.key -subj /CN=x -addext subjectAltName=DNS:{name} -out {file}.csr"
    );
    let sign = format!(
        "openssl x509 -req -in {file}.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -copy_extensions copy -days 2 \
         -out {file}.pem"
    );
    run(folder, &format!("{request} && {sign}"));
}

fn run(folder: &Path, script: &str) {
    let output = Command::new("sh").args(["-c", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
