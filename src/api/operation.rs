//! The words of the table: what an operation is, and what it takes.

use http::{Method, StatusCode};
use serde_json::Value;

use super::Call;
use crate::error::Result;
use crate::http::router::Line;

/// What does the work of an operation.
pub(crate) type Handler = fn(&Call<'_>) -> Result<Outcome>;

/// What an operation answers, apart from status and media type, which the table has.
pub(crate) enum Outcome {
    /// Nothing.
    Nothing,
    /// A document in JSON.
    Json(Value),
    /// Octets of the media type that the table names.
    Bytes(Vec<u8>),
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// A segment in braces stands for any text.
    pub(crate) path: &'static str,
    /// The name for programs.
    pub(crate) id: &'static str,
    /// What it does, in one sentence.
    pub(crate) summary: &'static str,
    /// Who may call it.
    pub(crate) access: Access,
    /// Whether it can also be planned.
    pub(crate) is_planned: bool,
    /// Whether it can also show the store as it was.
    pub(crate) shows_past: bool,
    /// The parameters of its query.
    pub(crate) query: &'static [Field],
    pub(crate) body: Body,
    pub(crate) status: StatusCode,
    pub(crate) answer: Answer,
    pub(crate) handler: Handler,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone: partners have no token.
    Public,
    /// All who have a token.
    Read,
    /// Those whose token allows changes; of others it may be planned.
    Write,
}

/// What is to be in the body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body {
    /// Nothing is read.
    None,
    /// A JSON object with these members.
    Json(&'static [Field]),
    /// A file of one of these media types, or a JSON object in which one member is the content of the file. Beside a file, the
    /// other members are parameters of the query.
    File { content: &'static str, types: &'static [&'static str], others: &'static [Field] },
    /// A portable document, which is read as a whole.
    Document,
    /// A JSON object that is read as a whole.
    Object,
}

/// What is in the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Nothing,
    /// A document of this schema.
    Json(&'static str),
    /// A page of such documents, and where the next page begins.
    List(&'static str),
    /// Something of this media type.
    Other(&'static str),
}

/// A parameter of the query, or a member of the body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) is_required: bool,
    /// What it means.
    pub(crate) words: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A text that is not empty.
    Text,
    /// A list of texts.
    Texts,
    /// A JSON object that is read as a whole.
    Object,
    /// An object whose members are texts, each with one of these names.
    Named(&'static [&'static str]),
    /// True or false; false if it is missing.
    Flag,
    /// A whole number within these bounds, and what is meant if it is missing.
    Number { low: u64, high: u64, default: Option<u64> },
    /// A time in UTC, RFC 3339.
    Time,
}

const fn field(name: &'static str, kind: Kind, words: &'static str) -> Field {
    Field { name, kind, is_required: false, words }
}

pub(super) const fn text(name: &'static str, words: &'static str) -> Field {
    field(name, Kind::Text, words)
}

pub(super) const fn texts(name: &'static str, words: &'static str) -> Field {
    field(name, Kind::Texts, words)
}

pub(super) const fn object(name: &'static str, words: &'static str) -> Field {
    field(name, Kind::Object, words)
}

pub(super) const fn named(name: &'static str, names: &'static [&'static str], words: &'static str) -> Field {
    field(name, Kind::Named(names), words)
}

pub(super) const fn flag(name: &'static str, words: &'static str) -> Field {
    field(name, Kind::Flag, words)
}

/// A number within these bounds, both inclusive.
pub(super) const fn number(name: &'static str, bounds: [u64; 2], words: &'static str) -> Field {
    let [low, high] = bounds;
    field(name, Kind::Number { low, high, default: None }, words)
}

pub(super) const fn time(name: &'static str, words: &'static str) -> Field {
    field(name, Kind::Time, words)
}

impl Field {
    /// The same number, which is this if it is missing.
    pub(super) const fn or(self, default: u64) -> Self {
        match self.kind {
            Kind::Number { low, high, .. } => {
                Self { kind: Kind::Number { low, high, default: Some(default) }, ..self }
            }
            _ => self,
        }
    }

    /// The same, which must be there.
    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }
}

/// Which change was the last of the store that is shown.
pub(super) const AS_OF: Field = number(
    "as_of",
    [0, i64::MAX as u64],
    "The number of a change: the store is shown as it was after that one, with 0 before the first.",
);

/// Whether a change is only planned.
pub(super) const PLAN: Field = flag("plan", "Answer what would change, and change nothing.");

const fn operation(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    Operation {
        method,
        path,
        id,
        summary: "",
        access: Access::Read,
        is_planned: false,
        shows_past: false,
        query: &[],
        body: Body::None,
        status: StatusCode::OK,
        answer: Answer::Nothing,
        handler,
    }
}

/// An operation that reads.
pub(super) const fn get(path: &'static str, id: &'static str, handler: Handler) -> Operation {
    let mut operation = operation(Method::GET, path, id, handler);
    operation.shows_past = true;
    operation
}

/// An operation that changes something.
pub(super) const fn post(path: &'static str, id: &'static str, handler: Handler) -> Operation {
    let mut operation = operation(Method::POST, path, id, handler);
    operation.access = Access::Write;
    operation.is_planned = true;
    operation
}

/// An operation that replaces something.
pub(super) const fn put(path: &'static str, id: &'static str, handler: Handler) -> Operation {
    let mut operation = operation(Method::PUT, path, id, handler);
    operation.access = Access::Write;
    operation.is_planned = true;
    operation
}

/// An operation that removes something, and answers nothing.
pub(super) const fn delete(path: &'static str, id: &'static str, handler: Handler) -> Operation {
    let mut operation = operation(Method::DELETE, path, id, handler);
    operation.access = Access::Write;
    operation.is_planned = true;
    operation.status = StatusCode::NO_CONTENT;
    operation
}

impl Operation {
    pub(super) const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// The same for anyone.
    pub(super) const fn public(mut self) -> Self {
        self.access = Access::Public;
        self
    }

    /// The same, which is about what is now alone.
    pub(super) const fn of_now(mut self) -> Self {
        self.shows_past = false;
        self
    }

    /// The same, which cannot be planned and shows nothing of the past.
    #[cfg(feature = "testing")]
    pub(super) const fn control(mut self) -> Self {
        self.is_planned = false;
        self.of_now()
    }

    pub(super) const fn query(mut self, query: &'static [Field]) -> Self {
        self.query = query;
        self
    }

    pub(super) const fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// The same, which answers something in one of these forms.
    pub(super) const fn answer(mut self, status: StatusCode, answer: Answer) -> Self {
        self.status = status;
        self.answer = answer;
        self
    }

    pub(super) const fn json(self, schema: &'static str) -> Self {
        self.answer(StatusCode::OK, Answer::Json(schema))
    }

    /// The same, which makes something.
    pub(super) const fn created(self, schema: &'static str) -> Self {
        self.answer(StatusCode::CREATED, Answer::Json(schema))
    }

    pub(super) const fn list(self, schema: &'static str) -> Self {
        self.answer(StatusCode::OK, Answer::List(schema))
    }

    pub(super) const fn other(self, media_type: &'static str) -> Self {
        self.answer(StatusCode::OK, Answer::Other(media_type))
    }

    /// Whether it changes something.
    pub(super) fn writes(&self) -> bool {
        self.access == Access::Write
    }

    /// All that it takes by the query, beside a file.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static Field> {
        const PLANNED: &[Field] = &[PLAN];
        const PAST: &[Field] = &[AS_OF];
        let planned = if self.is_planned { PLANNED } else { &[] };
        let past = if self.shows_past { PAST } else { &[] };
        self.query.iter().chain(planned).chain(past)
    }
}

impl Line for Operation {
    fn method(&self) -> &Method {
        &self.method
    }

    fn path(&self) -> &'static str {
        self.path
    }
}
