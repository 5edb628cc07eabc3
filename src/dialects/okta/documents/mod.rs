//! Okta's documents, a table each. May import what the folder above may.

pub(super) mod application;
pub(super) mod assignment;
mod application_links;
mod checks;
mod client;
pub(super) mod credential;
mod cores;
mod defaults;
pub(super) mod group;
pub(super) mod hook;
mod kinds;
mod linking;
pub(super) mod key;
pub(super) mod policy;
pub(super) mod provider;
mod provider_links;
pub(super) mod sign_on;
pub(super) mod user;

pub(super) use client::{authentication, draw_secret, drawn, drop_private, drop_secret};
pub(super) use cores::{audience, draw_audience};

use crate::dialects::document::Spell;

/// What a record is shown with.
#[derive(Default)]
pub(super) struct Scene {
    /// How URLs begin.
    pub(super) base_url: String,
    /// Whether this is the answer to a replacement, which does not name the time of creation.
    pub(super) is_replaced: bool,
}

impl Scene {
    /// With URLs that begin like this.
    pub(super) fn at(base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), is_replaced: false }
    }
}

/// Okta names keys as we do.
impl Spell for Scene {}

#[cfg(test)]
pub(super) mod tests;
