//! Nothing that a dialect serves, and no failure that a request can cause, is without a scenario.

use std::collections::BTreeSet;

use http::Method;
use idpstore::ErrorKind;
use idpstore::engine::MemoryEngine;
use idpstore::testing::inside::{DIALECTS, Dialect, router};

use super::{Surroundings, once, run, scenarios};

/// Names all kinds of error, and says of those that no request can cause why.
macro_rules! kinds {
    ($($kind:ident => $unreachable:expr,)*) => {
        fn name(kind: &ErrorKind) -> &'static str {
            match kind {
                $(ErrorKind::$kind { .. } => stringify!($kind),)*
                _ => panic!("{kind:?} is missing here"),
            }
        }

        const KINDS: &[(&str, Option<&str>)] = &[$((stringify!($kind), $unreachable),)*];
    };
}

kinds! {
    NotFound => None,
    AlreadyExists => None,
    Invalid => None,
    InUse => None,
    WrongState => None,
    Inactive => None,
    Unsupported => None,
    UnsupportedMediaType => None,
    NotAcceptable => None,
    Malformed => None,
    BadCursor => None,
    RateLimited => Some("a store has no limit unless its host asks for one: tests/rate_limit.rs"),
    Unauthorized => Some("the host's authorizer decides; scenarios are run without one"),
    Forbidden => None,
    NoRoute => None,
    MethodNotAllowed => None,
    Sealed => Some("only a store that is locked says so: sealed.rs"),
    WrongKey => Some("only unlocking a store says so"),
    TooLarge => None,
    Conflict => Some("the unit of work is run again"),
    Pending => Some("only a host that needs time of its own says so"),
    Unavailable => Some("only an engine that other processes write to says so: tests/revisions.rs"),
    Storage => Some("only an engine that fails says so"),
    Corrupt => Some("only a damaged store says so"),
    NotAStore => Some("only while a store is opened"),
    TooNew => Some("only a store of a newer version says so"),
    Locked => Some("only opening a store says so"),
}

/// Kinds of error that a vendor's API has no occasion for.
const NO_OCCASION: &[(&str, &[&str])] = &[
    // The same certificate may be imported again, and a name that is taken is a fault of the document. What is not
    // active can be changed.
    ("pingone", &["AlreadyExists", "Inactive", "NotAcceptable"]),
    // Nothing needs what the host has not brought in.
    ("okta", &["Unsupported"]),
    // No keys or applications, nothing that must be active, no `Accept` that is looked at, and pages by number.
    ("zitadel", &["BadCursor", "Inactive", "InUse", "NotAcceptable"]),
];

/// Operations that never succeed, because no login ends in a store.
const HOPELESS: [&str; 2] = ["RetrieveIdentityProviderIntent", "GetIdentityProviderIntent"];

fn has_occasion(dialect: &Dialect, kind: &str) -> bool {
    !NO_OCCASION.iter().any(|(name, kinds)| *name == dialect.name && kinds.contains(&kind))
}

#[test]
fn every_kind_of_error_is_named() {
    let source = syn::parse_file(include_str!("../../src/error/mod.rs")).unwrap();
    let kinds = source.items.iter().find_map(|item| match item {
        syn::Item::Enum(kinds) if kinds.ident == "ErrorKind" => Some(&kinds.variants),
        _ => None,
    });
    let kinds: Vec<_> = kinds.unwrap().iter().map(|kind| kind.ident.to_string()).collect();
    assert_eq!(kinds, KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn every_route_is_asked_and_answers_well() {
    for dialect in DIALECTS {
        let mut asked = BTreeSet::new();
        for (_, scenario) in scenarios(dialect) {
            for step in scenario.steps.iter().filter(|step| step.response.status < 300) {
                asked.extend(operation(dialect, &step.request.method, &step.request.path));
            }
        }
        let forgotten: Vec<_> =
            dialect.routes.iter().map(|route| route.operation).filter(|it| !asked.contains(it)).collect();
        let is_hopeful = |it: &&str| !HOPELESS.contains(&it.rsplit('/').next().unwrap_or_default());
        let forgotten: Vec<_> = Vec::into_iter(forgotten).filter(is_hopeful).collect();
        assert!(forgotten.is_empty(), "no scenario of {} is about {forgotten:?}", dialect.name);
    }
}

/// The operation that a request reaches.
fn operation(dialect: &Dialect, method: &str, path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let path = if dialect.ignores_trailing_slash { path.trim_end_matches('/') } else { path };
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    router::find(dialect.routes, &method, path).ok().map(|(route, _)| route.operation)
}

#[test]
fn every_kind_of_error_that_a_request_can_cause_is_caused() {
    for dialect in DIALECTS {
        let mut caused = BTreeSet::new();
        for (_, scenario) in scenarios(dialect) {
            let surroundings = Surroundings::new();
            let store = once(surroundings.open(MemoryEngine::default()));
            run(&scenario, &surroundings, store, |_, _, answer| {
                caused.extend(answer.extensions().get::<ErrorKind>().map(name));
            });
        }
        for (kind, unreachable) in KINDS {
            match unreachable {
                None if !has_occasion(dialect, kind) => {}
                None => assert!(caused.contains(kind), "no scenario of {} causes {kind}", dialect.name),
                Some(why) => assert!(!caused.contains(kind), "{} causes {kind}, but {why}", dialect.name),
            }
        }
    }
}
