//! The disk fails at each moment in turn.

use chacha20::ChaCha8Rng;
use rand_core::SeedableRng as _;

use crate::disk::{Disk, Fault};
use crate::power::Platter;
use crate::work::{STEPS, inspect, work};
use crate::{figures, times};

/// The ways to fail: for good or once, and how much of a write that fails arrives all the same, in percent.
const WAYS: [(bool, usize); 4] = [(true, 50), (false, 100), (true, 0), (false, 50)];

#[test]
fn everything_answered_outlives_a_failing_disk() {
    let ways = || WAYS.into_iter().cycle().enumerate().take(2 * times());
    let failed: usize =
        ways().map(|(seed, (lasting, arriving))| fail_everywhere(seed, lasting, arriving)).sum();
    assert!(failed > ways().count() * STEPS * 5, "the disk failed {failed} times only");
    figures(&format!("{failed} failed calls to the disk, and nothing was lost"));
}

/// Does a piece of work again and again, with a disk that fails one call later each time; gives the number of calls.
fn fail_everywhere(seed: usize, lasting: bool, arriving: usize) -> usize {
    let mut chance = ChaCha8Rng::seed_from_u64(seed as u64);
    for after in 0.. {
        let disk = Disk::failing(Fault { after, lasting, arriving });
        let work = work(&disk, seed as u64);
        if !disk.has_failed() {
            return after;
        }
        for (what, image) in Platter::after(disk.events()).images(&mut chance, 2) {
            let what = format!("seed {seed}, {what} after {after} calls");
            inspect(image, work.possible_at_the_end(), &what);
        }
    }
    unreachable!("there is an end to the calls")
}
