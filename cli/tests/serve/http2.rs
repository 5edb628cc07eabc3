//! HTTP/2 with prior knowledge, and gRPC over it, frame by frame.

use bytes::Bytes;
use http::{HeaderMap, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::server::{PATIENCE, Server};

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Option<HeaderMap>,
}

/// Sends one request of HTTP/2, over a connection of its own, for this host.
pub(crate) fn ask(server: &Server, host: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut request = Request::post(format!("http://{host}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let exchange = exchange(server, request.body(()).unwrap(), Bytes::copy_from_slice(body));
    runtime.block_on(async { timeout(PATIENCE, exchange).await }).expect("an answer in time").unwrap()
}

async fn exchange(server: &Server, request: Request<()>, body: Bytes) -> Result<Answer, h2::Error> {
    exchange_over(TcpStream::connect(&server.address).await.unwrap(), request, body).await
}

/// Sends a request over a stream.
pub(crate) async fn exchange_over(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<()>,
    body: Bytes,
) -> Result<Answer, h2::Error> {
    let (client, connection) = h2::client::handshake(stream).await?;
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await?;
    let (response, mut sender) = client.send_request(request, false)?;
    sender.send_data(body, true)?;
    let response = response.await?;
    let (head, mut stream) = response.into_parts();
    let mut body = Vec::new();
    while let Some(data) = stream.data().await {
        let data = data?;
        stream.flow_control().release_capacity(data.len())?;
        body.extend_from_slice(&data);
    }
    let trailers = stream.trailers().await?;
    connection.abort();
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body, trailers })
}

/// Calls a procedure over gRPC.
pub(crate) fn call(server: &Server, path: &str, headers: &[(&str, &str)], message: &[u8]) -> Answer {
    let headers = [&[("content-type", "application/grpc"), ("te", "trailers")], headers].concat();
    ask(server, &server.address, path, &headers, &framed(0, message))
}

/// A message in its frame.
pub(crate) fn framed(flags: u8, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[flags], &length[..], message].concat()
}

impl Answer {
    /// The code, and the words for an error.
    pub(crate) fn outcome(&self) -> (&str, &str) {
        assert_eq!(self.status, 200, "{self:?}");
        let trailers = self.trailers.as_ref().unwrap_or(&self.headers);
        let text = |name| trailers.get(name).map_or("", |value| value.to_str().unwrap());
        (text("grpc-status"), text("grpc-message"))
    }

    /// The one message.
    pub(crate) fn message(&self) -> &[u8] {
        assert_eq!(self.outcome(), ("0", ""), "{self:?}");
        let message = self.body.get(5..).unwrap();
        assert_eq!(self.body, framed(0, message));
        message
    }
}
