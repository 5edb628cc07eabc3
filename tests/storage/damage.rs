//! Damaged stores are refused, or were not damaged where it matters; they are never misread, and never lead to
//! a panic.

use idpstore::ErrorKind;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::disk::{Disk, refusal};
use crate::{create, names};

const PAGE: usize = 4096;
/// How every store begins.
const MAGIC: &[u8] = b"redb\x1a\x0a\xa9\x0d\x0a";
const PROVIDERS: usize = 12;

/// A name that fills a page, and another one in the index.
fn name(number: usize) -> String {
    format!(
        "{number}: {}",
        "what the quick brown fox does to the lazy dog, and what the dog does about it ".repeat(40)
    )
}

/// The bytes of a store with some providers, before and after it was closed.
fn stores() -> (Vec<u8>, Vec<u8>) {
    let disk = Disk::with(Vec::new());
    let store = disk.open().unwrap();
    for number in 0..PROVIDERS {
        create(&store, &name(number)).unwrap();
    }
    let open = disk.bytes();
    drop(store);
    (open, disk.bytes())
}

/// How many providers are there after the bytes were opened; `None` if they were refused as damaged.
fn opened(bytes: &[u8]) -> Option<usize> {
    let disk = Disk::with(bytes.to_vec());
    match disk.open() {
        Ok(store) => {
            let names = names(&store);
            assert!(names.iter().enumerate().all(|(number, found)| *found == name(number)));
            Some(names.len())
        }
        Err(error) => {
            // A file that has lost its first bytes cannot be known for a store.
            let is_known = bytes.starts_with(MAGIC);
            let kind = if is_known { ErrorKind::Corrupt } else { ErrorKind::NotAStore };
            assert_eq!(error.kind(), &kind, "{error}");
            assert!(disk.bytes() == bytes, "what is refused is left as it is");
            None
        }
    }
}

/// Holds a damaged store against what it was made from.
fn check(was_closed: bool, damaged: &[u8]) -> Option<usize> {
    let opened = opened(damaged);
    match opened {
        None | Some(PROVIDERS) => {}
        // Damage of what was written last looks like a commit that was broken off.
        Some(found) => assert!(!was_closed && found == PROVIDERS - 1, "{found} providers are left"),
    }
    opened
}

#[test]
fn sound_stores_are_opened() {
    let (open, closed) = stores();
    assert_eq!(opened(&open), Some(PROVIDERS));
    assert_eq!(opened(&closed), Some(PROVIDERS));
}

#[test]
fn lost_pages_are_noticed() {
    let (open, closed) = stores();
    for (was_closed, store) in [(false, open), (true, closed)] {
        let mut refused = 0;
        for page in 0..store.len() / PAGE {
            let mut damaged = store.clone();
            damaged[page * PAGE..(page + 1) * PAGE].fill(if page % 2 == 0 { 0 } else { 0xaa });
            if damaged != store {
                refused += usize::from(check(was_closed, &damaged).is_none());
            }
        }
        // In the other store nearly every page was written by the last commit.
        assert!(refused > 20 || !was_closed, "only {refused} lost pages were noticed");
    }
}

#[test]
fn a_lost_end_is_noticed() {
    let (open, closed) = stores();
    for store in [open, closed] {
        for length in [1, 8, 9, 100, 319, 320, PAGE - 1, PAGE, 2 * PAGE, 10 * PAGE, store.len() - 1] {
            let is_known = length >= MAGIC.len();
            let kind = if is_known { ErrorKind::Corrupt } else { ErrorKind::NotAStore };
            assert_eq!(refusal(&store[..length]), kind, "{length}");
        }
        assert_eq!(refusal(&[&store[..], b"something else"].concat()), ErrorKind::Corrupt);
    }
}

#[test]
fn every_bit_of_the_header_is_noticed_or_without_meaning() {
    let (open, closed) = stores();
    for (was_closed, store) in [(false, open), (true, closed)] {
        for bit in 0..320 * 8 {
            // Every eleventh will do: it comes to each field, and to each place in a byte.
            if bit % 11 == 0 {
                let mut damaged = store.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                check(was_closed, &damaged);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn flipped_bits_are_noticed(
        was_closed in any::<bool>(),
        flips in prop::collection::vec((any::<Index>(), 0..8_u8), 1..4),
    ) {
        let (open, closed) = stores();
        let mut damaged = if was_closed { closed } else { open };
        for (at, bit) in flips {
            *at.get_mut(&mut damaged) ^= 1_u8 << bit;
        }
        check(was_closed, &damaged);
    }

    #[test]
    fn garbage_is_refused(bytes in prop::collection::vec(any::<u8>(), 1..5000), looks_right in any::<bool>()) {
        let start = if looks_right { MAGIC } else { b"" };
        let bytes = [start, &bytes].concat();
        prop_assume!(bytes.iter().any(|byte| *byte != 0));
        prop_assert_eq!(refusal(&bytes), if looks_right { ErrorKind::Corrupt } else { ErrorKind::NotAStore });
    }
}
