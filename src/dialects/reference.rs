//! Writes `docs/documents.md` from the tables of all dialects.

use std::path::Path;

use super::ALL;

const INTRODUCTION: &str = "\
# Documents

What the documents of each API hold, member by member, in the order in which they are shown. Written by
`src/dialects/reference.rs` from the tables with which the dialects read and show: do not edit it.

- **holds** is what a member may hold when it is received.
- **must be there** says when a document without it is refused.
  The member that names the kind of a record, such as `type`, is read before all others and must be there, too.
- **for** lists the kinds of records that have the member; all have it if there is nothing.
- **shows** is the part of the core that it shows and sets, in code, or where else its value comes from. What was received and
  is no part of the core is kept for the API that received it.
";

#[test]
fn the_reference_says_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/documents.md");
    let sections: String = ALL.iter().map(|dialect| (dialect.reference)()).collect();
    let wanted = format!("{INTRODUCTION}{sections}");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "run this test with UPDATE=1");
}
