//! Protobuf's JSON mapping: messages as tables of fields, read as Go's `protojson` reads them, and the rules of their
//! fields (protoc-gen-validate). May import `error` and the type of JSON objects.
//!
//! - `message`: the tables
//! - `read`: a body by the table of its message
//! - `rules`: what a message that was read must hold
//! - `json`: JSON text with places, and errors in the words of Go's standard library
//! - `duration`: durations
//!
//! What is written leaves out zero values ([`Field::is_zero`]).

mod duration;
mod json;
mod message;
mod read;
mod rules;
#[cfg(test)]
pub(super) mod schema;
#[cfg(test)]
pub(super) mod tests;

use std::fmt;

use crate::error::{Error, ErrorKind};

pub(super) use message::{
    Field, Fields, Message, Names, bytes, choice, choices, duration, flag, message, messages, new_text, text,
    texts, uint32, uint64,
};
pub(super) use read::{bytes_of, of_query, read};
pub(super) use rules::{first_fault, violation};

/// A body that cannot be read, in the words of Go's `protojson`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed(String);

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Self::new(ErrorKind::Malformed).caused_by(malformed)
    }
}
