//! A write that is begun inside of another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use idpstore::model::{Id, IdentityProvider, State};
use idpstore::{ErrorKind, Result, Service};

use super::{protocol, provider, provider_names, stores};

/// What `work` gives, on a thread of its own: what waits for itself must not keep the tests waiting.
fn soon<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(work()));
    told.recv_timeout(Duration::from_secs(120)).expect("it does not wait for itself")
}

#[test]
fn a_write_inside_of_a_write_is_refused() {
    for store in stores() {
        let inner = store.clone();
        let error = soon(move || {
            let service = inner.service();
            let made = service.create_provider(|_| provider_inside(&inner.service()));
            made.unwrap_err()
        });
        assert_eq!(error.kind(), &ErrorKind::WrongState);
        assert!(error.to_string().contains("use the draft, or write after it"), "{error}");
        let service = store.service();
        assert_eq!(provider_names(&service, None), [""; 0]);
        provider(&service, "After");
        assert_eq!(service.last_change().unwrap(), 1);
    }
}

fn provider_inside(service: &Service) -> Result<IdentityProvider> {
    service.create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), "Inner", protocol())))
}

#[test]
fn everything_that_writes_is_refused_inside_of_a_write_and_nothing_that_reads() {
    for store in stores() {
        let inner = store.clone();
        soon(move || {
            let service = inner.service();
            let known = provider(&service, "Known");
            let snapshot = inner.snapshot().unwrap();
            let made = service.create_provider(|draft| {
                let other = service.for_tenant(Id::from_number(77));
                let writes = [
                    service.delete_provider(known.id).map(drop),
                    service.set_provider_state(known.id, State::Inactive).map(drop),
                    other.found_tenant("Other"),
                    inner.restore(&snapshot),
                    inner.reset(),
                ];
                for write in writes {
                    assert_eq!(write.unwrap_err().kind(), &ErrorKind::WrongState);
                }
                assert_eq!(service.provider(known.id)?, known);
                assert_eq!(provider_names(&service, Some("know")), ["Known"]);
                assert_eq!(service.changes(0, 20)?.len(), 1);
                inner.snapshot()?;
                Ok(IdentityProvider::new(draft.id(), draft.now(), "Made", protocol()))
            });
            made.unwrap();
            assert_eq!(provider_names(&service, None), ["Known", "Made"]);
        });
    }
}

#[test]
fn after_a_failure_or_a_panic_one_can_write_again() {
    for store in stores() {
        soon(move || {
            let service = store.service();
            service.create_provider(|_| Err(ErrorKind::Unsupported.into())).unwrap_err();
            provider(&service, "One");
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                service.create_provider(|_| std::panic::resume_unwind(Box::new("in a draft")))
            }));
            panicked.unwrap_err();
            provider(&service, "Two");
            assert_eq!(provider_names(&service, None), ["One", "Two"]);
        });
    }
}

#[test]
fn the_write_of_another_thread_waits() {
    for store in stores() {
        let service = store.service();
        let other = service.clone();
        let (begin, begun) = mpsc::channel();
        let writer = thread::spawn(move || {
            begun.recv().unwrap();
            provider(&other, "Second")
        });
        let first = service.create_provider(|draft| {
            let _ = begin.send(());
            // The other may come in before this ends, or after it: either way it waits and is not refused.
            (0..100).for_each(|_| thread::yield_now());
            Ok(IdentityProvider::new(draft.id(), draft.now(), "First", protocol()))
        });
        first.unwrap();
        writer.join().unwrap();
        assert_eq!(provider_names(&service, None), ["First", "Second"]);
    }
}
