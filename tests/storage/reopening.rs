//! A store goes on once its disk does.

use std::sync::{Arc, Mutex};

use idpstore::engine::{Event, RedbEngine, Reopening};
use idpstore::{ErrorKind, IdpStore, chain};

use crate::disk::Disk;
use crate::{create, names};

/// How many providers are made before the disk is taken to be sound.
const PROVIDERS: usize = 6;

/// A store that is opened again on the same disk, and the events that its listener received.
fn open(disk: &Disk) -> (IdpStore, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (listener, again) = (Arc::clone(&told), disk.clone());
    let engine = Reopening::new(RedbEngine::backend(disk.clone()).unwrap(), move || {
        RedbEngine::backend(again.clone())
    });
    let engine = engine.on_event(move |event| {
        let words = match event {
            Event::Failed(error) => chain(error),
            Event::Reopened => "reopened".to_owned(),
            other => format!("{other:?}"),
        };
        listener.lock().unwrap().push(words);
    });
    (IdpStore::builder().engine(engine).open().unwrap(), told)
}

#[test]
fn a_store_goes_on_after_a_failure_at_any_moment() {
    let mut moments = 0;
    loop {
        let disk = Disk::with(Vec::new());
        let (store, told) = open(&disk);
        disk.fail_after(moments);
        let mut answered = Vec::new();
        let refused = (0..PROVIDERS).find_map(|number| {
            let name = format!("provider {number}");
            let refusal = create(&store, &name).err();
            if refusal.is_none() {
                answered.push(name.clone());
            }
            refusal.map(|error| (name, error))
        });
        let Some((refused, error)) = refused else { break };
        assert_eq!(error.kind(), &ErrorKind::Storage, "{error}");
        let again = create(&store, "while the disk is broken").unwrap_err();
        assert_eq!(again.kind(), &ErrorKind::Storage, "{again}");
        disk.repair();
        create(&store, "later").unwrap();
        let there = names(&store);
        answered.push("later".to_owned());
        let mut with_refused = answered.clone();
        with_refused.insert(answered.len() - 1, refused);
        assert!(there == answered || there == with_refused, "after {moments} operations: {there:?}");
        let told = told.lock().unwrap();
        assert!(told[0].contains("the disk is broken"), "{told:?}");
        assert_eq!((told.len(), &*told[1]), (2, "reopened"));
        drop(store);
        assert_eq!(names(&disk.open().unwrap()), there, "the same is on the disk");
        moments += 1;
    }
    assert!(moments > PROVIDERS * 5, "the disk failed at {moments} moments only");
}

#[test]
fn reading_opens_it_again_too() {
    let disk = Disk::with(Vec::new());
    let (store, told) = open(&disk);
    create(&store, "first").unwrap();
    disk.fail_after(0);
    create(&store, "refused").unwrap_err();
    disk.repair();
    assert_eq!(names(&store)[0], "first");
    assert_eq!(told.lock().unwrap().len(), 2);
}
