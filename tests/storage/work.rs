//! What is done to a store while its disk is put to the test: providers are made, renamed and deleted.

use chacha20::ChaCha8Rng;
use idpstore::{IdpStore, ProviderQuery, Result};
use rand_core::{Rng as _, SeedableRng as _};

use crate::disk::Disk;
use crate::{State, create, look};

/// How many writes there are in one piece of work.
pub(crate) const STEPS: usize = 8;

/// How far a piece of work came.
pub(crate) struct Work {
    /// What the store holds after each answer, beginning with an empty store.
    pub(crate) answered: Vec<State>,
    /// What it holds if the step that was refused was done all the same.
    pub(crate) refused: Option<State>,
}

impl Work {
    /// What may be there after so many answers, while the next step is under way.
    pub(crate) fn possible(&self, answers: usize) -> impl Iterator<Item = &State> {
        self.answered.iter().chain(&self.refused).skip(answers).take(2)
    }

    /// What may be there at the end.
    pub(crate) fn possible_at_the_end(&self) -> impl Iterator<Item = &State> {
        self.possible(self.answered.len() - 1)
    }
}

/// A number below this one.
pub(crate) fn below(chance: &mut ChaCha8Rng, limit: usize) -> usize {
    usize::try_from(chance.next_u32()).unwrap() % limit
}

/// Opens a store on the disk, works on it until a step is refused or all are done, and closes it. The same seed makes
/// the same steps.
pub(crate) fn work(disk: &Disk, seed: u64) -> Work {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut work = Work { answered: vec![State::default()], refused: None };
    let store = match disk.open() {
        Ok(store) => store,
        Err(error) => {
            assert_eq!(error.kind(), &idpstore::ErrorKind::Storage, "{error}");
            return work;
        }
    };
    for number in 0..STEPS {
        let before = work.answered.last().unwrap();
        let step = Step::choose(&mut chance, before.names.len(), number);
        let after = step.expect(before);
        if let Err(error) = step.perform(&store) {
            assert_eq!(error.kind(), &idpstore::ErrorKind::Storage, "{error}");
            let again = create(&store, "later").unwrap_err();
            assert_eq!(again.kind(), &idpstore::ErrorKind::Storage, "it has to be opened again: {again}");
            work.refused = Some(after);
            break;
        }
        disk.note_answer(format!("step {number}"));
        work.answered.push(after);
    }
    work
}

/// Opens what is left of a disk: it is one of the possible states, and a store that can be written.
pub(crate) fn inspect<'s>(bytes: Vec<u8>, possible: impl Iterator<Item = &'s State>, what: &str) {
    let store = Disk::with(bytes).open().unwrap_or_else(|error| panic!("{what}: {error}"));
    let there = look(&store);
    let possible: Vec<_> = possible.collect();
    assert!(possible.contains(&&there), "{what}: {there:?} in place of one of {possible:?}");
    create(&store, "later").unwrap_or_else(|error| panic!("{what}: {error}"));
}

/// One write; a number is a place in the list of providers.
enum Step {
    Create(String),
    Rename(usize, String),
    Delete(usize),
}

impl Step {
    fn choose(chance: &mut ChaCha8Rng, providers: usize, number: usize) -> Self {
        // A long name fills pages.
        let long = "what the quick brown fox does to the lazy dog ".repeat(below(chance, 2) * 4);
        let name = format!("{number}: {long}");
        match below(chance, 5) {
            0 if providers > 0 => Self::Delete(below(chance, providers)),
            1 if providers > 0 => Self::Rename(below(chance, providers), name),
            _ => Self::Create(name),
        }
    }

    /// What this makes of a state.
    fn expect(&self, before: &State) -> State {
        let mut after = State { names: before.names.clone(), changes: before.changes + 1 };
        match self {
            Self::Create(name) => after.names.push(name.clone()),
            Self::Rename(at, name) => after.names[*at].clone_from(name),
            Self::Delete(at) => drop(after.names.remove(*at)),
        }
        after
    }

    fn perform(&self, store: &IdpStore) -> Result<()> {
        let service = store.service();
        let id = |at: usize| -> Result<_> {
            let all = ProviderQuery::all();
            Ok(service.providers(&all)?.items[at].id)
        };
        match self {
            Self::Create(name) => create(store, name),
            Self::Rename(at, name) => service
                .update_provider(id(*at)?, |old, _| {
                    Ok(idpstore::model::IdentityProvider { name: name.clone(), ..old.clone() })
                })
                .map(drop),
            Self::Delete(at) => service.delete_provider(id(*at)?).map(drop),
        }
    }
}
