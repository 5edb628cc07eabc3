//! What may change while the server runs: those who may come in, and the certificate that it shows.

use std::sync::{Arc, PoisonError, RwLock};

use http::request::Parts;
use idpstore::{Authorizer, Grant, Tokens};

use super::Arguments;
use super::config::Callers;
use super::console;
use super::tokens::Client;
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

/// The clients that get tokens; without a list, all whose credentials are well formed.
pub(super) type Clients = Current<Option<Arc<Vec<Client>>>>;

/// The tokens and clients of now. Without any token that is required, all callers may do everything.
#[derive(Clone)]
pub(super) struct Entrance {
    tokens: Current<Option<Arc<Tokens>>>,
    clients: Clients,
    /// That of the console, if it has one.
    console_token: Option<String>,
}

impl Entrance {
    pub(super) fn new(callers: Callers, console_token: Option<String>) -> Self {
        let (tokens, clients) = Default::default();
        let entrance = Self { tokens, clients, console_token };
        entrance.set(callers);
        entrance
    }

    /// Lets these in from now on, and no others.
    pub(super) fn set(&self, callers: Callers) {
        let Callers { mut tokens, clients } = callers;
        if let Some(token) = &self.console_token {
            tokens = Some(console::allow(tokens.unwrap_or_default(), token));
        }
        self.clients.set(tokens.is_some().then(|| Arc::new(clients)));
        self.tokens.set(tokens.map(Arc::new));
    }

    pub(super) fn requires_tokens(&self) -> bool {
        self.tokens.get().is_some()
    }

    pub(super) fn clients(&self) -> Clients {
        self.clients.clone()
    }

    pub(super) fn console_token(&self) -> Option<&str> {
        self.console_token.as_deref()
    }
}

impl Authorizer for Entrance {
    fn authorize(&self, request: &Parts) -> idpstore::Result<Grant> {
        match self.tokens.get() {
            Some(tokens) => tokens.authorize(request),
            None => Ok(Grant::full()),
        }
    }
}

/// Those who may come in by the command line, the environment or else the file of options.
pub(super) fn callers(arguments: &Arguments, of_file: Callers) -> Result<Callers, Failure> {
    let token = token::given(arguments.token.as_deref(), arguments.token_file.as_deref())?;
    let one = token.map(|token| Tokens::default().allow(token, Grant::full()));
    let Callers { tokens, clients } = of_file;
    // Where clients get tokens, all others need one.
    let tokens = one.or(tokens).or_else(|| (!clients.is_empty()).then(Tokens::default));
    Ok(Callers { tokens, clients })
}
