//! Applications: by id, by the start of their names, by state, and by the keys that they refer to.

use std::mem;
use std::ops::ControlFlow;

use super::names::{Pass, fold};
use super::{Index, Record, each_id, led_to, load, names, read};
use crate::engine::keyspace::{self, Key, LONGEST_TEXT, tag};
use crate::engine::{ReadTx, Scan};
use crate::error::{ErrorKind, Result};
use crate::model::{Application, Id, State};

impl Record for Application {
    fn key(&self, tenant: Id) -> Key {
        Key::of(tag::APPLICATION).id(tenant).id(self.id)
    }

    fn index(&self, tenant: Id) -> Index {
        let mut index = Index::new();
        for name in std::iter::once(&self.name).chain(&self.alias) {
            let key = Key::of(tag::APPLICATION_NAME).id(tenant).text(&fold(name)).id(self.id);
            index.insert(key, Vec::new());
        }
        index.insert(by_state(tenant, self.state).id(self.id), Vec::new());
        if let Some(entity_id) = &self.entity_id {
            let key = Key::of(tag::APPLICATION_ENTITY_ID).id(tenant).text(entity_id).id(self.id);
            index.insert(key, Vec::new());
        }
        for kid in self.referred_keys() {
            index.insert(Key::of(tag::KEY_USE_BY_APPLICATION).id(tenant).text(kid).id(self.id), Vec::new());
        }
        index
    }
}

/// The application with this id.
pub(crate) fn application(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<Application>> {
    load(tx, &Key::of(tag::APPLICATION).id(tenant).id(id))
}

/// Which applications an index leads to.
#[derive(Clone, Copy)]
pub(crate) enum Among<'a> {
    /// All of them.
    All,
    /// Those with this name or alias, in any case.
    Named(&'a str),
    /// Those whose name or alias starts with this text, in any case.
    NameStarts(&'a str),
    /// Those that refer to the key of this `kid`.
    Referring(&'a str),
    /// Those in this state.
    In(State),
}

impl Among<'_> {
    /// With what the keys of the index begin. But for [`Among::NameStarts`] only an id follows.
    fn prefix(self, tenant: Id) -> Key {
        match self {
            Self::All => Key::of(tag::APPLICATION).id(tenant),
            Self::Named(name) => Key::of(tag::APPLICATION_NAME).id(tenant).text(&fold(name)),
            Self::NameStarts(start) => Key::of(tag::APPLICATION_NAME).id(tenant).text_start(&fold(start)),
            Self::Referring(kid) => Key::of(tag::KEY_USE_BY_APPLICATION).id(tenant).text(kid),
            Self::In(state) => by_state(tenant, state),
        }
    }

    /// Whether a name or alias of an application that was found starts with the text with which names start: of a long text
    /// the keys have only the beginning.
    fn begins(self, application: &Application) -> bool {
        let Self::NameStarts(start) = self else { return true };
        let start = fold(start);
        let mut names = std::iter::once(&application.name).chain(&application.alias);
        start.len() <= LONGEST_TEXT || names.any(|name| fold(name).starts_with(&start))
    }

    /// Whether the text with which names start is the whole name or alias of an application, in its own case.
    fn is(self, application: &Application) -> bool {
        let names = [Some(application.name.as_str()), application.alias.as_deref()];
        matches!(self, Self::NameStarts(start) if names.contains(&Some(start)))
    }
}

fn by_state(tenant: Id, state: State) -> Key {
    let state = if state == State::Active { "active" } else { "inactive" };
    Key::of(tag::APPLICATION_STATE).id(tenant).text(state)
}

/// Where a page of applications ended, so that the next begins after it.
#[derive(Clone, Copy)]
pub(crate) enum After<'a> {
    /// The application with this id, in lists that follow the ids.
    Id(Id),
    /// This place of the index.
    Place(&'a [u8]),
}

/// Up to `limit` applications of an index that pass `wanted`, each with its place there. Of those whose names start with a
/// text, the ones with this very name come first.
///
/// # Errors
///
/// [`ErrorKind::BadCursor`] if the page before was of another list, and those of the storage.
pub(crate) fn applications(
    tx: &dyn ReadTx,
    tenant: Id,
    among: Among<'_>,
    after: Option<After<'_>>,
    limit: usize,
    wanted: &dyn Fn(&Application) -> bool,
) -> Result<Vec<(Vec<u8>, Application)>> {
    let all = Pass { names: among.prefix(tenant), is_exact: false };
    let passes = match among {
        Among::NameStarts(start) => {
            vec![Pass { names: Among::Named(start).prefix(tenant), is_exact: true }, all]
        }
        _ => vec![all],
    };
    let is_by_name = matches!(among, Among::NameStarts(_));
    let (passes, mut from) = match after {
        None => (passes.as_slice(), Vec::new()),
        Some(After::Place(place)) if is_by_name => names::left_after(&passes, place)?,
        Some(After::Id(id)) if !is_by_name => (passes.as_slice(), among.prefix(tenant).id(id).next()),
        Some(_) => return Err(ErrorKind::BadCursor.into()),
    };
    let mut found = Vec::new();
    for pass in passes {
        let from = mem::take(&mut from).max(pass.names.bytes().to_vec());
        tx.scan(Scan::ascending(&from, &pass.names.end()), &mut |key, value| {
            if found.len() == limit {
                return Ok(ControlFlow::Break(()));
            }
            let application = match among {
                Among::All => Some(read(key, value)?),
                _ => leading(tx, tenant, &pass.names, key)?,
            };
            let fits = |application: &Application| {
                among.is(application) == pass.is_exact && among.begins(application) && wanted(application)
            };
            found.extend(application.filter(fits).map(|application| (pass.place(key), application)));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(found)
}

/// The application to which an entry among `all` leads, if it is there and this is the first of them that leads to it:
/// both names of an application may start with a text.
fn leading(tx: &dyn ReadTx, tenant: Id, all: &Key, entry: &[u8]) -> Result<Option<Application>> {
    let Some(id) = keyspace::last_id(entry) else { return Ok(None) };
    let is_first = |application: &Application| {
        let index = application.index(tenant);
        let mut leading = index.keys().map(Key::bytes).filter(|other| other.starts_with(all.bytes()));
        leading.next() == Some(entry)
    };
    Ok(application(tx, tenant, id)?.filter(is_first))
}

/// All applications with this entity id.
pub(crate) fn applications_with_entity_id(tx: &dyn ReadTx, tenant: Id, entity_id: &str) -> Result<Vec<Id>> {
    let all = Key::of(tag::APPLICATION_ENTITY_ID).id(tenant).text(entity_id);
    let has = |application: &Application| application.entity_id.as_deref() == Some(entity_id);
    led_to(tx, &all, |id| Ok(application(tx, tenant, id)?.filter(has).map(|application| application.id)))
}

/// The highest number that follows `stem` in the name or alias of an application; the applications themselves are
/// not looked at. Numbers beyond 32 bits cannot have been counted up to but were chosen, and are ignored unless
/// they follow the highest, so that the next number stays a new one.
pub(crate) fn highest_application_number(tx: &dyn ReadTx, tenant: Id, stem: &str) -> Result<u64> {
    /// The end of a text and an id.
    const END: usize = 2 + size_of::<u64>();
    let all = Among::NameStarts(stem).prefix(tenant);
    let mut highest = 0;
    tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |key, _| {
        let rest = key.get(all.bytes().len()..key.len().saturating_sub(END)).unwrap_or_default();
        let number: Option<u64> = std::str::from_utf8(rest).ok().and_then(|rest| rest.parse().ok());
        let is_counted = |number: &u64| u32::try_from(*number).is_ok() || *number == highest + 1;
        highest = highest.max(number.filter(is_counted).unwrap_or_default());
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(highest)
}

/// Visits the applications that refer to a key.
pub(crate) fn each_application_using(
    tx: &dyn ReadTx,
    tenant: Id,
    kid: &str,
    visit: &mut dyn FnMut(Application) -> Result<ControlFlow<()>>,
) -> Result<()> {
    each_id(tx, &Among::Referring(kid).prefix(tenant), None, &mut |id| {
        let refers = |application: &Application| application.referred_keys().any(|known| known == kid);
        match application(tx, tenant, id)?.filter(refers) {
            Some(application) => visit(application),
            None => Ok(ControlFlow::Continue(())),
        }
    })
}
