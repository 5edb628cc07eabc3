//! An embedded, in-process store of identity-provider configuration.

pub mod engine;
pub mod env;
pub mod error;
pub mod model;
pub mod pki;
pub mod service;
