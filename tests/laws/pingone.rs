//! Records that were made through other APIs, as PingOne's shows them. What is about PingOne's own documents is in
//! `tests/pingone_doors.rs`.

use idpstore::testing::inside::dialect;
use proptest::prelude::*;

use super::generated::record;
use super::hold_for_records;

#[test]
fn the_laws_hold_for_records_that_others_have_made() {
    // PingOne has no client certificates and no GitLab.
    let known = record().prop_filter("of a kind that PingOne has", |record| {
        dialect("pingone").unwrap().lens.show(record, "").is_some()
    });
    hold_for_records(dialect("pingone").unwrap().lens, &known);
}
