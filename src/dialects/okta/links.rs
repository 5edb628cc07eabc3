//! Links as Okta's documents have them.

use crate::dialects::document::Shown;
use crate::error::Result;
use crate::http::body;

/// The links of a document, each with its relation.
#[derive(Default)]
pub(super) struct Links(Vec<(&'static str, Target)>);

enum Target {
    One(Link),
    Many([Link; 1]),
}

/// A link.
pub(super) struct Link {
    name: Option<String>,
    href: String,
    media_type: Option<&'static str>,
    is_templated: bool,
    method: Option<&'static str>,
    /// The methods that it is allowed for; it does not name them if there are none.
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
        let mut json = Vec::with_capacity(1024);
        self.write(&mut json).map_or(Shown::Nothing, |()| Shown::Written(json))
    }

    /// Writes the links in JSON. Documents are full of them, so only names and URLs are looked through for what needs escapes.
    fn write(&self, json: &mut Vec<u8>) -> Result<()> {
        let mut start = "{\"";
        for (relation, target) in &self.0 {
            append(json, &[start, relation, "\":"]);
            match target {
                Target::One(link) => link.write(json)?,
                Target::Many([link]) => {
                    json.push(b'[');
                    link.write(json)?;
                    json.push(b']');
                }
            }
            start = ",\"";
        }
        append(json, if self.0.is_empty() { &["{}"] } else { &["}"] });
        Ok(())
    }
}

fn append(json: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        json.extend_from_slice(text.as_bytes());
    }
}

impl Link {
    fn write(&self, json: &mut Vec<u8>) -> Result<()> {
        json.push(b'{');
        if let Some(name) = &self.name {
            append(json, &["\"name\":"]);
            body::write(json, name)?;
            json.push(b',');
        }
        append(json, &["\"href\":"]);
        body::write(json, &self.href)?;
        if let Some(media_type) = self.media_type {
            append(json, &[",\"type\":\"", media_type, "\""]);
        }
        if self.is_templated {
            append(json, &[",\"templated\":true"]);
        }
        if let Some(method) = self.method {
            append(json, &[",\"method\":\"", method, "\""]);
        }
        if let [first, others @ ..] = self.allow {
            append(json, &[",\"hints\":{\"allow\":[\"", first]);
            for method in others {
                append(json, &["\",\"", method]);
            }
            append(json, &["\"]}"]);
        }
        json.push(b'}');
        Ok(())
    }

    /// A link to this URL.
    pub(super) fn to(href: String) -> Self {
        Self { name: None, href, media_type: None, is_templated: false, method: None, allow: &[] }
    }

    /// The same, which these methods are allowed for.
    pub(super) fn allow(self, allow: &'static [&'static str]) -> Self {
        Self { allow, ..self }
    }

    /// The same, to something of this media type.
    pub(super) fn of_type(self, media_type: &'static str) -> Self {
        Self { media_type: Some(media_type), ..self }
    }

    /// The same, in which the client fills in what stands in braces.
    pub(super) fn templated(self) -> Self {
        Self { is_templated: true, ..self }
    }

    /// The same, which is called with this method.
    pub(super) fn method(self, method: &'static str) -> Self {
        Self { method: Some(method), ..self }
    }
}
