//! The engine on clusters of Debian's etcd, and what starts, stops and splits these. One program, so that it is built once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod cluster;

mod gate;
#[cfg(feature = "program")]
mod history;
mod stores;

mod access;
mod conformance;
mod copying;
mod disks;
mod keepers;
mod limits;
mod members;
mod outages;
#[cfg(feature = "program")]
mod programs;
mod quota;
mod restricted;
mod scenarios;
mod sealing;
mod signing_in;
mod splits;
mod unknown;
