//! The engine on clusters of Debian's etcd, and what starts, stops and splits these. One program, so that it is built once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod cluster;

mod access;
mod disks;
mod members;
mod quota;
mod splits;
