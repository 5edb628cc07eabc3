//! The laws of documents, held by any table with documents that are drawn from the table itself.
//!
//! 1. *Put then show* gives what was put, but for what the vendor's server writes or rewrites ([`Document::keeps`]).
//! 2. *Show then put* changes nothing.
//! 3. *Put twice* is the same as the last put.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::line::{Content, Presence};
use super::shape::{Plain, Shape, Text};
use super::strict::Strict;
use super::{Document, Line, Reading, Record, Spell};
use crate::dialects::lens::Members;
use crate::dialects::openapi::{checker, reference};

/// How many documents are drawn.
const CASES: u64 = 40;

/// How a record begins, before and after a document is read: what a vendor's own code does around the table.
pub(in crate::dialects) struct Subject<'s, R: 'static, X: 'static> {
    pub(in crate::dialects) document: &'static Document<R, X>,
    pub(in crate::dialects) blank: &'s dyn Fn() -> R,
    pub(in crate::dialects) scene: &'s X,
    /// What is made up once a document is read.
    pub(in crate::dialects) finish: fn(&mut R),
    /// Members that every drawn document has, such as the kind of the record.
    pub(in crate::dialects) fixed: Value,
}

impl<R: Record + std::fmt::Debug, X: Spell> Subject<'_, R, X> {
    /// Holds the table to the laws.
    pub(in crate::dialects) fn hold(&self) {
        let mut read = 0;
        for seed in 0..CASES {
            let (first, last) = (self.draw(seed), self.draw(seed + CASES));
            let Some(made) = self.put(None, &first) else { continue };
            read += 1;
            let shown = self.document.members(&made, self.scene);
            self.find_lost(&made, &first, &shown, &mut Vec::new());
            assert_eq!(self.put(Some(&made), &shown).as_ref(), Some(&made), "{shown:?} was shown and put");
            if !self.document.root.member.merges {
                self.hold_for_two(&made, &self.draw(seed + 2 * CASES), &last);
            }
        }
        assert!(read > CASES / 8, "only {read} of {CASES} documents could be read");
    }

    /// Holds what is shown against the schema of this name in the dialect's OpenAPI document. Where anything may be received, so
    /// may what is shown be more than the vendor describes.
    pub(in crate::dialects) fn is_described(&self, schema: &str) {
        let checker = checker(self.document.dialect);
        let lines = self.document.root.lines;
        for seed in 0..CASES {
            let Some(made) = self.put(None, &self.draw(seed)) else { continue };
            let shown = self.document.members(&made, self.scene);
            let faults = checker.answer(&reference(schema), &shown.clone().into(), &BTreeSet::new());
            let is_fault = |[at, _]: &[String; 2]| {
                let names = at.split('/').filter(|step| !step.is_empty() && step.parse::<usize>().is_err());
                !may_be_anything(lines, &made, &names.collect::<Vec<_>>())
            };
            let faults: Vec<_> = faults.into_iter().filter(is_fault).collect();
            assert!(faults.is_empty(), "{faults:?} of {shown:?}");
        }
    }

    /// The third law. What is put last holds all that is shown, so that nothing of what was there before stays.
    fn hold_for_two(&self, made: &R, between: &Members, last: &Members) {
        let (Some(between), Some(last)) = (self.put(Some(made), between), self.put(Some(made), last)) else {
            return;
        };
        let last = self.document.members(&last, self.scene);
        let shown = |old| self.put(Some(old), &last).map(|new| self.document.members(&new, self.scene));
        assert_eq!(shown(&between), shown(made), "{last:?} was put twice");
    }

    fn put(&self, old: Option<&R>, document: &Members) -> Option<R> {
        let shown = old.map(|old| self.document.members(old, self.scene));
        let record = old.cloned().unwrap_or_else(self.blank);
        let replaced = old.zip(shown.as_ref());
        let mut read =
            self.document.read(document.clone(), Reading { replaced, ..Reading::new(record) }).ok()?;
        (self.finish)(&mut read);
        Some(read)
    }

    fn draw(&self, seed: u64) -> Members {
        let mut draw = Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut document = object(self.document.root.lines, &(self.blank)(), &mut draw);
        lay(&self.fixed, &mut document);
        document
    }

    /// Each leaf that was put is shown, unless the vendor does as it likes with it.
    fn find_lost<'d>(&self, made: &R, put: &'d Members, shown: &Members, path: &mut Vec<&'d str>) {
        for (name, value) in put {
            path.push(name);
            match (value, shown.get(name)) {
                _ if !self.document.keeps(made, path) => {}
                (value, None) if is_default(self.document.root.lines, made, path, value) => {}
                (Value::Object(put), Some(Value::Object(shown))) => self.find_lost(made, put, shown, path),
                (Value::Object(put), None) => self.find_lost(made, put, &Map::new(), path),
                (value, shown) => assert_eq!(Some(value), shown, "{path:?} of {made:?}"),
            }
            path.pop();
        }
    }
}

/// Whether a member would have this value if it were shown although nothing was received.
fn is_default<R, X>(lines: &[Line<R, X>], record: &R, path: &[&str], value: &Value) -> bool {
    let Some((name, rest)) = path.split_first() else { return false };
    lines.iter().filter(|line| line.applies(Some(record)) && line.name() == *name).any(|line| {
        match line.member.shape {
            Shape::Object if !rest.is_empty() => is_default(line.lines, record, rest, value),
            _ => line.default(record).is_some_and(|default| default.is(Some(value))),
        }
    })
}

/// Whether this member, or one around it, is kept whatever it is.
fn may_be_anything<R, X>(lines: &[Line<R, X>], record: &R, path: &[&str]) -> bool {
    let Some((name, rest)) = path.split_first() else { return false };
    lines.iter().filter(|line| line.applies(Some(record)) && line.name() == *name).any(|line| {
        let is_any = matches!(line.member.shape, Shape::Plain(Plain::Any)) && line.server.is_none();
        is_any || may_be_anything(line.lines, record, rest)
    })
}

/// Adds members, those of objects one by one.
fn lay(fixed: &Value, document: &mut Members) {
    for (name, value) in fixed.as_object().into_iter().flatten() {
        match (value, document.get_mut(name)) {
            (Value::Object(_), Some(Value::Object(inner))) => lay(value, inner),
            _ => {
                document.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Numbers that seem to be drawn (the generator xorshift64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound.max(1)
    }
}

fn object<R, X>(lines: &[Line<R, X>], record: &R, draw: &mut Draw) -> Members {
    let mut members = Members::new();
    for line in lines.iter().filter(|line| line.applies(Some(record))) {
        // What must be there is most often there, and so are objects, in which something may have to be.
        let is_needed =
            line.member.presence != Presence::Optional || matches!(line.member.shape, Shape::Object);
        let is_ours = matches!(line.member.content, Content::Server | Content::Hidden);
        if (is_needed && draw.below(50) > 0) || (!is_ours && draw.below(2) == 0) {
            members.insert(line.name().to_owned(), value(line, record, draw));
        }
    }
    members
}

fn value<R, X>(line: &Line<R, X>, record: &R, draw: &mut Draw) -> Value {
    let listed = match line.strict {
        Some(Strict::Listed(texts)) => texts(record),
        _ => &[],
    };
    let one = |texts: &[&str], draw: &mut Draw| {
        texts.get(draw.below(texts.len())).copied().unwrap_or_default().to_owned()
    };
    let word = |draw: &mut Draw| match listed {
        [] => one(&["a", "Straße", "urn:x:1", "https://a.example/b"], draw),
        listed => one(listed, draw),
    };
    match line.member.shape {
        Shape::Plain(Plain::Text(Text::Words | Text::Filled)) => word(draw).into(),
        Shape::Plain(Plain::Text(Text::Length(length))) => "x".repeat(length).into(),
        Shape::Plain(Plain::Text(Text::Between(least, _))) => {
            let word = word(draw);
            let missing = least.saturating_sub(word.chars().count());
            (word + &"x".repeat(missing)).into()
        }
        Shape::Plain(Plain::Text(Text::Https | Text::Url)) => {
            one(&["https://a.example", "https://b.example/c"], draw).into()
        }
        Shape::Plain(Plain::Text(Text::OneOf(texts))) => one(texts, draw).into(),
        Shape::Plain(Plain::Text(Text::Named(names))) => {
            one(&names.iter().map(|(name, _)| *name).collect::<Vec<_>>(), draw).into()
        }
        Shape::Plain(Plain::Flag { .. }) => (draw.below(2) == 0).into(),
        Shape::Plain(Plain::Integer { low, high, .. }) => {
            low.max(0).saturating_add([0, 1, 7][draw.below(3)]).min(high).into()
        }
        Shape::Plain(Plain::Texts(least)) => (0..least + draw.below(2)).map(|_| word(draw)).collect(),
        // A list without elements says no more than none.
        Shape::Plain(Plain::References(least)) => {
            (0..least.max(1) + draw.below(2)).map(|at| json!({"id": format!("key-{at}")})).collect()
        }
        Shape::Object | Shape::Flat => object(line.lines, record, draw).into(),
        Shape::Each => (0..draw.below(3)).map(|_| Value::from(object(line.lines, record, draw))).collect(),
        Shape::Plain(Plain::Any) => {
            [json!("a"), json!(5), json!({"b": [true]}), json!([])][draw.below(4)].clone()
        }
    }
}
