//! The attributes of an element, few enough, and those of them that are checked.

use quick_xml::events::BytesStart;

use super::{broken, unreadable};
use crate::error::Result;

/// How many attributes an element may have, namespaces included.
pub(super) const MOST: usize = 64;

/// The attributes of one element, by their names without prefixes.
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// Reads them, if they are not too many.
    ///
    /// # Errors
    ///
    /// [`Malformed`](crate::ErrorKind::Malformed) otherwise, or if they are not well-formed.
    pub(super) fn read(element: &BytesStart<'_>) -> Result<Self> {
        let mut read = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(broken)?;
            if read.len() >= MOST {
                return Err(unreadable("an element has too many attributes"));
            }
            let value = attribute.normalized_value(quick_xml::XmlVersion::default()).map_err(broken)?;
            read.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self(read))
    }

    /// The value of the attribute with this name.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The value of an attribute, if it is there.
    ///
    /// # Errors
    ///
    /// [`Malformed`](crate::ErrorKind::Malformed) if its type is another.
    pub(super) fn typed<T>(&self, name: &str, read: fn(&str) -> Option<T>) -> Result<Option<T>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| unreadable(&format!("its {name} is `{text}`")))
    }
}
