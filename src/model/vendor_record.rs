//! Records that one vendor's API has and no other.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Id, Remainders};
use crate::pki::Timestamp;

/// A record that only one dialect understands, such as a group or a hook. The rules keep it, find it by its name and remove
/// it with its owners; what it means is the dialect's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorRecord {
    /// The identifier.
    pub id: Id,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// Whose it is and what: the name of the dialect, a dot and a word of the dialect's own.
    pub kind: String,
    /// By what it is found: no two of a kind have the same name, in any case.
    pub name: String,
    /// The providers, applications, users, vendor records or the tenant without which it is not there. It goes with the
    /// first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Id>,
    /// The `kid` of the key with which is signed in its name, if it has keys. They go with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<String>,
    /// What the dialect keeps of it. Vendors put secrets anywhere, so `Serialize` leaves this out.
    #[serde(default, skip_serializing)]
    pub remainders: Remainders,
}

impl VendorRecord {
    /// A record of this kind with this name that is not stored yet: id and times come when it is.
    #[must_use]
    pub fn named(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: Id::from_number(0),
            created: Timestamp::default(),
            updated: Timestamp::default(),
            kind: kind.into(),
            name: name.into(),
            owners: Vec::new(),
            signing_key: None,
            remainders: Remainders::new(),
        }
    }

    /// What its dialect keeps of it under this name.
    pub(crate) fn kept(&self, name: &str) -> Option<&Value> {
        self.remainders.get(self.dialect())?.get(name)
    }

    /// Keeps something of it under this name.
    pub(crate) fn keep(&mut self, name: &str, value: Value) {
        let dialect = self.dialect().to_owned();
        self.remainders.entry(dialect).or_default().insert(name.to_owned(), value);
    }

    fn dialect(&self) -> &str {
        self.kind.split_once('.').map_or(&*self.kind, |(dialect, _)| dialect)
    }
}
