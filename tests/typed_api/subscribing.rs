//! Changes of all callers are waited for, and each is seen once.

use std::thread;
use std::time::Duration;

use idpstore::{IdpStore, Retention};

use crate::provider;

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn changes_of_all_writers_are_seen_once_and_in_their_order() {
    for store in super::stores() {
        provider(&store.service(), "Before");
        let changes = store.service().changes_after(1);
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let store = store.clone();
                thread::spawn(move || {
                    for _ in 0..25 {
                        provider(&store.service(), &format!("Partner of {writer}"));
                    }
                })
            })
            .collect();
        let seen: Vec<_> = changes.wait(LONG).take(100).map(|change| change.unwrap().sequence).collect();
        assert_eq!(seen, (2..=101).collect::<Vec<_>>());
        for writer in writers {
            writer.join().unwrap();
        }
    }
}

#[test]
fn the_iterator_ends_when_nothing_happens_and_can_be_asked_again() {
    let store = super::stores().remove(0);
    let mut changes = store.service().changes_after(0).wait(Duration::from_millis(1));
    assert!(changes.next().is_none());
    provider(&store.service(), "Partner");
    assert_eq!(changes.next().unwrap().unwrap().sequence, 1);
    assert!(changes.next().is_none());
}

#[test]
fn what_one_call_does_arrives_together_and_what_is_no_longer_kept_does_not() {
    let store = IdpStore::builder().retention(Retention::Changes(2)).open().unwrap();
    for name in ["First", "Second", "Third"] {
        provider(&store.service(), name);
    }
    let seen: Vec<_> = store
        .service()
        .changes_after(0)
        .wait(Duration::ZERO)
        .map(|change| change.unwrap().sequence)
        .collect();
    assert_eq!(seen, [2, 3]);
}
