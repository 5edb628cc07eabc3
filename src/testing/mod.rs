//! What tests need, ours and those of programs that embed a store: an environment that is the same each time.
//! Stands outside of the arrows: may import everything.

mod environment;

pub use environment::{CannedKeys, CountedEntropy, FixedClock};
