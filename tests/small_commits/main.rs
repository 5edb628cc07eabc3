//! Engines whose commits are small: what does not fit into one is done in several, and goes on if it was broken off.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod copying;
mod failing;
mod importing;
