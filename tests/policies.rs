//! Writes `docs/policies.md` from the policies that the dialects hand to the rules, and fails if it is out of date:
//! `UPDATE=1 cargo test --all-features --test policies` writes it anew.
#![cfg(all(feature = "okta", feature = "pingone", feature = "zitadel"))]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use idpstore::env::CertificateSettings;
use idpstore::model::{
    Application, Foreign, Id, IdentityProvider, OpenIdConnect, Protocol, Remainder, Saml, Tenant,
};
use idpstore::pki::Timestamp;
use idpstore::testing::inside::{CertificateFor, DIALECTS, DefaultKey, Deletion, KeyTypes, Policy, Unique};
use serde_json::{Value, json};

type Row = (&'static str, fn(&Policy) -> String);

/// What is printed of a policy, in this order.
const ROWS: &[Row] = &[
    ("a provider of a kind that the API has no name for", |policy| {
        let foreign = Foreign { dialect: "another".to_owned(), kind: "OTHER".to_owned() };
        missing(!(policy.knows_provider)(&provider(Protocol::Foreign(foreign))))
    }),
    ("an application that was made through another API and does not speak SAML", |policy| {
        missing(!(policy.knows_application)(&Application::new(Id::from_number(1), now(), "Wiki")))
    }),
    ("names and logins have", |policy| match (*policy.name_length.start(), *policy.name_length.end()) {
        (0, usize::MAX) => "any length".to_owned(),
        (least, usize::MAX) => format!("at least {least} character"),
        (least, most) => format!("{least} to {most} characters"),
    }),
    (
        "endpoints and issuers are URLs, entity ids have 1 to 1024 characters",
        |policy| yes(policy.checks_urls),
    ),
    ("unique in a tenant", unique),
    ("keys that a provider may trust", |policy| {
        match policy.trusted_keys {
            KeyTypes::Any => "any",
            KeyTypes::RsaUnlessMutualTls => "RSA; any for client certificates",
        }
        .to_owned()
    }),
    ("an imported certificate is valid now", |policy| yes(policy.imports_valid_only)),
    ("a certificate that answers a request is valid for more than", |policy| {
        policy.issued_for_days.map_or("any time".to_owned(), |days| format!("{days} days"))
    }),
    ("an application may be deleted", |policy| deletion(policy.application_deletion)),
    ("a user may be deleted", |policy| deletion(policy.user_deletion)),
    ("key of a new SAML provider that names none", |policy| {
        key((policy.provider_key)(&provider(saml()), true))
    }),
    ("of a SAML provider that is changed", |policy| key((policy.provider_key)(&provider(saml()), false))),
    ("of other providers", |policy| key((policy.provider_key)(&provider(oidc()), true))),
    ("key of a new SAML application that names none", |policy| of_application(policy, "SAML", true)),
    ("of a SAML application that is changed", |policy| of_application(policy, "SAML", false)),
    ("of a new client of OpenID Connect", |policy| of_application(policy, "OIDC", true)),
    ("of other new applications", |policy| of_application(policy, "BOOKMARK", true)),
    ("certificate of such a key", certificate),
    ("users are linked to providers without lasting names", linkable),
];

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "–" }.to_owned()
}

fn missing(is_so: bool) -> String {
    if is_so { "is missing" } else { "is there" }.to_owned()
}

fn unique(policy: &Policy) -> String {
    let tenant = Tenant::new(Tenant::DEFAULT, now(), "Example");
    let mut names = policy.unique.iter().map(|unique| match unique {
        Unique::TenantName => "names of tenants".to_owned(),
        Unique::ProviderName => "names of providers".to_owned(),
        Unique::Alias(is_unique) => {
            assert!(is_unique(&tenant, "example_wiki_1") && !is_unique(&tenant, "template"));
            "aliases of applications that begin with the tenant's name".to_owned()
        }
        Unique::EntityId => "entity ids of applications".to_owned(),
        Unique::Certificate => "trusted certificates".to_owned(),
    });
    let first = names.next().unwrap_or("–".to_owned());
    names.fold(first, |text, name| text + ", " + &name)
}

fn deletion(deletion: Deletion) -> String {
    match deletion {
        Deletion::Always => "in any state",
        Deletion::IfInactive => "if it is inactive",
        Deletion::AfterDeactivation => "if it is inactive; otherwise it becomes so",
    }
    .to_owned()
}

fn key(key: DefaultKey) -> String {
    match key {
        DefaultKey::None => "–",
        DefaultKey::Tenants => "the tenant's default, made if there is none",
        DefaultKey::TenantsIfAny => "the tenant's default, if there is one",
        DefaultKey::Lent => "–, but the tenant's default may be chosen",
        DefaultKey::Own => "a new one of its own",
    }
    .to_owned()
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(0)
}

fn saml() -> Protocol {
    Protocol::Saml(Saml::default())
}

fn oidc() -> Protocol {
    Protocol::OpenIdConnect(OpenIdConnect::default())
}

fn provider(protocol: Protocol) -> IdentityProvider {
    IdentityProvider::new(Id::from_number(1), now(), "Partner", protocol)
}

fn remainder(document: Value) -> Remainder {
    serde_json::from_value(document).unwrap()
}

/// Okta and PingOne each have a word for the protocol of an application.
fn of_application(policy: &Policy, protocol: &str, is_new: bool) -> String {
    let mode = match protocol {
        "SAML" => "SAML_2_0",
        "OIDC" => "OPENID_CONNECT",
        other => other,
    };
    let mut application = Application::new(Id::from_number(1), now(), "Wiki");
    application.remainders.insert("okta".to_owned(), remainder(json!({"signOnMode": mode})));
    application.remainders.insert("pingone".to_owned(), remainder(json!({"protocol": protocol})));
    key((policy.application_key)(&application, is_new))
}

fn certificate(policy: &Policy) -> String {
    let settings = CertificateSettings::default();
    let it = CertificateFor { tenant: "Example", owner: Id::from_number(1), settings, now: now() };
    let plan = (policy.certificate)(&it);
    let days = (plan.not_after.unix_seconds() - plan.not_before.unix_seconds()) / (24 * 60 * 60);
    format!("`{}`, {}, {days} days", plan.subject, plan.spec)
}

fn linkable(policy: &Policy) -> String {
    let mut partner = provider(saml());
    let settings = json!({"protocol": {"settings": {"honorPersistentNameId": false}}});
    partner.remainders.insert("okta".to_owned(), remainder(settings));
    yes((policy.linkable)(&partner).is_ok())
}

const INTRODUCTION: &str = "\
# Policies

What the rules ask of a call depends on the API that it comes through. Each dialect hands in a `Policy`, and calls that
come through none follow `Policy::NEUTRAL`. A record is refused only for what a call changes in it: what another policy
has let in may stay. Written by `tests/policies.rs` from the policies themselves: do not edit it.

What an API checks in the shape of a document, in its own order and words, is not repeated here. Where a row says `–` for
URLs, the API keeps what it receives, or looks at it with the document.

";

fn document() -> String {
    let named = DIALECTS.iter().map(|dialect| (dialect.name, dialect.policy));
    let policies: Vec<_> = std::iter::once(("no dialect", &Policy::NEUTRAL)).chain(named).collect();
    let mut text = INTRODUCTION.to_owned();
    let names: Vec<_> = policies.iter().map(|(name, _)| *name).collect();
    writeln!(text, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len())).unwrap();
    for (row, cell) in ROWS {
        let cells: Vec<_> = policies.iter().map(|(_, policy)| cell(policy)).collect();
        writeln!(text, "| {row} | {} |", cells.join(" | ")).unwrap();
    }
    text
}

#[test]
fn the_table_says_what_the_policies_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policies.md");
    let wanted = document();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/policies.md is out of date: run `UPDATE=1 cargo test --all-features --test policies`"
    );
}
