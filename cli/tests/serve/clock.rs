//! What the clock brings while a server runs, and before.

use idpstore::pki::{EcCurve, KeySpec, Timestamp};
use idpstore::testing::FixedClock;
use idpstore::{ChangeKind, IdpStore, NewSigningKey, Owner};

use crate::kids;
use crate::server::Server;

#[test]
fn logs_at_the_start_what_was_due_and_not_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let then = FixedClock::at(Timestamp::from_unix_seconds(1_600_000_000));
    let store = IdpStore::builder().clock(then).file(&path).unwrap().open().unwrap();
    let spec = KeySpec::Ec { curve: EcCurve::P256 };
    let new = NewSigningKey { spec, years: 1, ..NewSigningKey::default() };
    store.signing_keys(Owner::Tenant).generate(&new).unwrap();
    drop(store);
    for _ in 0..2 {
        let server = Server::start(&["--db", path.to_str().unwrap()]);
        assert!(kids(&server).is_empty());
        server.signal("TERM");
        assert!(server.end().status.success());
    }
    let store = IdpStore::open(&path).unwrap();
    let logged = store.service().changes(1, 100).unwrap();
    let logged: Vec<_> = logged.iter().map(|it| (it.sequence, &*it.actor, it.kind, it.days)).collect();
    let soon = |days| (2, "clock", ChangeKind::SigningKeyExpiring, Some(days));
    let expired = (2, "clock", ChangeKind::SigningKeyExpired, None);
    assert_eq!(logged, [soon(60), soon(30), soon(7), soon(1), expired]);
}
