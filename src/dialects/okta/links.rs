//! Links as Okta's documents have them.

use serde::{Serialize, Serializer};

use crate::dialects::document::Shown;

/// The links of a document, each with its relation.
#[derive(Default)]
pub(super) struct Links(Vec<(&'static str, Target)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Target {
    One(Link),
    Many([Link; 1]),
}

/// A link.
#[derive(Serialize)]
pub(super) struct Link {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    href: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    templated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hints: Option<Hints>,
}

#[derive(Serialize)]
struct Hints {
    allow: &'static [&'static str],
}

impl Links {
    /// Adds a link with this relation.
    pub(super) fn add(&mut self, relation: &'static str, link: Link) {
        self.0.push((relation, Target::One(link)));
    }

    /// Adds a list of one link, which has a name.
    pub(super) fn add_named(&mut self, relation: &'static str, name: String, link: Link) {
        self.0.push((relation, Target::Many([Link { name: Some(name), ..link }])));
    }

    /// The links as a document shows them.
    pub(super) fn shown(&self) -> Shown<'static> {
        Shown::written(self)
    }
}

impl Serialize for Links {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(relation, target)| (relation, target)))
    }
}

impl Link {
    /// A link to this URL.
    pub(super) fn to(href: String) -> Self {
        Self { name: None, href, media_type: None, templated: None, method: None, hints: None }
    }

    /// The same, which these methods are allowed for.
    pub(super) fn allow(self, allow: &'static [&'static str]) -> Self {
        Self { hints: Some(Hints { allow }), ..self }
    }

    /// The same, to something of this media type.
    pub(super) fn of_type(self, media_type: &'static str) -> Self {
        Self { media_type: Some(media_type), ..self }
    }

    /// The same, in which the client fills in what stands in braces.
    pub(super) fn templated(self) -> Self {
        Self { templated: Some(true), ..self }
    }

    /// The same, which is called with this method.
    pub(super) fn method(self, method: &'static str) -> Self {
        Self { method: Some(method), ..self }
    }
}
