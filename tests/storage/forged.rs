//! Files whose pages contradict themselves under checksums that are right: nothing that a damaged disk does, but what a
//! file can be made to say. They end in `Corrupt`, not in a panic.

use std::ops::{ControlFlow, Range};
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};

use idpstore::engine::{Direction, OneOwner as _, RedbEngine};
use idpstore::{ErrorKind, Result};
use xxhash_rust::xxh3::xxh3_128;

use crate::disk::Disk;

const PAGE: usize = 4096;

/// The two descriptions of the state in the first page, of which each ends in its own checksum.
const SLOTS: [Range<usize>; 2] = [64..192, 192..320];
const CHECKSUM: usize = 16;

/// A closed file with a few entries, and where the page with the entries begins.
fn file() -> (Vec<u8>, usize) {
    let disk = Disk::with(Vec::new());
    let engine = RedbEngine::backend(disk.clone()).unwrap();
    let mut tx = engine.raw_write().unwrap();
    for number in 0..8_u8 {
        tx.put(&[b'k', number], &[b'v'; 20]).unwrap();
    }
    tx.commit().unwrap();
    drop(engine);
    let bytes = disk.bytes();
    let page = bytes.chunks(PAGE).rposition(|page| page.windows(20).any(|part| part == [b'v'; 20]));
    (bytes, page.unwrap() * PAGE)
}

/// A page with what its checksum covers, and where that checksum is stored.
struct Checked {
    page: usize,
    length: usize,
    places: Vec<usize>,
}

/// A page, the one that holds its checksum, and so on up to the first page of the file.
fn path_to_root(bytes: &[u8], mut page: usize) -> Vec<Checked> {
    let mut path = Vec::new();
    while page > 0 {
        let checked = checked(bytes, page);
        page = checked.places[0] / PAGE * PAGE;
        path.push(checked);
    }
    path
}

fn checked(bytes: &[u8], page: usize) -> Checked {
    (4..PAGE)
        .map(|length| {
            let checksum = xxh3_128(&bytes[page..page + length]).to_le_bytes();
            let places = memchr::memmem::find_iter(bytes, &checksum).collect();
            Checked { page, length, places }
        })
        .find(|checked| !checked.places.is_empty())
        .unwrap()
}

/// Changes the page at the beginning of a path, and corrects all checksums up to the root.
fn forge(bytes: &[u8], path: &[Checked], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let first = &path[0];
    change(&mut bytes[first.page..first.page + first.length]);
    for Checked { page, length, places } in path {
        let checksum = xxh3_128(&bytes[*page..page + length]).to_le_bytes();
        for place in places {
            bytes[*place..place + CHECKSUM].copy_from_slice(&checksum);
        }
    }
    for slot in SLOTS {
        let end = slot.end - CHECKSUM;
        let checksum = xxh3_128(&bytes[slot.start..end]).to_le_bytes();
        bytes[end..slot.end].copy_from_slice(&checksum);
    }
    bytes
}

/// Reads all that is there and writes a little, as far as it goes.
fn use_it(disk: &Disk) -> Result<()> {
    let engine = RedbEngine::backend(disk.clone())?;
    let read = engine.raw_read()?;
    for number in 0..8 {
        read.get(&[b'k', number])?;
    }
    for direction in [Direction::Ascending, Direction::Descending] {
        read.scan(&[], &[0xff], direction, &mut |_, _| Ok(ControlFlow::Continue(())))?;
    }
    let mut tx = engine.raw_write()?;
    tx.put(b"k\x04more", b"value")?;
    tx.delete(b"k\x02")?;
    tx.commit()
}

/// Counts the panics of redb, and prints only others.
fn count_panics() -> &'static AtomicUsize {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| match panic.location() {
        Some(place) if place.file().contains("redb-") => drop(PANICS.fetch_add(1, Ordering::Relaxed)),
        _ => print(panic),
    }));
    &PANICS
}

#[test]
fn a_forged_file_that_is_sound_is_opened() {
    let (bytes, page) = file();
    let path = path_to_root(&bytes, page);
    use_it(&Disk::with(forge(&bytes, &path, |_| {}))).unwrap();
    use_it(&Disk::with(forge(&bytes, &path, |page| *page.last_mut().unwrap() = b'w'))).unwrap();
}

#[test]
fn a_page_that_contradicts_itself_is_corrupt() {
    let (bytes, page) = file();
    let path = path_to_root(&bytes, page);
    let panics = count_panics();
    for at in 0..64 {
        for value in [0, 1, 0x7f, 0xff] {
            let forged = forge(&bytes, &path, |page| page[at] = value);
            if let Err(error) = use_it(&Disk::with(forged)) {
                assert_eq!(error.kind(), &ErrorKind::Corrupt, "byte {at} is {value}: {error}");
            }
        }
    }
    assert!(panics.load(Ordering::Relaxed) > 0, "redb refuses such pages itself, and need not be contained");
}
