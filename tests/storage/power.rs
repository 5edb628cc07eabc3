//! The power is cut at each moment in turn. What was not yet synced is then there, or in part, or not at all, and in no
//! order.

use chacha20::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use crate::disk::{Disk, Event, Operation};
use crate::work::{STEPS, below, inspect, work};
use crate::{figures, times};

/// What a disk writes as a whole.
const SECTOR: usize = 512;

/// How many of the possible images are looked at for each moment, besides the two extremes.
const CHOSEN: usize = 6;

#[test]
fn everything_answered_outlives_a_power_cut() {
    let images: usize = (0..times()).map(cut_everywhere).sum();
    assert!(images > times() * STEPS * CHOSEN, "only {images} images");
    figures(&format!("{images} images of disks after a power cut, and nothing was lost"));
}

/// Does a piece of work and looks at what is left if it is interrupted; gives the number of images.
fn cut_everywhere(seed: usize) -> usize {
    let disk = Disk::with(Vec::new());
    let work = work(&disk, seed as u64);
    let mut chance = ChaCha8Rng::seed_from_u64(seed as u64);
    let (mut platter, mut answers, mut count) = (Platter::default(), 0, 0);
    for (moment, event) in disk.events().into_iter().enumerate() {
        answers += usize::from(matches!(event, Event::Answered(_)));
        platter.follow(event);
        for (what, image) in platter.images(&mut chance, CHOSEN) {
            inspect(image, work.possible(answers), &format!("seed {seed}, event {moment}, {what}"));
            count += 1;
        }
    }
    assert_eq!(answers, STEPS);
    count
}

/// What is certain to be on a disk, and what has been changed since, each part of which may survive whatever becomes of
/// the others.
#[derive(Default)]
pub(crate) struct Platter {
    synced: Vec<u8>,
    unsynced: Vec<Operation>,
}

impl Platter {
    /// The disk that all this happened to.
    pub(crate) fn after(events: Vec<Event>) -> Self {
        let mut platter = Self::default();
        for event in events {
            platter.follow(event);
        }
        platter
    }

    pub(crate) fn follow(&mut self, event: Event) {
        match event {
            Event::Changed(operation) => self.unsynced.push(operation),
            Event::Synced => self.unsynced.drain(..).for_each(|operation| operation.apply(&mut self.synced)),
            Event::Answered(_) => {}
        }
    }

    /// What may be left after the power was cut: all, nothing of what is not synced, and some of what lies between.
    pub(crate) fn images(&self, chance: &mut ChaCha8Rng, chosen: usize) -> Vec<(&'static str, Vec<u8>)> {
        let mut images = vec![("what was synced", self.synced.clone())];
        if !self.unsynced.is_empty() {
            images.push(("all that was written", self.image(|_, _| true)));
            images.extend((0..chosen).map(|number| self.chosen(number, chance)));
        }
        images
    }

    fn chosen(&self, number: usize, chance: &mut ChaCha8Rng) -> (&'static str, Vec<u8>) {
        let (last, sectors) = (below(chance, self.unsynced.len()), below(chance, 8));
        let salt = chance.next_u64();
        let coin = |at: usize, sector: usize| {
            ChaCha8Rng::seed_from_u64(salt ^ (at as u64) << 32 ^ sector as u64).next_u32().is_multiple_of(2)
        };
        match number % 3 {
            0 => {
                let survives = |at, sector| at < last || (at == last && sector < sectors);
                ("the first writes, the last of them torn", self.image(survives))
            }
            1 => ("some of the writes", self.image(|at, _| coin(at, 0))),
            _ => ("some sectors of the writes", self.image(coin)),
        }
    }

    /// What was synced, with those sectors of the other operations that survive: number of the operation, and of the
    /// sector in it.
    fn image(&self, survives: impl Fn(usize, usize) -> bool) -> Vec<u8> {
        let mut image = self.synced.clone();
        for (at, operation) in self.unsynced.iter().enumerate() {
            match operation {
                Operation::SetLength(_) if survives(at, 0) => operation.apply(&mut image),
                Operation::SetLength(_) => {}
                Operation::Write(offset, data) => {
                    for (sector, part) in
                        data.chunks(SECTOR).enumerate().filter(|(sector, _)| survives(at, *sector))
                    {
                        Operation::Write(offset + sector * SECTOR, part.to_vec()).apply(&mut image);
                    }
                }
            }
        }
        image
    }
}
