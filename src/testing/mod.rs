//! What tests need, ours and those of programs that embed a store: an environment that is the same each time,
//! and a suite for engines. Stands outside of the arrows: may import everything.

pub mod conformance;
mod environment;
pub mod inside;
mod optimistic;
mod rerun;

pub use environment::{CannedKeys, CountedEntropy, FixedClock};
pub use optimistic::OptimisticEngine;
pub use rerun::RerunEngine;
