//! The power is cut at each moment while a sealed store gets another wrap, loses one, and is sealed by another data key.

use chacha20::ChaCha8Rng;
use idpstore::engine::{KeyWrap, RedbEngine};
use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Secret};
use idpstore::{Builder, ErrorKind, IdpStore, ProviderQuery, Result};
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

/// What begins all names.
const NAME: &str = "Partner ";

/// How a store is sealed when it is made: its secrets, or everything.
type Seal = fn(Builder, KeyWrap) -> Builder;

fn old() -> KeyWrap {
    KeyWrap::key([1; 32])
}

fn new() -> KeyWrap {
    KeyWrap::key([2; 32]).named("new")
}

fn open(disk: &Disk, by: KeyWrap, seal: Seal) -> Result<IdpStore> {
    seal(IdpStore::builder(), by).engine(RedbEngine::backend(disk.clone())?).open()
}

#[test]
fn whenever_the_power_is_cut_the_right_key_opens_every_secret() {
    cut(Builder::seal, &[PLANTED]);
}

#[test]
fn whenever_the_power_is_cut_no_name_is_in_the_clear_if_everything_is_sealed() {
    cut(Builder::seal_everything, &[PLANTED, NAME]);
}

fn cut(seal: Seal, hidden: &[&str]) {
    let images: usize = (0..times()).map(|seed| cut_everywhere(seed as u64, seal, hidden)).sum();
    assert!(images > 100 * times(), "only {images} images");
    figures(&format!(
        "{images} images of disks after a power cut of a sealed store, and every secret was opened"
    ));
}

/// Changes what opens a store, and looks at what is left if that is interrupted; gives the number of images.
fn cut_everywhere(seed: u64, seal: Seal, hidden: &[&str]) -> usize {
    let disk = Disk::with(Vec::new());
    let store = open(&disk, old(), seal).unwrap();
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
    // Of a tenant only a whole record is sealed.
    assert_eq!(store.rotate_data_key().unwrap(), (PROVIDERS + hidden.len() - 1) as u64);
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
            let what = format!("seed {seed}, event {moment}, {what}");
            for text in hidden {
                assert!(
                    memchr::memmem::find(&image, text.as_bytes()).is_none(),
                    "{what}: `{text}` in the clear"
                );
            }
            inspect(image, answers, &what);
            count += 1;
        }
    }
    assert_eq!(answers, steps);
    count
}

/// Opens what is left of a disk with the keys that open it after so many answers.
fn inspect(image: Vec<u8>, answers: usize, what: &str) {
    let disk = Disk::with(image);
    let opened = |by| open(&disk, by, Builder::seal).map_err(|error| error.kind().clone());
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
    store.providers().create(IdentityProvider::named(format!("{NAME}{number}"), protocol)).unwrap();
}

/// How many providers have their secrets.
fn read(store: &IdpStore) -> usize {
    let all = store.providers().list(&ProviderQuery::all()).unwrap().items;
    let has_its_secret = |provider: &&IdentityProvider| match &provider.protocol {
        Protocol::OpenIdConnect(oidc) => {
            let number = provider.name.strip_prefix(NAME).unwrap().parse().unwrap();
            oidc.client.secret.as_ref().unwrap().reveal().unwrap() == secret(number)
        }
        _ => false,
    };
    all.iter().filter(has_its_secret).count()
}
