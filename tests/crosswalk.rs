//! `docs/crosswalk.md` says what the dialects' field tables say. To write it anew: `UPDATE=1 cargo test --all-features --test
//! crosswalk`.

#![cfg(all(feature = "okta", feature = "pingone"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use idpstore::model::{
    Client, Id, IdentityProvider, MutualTls, OpenIdConnect, Protocol, Saml, Social, social,
};
use idpstore::pki::Timestamp;
use idpstore::testing::inside::{DIALECTS, parts};

/// A record of each kind that several dialects have.
fn kinds() -> Vec<(&'static str, Protocol)> {
    let social = |service: &str| {
        Protocol::Social(Social {
            service: service.to_owned(),
            client: Client::default(),
            tenant: None,
            apple_key: None,
        })
    };
    vec![
        ("SAML", Protocol::Saml(Saml::default())),
        ("OpenID Connect", Protocol::OpenIdConnect(OpenIdConnect::default())),
        ("Amazon", social(social::AMAZON)),
        ("Apple", social(social::APPLE)),
        ("Facebook", social(social::FACEBOOK)),
        ("GitHub", social(social::GIT_HUB)),
        ("GitLab", social(social::GIT_LAB)),
        ("Google", social(social::GOOGLE)),
        ("LinkedIn", social(social::LINKED_IN)),
        ("Microsoft", social(social::MICROSOFT)),
        ("PayPal", social(social::PAY_PAL)),
        ("PayPal's sandbox", social(social::PAY_PAL_SANDBOX)),
        ("Yahoo", social(social::YAHOO)),
        ("client certificates", Protocol::MutualTls(MutualTls::default())),
    ]
}

/// Where each dialect has each field of the core.
type Table = BTreeMap<&'static str, BTreeMap<&'static str, BTreeSet<String>>>;

fn document() -> String {
    let names: Vec<_> = DIALECTS.iter().map(|dialect| dialect.name).collect();
    let (mut table, mut shown) = (Table::new(), String::new());
    for (kind, protocol) in kinds() {
        let record =
            IdentityProvider::new(Id::from_number(1), Timestamp::from_unix_seconds(0), "Name", protocol);
        write!(shown, "| {kind} |").unwrap();
        for dialect in DIALECTS {
            parts(dialect.lens, &record, &mut |part, path, _| {
                let places = table.entry(part).or_default().entry(dialect.name).or_default();
                places.insert(format!("`{}`", path.join(".")));
            });
            let document = dialect.lens.show(&record, "");
            let name = document.map_or("–".to_owned(), |shown| {
                format!("`{}`", shown.get("type").and_then(|name| name.as_str()).unwrap())
            });
            write!(shown, " {name} |").unwrap();
        }
        shown.push('\n');
    }
    let head =
        |first: &str| format!("| {first} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    let mut text =
        format!("{INTRODUCTION}\n## Kinds\n\n{}{shown}\n## Fields\n\n{}", head("kind"), head("core"));
    for (core, places) in &table {
        write!(text, "| `{core}` |").unwrap();
        for name in &names {
            let places: Vec<_> = places.get(name).into_iter().flatten().map(String::as_str).collect();
            write!(text, " {} |", if places.is_empty() { "–".to_owned() } else { places.join(", ") })
                .unwrap();
        }
        text.push('\n');
    }
    write!(text, "{ALGORITHMS}\n{}", head("XML Signature")).unwrap();
    for uri in SIGNATURES {
        let algorithm = Some(format!("http://www.w3.org/{uri}"));
        let saml = Protocol::Saml(Saml { signature_algorithm: algorithm, ..Saml::default() });
        let record = IdentityProvider::new(Id::from_number(1), Timestamp::from_unix_seconds(0), "Name", saml);
        write!(text, "| `{}` |", uri.split_once('#').unwrap().1).unwrap();
        for dialect in DIALECTS {
            parts(dialect.lens, &record, &mut |part, _, shown| {
                if part == "saml.signature_algorithm" {
                    write!(text, " `{}` |", shown().as_ref().and_then(|shown| shown.as_str()).unwrap())
                        .unwrap();
                }
            });
        }
        text.push('\n');
    }
    text
}

/// The signature algorithms that one of the vendors can name.
const SIGNATURES: [&str; 7] = [
    "2000/09/xmldsig#rsa-sha1",
    "2001/04/xmldsig-more#rsa-sha256",
    "2001/04/xmldsig-more#rsa-sha384",
    "2001/04/xmldsig-more#rsa-sha512",
    "2001/04/xmldsig-more#ecdsa-sha256",
    "2001/04/xmldsig-more#ecdsa-sha384",
    "2001/04/xmldsig-more#ecdsa-sha512",
];

const ALGORITHMS: &str = "
## Signature algorithms

Where a vendor has no name for the algorithm, it shows the nearest one: if possible one whose digest is no shorter, and
among those one for the same type of key. Putting that name back leaves the algorithm as it is.
";

const INTRODUCTION: &str = "\
# Crosswalk

Which fields of an identity provider the dialects share, and how each spells them. Written by `tests/crosswalk.rs`
from the tables with which the dialects read and show: do not edit it.

A field is shared by all dialects that have a member in its row. A dash means that the dialect has no member for the
field: the field keeps its value, whatever is put through this dialect. Members that are not listed are not shared: each
belongs to the dialect that received it, and is kept for that dialect as it was received.

What one vendor requires and another leaves out is derived: endpoints, scopes and names
([decision 72](decisions/0072-what-is-derived-for-other-apis.md)). How creation of users and linking of accounts cross is in
[decision 71](decisions/0071-creation-and-linking.md).
";

#[test]
fn the_crosswalk_says_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/crosswalk.md");
    let wanted = document();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/crosswalk.md is out of date: run `UPDATE=1 cargo test --all-features --test crosswalk`"
    );
}
