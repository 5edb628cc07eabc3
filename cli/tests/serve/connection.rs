//! HTTP/1.1 by hand, so that the tests see what is on the wire.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};

use serde_json::Value;

use crate::server::{PATIENCE, Server};

/// One connection to a server.
pub(crate) struct Connection<S: Read = TcpStream> {
    stream: BufReader<S>,
    host: String,
}

/// A socket to a server.
pub(crate) fn socket(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// One answer; the names of its headers are in lower case.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(server: &Server) -> Self {
        Self::over(socket(server), &server.address)
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish(&mut self) {
        self.stream.get_mut().shutdown(Shutdown::Write).unwrap();
    }
}

impl<S: Read + Write> Connection<S> {
    /// One over any stream, for this host.
    pub(crate) fn over(stream: S, host: &str) -> Self {
        Self { stream: BufReader::new(stream), host: host.to_owned() }
    }

    /// The stream again, of which nothing is left to read here.
    pub(crate) fn into_stream(self) -> S {
        assert!(self.stream.buffer().is_empty());
        self.stream.into_inner()
    }

    /// Sends a request and reads its answer.
    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let length = body.len().to_string();
        self.begin(method, path, &[headers, &[("content-length", &length)]].concat());
        self.send(body);
        self.answer(method)
    }

    /// Sends the head of a request.
    pub(crate) fn begin(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) {
        let host = self.host.clone();
        self.send(&head(method, path, &[&[("host", &*host)], headers].concat()));
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// Reads the answer to a request of this method.
    pub(crate) fn answer(&mut self, method: &str) -> Answer {
        let start = self.line();
        let status = start.strip_prefix("HTTP/1.").unwrap()[2..].split(' ').next().unwrap().parse().unwrap();
        let mut headers = BTreeMap::new();
        while let Some((name, value)) = self.line().split_once(": ") {
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; if method == "HEAD" { 0 } else { length }];
        self.stream.read_exact(&mut body).unwrap();
        Answer { status, headers, body }
    }

    /// Whether the server closes the connection without another word.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.stream.fill_buf().unwrap().is_empty()
    }

    /// Whether the server closes the connection after an alert of TLS.
    pub(crate) fn is_closed_after_alert(&mut self) -> bool {
        let mut bytes = Vec::new();
        let _ = self.stream.read_to_end(&mut bytes);
        bytes.first() == Some(&0x15)
    }

    /// Whether the connection ends before anything is answered.
    pub(crate) fn ends_unanswered(mut self) -> bool {
        self.stream.fill_buf().map_or(true, <[u8]>::is_empty)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.strip_suffix("\r\n").expect("a whole line").to_owned()
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The head of a request with these headers and no others.
pub(crate) fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    text.push_str("\r\n");
    text.into_bytes()
}
