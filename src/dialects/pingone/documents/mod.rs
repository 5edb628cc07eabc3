//! PingOne's documents, a table each. May import what the folder above may.

mod cores;
pub(super) mod provider;
