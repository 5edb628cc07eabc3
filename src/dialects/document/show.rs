//! Showing a record: the members of its document, written straight to bytes in the order of the table.

use bytes::Bytes;
use serde_json::Value;

use super::bound::{Showing, Source};
use super::core::Shown;
use super::kept::{Kept, split};
use super::line::{Content, Inside, Standing};
use super::shape::Shape;
use super::{Document, Keeps, Line, Record};
use crate::dialects::lens::Members;
use crate::error::{Result, pointer};
use crate::http::body;
use crate::model::Remainder;

/// How the vendor spells the name of a record that a member refers to.
pub(in crate::dialects) trait Spell {
    /// The vendor's spelling of our name; `None` if it is the same or there is no such record.
    fn spell(&self, _name: &str) -> Option<String> {
        None
    }
}

impl Spell for () {}

impl<R: Record, X: Spell> Document<R, X> {
    /// A record as this document shows it, in JSON.
    ///
    /// # Errors
    ///
    /// As [`body::json`].
    pub(in crate::dialects) fn show(&self, record: &R, x: &X) -> Result<Bytes> {
        let mut bytes = Vec::with_capacity(1024);
        self.write(record, x, &mut bytes)?;
        Ok(bytes.into())
    }

    /// Appends a record as this document shows it, in JSON.
    ///
    /// # Errors
    ///
    /// As [`body::json`].
    pub(in crate::dialects) fn write(&self, record: &R, x: &X, bytes: &mut Vec<u8>) -> Result<()> {
        let kept = record.remainders().and_then(|kept| kept.get(self.dialect));
        let json = kept.map(Remainder::json).transpose()?;
        let mut members = json.as_deref().map(split).unwrap_or_default();
        let mut writer = Writer { is_first: json.is_none(), bytes };
        writer.object(&Showing { line: &self.root, record, x }, &mut Kept(&mut members), self.keeps)?;
        Ok(())
    }

    /// The members of the document.
    pub(in crate::dialects) fn members(&self, record: &R, x: &X) -> Members {
        let shown = self.show(record, x).and_then(|shown| body::object(&shown));
        shown.unwrap_or_default()
    }
}

impl<R, X> Document<R, X> {
    /// What was shown, as a client puts it back: members of objects that are received among those around them, names under
    /// which they are received, and nothing that only the server writes.
    pub(in crate::dialects) fn as_received(&self, mut shown: Members) -> Members {
        let mut received = Members::new();
        flatten(self.root.lines, &mut shown, &mut received);
        received
    }
}

impl<R: Record, X> Document<R, X> {
    /// The pointer to a member as it is shown for a record, given the pointer to it as it is received.
    pub(in crate::dialects) fn shown_at(&self, record: &R, received: &str) -> String {
        let start = received.strip_prefix('/').unwrap_or_default();
        let (name, below) = start.split_at(start.find('/').unwrap_or(start.len()));
        let path = path_of(self.root.lines, record, name);
        path.map_or_else(|| received.to_owned(), |path| pointer::of(path.iter().rev()) + below)
    }
}

/// The names around the member that is received under this name, the innermost first.
fn path_of<R, X>(lines: &[Line<R, X>], record: &R, name: &str) -> Option<Vec<&'static str>> {
    lines.iter().filter(|line| line.applies(Some(record))).find_map(|line| {
        let mut path = match line.member.shape {
            Shape::Flat => path_of(line.lines, record, name)?,
            _ => (line.key() == name).then(Vec::new)?,
        };
        path.push(line.name());
        Some(path)
    })
}

fn flatten<R, X>(lines: &[Line<R, X>], shown: &mut Members, received: &mut Members) {
    for line in lines {
        let Some(value) = shown.shift_remove(line.name()) else { continue };
        match (line.member.shape, value) {
            (Shape::Flat, Value::Object(mut inner)) => flatten(line.lines, &mut inner, received),
            (_, value) if line.member.content != Content::Server => {
                received.insert(line.key().to_owned(), value);
            }
            _ => {}
        }
    }
}

/// A document that is being written.
struct Writer<'w> {
    /// Whether the dialect has received nothing of the record yet.
    is_first: bool,
    bytes: &'w mut Vec<u8>,
}

impl Writer<'_> {
    /// Writes an object with what is kept of it, which is taken out of `kept`. Returns whether more than defaults are in it.
    fn object(&mut self, object: &dyn Source, kept: &mut Kept<'_, '_>, keeps: Keeps) -> Result<bool> {
        let mut is_more = false;
        self.bytes.push(b'{');
        let start = self.bytes.len();
        object.each(&mut |line| {
            let member = line.member();
            if member.is_flat() {
                self.name(member.name, start);
                self.object(line, kept, keeps)?;
                is_more = true;
            } else {
                is_more |= self.member(line, kept.take(member.key()), (start, keeps))?;
            }
            Ok(())
        })?;
        for (name, json) in kept.left().filter(|_| keeps != Keeps::Lines) {
            self.begin_member(start);
            body::write(self.bytes, name)?;
            self.bytes.push(b':');
            self.bytes.extend_from_slice(json.as_bytes());
            is_more = true;
        }
        self.bytes.push(b'}');
        Ok(is_more)
    }

    /// Writes a member of the object that begins at `start`, if there is something to be shown. Returns whether there is more
    /// than a default, for which alone the object is not shown.
    fn member(
        &mut self,
        line: &dyn Source,
        kept: Option<(&str, Kept<'_, '_>)>,
        (start, keeps): (usize, Keeps),
    ) -> Result<bool> {
        let member = line.member();
        if member.is_secret() {
            return Ok(false);
        }
        let is_server = member.content == Content::Server;
        let kept = kept.filter(|_| !is_server);
        let shown = match member.content {
            Content::Returned if kept.is_none() => return Ok(false),
            Content::WriteOnly | Content::Hidden => return Ok(false),
            Content::Remainder | Content::Dependent => Shown::Nothing,
            Content::Server | Content::Core | Content::Returned => line.shown(),
        };
        let is_zero = member.field.is_some_and(|field| shown.is_zero_of(field));
        if !is_zero && !shown.is_nothing() {
            return self.named(member.name, start, &shown).map(|()| true);
        }
        match (member.shape, kept) {
            (Shape::Object, kept) if !is_server && kept.as_ref().is_none_or(|(json, _)| is_object(json)) => {
                let is_shown = kept.is_some()
                    || member.field.is_some()
                    || (self.is_first && member.standing == Standing::First);
                if member.inside == Inside::Kept && !is_shown {
                    return self.default(line, start);
                }
                let end = self.bytes.len();
                self.name(member.name, start);
                let keeps = if member.is_open { Keeps::All } else { keeps };
                let mut kept = kept.map(|(_, inside)| inside).unwrap_or_default();
                if !self.object(line, &mut kept, keeps)? && !is_shown {
                    self.bytes.truncate(end);
                    return self.default(line, start);
                }
            }
            (_, None) => return self.default(line, start),
            (_, Some((kept, _))) => match line.dressed(kept) {
                Some(Shown::Nothing) => return Ok(false),
                Some(dressed) => self.named(member.name, start, &dressed)?,
                None => {
                    self.name(member.name, start);
                    self.bytes.extend_from_slice(kept.as_bytes());
                }
            },
        }
        Ok(true)
    }

    /// Writes the default of a member, as [`Writer::member`].
    fn default(&mut self, line: &dyn Source, start: usize) -> Result<bool> {
        let member = line.member();
        let is_alone = match member.standing {
            Standing::Around => false,
            Standing::Always => true,
            Standing::First if self.is_first => true,
            Standing::First => return Ok(false),
        };
        match line.default() {
            None | Some(Shown::Nothing) => Ok(false),
            Some(shown) => self.named(member.name, start, &shown).map(|()| is_alone),
        }
    }

    /// Writes a member with its name, which needs no escapes.
    fn named(&mut self, name: &str, start: usize, value: &Shown<'_>) -> Result<()> {
        self.name(name, start);
        match value {
            Shown::Nothing => self.bytes.extend_from_slice(b"null"),
            Shown::Text(text) => body::write(self.bytes, text)?,
            Shown::Flag(flag) => self.bytes.extend_from_slice(if *flag { b"true" } else { b"false" }),
            Shown::Json(json) => body::write(self.bytes, json)?,
            Shown::Written(json) => self.bytes.extend_from_slice(json),
        }
        Ok(())
    }

    fn name(&mut self, name: &str, start: usize) {
        self.begin_member(start);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\":");
    }

    /// Separates a member from the one before it in the object that begins at `start`.
    fn begin_member(&mut self, start: usize) {
        if self.bytes.len() > start {
            self.bytes.push(b',');
        }
    }
}

fn is_object(json: &str) -> bool {
    json.starts_with('{')
}
