//! The laws of lenses, on generated documents and records: every dialect keeps what it has received.

#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[cfg(all(feature = "okta", feature = "pingone", feature = "zitadel"))]
mod crossing;
mod generated;
#[cfg(feature = "okta")]
mod okta;
#[cfg(feature = "pingone")]
mod pingone;
#[cfg(feature = "zitadel")]
mod zitadel;

use idpstore::model::{Id, IdentityProvider};
use idpstore::pki::Timestamp;
use idpstore::saml::EncodingStandard;
use idpstore::testing::CountedEntropy;
use idpstore::testing::inside::laws;
use idpstore::testing::inside::laws::Verdict;
use idpstore::testing::inside::lens::{Context, Lens, Members};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Holds a lens to all laws with generated documents, two of one type at a time; `last` completes one with what
/// the vendor's server would otherwise keep.
fn hold(lens: &dyn Lens, pairs: &impl Strategy<Value = (Members, Members)>, last: fn(Members) -> Members) {
    try_all(pairs, |(first, second)| {
        laws::put_then_show(lens, &first)?;
        let record = put(lens, None, &first);
        laws::show_then_put(lens, &record)?;
        laws::put_twice(lens, &record, &second, &last(first))?;
        laws::good_neighbour(lens, &record, &second)?;
        laws::store_then_load(&record)
    });
}

/// Holds a lens to the laws that are about records which others have made.
fn hold_for_records(lens: &dyn Lens, records: &impl Strategy<Value = IdentityProvider>) {
    try_all(records, |record| {
        laws::show_then_put(lens, &record)?;
        let shown = lens.update_from(&lens.show(&record, "https://example.com").expect("shown")).into_owned();
        laws::good_neighbour(lens, &record, &shown)?;
        laws::show_then_put(lens, &put(lens, Some(&record), &shown))
    });
}

fn try_all<T: std::fmt::Debug>(given: &impl Strategy<Value = T>, law: impl Fn(T) -> Verdict) {
    // 512 cases, or as many more as the environment variable PROPTEST_CASES asks for.
    let usual = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(Config { cases: usual.cases.max(512), ..usual });
    let outcome =
        runner.run(given, |given| law(given).map_err(|breach| TestCaseError::fail(breach.to_string())));
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

fn put(lens: &dyn Lens, old: Option<&IdentityProvider>, document: &Members) -> IdentityProvider {
    let entropy = CountedEntropy::default();
    let (id, now) = (Id::from_number(1_850_000_000_000_000_000), Timestamp::from_unix_seconds(1_768_471_200));
    let cx = Context { id, now, entropy: &entropy, character_sets: &EncodingStandard };
    lens.put(cx, old, document.clone()).expect("taken")
}
