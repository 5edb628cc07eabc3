//! The power is cut at each moment while a sealed store gets another wrap, loses one, and is sealed by another data key.

use chacha20::ChaCha8Rng;
use idpstore::engine::{KeyWrap, RedbEngine};
use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Secret};
use idpstore::{ErrorKind, IdpStore, ProviderQuery, Result};
use rand_core::SeedableRng as _;

use crate::disk::{Disk, Event};
use crate::power::Platter;
use crate::{figures, times};

/// More than are sealed again in one step.
const PROVIDERS: usize = 101;

/// How many of the possible images are looked at for each moment, besides the two extremes.
const CHOSEN: usize = 1;

/// What begins all secrets.
const PLANTED: &str = "planted-5f1d";

fn old() -> KeyWrap {
    KeyWrap::key([1; 32])
}

fn new() -> KeyWrap {
    KeyWrap::key([2; 32]).named("new")
}

fn open(disk: &Disk, by: KeyWrap) -> Result<IdpStore> {
    IdpStore::builder().seal(by).engine(RedbEngine::backend(disk.clone())?).open()
}

#[test]
fn whenever_the_power_is_cut_the_right_key_opens_every_secret() {
    let images: usize = (0..times()).map(|seed| cut_everywhere(seed as u64)).sum();
    assert!(images > 100 * times(), "only {images} images");
    figures(&format!(
        "{images} images of disks after a power cut of a sealed store, and every secret was opened"
    ));
}

/// Changes what opens a store, and looks at what is left if that is interrupted; gives the number of images.
fn cut_everywhere(seed: u64) -> usize {
    let disk = Disk::with(Vec::new());
    let store = open(&disk, old()).unwrap();
    for number in 0..PROVIDERS {
        create(&store, number);
    }
    let mut steps = 0;
    let mut answered = |words: &str| {
        disk.note_answer(words.to_owned());
        steps += 1;
    };
    answered("filled");
    store.add_wrap(&new()).unwrap();
    answered("added");
    store.remove_wrap("key").unwrap();
    answered("removed");
    assert_eq!(store.rotate_data_key().unwrap(), PROVIDERS as u64);
    answered("rotated");
    drop(store);

    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let (mut platter, mut answers, mut count) = (Platter::default(), 0, 0);
    for (moment, event) in disk.events().into_iter().enumerate() {
        answers += usize::from(matches!(event, Event::Answered(_)));
        platter.follow(event);
        if answers == 0 {
            continue; // it is only being made
        }
        for (what, image) in platter.images(&mut chance, CHOSEN) {
            inspect(image, answers, &format!("seed {seed}, event {moment}, {what}"));
            count += 1;
        }
    }
    assert_eq!(answers, steps);
    count
}

/// Opens what is left of a disk with the keys that open it after so many answers.
fn inspect(image: Vec<u8>, answers: usize, what: &str) {
    assert!(memchr::memmem::find(&image, PLANTED.as_bytes()).is_none(), "{what}: a secret in the clear");
    let disk = Disk::with(image);
    let opened = |by| open(&disk, by).map_err(|error| error.kind().clone());
    let by_old = opened(old()).map(|store| read(&store));
    match answers {
        1 => assert_eq!(by_old, Ok(PROVIDERS), "{what}"),
        2 => assert!(matches!(by_old, Ok(PROVIDERS) | Err(ErrorKind::WrongKey)), "{what}: {by_old:?}"),
        _ => assert_eq!(by_old, Err(ErrorKind::WrongKey), "{what}"),
    }
    match opened(new()) {
        Err(ErrorKind::WrongKey) if answers == 1 => {}
        opened => {
            let store = opened.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(read(&store), PROVIDERS, "{what}");
            store.rotate_data_key().unwrap(); // which goes on, if it was interrupted
            assert_eq!(read(&store), PROVIDERS, "{what}");
        }
    }
}

fn secret(number: usize) -> String {
    format!("{PLANTED}-{number}")
}

fn create(store: &IdpStore, number: usize) {
    let client = Client { secret: Some(Secret::new(secret(number))), ..Client::default() };
    let protocol = Protocol::OpenIdConnect(OpenIdConnect { client, ..OpenIdConnect::default() });
    store.providers().create(IdentityProvider::named(number.to_string(), protocol)).unwrap();
}

/// How many providers have their secrets.
fn read(store: &IdpStore) -> usize {
    let all = store.providers().list(&ProviderQuery::all()).unwrap().items;
    let has_its_secret = |provider: &&IdentityProvider| match &provider.protocol {
        Protocol::OpenIdConnect(oidc) => {
            let number = provider.name.parse().unwrap();
            oidc.client.secret.as_ref().unwrap().reveal().unwrap() == secret(number)
        }
        _ => false,
    };
    all.iter().filter(has_its_secret).count()
}
