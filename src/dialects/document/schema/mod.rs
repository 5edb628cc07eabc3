//! JSON Schemas of a document, made of its table: of what is answered, and of what may be sent. Only for tests. May import what the
//! folder above may.

mod presence;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use self::presence::{is_shown, must_be_sent};
use self::values::{nullable, types_of};
use super::line::{Content, Presence};
use super::reference::{Kinds, holds, kinds_with};
use super::shape::{Plain, Shape, Text};
use super::strict::Strict;
use super::{Document, Keeps, Line, Shown};
use crate::dialects::openapi::sentence;
use crate::dialects::protojson;

/// A document, and what its table leaves open.
pub(in crate::dialects) struct Described<'d, R: 'static, X: 'static> {
    pub(in crate::dialects) document: &'static Document<R, X>,
    /// A record of each kind, of which nothing is known but the kind.
    pub(in crate::dialects) kinds: Kinds<R>,
    /// With what it is shown.
    pub(in crate::dialects) scenes: Vec<X>,
    /// The member that names the kind and is read before all others; empty if there is none.
    pub(in crate::dialects) kind: &'static str,
    /// The schemas of members of which the table has no shape, by their paths.
    pub(in crate::dialects) others: &'d Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Answer,
    Request,
}

/// How the fact begins that there is a default.
const BY_DEFAULT: &str = "by default";

/// The fact that there are many.
const DEPENDS: &str = "the default depends on the kind";

/// An object of the document: its lines with the kinds that have them, and the kinds that have the object.
struct Place<R: 'static, X: 'static> {
    path: String,
    lines: Vec<(&'static Line<R, X>, BTreeSet<usize>)>,
    kinds: BTreeSet<usize>,
    keeps: Keeps,
    /// What is shown of it, or of an object around it, as a whole if nothing was received.
    defaults: Vec<Value>,
}

impl<R, X> Described<'_, R, X> {
    /// The schema of what is answered.
    pub(in crate::dialects) fn answered(&self) -> Value {
        self.object(&self.root(), Side::Answer)
    }

    /// The schema of what may be sent.
    pub(in crate::dialects) fn received(&self) -> Value {
        self.object(&self.root(), Side::Request)
    }

    fn root(&self) -> Place<R, X> {
        let kinds: BTreeSet<_> = (0..self.kinds.len()).collect();
        let lines = self.lines(&self.document.root, &kinds);
        Place { path: String::new(), lines, kinds, keeps: self.document.keeps, defaults: Vec::new() }
    }

    /// The lines of an object that some of these kinds have.
    fn lines(
        &self,
        object: &'static Line<R, X>,
        kinds: &BTreeSet<usize>,
    ) -> Vec<(&'static Line<R, X>, BTreeSet<usize>)> {
        let having = |line: &Line<R, X>| {
            kinds.iter().copied().filter(|at| line.applies(Some(&self.kinds[*at].1))).collect::<BTreeSet<_>>()
        };
        object.lines.iter().map(|line| (line, having(line))).filter(|(_, kinds)| !kinds.is_empty()).collect()
    }

    fn object(&self, place: &Place<R, X>, side: Side) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for (line, _) in &place.lines {
            let name = line.name();
            if properties.contains_key(name) {
                continue;
            }
            let same = place.lines.iter().filter(|(other, _)| other.name() == name);
            let same: Vec<_> =
                same.filter(|(line, kinds)| self.is_visible(place, line, kinds, side)).collect();
            if same.is_empty() {
                continue;
            }
            properties.insert(name.to_owned(), self.member(place, &same, side));
            let is_needed = |kind: &usize| self.must_be_there(&same, *kind, side);
            if (side == Side::Request && self.is_kind(place, line)) || place.kinds.iter().all(is_needed) {
                required.push(name);
            }
        }
        for (name, value) in place.defaults.iter().filter_map(Value::as_object).flatten() {
            let own = || self.others.get(format!("{}{name}", place.path)).cloned();
            properties.entry(name).or_insert_with(|| {
                own().unwrap_or_else(|| types_of(std::slice::from_ref(value)).unwrap_or_default())
            });
        }
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        if place.keeps == Keeps::Lines {
            schema["additionalProperties"] = false.into();
        }
        schema
    }

    fn is_visible(
        &self,
        place: &Place<R, X>,
        line: &Line<R, X>,
        kinds: &BTreeSet<usize>,
        side: Side,
    ) -> bool {
        match (side, line.member.content) {
            (_, Content::Hidden) | (Side::Answer, Content::WriteOnly) => false,
            (Side::Answer, Content::Server) => !self.samples(line, kinds).is_empty(),
            (Side::Answer, _) => !line.member.is_secret(),
            (Side::Request, Content::Server) => {
                line.member.presence != Presence::Optional || self.is_kind(place, line)
            }
            (Side::Request, _) => true,
        }
    }

    /// Whether it is the member that names the kind.
    fn is_kind(&self, place: &Place<R, X>, line: &Line<R, X>) -> bool {
        place.path.is_empty() && line.name() == self.kind
    }

    /// What the server writes of records of these kinds.
    fn samples(&self, line: &Line<R, X>, kinds: &BTreeSet<usize>) -> Vec<Value> {
        let Some(server) = line.server else { return Vec::new() };
        let each =
            kinds.iter().flat_map(|at| self.scenes.iter().map(move |scene| (&self.kinds[*at].1, scene)));
        each.filter_map(|(record, scene)| server(record, scene).into_value()).collect()
    }

    /// The schema of a member, for which some kinds may have lines of their own.
    fn member(
        &self,
        place: &Place<R, X>,
        same: &[&(&'static Line<R, X>, BTreeSet<usize>)],
        side: Side,
    ) -> Value {
        let name = same[0].0.name();
        let path = format!("{}{name}", place.path);
        let (mut schemas, mut inside) = (Vec::new(), None::<Place<R, X>>);
        for (line, kinds) in same {
            match line.member.shape {
                Shape::Object | Shape::Flat => {
                    let inside = inside.get_or_insert_with(|| Place {
                        path: format!("{path}."),
                        lines: Vec::new(),
                        kinds: BTreeSet::new(),
                        keeps: if line.member.is_open { Keeps::All } else { place.keeps },
                        defaults: place
                            .defaults
                            .iter()
                            .filter_map(|around| around.get(name).cloned())
                            .collect(),
                    });
                    inside.defaults.extend(self.defaults(line, kinds));
                    inside.lines.extend(self.lines(line, kinds));
                    inside.kinds.extend(kinds);
                }
                _ => schemas.push(self.plain(line, kinds, &path)),
            }
        }
        schemas.extend(inside.map(|inside| self.object(&inside, side)));
        // Where one kind may have anything, the shape that others have is what is useful. What the server writes has it, too.
        schemas.retain(|schema| schema.as_object().is_some_and(|members| !members.is_empty()));
        schemas.dedup();
        if schemas.is_empty() {
            let written = same.iter().flat_map(|(line, kinds)| self.samples(line, kinds));
            schemas.extend(types_of(&written.collect::<Vec<_>>()));
        }
        let mut schema = match self.others.get(&path) {
            Some(schema) => schema.clone(),
            None if self.is_kind(place, same[0].0) => {
                json!({"type": "string", "enum": self.kinds.iter().map(|(name, _)| *name).collect::<Vec<_>>()})
            }
            None if schemas.len() > 1 => json!({"anyOf": schemas}),
            None => schemas.pop().unwrap_or_else(|| json!({})),
        };
        if same.iter().any(|(line, kinds)| self.may_be_null(line, kinds, place.keeps)) {
            schema = nullable(schema);
        }
        let words = self.words(place, same, side);
        if !words.is_empty() {
            schema["description"] = words.into();
        }
        schema
    }

    fn plain(&self, line: &'static Line<R, X>, kinds: &BTreeSet<usize>, path: &str) -> Value {
        if let Some(field) = line.member.field {
            return protojson::schema::of_field(field);
        }
        let texts = |texts: Vec<&str>| {
            if texts.is_empty() {
                json!({"type": "string"})
            } else {
                json!({"type": "string", "enum": texts})
            }
        };
        match line.member.shape {
            Shape::Plain(Plain::Text(Text::OneOf(names))) => texts(names.to_vec()),
            Shape::Plain(Plain::Text(Text::Named(names))) => {
                texts(names.iter().map(|(name, _)| *name).collect())
            }
            Shape::Plain(Plain::Text(_)) => texts(self.listed(line, kinds)),
            Shape::Plain(Plain::Flag { .. }) => json!({"type": "boolean"}),
            Shape::Plain(Plain::Integer { .. }) => json!({"type": "integer"}),
            Shape::Plain(Plain::Texts(_)) => {
                json!({"type": "array", "items": texts(self.listed(line, kinds))})
            }
            Shape::Plain(Plain::References(_)) => json!({"type": "array", "items": {
                "type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"], "additionalProperties": false,
            }}),
            Shape::Plain(Plain::Any) => json!({}),
            Shape::Each => {
                let lines = self.lines(line, kinds);
                // The objects are kept as they were received.
                let place = Place {
                    path: format!("{path}[]."),
                    lines,
                    kinds: kinds.clone(),
                    keeps: Keeps::All,
                    defaults: Vec::new(),
                };
                json!({"type": "array", "items": self.object(&place, Side::Request)})
            }
            Shape::Object | Shape::Flat => json!({"type": "object"}),
        }
    }

    /// The texts that are listed, if some are for each of these kinds.
    fn listed(&self, line: &Line<R, X>, kinds: &BTreeSet<usize>) -> Vec<&'static str> {
        let Some(Strict::Listed(texts)) = line.strict else { return Vec::new() };
        let all: Vec<_> = kinds.iter().map(|at| texts(&self.kinds[*at].1)).collect();
        if all.iter().any(|texts| texts.is_empty()) {
            return Vec::new();
        }
        let mut listed = Vec::new();
        all.into_iter().flatten().for_each(|text| {
            if !listed.contains(text) {
                listed.push(*text);
            }
        });
        listed
    }

    /// Whether it is shown as null: by default, or because that was received.
    fn may_be_null(&self, line: &Line<R, X>, kinds: &BTreeSet<usize>, keeps: Keeps) -> bool {
        let is_kept = keeps == Keeps::All
            && line.member.content == Content::Remainder
            && line.default.is_none()
            && line.member.presence != Presence::Required;
        is_kept || self.defaults(line, kinds).contains(&Value::Null)
    }

    /// What is shown of records of these kinds if nothing was received.
    fn defaults(&self, line: &Line<R, X>, kinds: &BTreeSet<usize>) -> Vec<Value> {
        let defaults = kinds.iter().filter_map(|at| line.default(&self.kinds[*at].1)?.into_value());
        let mut defaults: Vec<_> = defaults.collect();
        defaults.dedup();
        defaults
    }

    fn must_be_there(
        &self,
        same: &[&(&'static Line<R, X>, BTreeSet<usize>)],
        kind: usize,
        side: Side,
    ) -> bool {
        let record = &self.kinds[kind].1;
        same.iter().any(|(line, kinds)| {
            kinds.contains(&kind)
                && match side {
                    Side::Request => must_be_sent(line, record),
                    Side::Answer => self.scenes.iter().all(|scene| is_shown(line, record, scene)),
                }
        })
    }

    /// What there is to say about a member: for which kinds it is, and each fact, with the kinds for which it is one if it is not
    /// one for all of them.
    fn words(
        &self,
        place: &Place<R, X>,
        same: &[&(&'static Line<R, X>, BTreeSet<usize>)],
        side: Side,
    ) -> String {
        let having: BTreeSet<_> = same.iter().flat_map(|(_, kinds)| kinds).copied().collect();
        let mut facts = BTreeMap::<_, BTreeSet<_>>::new();
        let mut order = Vec::new();
        for (line, kinds) in same {
            for fact in kinds
                .iter()
                .flat_map(|kind| self.facts(line, *kind, side).into_iter().map(move |fact| (fact, kind)))
            {
                if !facts.contains_key(&fact.0) {
                    order.push(fact.0.clone());
                }
                facts.entry(fact.0).or_default().insert(*fact.1);
            }
        }
        let is_default = |fact: &String| fact.starts_with(BY_DEFAULT);
        if order.iter().filter(|fact| is_default(fact)).count() > 2 {
            order.retain(|fact| !is_default(fact));
            order.push(DEPENDS.to_owned());
            facts.insert(DEPENDS.to_owned(), having.clone());
        }
        let of = |kinds: &BTreeSet<usize>| {
            kinds_with(&self.kinds, |record| {
                kinds.iter().any(|at| std::ptr::eq(&raw const self.kinds[*at].1, record))
            })
        };
        let fact = |fact: &String| {
            if facts[fact] == having { fact.clone() } else { format!("{fact} for {}", of(&facts[fact])) }
        };
        let only = (having != place.kinds).then(|| format!("for {}", of(&having)));
        sentence(&only.into_iter().chain(order.iter().map(fact)).collect::<Vec<_>>().join("; "))
    }

    /// What there is to say about a line of a record of this kind.
    fn facts(&self, line: &Line<R, X>, kind: usize, side: Side) -> Vec<String> {
        let mut facts = Vec::new();
        let is_limited = matches!(
            line.member.shape,
            Shape::Plain(
                Plain::Text(Text::Length(_) | Text::Between(..) | Text::Https | Text::Url)
                    | Plain::Integer { .. }
            )
        );
        if side == Side::Request
            && is_limited
            && line.strict.is_none_or(|strict| !matches!(strict, Strict::Listed(_)))
        {
            facts.push(holds(line.member.shape));
        }
        if line.member.content != Content::Server {
            facts.extend(line.core.map(|core| format!("`{}` of the core", core.name.replace(", ", "`, `"))));
        }
        let is_optional = line.member.presence != Presence::Required;
        let default = line.default(&self.kinds[kind].1).filter(|_| is_optional).and_then(Shown::into_value);
        let default = default.map(|default| default.to_string()).filter(|text| text.len() < 60);
        facts.extend(default.map(|text| format!("{BY_DEFAULT} `{text}`")));
        if line.member.content == Content::WriteOnly || line.member.is_secret() {
            facts.push("never returned".to_owned());
        } else if line.member.content == Content::Returned {
            facts.push("returned only if it was received here".to_owned());
        }
        facts
    }
}
