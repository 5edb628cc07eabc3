//! Nothing is forgotten: every table, every kind of change and every member of a record is in the scenario.

use std::collections::BTreeSet;

use idpstore::ChangeKind;
use idpstore::engine::{Engine as _, MemoryEngine, Snapshot};
use idpstore::model::{
    AppleKey, Application, Attachment, CertificationRequest, Client, Endpoint, Foreign, IdentityProvider,
    Key, Link, Linking, MutualTls, OpenIdConnect, Permission, Protocol, Saml, Social, Source, State, Tenant,
    User, UserMatch, UserState, VendorRecord, social,
};
use idpstore::pki::EcCurve;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde_json::{Value, json};

use super::scenario::{Shared, create_tenant, fill_tenant, open_with_clock};
use super::{entries, filled};

/// The records in each place: in which tables they lie, where inside of the record, and their members. A table that
/// is missing here is noticed; a record inside of another is to be added by hand.
fn places() -> Vec<(&'static str, &'static str, &'static [&'static str])> {
    vec![
        ("T", "", members::<Tenant>()),
        ("P", "", members::<IdentityProvider>()),
        ("P", "/linking", members::<Linking>()),
        ("P", "/linking/creation", members::<Permission>()),
        ("P", "/source", members::<Source>()),
        ("P", "/protocol", members::<Saml>()),
        ("P", "/protocol/single_sign_on", members::<Endpoint>()),
        ("P", "/protocol", members::<OpenIdConnect>()),
        ("P", "/protocol/client", members::<Client>()),
        ("P", "/protocol", members::<Social>()),
        ("P", "/protocol/apple_key", members::<AppleKey>()),
        ("P", "/protocol", members::<MutualTls>()),
        ("P", "/protocol", members::<Foreign>()),
        ("KV", "", members::<Key>()),
        ("K", "/request", members::<CertificationRequest>()),
        ("A", "", members::<Attachment>()),
        ("A", "/planned", &["previous", "ended"]),
        ("L", "", members::<Application>()),
        ("H", "", members::<User>()),
        ("I", "", members::<Link>()),
        ("W", "", members::<VendorRecord>()),
        (
            "C",
            "",
            &[
                "time", "actor", "last_id", "changes", "tenant", "kind", "subject", "kid", "due", "days",
                "undoes",
            ],
        ),
        ("C", "/before/0", &["key", "version", "record", "withheld"]),
        ("@", "", &["due", "tenant", "subject"]),
    ]
}

/// Where one of several words stands: in which tables, where inside of the record, and the words.
fn choices() -> Vec<(&'static str, &'static str, Vec<String>)> {
    let curves = EcCurve::ALL.map(|curve| curve.to_string());
    let kinds_of_keys = ["RSA", "EC", "OKP"].map(str::to_owned);
    vec![
        ("C", "/kind", words::<ChangeKind>(&json!("?"))),
        ("P", "/state", words::<State>(&json!("?"))),
        ("L", "/state", words::<State>(&json!("?"))),
        ("H", "/state", words::<UserState>(&json!("?"))),
        ("P", "/protocol/type", words::<Protocol>(&json!({"type": "?"}))),
        ("KV", "/jwk/kty", kinds_of_keys.to_vec()),
        ("K", "/jwk/crv", curves.to_vec()),
    ]
}

/// The tables as the library declares them: name and tag.
fn tables() -> Vec<(&'static str, char)> {
    let declared = |line: &'static str| {
        let (name, tag) = line.trim().strip_prefix("pub const ")?.split_once(": u8 = b'")?;
        Some((name, tag.chars().next()?))
    };
    include_str!("../../src/engine/keyspace.rs").lines().filter_map(declared).collect()
}

/// The records of these tables, and of the log also the changes in each entry.
fn records(engine: &Shared, tables: &str) -> Vec<Value> {
    let of_tables = entries(engine).into_iter().filter(|(key, _)| tables.contains(char::from(key[0])));
    // Between the version of the form and the number of the unit.
    let json = |value: &[u8]| serde_json::from_slice(value.get(1..value.len().checked_sub(8)?)?).ok();
    let mut records: Vec<Value> = of_tables.filter_map(|(_, value)| json(&value)).collect();
    let changes: Vec<_> =
        records.iter().filter_map(|entry| entry.get("changes")?.as_array()).flatten().cloned().collect();
    records.extend(changes);
    records
}

#[test]
fn every_table_is_in_the_scenario() {
    // Those of a seal are in the stores that `tests/sealed_files.rs` opens.
    let sealed = Snapshot::from_bytes(include_bytes!("../vectors/sealed-by-library.redb")).unwrap();
    let engine = MemoryEngine::default();
    let mut tx = engine.write().unwrap();
    tx.restore(&sealed).unwrap();
    tx.commit(None).unwrap();
    let all = entries(&filled()).into_iter().chain(entries(&engine));
    let used: BTreeSet<_> = all.map(|(key, _)| char::from(key[0])).collect();
    // The mark of a copy is in no store: it goes with the last step.
    let tables: Vec<_> = tables().into_iter().filter(|(name, _)| *name != "COPY").collect();
    for (name, tag) in &tables {
        assert!(used.contains(tag), "no entry of the table `{name}`: add one to the scenario");
    }
    let declared: BTreeSet<_> = tables.iter().map(|(_, tag)| *tag).collect();
    assert_eq!(used, declared);
    assert_eq!(declared.len(), tables.len(), "two tables share a tag");
}

#[test]
fn every_member_is_in_the_scenario() {
    let engine = filled();
    for (tables, pointer, members) in places() {
        let records = records(&engine, tables);
        let objects = records.iter().filter_map(|record| record.pointer(pointer)?.as_object());
        let used: BTreeSet<_> = objects.flat_map(|object| object.keys().map(String::as_str)).collect();
        // The version of a record is not a part of it.
        for member in members.iter().filter(|member| **member != "sequence") {
            assert!(used.contains(member), "no `{pointer}/{member}` in `{tables}`: add one to the scenario");
        }
    }
}

#[test]
fn every_word_is_in_the_scenario() {
    let engine = filled();
    for (tables, pointer, words) in choices() {
        let records = records(&engine, tables);
        let used: BTreeSet<_> =
            records.iter().filter_map(|record| record.pointer(pointer)?.as_str()).collect();
        for word in words {
            assert!(used.contains(word.as_str()), "no `{word}` at `{pointer}` in `{tables}`: add one");
        }
    }
}

#[test]
fn every_table_of_records_is_looked_at() {
    let engine = filled();
    // What the store knows about itself is no one else's business.
    for (name, tag) in tables().into_iter().filter(|(name, _)| *name != "FORM") {
        let holds_records = records(&engine, &tag.to_string()).iter().any(Value::is_object);
        let looked_at = places().iter().any(|(tables, ..)| tables.contains(tag));
        assert_eq!(holds_records, looked_at, "the table `{name}`");
    }
}

#[test]
fn a_deleted_tenant_leaves_nothing_but_the_log() {
    let engine = Shared::default();
    let (store, clock) = open_with_clock(engine.clone()).unwrap();
    let service = store.service();
    let tenant = service.for_tenant(create_tenant(&service));
    fill_tenant(&tenant, &clock);
    tenant.delete_tenant().unwrap();
    let left = entries(&engine).into_iter().filter(|(key, _)| key[0] != b'C');
    let left: Vec<_> = left.map(|(key, _)| char::from(key[0])).collect();
    assert_eq!(left, ['#', 'T'], "the form and the default tenant");
}

#[test]
fn words_for_services_stay() {
    let services = [
        (social::AMAZON, "amazon"),
        (social::APPLE, "apple"),
        (social::FACEBOOK, "facebook"),
        (social::GIT_HUB, "git_hub"),
        (social::GIT_LAB, "git_lab"),
        (social::GOOGLE, "google"),
        (social::LINKED_IN, "linked_in"),
        (social::MICROSOFT, "microsoft"),
        (social::PAY_PAL, "pay_pal"),
        (social::PAY_PAL_SANDBOX, "pay_pal_sandbox"),
        (social::YAHOO, "yahoo"),
    ];
    for (service, word) in services {
        assert_eq!(service, word);
    }
    let matches = ["username", "email", "username_or_email", "custom_attribute"];
    assert_eq!(words::<UserMatch>(&json!("?")), matches);
}

/// The words that a type knows, which it lists when it reads one that it does not know.
fn words<T: DeserializeOwned>(unknown: &Value) -> Vec<String> {
    let told = serde_json::from_value::<T>(unknown.clone()).err().unwrap().to_string();
    let words = told.strip_prefix("unknown variant `?`, expected ").unwrap();
    let words: Vec<_> = words.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!words.is_empty(), "{told}");
    words
}

/// The members of a record, as its type asks for them.
fn members<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut asked: &[&str] = &[];
    assert!(T::deserialize(Asked(&mut asked)).is_err());
    assert!(!asked.is_empty(), "no record");
    asked
}

/// Notes what is asked for and gives nothing.
struct Asked<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("nothing is here"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = members;
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
