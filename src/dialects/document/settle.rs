//! What the tables know of the core: which members go when it changes, which member shows which part of it, and where.

use serde_json::Value;

use super::line::Content;
use super::shape::Shape;
use super::{Document, Keeps, Line, Record};
use crate::dialects::lens::Members;
use crate::error::pointer;

impl<R: Record, X> Document<R, X> {
    /// Drops from the remainder what contradicts the core once another dialect has made `after` of `before`.
    pub(in crate::dialects) fn settle(&self, before: &R, after: &mut R) {
        let kept = after.remainders_mut().and_then(|kept| kept.remove(self.dialect));
        let Some(mut remainder) = kept else { return };
        drop_contradicted(self.root.lines, before, after, &mut remainder);
        if let Some(remainders) = after.remainders_mut() {
            remainders.insert(self.dialect.to_owned(), remainder);
        }
    }

    /// Calls `see` with each part of the core that members of records like this show.
    pub(in crate::dialects) fn cores(&self, record: &R, see: &mut See<'_>) {
        each_core(self.root.lines, record, &mut Vec::new(), see);
    }

    /// The first member with this name in documents of records like this: its pointer, and what is kept of it.
    pub(in crate::dialects) fn find<'r>(
        &self,
        record: &'r R,
        name: &str,
    ) -> Option<(String, Option<&'r Value>)> {
        let kept = record.remainders().and_then(|kept| kept.get(self.dialect)).map(|kept| &**kept);
        find(self.root.lines, record, name, kept)
    }

    /// What is kept of the first member with this name, to be changed.
    pub(in crate::dialects) fn find_mut<'r>(&self, record: &'r mut R, name: &str) -> Option<&'r mut Value> {
        let (pointer, _) = self.find(record, name)?;
        let start = pointer.strip_prefix('/')?;
        let (first, below) = start.split_at(start.find('/').unwrap_or(start.len()));
        record.remainders_mut()?.get_mut(self.dialect)?.get_mut(first)?.pointer_mut(below)
    }

    /// Whether a document shows the member at a path as it was received, for records like this.
    pub(in crate::dialects) fn keeps(&self, record: &R, path: &[&str]) -> bool {
        let Some((name, mut rest)) = path.split_first() else { return true };
        let mut found = line_of(self.root.lines, record, name);
        loop {
            let Some(line) = found else { return self.keeps != Keeps::Lines };
            let member = &line.member;
            let is_free = matches!(member.content, Content::Server | Content::Hidden | Content::WriteOnly);
            let is_made = matches!((member.content, member.shape), (Content::Core, Shape::Object));
            if is_free
                || member.is_secret()
                || is_made
                || line.normal.is_some()
                || line.dress.is_some()
                || member.shape.is_loose()
            {
                return false;
            }
            match (member.shape, rest.split_first()) {
                (Shape::Object, Some((name, inner))) => {
                    (found, rest) = (line_of(line.lines, record, name), inner);
                }
                _ => return true,
            }
        }
    }
}

impl<R, X> Document<R, X> {
    /// The pointer to the member that shows this part of the core: the first of several, which exist for different
    /// records.
    pub(in crate::dialects) fn place(&self, core: &str) -> Option<String> {
        find_core(self.root.lines, core)
    }
}

/// Looks at a part of the core that a member shows: the name of the part, the path of the member, and what gives its value.
pub(in crate::dialects) type See<'s> =
    dyn FnMut(&'static str, &[&'static str], &dyn Fn() -> Option<Value>) + 's;

/// The line of the member that is received under this name.
pub(super) fn line_of<R, X>(
    lines: &'static [Line<R, X>],
    record: &R,
    name: &str,
) -> Option<&'static Line<R, X>> {
    lines.iter().filter(|line| line.applies(Some(record))).find_map(|line| match line.member.shape {
        Shape::Flat => line_of(line.lines, record, name),
        _ => (line.key() == name).then_some(line),
    })
}

fn find<'r, R, X>(
    lines: &[Line<R, X>],
    record: &'r R,
    name: &str,
    kept: Option<&'r Members>,
) -> Option<(String, Option<&'r Value>)> {
    lines.iter().filter(|line| line.applies(Some(record))).find_map(|line| {
        if line.member.is_flat() {
            return find(line.lines, record, name, kept);
        }
        let kept = kept.and_then(|kept| kept.get(line.key()));
        let (rest, kept) = match line.member.shape {
            _ if line.key() == name => (String::new(), kept),
            Shape::Object => find(line.lines, record, name, kept.and_then(Value::as_object))?,
            _ => return None,
        };
        Some((pointer::of([line.key()]) + &rest, kept))
    })
}

fn drop_contradicted<R, X>(lines: &[Line<R, X>], before: &R, after: &R, remainder: &mut Members) {
    for line in lines.iter().filter(|line| line.applies(Some(after))) {
        if line.member.is_flat() {
            drop_contradicted(line.lines, before, after, remainder);
        } else if let Shape::Object = line.member.shape
            && let Some(Value::Object(inner)) = remainder.get_mut(line.key())
        {
            drop_contradicted(line.lines, before, after, inner);
        }
        if !line.shown(before).is(line.shown(after).into_value().as_ref()) {
            remainder.shift_remove(line.key());
        }
    }
}

fn find_core<R, X>(lines: &[Line<R, X>], core: &str) -> Option<String> {
    lines.iter().find_map(|line| {
        if line.member.is_flat() {
            return find_core(line.lines, core);
        }
        let inner = match line.member.shape {
            Shape::Object => find_core(line.lines, core),
            _ => None,
        };
        let is_it = || line.core.is_some_and(|part| part.name.split(", ").any(|name| name == core));
        let rest = inner.or_else(|| is_it().then(String::new))?;
        Some(pointer::of([line.key()]) + &rest)
    })
}

fn each_core<R, X>(lines: &[Line<R, X>], record: &R, path: &mut Vec<&'static str>, see: &mut See<'_>) {
    for line in lines.iter().filter(|line| line.applies(Some(record))) {
        if line.member.is_flat() {
            each_core(line.lines, record, path, see);
            continue;
        }
        path.push(line.key());
        if let Shape::Object = line.member.shape {
            each_core(line.lines, record, path, see);
        }
        if let Some(core) = line.core {
            see(core.name, path, &|| (core.show)(record).into_value());
        }
        path.pop();
    }
}
