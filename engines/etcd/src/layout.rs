//! Where in etcd what is kept: a prefix, an octet 0, a letter that says what it is, and then what that needs. No prefix has the
//! octet in it, so that stores are apart even if the prefix of one begins with that of another.
//!
//! | letter | followed by | holds |
//! |---|---|---|
//! | `v` | owner, key | a value |
//! | `l` | the revision that the unit had read, 8 random octets | an entry of the log; its number is its revision |
//! | `d` | owner, or nothing | nothing: it is put by what deletes values of the owner, or of several |
//! | `n` | | nothing: it is put by every transaction |
//! | `k` | | the name of the keeper, under its lease |
//!
//! An owner is a tenant, or 0 for the whole store, in 8 octets. So the values of a tenant are one range.

use idpstore::engine::keyspace::tag;
use idpstore::engine::tenant_of;
use idpstore::model::Id;

/// Whose a value is: the number of a tenant, or 0 for the whole store.
pub(crate) type Owner = u64;

/// What concerns the whole store.
pub(crate) const WHOLE_STORE: Owner = 0;

/// The owner of a key.
pub(crate) fn owner_of(key: &[u8]) -> Owner {
    tenant_of(key).map_or(WHOLE_STORE, Id::number)
}

/// The owner of all keys between two, if that is one.
pub(crate) fn owner_of_range(from: &[u8], to: &[u8]) -> Option<Owner> {
    let first = *from.first()?;
    let tagged = if first == tag::GENERATION { 2 } else { 1 };
    if tenant_of(from).is_some() {
        return (to <= after(from.get(..tagged + 8)?).as_slice()).then(|| owner_of(from));
    }
    let is_of_tenants = first == tag::GENERATION || tenant_of(&[first, 0, 0, 0, 0, 0, 0, 0, 1]).is_some();
    (!is_of_tenants && to <= after(&[first]).as_slice()).then_some(WHOLE_STORE)
}

/// The first key that does not start with this one.
pub(crate) fn after(start: &[u8]) -> Vec<u8> {
    let mut end = start.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            return end;
        }
    }
    vec![0xff; start.len() + 1]
}

/// What a key in etcd is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'k> {
    /// The value of a key.
    Value(Owner, &'k [u8]),
    /// An entry of the log.
    Entry,
    /// Something else.
    Other,
}

/// The keys below a prefix.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    prefix: Vec<u8>,
}

impl Layout {
    pub(crate) fn new(prefix: &str) -> Self {
        Self { prefix: [prefix.as_bytes(), &[0]].concat() }
    }

    /// All that is below the prefix.
    pub(crate) fn all(&self) -> (Vec<u8>, Vec<u8>) {
        (self.of(b'd', &[]), self.of(b'w', &[]))
    }

    /// All but the values.
    pub(crate) fn but_values(&self) -> (Vec<u8>, Vec<u8>) {
        (self.of(b'd', &[]), self.of(b'v', &[]))
    }

    pub(crate) fn newest(&self) -> Vec<u8> {
        self.of(b'n', &[])
    }

    pub(crate) fn keeper(&self) -> Vec<u8> {
        self.of(b'k', &[])
    }

    pub(crate) fn value(&self, owner: Owner, key: &[u8]) -> Vec<u8> {
        self.of(b'v', &[&owner.to_be_bytes(), key])
    }

    /// All values of an owner.
    pub(crate) fn values(&self, owner: Owner) -> (Vec<u8>, Vec<u8>) {
        let start = self.value(owner, &[]);
        let end = after(&start);
        (start, end)
    }

    /// All values of all owners.
    pub(crate) fn all_values(&self) -> (Vec<u8>, Vec<u8>) {
        (self.of(b'v', &[]), self.of(b'w', &[]))
    }

    pub(crate) fn entry(&self, read: i64, lot: [u8; 8]) -> Vec<u8> {
        self.of(b'l', &[&read.to_be_bytes(), &lot])
    }

    /// What is put by a transaction that deletes values: of one owner, or of several.
    pub(crate) fn deleted(&self, owner: Option<Owner>) -> Vec<u8> {
        match owner {
            Some(owner) => self.of(b'd', &[&owner.to_be_bytes()]),
            None => self.of(b'd', &[]),
        }
    }

    /// All that is put by transactions that delete values.
    pub(crate) fn all_deleted(&self) -> (Vec<u8>, Vec<u8>) {
        (self.of(b'd', &[]), self.of(b'e', &[]))
    }

    pub(crate) fn read<'k>(&self, key: &'k [u8]) -> Place<'k> {
        match key.strip_prefix(self.prefix.as_slice()).and_then(<[u8]>::split_first) {
            Some((b'v', rest)) => rest
                .split_first_chunk()
                .map_or(Place::Other, |(owner, key)| Place::Value(Owner::from_be_bytes(*owner), key)),
            Some((b'l', _)) => Place::Entry,
            _ => Place::Other,
        }
    }

    fn of(&self, letter: u8, parts: &[&[u8]]) -> Vec<u8> {
        let mut key = self.prefix.clone();
        key.push(letter);
        for part in parts {
            key.extend_from_slice(part);
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back() {
        let layout = Layout::new("idps/");
        let key = layout.value(7, b"P-key");
        assert_eq!(layout.read(&key), Place::Value(7, b"P-key"));
        assert_eq!(layout.read(&layout.entry(9, [1; 8])), Place::Entry);
        assert_eq!(layout.read(&layout.newest()), Place::Other);
        assert_eq!(layout.read(b"elsewhere"), Place::Other);
        assert_eq!(Layout::new("idps").read(&key), Place::Other, "of a store with a longer prefix");
        let (from, to) = layout.all();
        let keys = [key, layout.entry(1, [0; 8]), layout.deleted(None), layout.newest(), layout.keeper()];
        assert!(keys.iter().all(|key| from <= *key && *key < to));
        let (from, to) = layout.values(7);
        assert!(
            from <= layout.value(7, b"") && layout.value(7, &[0xff; 9]) < to && to <= layout.value(8, b"")
        );
    }

    #[test]
    fn a_range_has_one_owner_or_several() {
        let key = |tag: u8, tenant: u64| [&[tag][..], &tenant.to_be_bytes()].concat();
        let providers = key(tag::PROVIDER, 7);
        assert_eq!(owner_of(&providers), 7);
        assert_eq!(owner_of_range(&providers, &after(&providers)), Some(7));
        assert_eq!(owner_of_range(&providers, &key(tag::PROVIDER, 9)), None);
        assert_eq!(owner_of_range(&[tag::PROVIDER], &after(&[tag::PROVIDER])), None);
        assert_eq!(owner_of_range(&key(tag::TENANT, 7), &after(&[tag::TENANT])), Some(WHOLE_STORE));
        assert_eq!(owner_of_range(&[tag::TENANT], &[tag::TRUSTED_KEY]), None);
        let generations = [&[tag::GENERATION][..], &providers].concat();
        assert_eq!(owner_of_range(&generations, &after(&generations)), Some(7));
        assert_eq!(owner_of_range(&[tag::GENERATION], &after(&[tag::GENERATION])), None);
        assert_eq!(owner_of_range(b"", b"\xff"), None);
    }
}
