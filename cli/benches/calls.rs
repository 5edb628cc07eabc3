//! What a call of ZITADEL's costs over gRPC in place of Connect with JSON, on one connection of HTTP/2: the medians, in
//! microseconds, of calls that follow one another: `cargo bench -p idpstore-cli --bench calls`.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends where it fails, and prints figures"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use h2::client::SendRequest;
use http::Request;
use tokio::net::TcpStream;

const ROUNDS: usize = 5;
const CALLS: usize = 2000;

const SERVICE: &str = "zitadel.admin.v1.AdminService";

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends one call, and reads the whole answer.
async fn call(
    client: &SendRequest<Bytes>,
    address: &str,
    method: &str,
    media_type: &str,
    body: &Bytes,
) -> Bytes {
    let request =
        Request::post(format!("http://{address}/{SERVICE}/{method}")).header("content-type", media_type);
    let mut client = client.clone().ready().await.unwrap();
    let (answer, mut sender) = client.send_request(request.body(()).unwrap(), false).unwrap();
    sender.send_data(body.clone(), true).unwrap();
    let mut body = answer.await.unwrap().into_body();
    let mut bytes = BytesMut::new();
    while let Some(data) = body.data().await {
        let data = data.unwrap();
        body.flow_control().release_capacity(data.len()).unwrap();
        bytes.extend_from_slice(&data);
    }
    body.trailers().await.unwrap();
    bytes.freeze()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The frame of a message with one field: its first, of this content.
fn framed(content: &[u8]) -> Bytes {
    let octet = |length: usize| u8::try_from(length).unwrap();
    let field = [&[0x0a, octet(content.len())], content].concat();
    [&[0, 0, 0, 0, octet(field.len())], &field[..]].concat().into()
}

#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
async fn measure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_idpstore"));
    let mut child =
        command.args(["serve", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let _server = Server(child);
    let address = line.trim().strip_prefix("listening on http://").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut id = String::new();
    for number in 0..100 {
        let body = format!(r#"{{"name": "Google {number}", "clientId": "id", "clientSecret": "secret"}}"#);
        let made = call(&client, address, "AddGoogleProvider", "application/json", &body.into()).await;
        let made: serde_json::Value = serde_json::from_slice(&made).unwrap();
        made["id"].as_str().unwrap().clone_into(&mut id);
    }
    let list = |limit: u8| (format!(r#"{{"query": {{"limit": {limit}}}}}"#), framed(&[0x10, limit]));
    let (one, few, many) = ((format!(r#"{{"id": "{id}"}}"#), framed(id.as_bytes())), list(20), list(100));
    for (method, (json, message)) in
        [("GetProviderByID", one), ("ListProviders", few), ("ListProviders", many)]
    {
        let kinds = [("application/json", Bytes::from(json)), ("application/grpc", message)];
        let (mut medians, mut sizes) = ([Vec::new(), Vec::new()], [0, 0]);
        for _ in 0..ROUNDS {
            for ((media_type, body), (medians, size)) in kinds.iter().zip(medians.iter_mut().zip(&mut sizes))
            {
                let mut times = Vec::new();
                for _ in 0..CALLS {
                    let start = Instant::now();
                    *size = call(&client, address, method, media_type, body).await.len();
                    times.push(start.elapsed().as_secs_f64() * 1e6);
                }
                medians.push(median(times));
            }
        }
        let [json, grpc] = medians.map(median);
        println!(
            "{method}: {json:.0} µs for {} bytes of JSON, {:+.0} µs over gRPC, {} bytes",
            sizes[0],
            grpc - json,
            sizes[1]
        );
    }
}

fn main() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(measure());
}
