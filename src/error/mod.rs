//! One error type for the whole library.
//!
//! An [`Error`] says what kind of failure it is ([`ErrorKind`], a closed set that every dialect words in
//! its vendor's manner), what was being done, and what caused it. Of what a caller has sent it holds at most 200
//! characters in one place, but for a URL that the host is to fetch, and at most twenty violations. May import nothing of
//! the library.

mod bounds;
mod need;
pub(crate) mod json;
pub(crate) mod pointer;
mod resource;

pub(crate) use bounds::{Violations, excerpt};
pub use need::Need;
pub use resource::{Identifier, Resource};

use std::fmt;

use bounds::cut;

/// The result of everything in this library that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with one place of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON Pointer (RFC 6901) into the document that the caller sent, in the caller's spelling.
    /// Empty for the whole document; a query parameter or a header stands as `?name`.
    pub pointer: String,
    /// Why the place is not acceptable.
    pub reason: Reason,
}

/// Why one place of a document is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A required member is absent, null or empty.
    Missing,
    /// A required text or list is there, but has nothing in it; dialects that treat the two alike use
    /// [`Reason::Missing`].
    Empty,
    /// Another record has the value, which may be there once only: which one, as the caller knows it.
    Taken(Identifier),
    /// The member has another JSON type than the named one.
    WrongType(&'static str),
    /// The value is not one of those that are allowed.
    NotAllowed(Vec<&'static str>),
    /// A number, or the length of a text, is outside of these bounds (both inclusive).
    OutOfRange(i64, i64),
    /// The value names a thing that does not exist.
    Unknown(Resource),
    /// The member cannot be changed once it is set.
    Immutable,
    /// The value is not a readable X.509 certificate (RFC 5280).
    UnreadableCertificate,
    /// Instead of an X.509 certificate, the value is this: a noun with its article.
    NotCertificate(&'static str),
    /// The certificate's public key is not that of the certification request.
    CertificateMismatch,
    /// The certificate is valid for too short a time: not more days are left than the given number.
    CertificateExpiresWithin(u32),
    /// The key is of a type that cannot be used here.
    KeyTypeNotAllowed,
    /// No server could use the key: why, as a clause.
    UnusableKey(String),
    /// Anything else, in words.
    Other(String),
}

impl Violation {
    /// A violation at `pointer`.
    pub fn new(pointer: impl Into<String>, reason: Reason) -> Self {
        Self { pointer: pointer.into(), reason }
    }
}

/// The kinds of failure: a closed set, so that a dialect that forgets one does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing named does not exist.
    NotFound {
        /// What kind of thing.
        what: Resource,
        /// Which one.
        id: Identifier,
    },
    /// The same thing is already there.
    AlreadyExists {
        /// What kind of thing.
        what: Resource,
        /// The one that is there.
        id: Identifier,
    },
    /// The document was read, but its content is not acceptable.
    Invalid {
        /// Every place that is wrong, in document order.
        violations: Vec<Violation>,
    },
    /// The thing cannot be removed while others refer to it.
    InUse {
        /// Names of those that refer to it; of many the first ten.
        by: Vec<String>,
    },
    /// The operation does not fit the state of the thing.
    WrongState,
    /// The operation needs the thing to be active, and it is not.
    Inactive {
        /// What kind of thing.
        what: Resource,
        /// Which one.
        id: Identifier,
    },
    /// The operation or representation is known but not available here.
    Unsupported,
    /// The body's media type is not one that the operation reads.
    UnsupportedMediaType,
    /// None of the representations that the caller accepts can be produced.
    NotAcceptable,
    /// The body could not be read as what it claims to be.
    Malformed,
    /// A paging cursor is unreadable.
    BadCursor,
    /// There were too many requests.
    RateLimited {
        /// From when on there may be more, in seconds since the Unix epoch.
        reset: i64,
    },
    /// Credentials are missing or wrong.
    Unauthorized,
    /// The credentials do not allow the operation.
    Forbidden,
    /// No operation lives at this path.
    NoRoute,
    /// An operation lives at this path, but not with this method.
    MethodNotAllowed,
    /// It needs a secret, and the store is locked, so that its secrets stay sealed.
    Sealed,
    /// The key does not open what is sealed.
    WrongKey,
    /// The body is larger than the store accepts.
    TooLarge,
    /// Another writer was faster; the unit of work may be run again.
    Conflict,
    /// The host must bring this, and repeat the call: nothing has happened.
    Pending(Need),
    /// The storage cannot be reached, or what it could show is too old or not yet there: nothing is wrong with the request.
    Unavailable {
        /// In how many seconds it may be tried again.
        retry_after: u32,
    },
    /// The storage failed.
    Storage,
    /// The stored bytes are damaged.
    Corrupt,
    /// The stored bytes are something else than a store.
    NotAStore,
    /// The store was written by a newer version of this library.
    TooNew,
    /// The store is open elsewhere.
    Locked,
}

/// A failure: its kind, what was being done, and the cause where there is one.
///
/// One pointer wide, so that a `Result` costs no more than what it carries when all is well.
#[derive(Debug)]
pub struct Error(Box<Failure>);

#[derive(Debug)]
struct Failure {
    kind: ErrorKind,
    context: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind`, without further words.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Failure { kind: kind.bounded(), context: None, source: None }))
    }

    /// A [`ErrorKind::NotFound`] for the thing with this identifier.
    pub fn not_found(what: Resource, id: impl Into<Identifier>) -> Self {
        Self::new(ErrorKind::NotFound { what, id: id.into() })
    }

    /// An [`ErrorKind::Invalid`] with a single violation.
    pub fn invalid(pointer: impl Into<String>, reason: Reason) -> Self {
        Self::new(ErrorKind::Invalid { violations: vec![Violation::new(pointer, reason)] })
    }

    /// An [`ErrorKind::Pending`] for this.
    #[must_use]
    pub fn pending(need: Need) -> Self {
        Self::new(ErrorKind::Pending(need))
    }

    /// Adds what was being done: lower case, no final period.
    #[must_use]
    pub fn context(mut self, words: impl Into<String>) -> Self {
        let mut words = words.into();
        cut(&mut words);
        self.0.context = Some(words);
        self
    }

    /// What [`Error::context`] has added.
    pub(crate) fn added_context(&self) -> Option<&str> {
        self.0.context.as_deref()
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Moves all violations to below the place `prefix`.
    #[must_use]
    pub fn at(mut self, prefix: &str) -> Self {
        if let ErrorKind::Invalid { violations } = &mut self.0.kind {
            for violation in violations {
                violation.pointer.insert_str(0, prefix);
                cut(&mut violation.pointer);
            }
        }
        self
    }

    /// The same, with other pointers.
    pub(crate) fn placed(mut self, place: impl Fn(&str) -> String) -> Self {
        if let ErrorKind::Invalid { violations } = &mut self.0.kind {
            for violation in violations {
                violation.pointer = place(&violation.pointer);
            }
        }
        self
    }

    /// The error and all that caused it in one line, each cause once: some repeat the one behind them.
    ///
    /// ```
    /// use idpstore::{Error, ErrorKind};
    ///
    /// let error = Error::new(ErrorKind::Storage).caused_by(std::io::Error::other("the disk is full"));
    /// assert_eq!(error.in_full(), "storage failure: the disk is full");
    /// ```
    #[must_use]
    pub fn in_full(&self) -> String {
        chain(self)
    }

    /// What is wrong with the document, if that is the matter.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match &self.0.kind {
            ErrorKind::Invalid { violations } => violations,
            _ => &[],
        }
    }

    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }
}

/// Any error and all that caused it, as [`Error::in_full`] has it.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !line.ends_with(&words) {
            line.push_str(": ");
            line.push_str(&words);
        }
        next = cause.source();
    }
    line
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0.kind)?;
        if let Some(context) = &self.0.context {
            write!(out, ": {context}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { what, id } => write!(out, "no {what} `{id}`"),
            Self::AlreadyExists { what, id } => write!(out, "{what} `{id}` already exists"),
            Self::Invalid { violations } => {
                out.write_str("invalid document")?;
                violations.iter().try_for_each(|violation| write!(out, "; {violation}"))
            }
            Self::InUse { by } => write!(out, "in use by {}", by.join(", ")),
            Self::Pending(need) => write!(out, "{need} must be supplied first"),
            Self::WrongState => out.write_str("the state does not allow it"),
            Self::Inactive { what, id } => write!(out, "{what} `{id}` is not active"),
            Self::Unsupported => out.write_str("not supported"),
            Self::UnsupportedMediaType => out.write_str("unsupported media type"),
            Self::NotAcceptable => out.write_str("no acceptable representation"),
            Self::Malformed => out.write_str("malformed body"),
            Self::BadCursor => out.write_str("unreadable paging cursor"),
            Self::RateLimited { reset } => write!(out, "too many requests, the next at {reset}"),
            Self::Unauthorized => out.write_str("not authenticated"),
            Self::Forbidden => out.write_str("not allowed"),
            Self::NoRoute => out.write_str("no such path"),
            Self::MethodNotAllowed => out.write_str("method not allowed"),
            Self::Sealed => out.write_str("the store is locked, and its secrets are sealed"),
            Self::WrongKey => out.write_str("the wrong key"),
            Self::TooLarge => out.write_str("body too large"),
            Self::Conflict => out.write_str("another writer was faster"),
            Self::Unavailable { retry_after } => {
                write!(out, "the storage cannot be reached, or is behind; try again in {retry_after} s")
            }
            Self::Storage => out.write_str("storage failure"),
            Self::Corrupt => out.write_str("damaged store"),
            Self::NotAStore => out.write_str("not a store"),
            Self::TooNew => out.write_str("written by a newer version of idpstore"),
            Self::Locked => out.write_str("the store is open elsewhere"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` {}", self.pointer, self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("is missing"),
            Self::Empty => out.write_str("is empty"),
            Self::Taken(by) => write!(out, "is taken by `{by}`"),
            Self::WrongType(wanted) => write!(out, "is not of type {wanted}"),
            Self::NotAllowed(allowed) => write!(out, "is not one of {}", allowed.join(", ")),
            Self::OutOfRange(low, high) => write!(out, "is not within {low} to {high}"),
            Self::Unknown(what) => write!(out, "names an unknown {what}"),
            Self::Immutable => out.write_str("cannot be changed"),
            Self::UnreadableCertificate => out.write_str("is not a readable certificate"),
            Self::NotCertificate(what) => write!(out, "is {what}, not a certificate"),
            Self::CertificateMismatch => out.write_str("has another public key than the request"),
            Self::CertificateExpiresWithin(days) => write!(out, "expires within {days} days"),
            Self::KeyTypeNotAllowed => out.write_str("has a key type that cannot be used here"),
            Self::UnusableKey(why) => write!(out, "has a key that cannot be used: {why}"),
            Self::Other(words) => out.write_str(words),
        }
    }
}
