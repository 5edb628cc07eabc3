//! What the tables know of the core: which members go when it changes, and which member shows which part of it.

use serde_json::Value;

use super::line::Content;
use super::shape::Shape;
use super::{Document, Line, Record};
use crate::dialects::lens::Members;

impl<R: Record, X> Document<R, X> {
    /// Drops from the remainder what contradicts the core once another dialect has made `after` of `before`.
    pub(in crate::dialects) fn settle(&self, before: &R, after: &mut R) {
        let kept = after.remainders_mut().and_then(|kept| kept.remove(self.dialect));
        let Some(mut remainder) = kept else { return };
        drop_contradicted(self.lines, before, after, &mut remainder);
        if let Some(remainders) = after.remainders_mut() {
            remainders.insert(self.dialect.to_owned(), remainder);
        }
    }

    /// Calls `see` with each part of the core that members of records like this show: its name, the path of the member,
    /// and what the member shows.
    pub(in crate::dialects) fn cores(&self, record: &R, see: &mut See<'_>) {
        each_core(self.lines, record, &mut Vec::new(), see);
    }
}

/// See [`Document::cores`].
pub(in crate::dialects) type See<'s> = dyn FnMut(&'static str, &[&'static str], Option<Value>) + 's;

fn drop_contradicted<R, X>(lines: &[Line<R, X>], before: &R, after: &R, remainder: &mut Members) {
    for line in lines.iter().filter(|line| line.applies(Some(after))) {
        if let Shape::Object(lines) = line.shape
            && let Some(Value::Object(inner)) = remainder.get_mut(line.name)
        {
            drop_contradicted(lines, before, after, inner);
        }
        if let Content::Core(core) | Content::Returned(core) | Content::Dependent(core) = line.content
            && !(core.show)(before).is((core.show)(after).into_value().as_ref())
        {
            remainder.shift_remove(line.name);
        }
    }
}

fn each_core<R, X>(lines: &[Line<R, X>], record: &R, path: &mut Vec<&'static str>, see: &mut See<'_>) {
    for line in lines.iter().filter(|line| line.applies(Some(record))) {
        path.push(line.name);
        if let Shape::Object(lines) = line.shape {
            each_core(lines, record, path, see);
        }
        if let Content::Core(core) | Content::Returned(core) | Content::Dependent(core) = line.content {
            see(core.name, path, (core.show)(record).into_value());
        }
        path.pop();
    }
}
