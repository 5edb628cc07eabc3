//! The disk fails at each moment in turn.

use idpstore::ErrorKind;

use crate::disk::Disk;
use crate::{create, names};

/// How many providers are made before the disk is taken to be sound.
const PROVIDERS: usize = 12;

#[test]
fn everything_answered_outlives_a_failing_disk() {
    let mut failures = 0;
    loop {
        let disk = Disk::failing_after(failures, Vec::new());
        let mut answered = Vec::new();
        if let Some(refused) = work_until_it_fails(&disk, &mut answered) {
            for (what, bytes) in disk.remains() {
                let there =
                    names(&Disk::with(bytes).open().unwrap_or_else(|error| {
                        panic!("{what} is left after {failures} operations: {error}")
                    }));
                // The one that failed may have been written nevertheless; nobody was told that it was not.
                let with_refused: Vec<_> = answered.iter().cloned().chain([refused.clone()]).collect();
                assert!(
                    there == answered || there == with_refused,
                    "{what} is left after {failures} operations: {there:?} in place of {answered:?}"
                );
            }
        } else {
            break;
        }
        failures += 1;
    }
    assert!(failures > PROVIDERS * 5, "the disk failed at {failures} moments only");
}

/// Makes providers and notes those that are there; gives the one with which the disk failed.
fn work_until_it_fails(disk: &Disk, answered: &mut Vec<String>) -> Option<String> {
    let store = match disk.open() {
        Ok(store) => store,
        Err(error) => {
            assert_eq!(error.kind(), &ErrorKind::Storage, "{error}");
            return Some("the first".to_owned());
        }
    };
    for number in 0..PROVIDERS {
        let name = format!("provider {number}");
        match create(&store, &name) {
            Ok(()) => answered.push(name),
            Err(error) => {
                assert_eq!(error.kind(), &ErrorKind::Storage, "{error}");
                let again = create(&store, "later").unwrap_err();
                assert_eq!(again.kind(), &ErrorKind::Storage, "{again}");
                return Some(name);
            }
        }
    }
    None
}
