//! Going back to a snapshot.

use idpstore::model::Tenant;
use idpstore::{Change, ChangeKind, ErrorKind, IdpStore};

use super::{provider, provider_names, stores};

fn kinds(changes: &[Change]) -> Vec<(u64, ChangeKind)> {
    changes.iter().map(|change| (change.sequence, change.kind)).collect()
}

#[test]
fn a_change_number_is_never_given_twice() {
    for store in stores() {
        let service = store.service();
        provider(&service, "One");
        let before = store.snapshot().unwrap();
        let undone = provider(&service, "Two");
        service.delete_provider(undone.id).unwrap();
        let seen = service.last_change().unwrap();
        assert_eq!(seen, 3);
        store.restore(&before).unwrap();
        let after = provider(&service, "Three");
        let created = ChangeKind::ProviderCreated;
        let news = service.changes(seen, 20).unwrap();
        assert_eq!(kinds(&news), [(4, ChangeKind::Restored), (5, created)]);
        assert_eq!((news[0].tenant, news[0].subject), (Tenant::DEFAULT, Tenant::DEFAULT));
        assert_eq!(after.sequence, 5);
        // What was undone is not in the line any more.
        assert_eq!(
            kinds(&service.changes(0, 20).unwrap()),
            [(1, created), (4, ChangeKind::Restored), (5, created)]
        );
        // Back to before what was just restored, and to a new store: on and on.
        store.restore(&before).unwrap();
        store.reset().unwrap();
        assert_eq!(kinds(&service.changes(0, 20).unwrap()), [(7, ChangeKind::Restored)]);
        assert_eq!(service.last_change().unwrap(), 7);
        assert_eq!(provider_names(&service, None), [""; 0]);
    }
}

#[test]
fn a_snapshot_with_more_changes_than_the_store_counts_on_from_its_own() {
    let [one, other] = [(); 2].map(|()| IdpStore::in_memory().unwrap());
    for name in ["One", "Two", "Three"] {
        provider(&one.service(), name);
    }
    other.restore(&one.snapshot().unwrap()).unwrap();
    let last = other.service().changes(3, 20).unwrap();
    assert_eq!(kinds(&last), [(4, ChangeKind::Restored)]);
}

#[test]
fn what_is_no_store_is_not_restored() {
    let store = IdpStore::in_memory().unwrap();
    provider(&store.service(), "One");
    let error = store.restore(&idpstore::engine::Snapshot::default()).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Corrupt);
    assert_eq!(provider_names(&store.service(), None), ["One"]);
}
