//! Units of work: what one call does has one number, and no id is given twice.

use idpstore::engine::{Engine, MemoryEngine, RedbEngine};
use idpstore::pki::Timestamp;
use idpstore::testing::{CannedKeys, FixedClock};
use idpstore::{Change, ChangeKind, IdpStore};

use super::{provider, stores};

/// A certificate that a partner might have.
const CERTIFICATE: &str = include_str!("../../benches/certificate.txt");

#[test]
fn what_one_call_does_has_one_number_and_is_listed_together() {
    for store in stores() {
        let service = store.service();
        let made = provider(&service, "One");
        let replaced = service
            .update_provider(made.id, |old, draft| {
                draft.trust(CERTIFICATE.trim())?;
                Ok(old.clone())
            })
            .unwrap();
        assert_eq!((made.sequence, replaced.sequence), (1, 2));
        assert_eq!(service.provider(made.id).unwrap(), replaced, "its version is that number");
        let deleted = service.delete_provider(made.id).unwrap();
        assert_eq!((deleted.sequence, service.last_change().unwrap()), (3, 3));
        let known = |changes: &[Change]| -> Vec<_> {
            changes.iter().map(|change| (change.sequence, change.kind)).collect()
        };
        let second = [(2, ChangeKind::TrustedKeyImported), (2, ChangeKind::ProviderReplaced)];
        assert_eq!(known(&service.changes(1, 1).unwrap()), second);
        assert_eq!(known(&service.changes(2, 1).unwrap()), [(3, ChangeKind::ProviderDeleted)]);
        assert_eq!(service.changes(3, 1).unwrap(), []);
    }
}

#[test]
fn a_call_that_changes_nothing_has_no_number() {
    for store in stores() {
        let service = store.service();
        let made = provider(&service, "One");
        let same = service.update_provider(made.id, |_, _| Ok(None)).unwrap();
        assert_eq!((same.sequence, service.last_change().unwrap()), (1, 1));
        let refused = service.create_provider(|_| Err(idpstore::ErrorKind::Forbidden.into()));
        assert!(refused.is_err());
        assert_eq!(provider(&service, "Two").sequence, 2);
    }
}

/// A store at a moment that does not pass.
fn standing(engine: impl Engine + 'static) -> IdpStore {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    IdpStore::builder().engine(engine).clock(clock).keys(CannedKeys::default()).open().unwrap()
}

/// The ids that were given last are known although their records are gone, and although the store was closed.
#[test]
fn no_id_is_given_again_in_the_same_millisecond() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = None;
    for _ in 0..3 {
        let service = standing(RedbEngine::file(folder.path().join("store.redb")).unwrap()).service();
        for name in ["One", "Two"] {
            let made = provider(&service, name);
            assert!(last < Some(made.id));
            last = Some(made.id);
            service.delete_provider(made.id).unwrap();
        }
    }
}

#[test]
fn a_store_that_went_back_gives_the_same_ids_again() {
    let store = standing(MemoryEngine::default());
    let service = store.service();
    provider(&service, "One");
    let before = store.snapshot().unwrap();
    let second = provider(&service, "Two");
    store.restore(&before).unwrap();
    let again = provider(&service, "Two");
    assert_eq!((again.id, again.sequence), (second.id, second.sequence + 2));
}
