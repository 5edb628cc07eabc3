//! What one dialect said that no other understands.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The members of a vendor's document that have no canonical meaning, in the vendor's own shape and order. Vendors put
/// secrets anywhere, so there is no `Serialize`, and `Debug` shows names only.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Remainder(pub Map<String, Value>);

/// The remainder of each dialect that has spoken about a record, by the dialect's name.
pub type Remainders = BTreeMap<String, Remainder>;

impl fmt::Debug for Remainder {
    // Vendors put secrets anywhere, so only the names of the members are shown.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_values() {
        let said = serde_json::json!({"apiKey": "hush"});
        let remainder: Remainder = serde_json::from_value(said).expect("an object");
        assert_eq!(format!("{remainder:?}"), "{\"apiKey\"}");
    }
}
