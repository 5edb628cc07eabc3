//! Writes `docs/documents.md` from the tables of all dialects.

use super::ALL;
use super::openapi::holds;

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
    let sections: String = ALL.iter().map(|dialect| (dialect.reference)()).collect();
    holds("docs/documents.md", &format!("{INTRODUCTION}{sections}"));
}
