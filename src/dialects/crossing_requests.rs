//! The requests that make a provider at another vendor, as data.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::error::pointer;
use crate::model::Id;

/// The requests that make a provider at another vendor: [`IdpStore::crossing_requests`](crate::IdpStore::crossing_requests).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CrossingRequests {
    /// The tenant of the provider.
    #[serde(serialize_with = "as_text")]
    pub tenant: Id,
    /// The provider.
    #[serde(serialize_with = "as_text")]
    pub provider: Id,
    /// Its name.
    pub name: String,
    /// The dialect of the vendor.
    pub to: &'static str,
    /// The requests, in order.
    pub requests: Vec<CrossingRequest>,
    /// The variables that hold its secrets.
    pub secrets: Vec<String>,
    /// What the vendor shows and the requests do not send.
    pub omitted: Vec<Omitted>,
    /// Why there are no requests, if there are none.
    pub reason: Option<String>,
}

/// A request of a vendor's API.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CrossingRequest {
    /// The method.
    pub method: &'static str,
    /// The path, in which `${NAME}` stands for the value of a variable.
    pub path: String,
    /// The body in JSON, if it is in JSON.
    pub body: Option<Value>,
    /// The parts of the body, if it is a form.
    pub form: Vec<FormPart>,
    /// The places in the body where the value of a variable belongs.
    pub variables: Vec<VariableAt>,
    /// What of the answer later requests need.
    pub result: Option<VariableAt>,
    /// The `x5t#S256` of the certificate that it imports (RFC 7517, section 4.9). Providers that trust the same one share it, so
    /// that it is imported once.
    pub certificate: Option<String>,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FormPart {
    /// The name.
    pub name: &'static str,
    /// The name of the file, if it is one.
    pub file: Option<&'static str>,
    /// The content.
    pub content: String,
}

/// A place in a document, and the variable whose value belongs there or that gets its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VariableAt {
    /// The name of the variable.
    pub name: String,
    /// A JSON Pointer to the place.
    pub pointer: String,
    /// Whether base64 of the value belongs there.
    pub base64: bool,
}

/// A member that the vendor shows and that is not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Omitted {
    /// A JSON Pointer to it, in the document as the vendor receives it.
    pub member: String,
    /// Why it is not sent.
    pub reason: String,
}

/// Ids are larger than the numbers that every reader of JSON knows.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn as_text<S: Serializer>(id: &Id, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

impl CrossingRequest {
    /// A request with this body.
    pub(super) fn post(path: impl Into<String>, body: Option<Value>) -> Self {
        Self {
            method: "POST",
            path: path.into(),
            body,
            form: Vec::new(),
            variables: Vec::new(),
            result: None,
            certificate: None,
        }
    }

    /// The same, of whose answer this member is needed.
    pub(super) fn giving(self, member: &str) -> Self {
        Self { result: Some(VariableAt::new("", &pointer::of([member]))), ..self }
    }

    /// The same, with this variable for what is needed of the answer.
    pub(super) fn named(self, variable: &str) -> Self {
        let result = self.result.map(|result| VariableAt { name: variable.to_owned(), ..result });
        Self { result, ..self }
    }
}

impl VariableAt {
    pub(super) fn new(name: &str, pointer: &str) -> Self {
        Self { name: name.to_owned(), pointer: pointer.to_owned(), base64: false }
    }
}
