//! Writers that share commits: the power is cut, the disk fails, the process is killed, and nothing that was answered is
//! lost.

use std::collections::BTreeSet;
use std::thread;

use chacha20::ChaCha8Rng;
use idpstore::IdpStore;
use idpstore::engine::{GroupCommit, RedbEngine};
use rand_core::SeedableRng as _;

use crate::disk::{Disk, Event};
use crate::power::Platter;
use crate::{create, figures, names, times};

const WRITERS: usize = 8;

/// How many providers each writer makes.
const WRITES: usize = 3;

fn open(disk: &Disk) -> IdpStore {
    let engine = GroupCommit::new(RedbEngine::backend(disk.clone()).unwrap());
    IdpStore::builder().engine(engine).open().unwrap()
}

/// Makes providers in all writers at once, each until it is refused; every one that is answered is noted on the disk.
fn write(disk: &Disk, store: &IdpStore) {
    let one = |writer: usize| {
        for number in 0..WRITES {
            let name = format!("{writer}-{number}");
            match create(store, &name) {
                Ok(()) => disk.note_answer(name),
                Err(error) => return assert_eq!(error.kind(), &idpstore::ErrorKind::Storage, "{error}"),
            }
        }
    };
    thread::scope(|scope| (0..WRITERS).for_each(|writer| drop(scope.spawn(move || one(writer)))));
}

fn answered(events: &[Event]) -> BTreeSet<String> {
    let name = |event: &Event| match event {
        Event::Answered(name) => Some(name.clone()),
        _ => None,
    };
    events.iter().filter_map(name).collect()
}

/// A store opens from these bytes, with all that was answered.
fn inspect(bytes: Vec<u8>, answered: &BTreeSet<String>, what: &str) {
    let store = Disk::with(bytes).open().unwrap_or_else(|error| panic!("{what}: {error}"));
    let there: BTreeSet<_> = names(&store).into_iter().collect();
    assert!(answered.is_subset(&there), "{what}: {:?} is lost", answered.difference(&there));
    create(&store, "later").unwrap_or_else(|error| panic!("{what}: {error}"));
}

#[test]
fn batches_outlive_a_power_cut() {
    let mut count = 0;
    for seed in 0..times() as u64 {
        let disk = Disk::with(Vec::new());
        let store = open(&disk);
        disk.take_time_to_sync();
        let opened = disk.events().len();
        write(&disk, &store);
        let events = disk.events();
        let syncs = events[opened..].iter().filter(|event| matches!(event, Event::Synced)).count();
        assert_eq!(answered(&events).len(), WRITERS * WRITES);
        assert!(syncs < WRITERS * WRITES, "{syncs} syncs: no commit was shared");
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        for moment in (opened..events.len()).step_by(3) {
            let answered = answered(&events[..moment]);
            for (what, image) in Platter::after(events[..moment].to_vec()).images(&mut chance, 2) {
                inspect(image, &answered, &format!("seed {seed}, event {moment}, {what}"));
                count += 1;
            }
        }
    }
    figures(&format!("{count} images of disks after a power cut in batches, and nothing was lost"));
}

#[test]
fn batches_outlive_a_failing_disk() {
    let mut count = 0;
    for after in (0..60 * times()).step_by(3) {
        let disk = Disk::with(Vec::new());
        let store = open(&disk);
        disk.take_time_to_sync();
        disk.fail_after(after);
        write(&disk, &store);
        count += usize::from(disk.has_failed());
        let events = disk.events();
        let mut chance = ChaCha8Rng::seed_from_u64(after as u64);
        for (what, image) in Platter::after(events.clone()).images(&mut chance, 2) {
            inspect(image, &answered(&events), &format!("{what} after {after} calls"));
        }
    }
    assert!(count > 10, "the disk failed {count} times only");
    figures(&format!("{count} disks that failed under batches, and nothing was lost"));
}
