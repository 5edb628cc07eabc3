//! An embedded, in-process store of identity-provider configuration.

pub mod error;
pub mod pki;
