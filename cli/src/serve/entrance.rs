//! What may change while the server runs: the tokens that it requires, and the certificate that it shows.

use std::sync::{Arc, PoisonError, RwLock};

use http::request::Parts;
use idpstore::{Authorizer, Grant, Tokens};

use super::Arguments;
use super::console;
use crate::failure::Failure;
use crate::token;

/// A value that is read often, and replaced as a whole.
#[derive(Default)]
pub(super) struct Current<T>(Arc<RwLock<T>>);

impl<T: Clone> Current<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Arc::new(RwLock::new(value)))
    }

    pub(super) fn get(&self) -> T {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

impl<T> Clone for Current<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The tokens of now; without any, all callers may do everything.
pub(super) type Entrance = Current<Option<Arc<Tokens>>>;

impl Authorizer for Entrance {
    fn authorize(&self, request: &Parts) -> idpstore::Result<Grant> {
        match self.get() {
            Some(tokens) => tokens.authorize(request),
            None => Ok(Grant::full()),
        }
    }
}

/// The tokens that the command line, the environment or else the file of options names.
pub(super) fn required(arguments: &Arguments, of_file: Option<Tokens>) -> Result<Option<Tokens>, Failure> {
    let token = token::given(arguments.token.as_deref(), arguments.token_file.as_deref())?;
    let one = token.map(|token| Tokens::default().allow(token, Grant::full()));
    Ok(one.or(of_file))
}

/// The same with that of the console, if it has one.
pub(super) fn with_console(tokens: Option<Tokens>, console: Option<&str>) -> Option<Tokens> {
    match console {
        Some(token) => Some(console::allow(tokens.unwrap_or_default(), token)),
        None => tokens,
    }
}
