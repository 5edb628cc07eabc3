//! All tables, and of what their keys consist: a key can be read back, and named in words.

use std::fmt;

use super::keyspace::{CUT, Key, tag};
use crate::model::Id;

/// One table.
#[derive(Debug)]
pub(crate) struct Table {
    /// With what its keys begin.
    pub(crate) tag: u8,
    /// How a person calls it.
    pub(crate) name: &'static str,
    /// What follows the tag: `t` a tenant, `i` an id, `s` a text, `n` a number, `r` whatever else there is.
    shape: &'static str,
}

/// The letter of texts.
pub(crate) const TEXT: u8 = b's';

const fn table(tag: u8, name: &'static str, shape: &'static str) -> Table {
    Table { tag, name, shape }
}

/// Every table.
pub(crate) const TABLES: [Table; 35] = [
    table(tag::FORM, "the form", ""),
    table(tag::CLOCK, "the clock", ""),
    table(tag::COPY, "the mark of a copy", ""),
    table(tag::TENANT, "tenants", "t"),
    table(tag::PROVIDER, "providers", "ti"),
    table(tag::PROVIDER_NAME, "providers by name", "tsi"),
    table(tag::PROVIDER_ALIAS, "providers by alias", "tsi"),
    table(tag::PROVIDER_KIND, "providers by kind", "tsi"),
    table(tag::PROVIDER_SOURCE, "providers by source", "tsi"),
    table(tag::SIGNING_KEY, "signing keys", "ti"),
    table(tag::TRUSTED_KEY, "trusted keys", "ti"),
    table(tag::SIGNING_KID, "signing keys by kid", "ts"),
    table(tag::TRUSTED_DIGEST, "trusted keys by certificate", "tsi"),
    table(tag::KEY_DATE, "keys by date", "tni"),
    table(tag::ATTACHMENT, "keys of owners", "tiss"),
    table(tag::ATTACHED_TO, "owners of keys", "tsi"),
    table(tag::PLANNED_END, "planned ends", "tnis"),
    table(tag::REQUEST, "certification requests", "tis"),
    table(tag::APPLICATION, "applications", "ti"),
    table(tag::APPLICATION_NAME, "applications by name", "tsi"),
    table(tag::APPLICATION_ENTITY_ID, "applications by entity id", "tsi"),
    table(tag::APPLICATION_STATE, "applications by state", "tsi"),
    table(tag::KEY_USE, "providers by key", "tsi"),
    table(tag::KEY_USE_BY_APPLICATION, "applications by key", "tsi"),
    table(tag::USER, "users", "ti"),
    table(tag::USER_LOGIN, "users by login", "tsi"),
    table(tag::LINK, "links of users", "tii"),
    table(tag::LINK_OF_USER, "providers of users", "tii"),
    table(tag::VENDOR_RECORD, "vendor records", "ti"),
    table(tag::VENDOR_RECORD_NAME, "vendor records by name", "tssi"),
    table(tag::VENDOR_RECORD_OWNER, "vendor records by owner", "tisi"),
    table(tag::SEAL, "the seal", ""),
    table(tag::GENERATION, "generations of secrets", "r"),
    table(tag::GENERATIONS, "the sum of generations", ""),
    table(tag::CHANGE, "changes", "n"),
];

impl Table {
    /// Whether its keys begin with a tenant.
    pub(crate) fn is_of_tenants(&self) -> bool {
        self.shape.starts_with('t')
    }
}

/// The id of the record that a key is of, if it is one of a record.
pub(crate) fn record_id(key: &[u8]) -> Option<Id> {
    match read(key) {
        (Some(Table { shape: "ti", .. }), Some(parts)) => parts.ids.first().copied(),
        (Some(Table { shape: "t", .. }), Some(parts)) => parts.tenant,
        _ => None,
    }
}

fn shape(key: &[u8]) -> &'static str {
    let table = key.first().and_then(|tag| TABLES.iter().find(|table| table.tag == *tag));
    table.map_or("", |table| table.shape)
}

/// Whether the keys of a key's table have texts.
pub(crate) fn has_texts(key: &[u8]) -> bool {
    length_until_text(key, 0).is_some()
}

/// How long the ids and numbers between the first `parts` parts and the next text are, in keys of a key's table; nothing if no text
/// follows.
pub(crate) fn length_until_text(key: &[u8], parts: usize) -> Option<usize> {
    Some(shape(key).bytes().skip(parts).position(|part| part == TEXT)? * size_of::<u64>())
}

/// The letter of each part that is whole in a key or in the beginning of one, and where it ends.
pub(crate) fn ends(key: &[u8]) -> Vec<(u8, usize)> {
    let (mut ends, mut at) = (Vec::with_capacity(4), 1);
    for part in shape(key).bytes() {
        let rest = key.get(at..).unwrap_or_default();
        let length = match part {
            TEXT => text_length(rest),
            b'r' => Some(rest.len()),
            _ => (rest.len() >= size_of::<u64>()).then_some(size_of::<u64>()),
        };
        let Some(length) = length else { break };
        at += length;
        ends.push((part, at));
    }
    ends
}

/// How long a text is in a key, with its end.
fn text_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.iter().position(|octet| *octet == 0)? + 2;
        match text.get(at - 1)? {
            1 => return Some(at),
            &CUT => return (text.len() >= at + 32).then_some(at + 32),
            _ => {}
        }
    }
}

/// A key, read back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The tenant.
    pub(crate) tenant: Option<Id>,
    /// The ids and numbers in it after the tenant, in their order.
    pub(crate) ids: Vec<Id>,
    /// The texts in it, in their order.
    pub(crate) texts: Vec<String>,
    /// Whether one of the texts is only the beginning of one that was too long.
    pub(crate) is_cut: bool,
}

/// The table of a key, and what the key consists of; without the latter if it is no key of that table.
pub(crate) fn read(key: &[u8]) -> (Option<&'static Table>, Option<Parts>) {
    let Some((tag, mut rest)) = key.split_first() else { return (None, None) };
    let Some(table) = TABLES.iter().find(|table| table.tag == *tag) else { return (None, None) };
    let mut parts = Parts::default();
    for part in table.shape.bytes() {
        let read = match part {
            b's' => text(&mut rest).map(|(text, is_cut)| {
                parts.texts.push(text);
                parts.is_cut |= is_cut;
            }),
            b'r' => {
                rest = &[];
                Some(())
            }
            b't' => id(&mut rest).map(|id| parts.tenant = Some(id)),
            _ => id(&mut rest).map(|id| parts.ids.push(id)),
        };
        if read.is_none() {
            return (Some(table), None);
        }
    }
    (Some(table), rest.is_empty().then_some(parts))
}

/// The tenant whose record, index entry or generation a key is of; without one if it is of the whole store.
#[must_use]
pub fn tenant_of(key: &[u8]) -> Option<Id> {
    let (tag, mut rest) = key.split_first()?;
    if *tag == tag::GENERATION {
        return tenant_of(rest);
    }
    let table = TABLES.iter().find(|table| table.tag == *tag)?;
    if table.is_of_tenants() && table.tag != tag::TENANT { id(&mut rest) } else { None }
}

/// The same key with its texts bounded, if it is one from the time when they were not and any of them is too long.
pub(crate) fn bounded(key: &[u8]) -> Option<Key> {
    let (Some(table), Some(parts)) = read(key) else { return None };
    let (mut ids, mut texts) = (parts.ids.into_iter(), parts.texts.iter());
    let bounded = table.shape.bytes().try_fold(Key::of(table.tag), |key, part| {
        Some(match part {
            b's' => key.text(texts.next()?),
            b't' => key.id(parts.tenant?),
            _ => key.id(ids.next()?),
        })
    })?;
    (bounded.bytes() != key).then_some(bounded)
}

fn id(rest: &mut &[u8]) -> Option<Id> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Id::try_from(u64::from_be_bytes(*bytes)).ok()
}

/// A text up to its end: `00 01`, or `00 02` and its digest if it was cut. A zero inside of it is written `00 ff`.
fn text(rest: &mut &[u8]) -> Option<(String, bool)> {
    let mut text = Vec::new();
    loop {
        let (before, [_, mark, after @ ..]) = rest.split_at_checked(memchr::memchr(0, rest)?)? else {
            return None;
        };
        text.extend_from_slice(before);
        *rest = after;
        match *mark {
            1 => return Some((String::from_utf8(text).ok()?, false)),
            CUT => {
                let (_, after) = rest.split_first_chunk::<32>()?;
                *rest = after;
                return Some((String::from_utf8(text).ok()?, true));
            }
            0xff => text.push(0),
            _ => return None,
        }
    }
}

/// A text from a store, as messages show it.
pub(crate) fn told(text: &str) -> String {
    text.chars().take(TOLD).flat_map(char::escape_debug).collect()
}

/// Where something is stored, for people: the table, the tenant, and what else the key consists of.
pub(crate) struct Place<'k>(pub(crate) &'k [u8]);

/// How many characters of a text or octets of a key messages show.
const TOLD: usize = 200;

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (table, parts) = read(self.0);
        out.write_str(table.map_or("no table", |table| table.name))?;
        let Some(parts) = parts else {
            return write!(out, ", key `{}`", self.0.get(..TOLD).unwrap_or(self.0).escape_ascii());
        };
        if let Some(tenant) = parts.tenant {
            write!(out, ", tenant {tenant}")?;
        }
        for id in parts.ids {
            write!(out, ", {id}")?;
        }
        for text in parts.texts {
            write!(out, ", `{}`", told(&text))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back() {
        let key =
            Key::of(tag::ATTACHMENT).id(Id::from_number(1)).id(Id::from_number(7)).text("a\0b").text("");
        let (table, parts) = read(key.bytes());
        assert_eq!(table.unwrap().name, "keys of owners");
        let texts = vec!["a\0b".to_owned(), String::new()];
        let parts = parts.unwrap();
        assert_eq!(
            (parts.tenant, parts.ids, parts.texts),
            (Some(Id::from_number(1)), vec![Id::from_number(7)], texts)
        );
        assert_eq!(Place(key.bytes()).to_string(), "keys of owners, tenant 1, 7, `a\\0b`, ``");
    }

    #[test]
    fn a_key_is_of_its_tenant_or_of_the_whole_store() {
        let tenant = Id::from_number(7);
        let provider = Key::of(tag::PROVIDER).id(tenant).id(Id::from_number(9));
        let generation = [&[tag::GENERATION], provider.bytes()].concat();
        assert_eq!([tenant_of(provider.bytes()), tenant_of(&generation)], [Some(tenant); 2]);
        let of_all = [Key::of(tag::TENANT).id(tenant), Key::of(tag::FORM), Key::of(tag::CHANGE).number(7)];
        assert!(of_all.iter().all(|key| tenant_of(key.bytes()).is_none()));
        assert!([&b""[..], b"?", b"P", b"Pshort"].iter().all(|key| tenant_of(key).is_none()));
    }

    #[test]
    fn what_is_no_key_of_a_table_is_not_read() {
        let id = Id::from_number(1);
        let provider = Key::of(tag::PROVIDER).id(id);
        let high = [provider.bytes(), &[0xff; 8]].concat();
        let texts = [&b"\0\x02"[..], b"\0", b"a", b"\xff\0\x01"];
        let kid = Key::of(tag::SIGNING_KID).id(id);
        let broken = texts.map(|text| [kid.bytes(), text].concat());
        for key in [provider.bytes().to_vec(), high, provider.clone().id(id).next(), b"P".to_vec()]
            .iter()
            .chain(&broken)
        {
            let (table, parts) = read(key);
            assert!(table.is_some() && parts.is_none(), "{}", Place(key));
        }
        assert!(read(b"").0.is_none() && read(b"?").0.is_none());
        assert_eq!(Place(b"?\x01").to_string(), "no table, key `?\\x01`");
    }
}
