//! Requests a second that `serve` answers over HTTP/1.1 with keep-alive, in clear text and with TLS, one after the other in
//! several rounds: `cargo bench -p idpstore-cli --bench serve`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends where it fails, and prints figures"
)]

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);
const CONNECTIONS: usize = 8;

/// One record, and a page of 20.
const PATHS: [(&str, &str); 2] =
    [("one provider", "/api/v1/idps?limit=1"), ("20 providers", "/api/v1/idps?limit=20")];

const PROVIDER: &str = r#"{
  "type": "GOOGLE", "name": "Google NUMBER",
  "protocol": {"type": "OIDC", "credentials": {"client": {"client_id": "id", "client_secret": "secret"}}},
  "policy": {"provisioning": {"action": "AUTO"}, "accountLink": {"action": "AUTO"}, "subject": {"matchType": "USERNAME"}}
}"#;

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
        command.args(["serve", "--port", "0", "--keys", "fixture"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().split_once("://").unwrap().1.to_owned();
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stream to a server, with TLS or without.
trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

fn connect(address: &str, tls: Option<&Arc<ClientConfig>>) -> BufReader<Box<dyn Stream>> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let stream: Box<dyn Stream> = match tls {
        Some(config) => {
            let client =
                ClientConnection::new(Arc::clone(config), ServerName::try_from("localhost").unwrap())
                    .unwrap();
            Box::new(StreamOwned::new(client, stream))
        }
        None => Box::new(stream),
    };
    BufReader::new(stream)
}

/// Sends a request and reads the answer, which has to be good.
fn ask(stream: &mut BufReader<Box<dyn Stream>>, method: &str, path: &str, address: &str, body: &str) {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.get_mut().write_all(head.as_bytes()).unwrap();
    let (mut length, mut line) = (0, String::new());
    stream.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 20"), "{line}");
    while line.len() > 2 {
        line.clear();
        stream.read_line(&mut line).unwrap();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim_end().parse().unwrap();
        }
    }
    stream.read_exact(&mut vec![0; length]).unwrap();
}

/// Requests a second over several connections.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn rate(address: &str, path: &str, tls: Option<&Arc<ClientConfig>>) -> f64 {
    let mut streams: Vec<_> = (0..CONNECTIONS).map(|_| connect(address, tls)).collect();
    for stream in &mut streams {
        ask(stream, "GET", path, address, ""); // and shakes hands
    }
    let start = Instant::now();
    let counts = std::thread::scope(|scope| {
        let threads = streams.into_iter().map(|mut stream| {
            scope.spawn(move || {
                let mut count = 0_u32;
                while start.elapsed() < ROUND {
                    ask(&mut stream, "GET", path, address, "");
                    count += 1;
                }
                count
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<u32>()
    });
    f64::from(counts) / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let plain = Server::start(&[]);
    let secure = Server::start(&["--tls", "--tls-dir", folder.path().to_str().unwrap()]);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.path().join("ca.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let servers = [(&plain.address, None), (&secure.address, Some(&config))];
    for (address, tls) in servers {
        let mut stream = connect(address, tls);
        for number in 0..100 {
            let body = PROVIDER.replace("NUMBER", &number.to_string());
            ask(&mut stream, "POST", "/api/v1/idps", address, &body);
        }
    }
    for (what, path) in PATHS {
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for ((address, tls), rates) in servers.into_iter().zip(&mut rates) {
                rates.push(rate(address, path, tls));
            }
        }
        let [plain, secure] = rates.map(median);
        println!(
            "{what}: {plain:.0} requests/s in clear text, {secure:.0} with TLS, {:.0} %",
            secure / plain * 100.0
        );
    }
}
