//! A client that prints its requests and their answers.

use std::fmt::Display;
use std::io::{self, Write as _};

use bytes::Bytes;
use http::{Request, StatusCode};
use idpstore::IdpStore;

use crate::failure::Failure;

/// A request, or why it could not be put together.
type Attempt = http::Result<Request<Bytes>>;

/// A request, and the body with which it was answered.
pub(super) struct Kept {
    request: Request<Bytes>,
    body: Bytes,
}

/// A client of one opened store.
pub(super) struct Client {
    store: IdpStore,
    steps: usize,
    kept: Vec<Kept>,
}

impl Client {
    pub(super) fn new(store: IdpStore) -> Self {
        Self { store, steps: 0, kept: Vec::new() }
    }

    /// The store, for typed calls.
    pub(super) fn store(&self) -> IdpStore {
        self.store.clone()
    }

    /// Begins a chapter.
    pub(super) fn chapter(&mut self, title: &str) -> Result<(), Failure> {
        self.steps = 0;
        tell(&format!("\n{title}"))
    }

    /// Begins a step of the chapter.
    pub(super) fn step(&mut self, title: &str) -> Result<(), Failure> {
        self.steps += 1;
        tell(&format!("\n{:>2}. {title}", self.steps))
    }

    /// Asks, and gives the body of the answer, which must have the expected status.
    pub(super) fn ask(&self, request: Attempt, expected: StatusCode) -> Result<Bytes, Failure> {
        let request = request.map_err(|error| Failure::new("cannot put a request together", &error))?;
        let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let line = format!("{} {path}", request.method());
        tell(&format!("    > {line}"))?;
        let (parts, body) = self.store.handle(request).into_parts();
        tell(&format!("    < {}", parts.status))?;
        if parts.status == expected {
            return Ok(body);
        }
        let text = String::from_utf8_lossy(&body);
        Err(Failure::of(format!(
            "`{line}` was answered with {} in place of {expected}: {text}",
            parts.status
        )))
    }

    /// As [`Client::ask`], for what must still be answered in the same way after the store was opened again.
    pub(super) fn ask_and_keep(&mut self, request: Attempt) -> Result<Bytes, Failure> {
        let again = request.as_ref().ok().cloned();
        let body = self.ask(request, StatusCode::OK)?;
        self.kept.extend(again.map(|request| Kept { request, body: body.clone() }));
        Ok(body)
    }

    /// Closes the store, and gives what was kept.
    pub(super) fn close(self) -> Vec<Kept> {
        self.kept
    }

    /// Asks again what another client has kept.
    pub(super) fn ask_again(&self, kept: &[Kept]) -> Result<(), Failure> {
        for Kept { request, body } in kept {
            let path = request.uri().path().to_owned();
            if self.ask(Ok(request.clone()), StatusCode::OK)? != *body {
                return Err(Failure::of(format!("`GET {path}` has another answer than before")));
            }
            fact("answer", "the same as before, byte for byte")?;
        }
        Ok(())
    }
}

/// Prints something that matters about the last answer.
pub(super) fn fact(name: &str, value: impl Display) -> Result<(), Failure> {
    tell(&format!("      {name:<14}{value}"))
}

/// Prints a line.
pub(super) fn tell(line: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{line}").map_err(|error| Failure::new("cannot print", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> Attempt {
        Request::get(path).body(Bytes::new())
    }

    #[test]
    fn an_unexpected_status_is_a_failure_that_says_which() {
        let client = Client::new(IdpStore::in_memory().unwrap());
        let failure = client.ask(get("/api/v1/nothing?x=1"), StatusCode::OK).unwrap_err().to_string();
        assert!(failure.starts_with("`GET /api/v1/nothing?x=1` was answered with 404"), "{failure}");
        assert!(failure.contains("E0000008"), "{failure}");
        assert!(client.ask(get("/api/v1/nothing"), StatusCode::NOT_FOUND).is_ok());
    }

    #[test]
    fn an_answer_that_changed_is_a_failure() {
        let mut client = Client::new(IdpStore::in_memory().unwrap());
        client.ask_and_keep(get("/api/v1/idps")).unwrap();
        let mut kept = client.close();
        let another = Client::new(IdpStore::in_memory().unwrap());
        another.ask_again(&kept).unwrap();
        kept[0].body = Bytes::from_static(b"[{}]");
        let failure = another.ask_again(&kept).unwrap_err().to_string();
        assert_eq!(failure, "`GET /api/v1/idps` has another answer than before");
    }
}
