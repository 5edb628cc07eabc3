//! How names are compared, and the parts of a search by their starts.

use crate::engine::keyspace::Key;
use crate::error::{ErrorKind, Result};

/// A name as it is compared: without regard to case. Character by character, so that a part of a name is folded as
/// it is in the whole; Greek has a small sigma of its own for the ends of words.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// A part of a search. Names that are the text itself, in its own case, are found by a part of their own, which comes
/// first.
pub(super) struct Pass {
    /// With what the keys of the names begin.
    pub(super) names: Key,
    /// Whether names that are the text itself are found, or all others.
    pub(super) is_exact: bool,
}

/// What sets the places of an exact part apart from those of the others: no key begins so.
const EXACT: u8 = 0;

impl Pass {
    /// The place of the name with this key.
    pub(super) fn place(&self, key: &[u8]) -> Vec<u8> {
        if self.is_exact { [&[EXACT], key].concat() } else { key.to_vec() }
    }

    /// The key at a place, if the place is in this part.
    fn key<'p>(&self, place: &'p [u8]) -> Option<&'p [u8]> {
        let key = if self.is_exact { place.strip_prefix(&[EXACT])? } else { place };
        key.starts_with(self.names.bytes()).then_some(key)
    }
}

/// What is left of a search after a place: the parts, and the first key of the first of them.
///
/// # Errors
///
/// [`ErrorKind::BadCursor`] if the place is in no part.
pub(super) fn left_after<'p>(passes: &'p [Pass], place: &[u8]) -> Result<(&'p [Pass], Vec<u8>)> {
    let begun = passes.iter().enumerate().find_map(|(at, pass)| Some((passes.get(at..)?, pass.key(place)?)));
    let (left, key) = begun.ok_or(ErrorKind::BadCursor)?;
    Ok((left, [key, &[0]].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::MemoryEngine;
    use crate::engine::keyspace::LONGEST_TEXT;
    use crate::engine::records::{
        After, Among, applications, each_provider_name, provider_named, remove, save,
    };
    use crate::engine::{Engine, Scan, WriteTx};
    use crate::model::{Application, Id, IdentityProvider, Protocol, Saml, State, Tenant};
    use crate::pki::Timestamp;

    const TENANT: Id = Tenant::DEFAULT;

    /// Names that differ only where no key goes, the longest of them twice as long as a key.
    fn names() -> Vec<String> {
        ["a", "b", "B", &"b".repeat(LONGEST_TEXT)].map(|end| "é".repeat(LONGEST_TEXT / 2) + end).into()
    }

    fn provider(number: u64, name: &str) -> IdentityProvider {
        let protocol = Protocol::Saml(Saml::default());
        IdentityProvider::new(Id::from_number(number), Timestamp::default(), name, protocol)
    }

    fn keys(tx: &dyn WriteTx) -> Vec<usize> {
        let mut lengths = Vec::new();
        tx.scan(Scan::ascending(&[], &[0xff]), &mut |key, _| {
            lengths.push(key.len());
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
        lengths
    }

    #[test]
    fn providers_with_long_names_are_found_and_told_apart() {
        let engine = MemoryEngine::default();
        let mut tx = engine.write().unwrap();
        for (number, name) in (10..).zip(names()) {
            save(&mut *tx, TENANT, None, &provider(number, &name)).unwrap();
        }
        assert!(keys(&*tx).iter().all(|length| *length < LONGEST_TEXT + 100));
        for (number, name) in (10..).zip(names()) {
            assert_eq!(provider_named(&*tx, TENANT, &name).unwrap(), [Id::from_number(number)]);
        }
        let mut seen = Vec::new();
        each_provider_name(&*tx, TENANT, &mut |id, name| {
            seen.push((id.number(), name.to_owned()));
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
        seen.sort();
        let expected: Vec<_> = (10..).zip(names().iter().map(|name| fold(name))).collect();
        assert_eq!(seen, expected, "whole names, of the records");
        for (number, name) in (10..).zip(names()) {
            remove(&mut *tx, TENANT, &provider(number, &name)).unwrap();
        }
        assert_eq!(keys(&*tx), [0; 0]);
    }

    #[test]
    fn applications_are_found_by_the_long_start_of_a_name() {
        let engine = MemoryEngine::default();
        let mut tx = engine.write().unwrap();
        for (number, name) in (10..).zip(names()) {
            let id = Id::from_number(number);
            let alias = (number == 11).then(|| names()[0].clone() + " too");
            let application = Application { alias, ..Application::new(id, Timestamp::default(), &name) };
            save(&mut *tx, TENANT, None, &application).unwrap();
        }
        let find = |start: &str| {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let among = Among::NameStarts(start);
                let place = after.as_deref().map(After::Place);
                let mut page =
                    applications(&*tx, TENANT, among, place, 1, &|found| found.state == State::Active);
                let Some((place, application)) = page.as_mut().unwrap().pop() else { return found };
                found.push(application.id.number());
                after = Some(place);
            }
        };
        let [a, b, _, longest] = &names()[..] else { panic!("four names") };
        let sorted = |mut found: Vec<u64>| {
            found[1..].sort_unstable();
            found
        };
        assert_eq!(sorted(find(a)), [10, 11], "the name itself first, then the alias");
        assert_eq!(sorted(find(b)), [11, 12, 13]);
        assert_eq!(find(longest), [13]);
        assert_eq!(find(&(longest.clone() + "b")), [0; 0]);
        assert_eq!(find(&a[..a.len() - 1]).len(), 4, "a start that is in the keys");
    }
}
