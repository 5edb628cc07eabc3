//! A client of one process, over HTTP.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take: longer than the server waits for etcd.
const PATIENCE: Duration = Duration::from_secs(40);

/// A connection, which is made anew after an error.
pub(super) struct Client {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

/// What a process has answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) revision: Option<u64>,
    pub(super) age: Duration,
    pub(super) body: Value,
}

impl Client {
    pub(super) fn of(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// What is answered to a request.
    pub(super) fn call(
        &mut self,
        call: &str,
        required: Option<&str>,
        body: Option<&Value>,
    ) -> io::Result<Answer> {
        let outcome = self.try_call(call, required, body);
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    fn try_call(&mut self, call: &str, required: Option<&str>, body: Option<&Value>) -> io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_nodelay(true)?;
                none.insert(BufReader::new(stream))
            }
        };
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut head = format!(
            "{call} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        if let Some(required) = required {
            head.extend(["x-idpstore-revision: ", required, "\r\n"]);
        }
        stream.get_mut().write_all(format!("{head}\r\n{body}").as_bytes())?;
        read(stream)
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let broken = || io::Error::from(ErrorKind::InvalidData);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let mut answer = Answer { status, revision: None, age: Duration::ZERO, body: Value::Null };
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        let number = || value.parse::<u64>().map_err(|_| broken());
        match name.to_ascii_lowercase().as_str() {
            "x-idpstore-revision" => answer.revision = Some(number()?),
            "age" => answer.age = Duration::from_secs(number()?),
            "content-length" => length = usize::try_from(number()?).map_err(|_| broken())?,
            "transfer-encoding" => return Err(broken()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    if !body.is_empty() {
        answer.body = serde_json::from_slice(&body)?;
    }
    Ok(answer)
}
