//! Showing a record: the members of its document, written straight to bytes in the order of the table.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use super::core::Shown;
use super::kept::Kept;
use super::line::{Content, Standing};
use super::shape::Shape;
use super::{Document, Keeps, Line, Record};
use crate::dialects::lens::Members;
use crate::error::Result;
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
        let kept = record.remainders().and_then(|kept| kept.get(self.dialect));
        let json = kept.map(Remainder::json).transpose()?;
        let kept = json.as_deref().map(Kept::of).unwrap_or_default();
        let mut writer = Writer { record, x, is_first: json.is_none(), bytes: Vec::with_capacity(1024) };
        writer.object(self.lines, &kept, self.keeps)?;
        Ok(writer.bytes.into())
    }

    /// The members of the document.
    pub(in crate::dialects) fn members(&self, record: &R, x: &X) -> Members {
        let shown = self.show(record, x).and_then(|shown| body::object(&shown));
        shown.unwrap_or_default()
    }
}

/// A document that is being written.
struct Writer<'s, R: 'static, X: 'static> {
    record: &'s R,
    x: &'s X,
    /// Whether the dialect has received nothing of the record yet.
    is_first: bool,
    bytes: Vec<u8>,
}

impl<R: Record, X: Spell> Writer<'_, R, X> {
    /// Writes an object with what is kept of it. Returns whether more than defaults are in it.
    fn object(&mut self, lines: &[Line<R, X>], kept: &Kept<'_>, keeps: Keeps) -> Result<bool> {
        let mut is_more = false;
        self.bytes.push(b'{');
        let start = self.bytes.len();
        for line in lines.iter().filter(|line| line.applies(Some(self.record))) {
            let end = self.bytes.len();
            self.begin_member(start);
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(line.name.as_bytes());
            self.bytes.extend_from_slice(b"\":");
            match self.member(line, kept.get(line.name), keeps)? {
                None => self.bytes.truncate(end),
                Some(is_default) => is_more |= !is_default,
            }
        }
        for (name, json) in kept.iter().filter(|_| keeps != Keeps::Lines) {
            if !lines.iter().any(|line| line.name == name && line.applies(Some(self.record))) {
                self.begin_member(start);
                self.value(name)?;
                self.bytes.push(b':');
                self.bytes.extend_from_slice(json.get().as_bytes());
                is_more = true;
            }
        }
        self.bytes.push(b'}');
        Ok(is_more)
    }

    /// Writes the value of a member, if there is one. Returns whether it is but a default, for which alone the object
    /// around it is not shown.
    fn member(&mut self, line: &Line<R, X>, kept: Option<&RawValue>, keeps: Keeps) -> Result<Option<bool>> {
        let shown = match line.content {
            Content::Server(show) => show(self.record, self.x),
            Content::Core(core) => (core.show)(self.record),
            Content::Returned(core) if kept.is_some() => (core.show)(self.record),
            Content::Returned(_) | Content::WriteOnly(_) | Content::Hidden => return Ok(None),
            Content::Remainder | Content::Dependent(_) => Shown::Nothing,
        };
        let shown = match shown {
            Shown::Text(name) if line.is_reference => {
                self.x.spell(&name).map_or(Shown::Text(name), Shown::from)
            }
            shown => shown,
        };
        if !shown.is_nothing() {
            self.value(&shown)?;
            return Ok(Some(false));
        }
        match (&line.shape, kept) {
            (Shape::Object(lines), kept)
                if !matches!(line.content, Content::Server(_))
                    && kept.is_none_or(|kept| kept.get().starts_with('{')) =>
            {
                let start = self.bytes.len();
                let keeps = if line.is_open { Keeps::All } else { keeps };
                let is_shown = kept.is_some() || (self.is_first && line.standing == Standing::First);
                let kept = kept.map(Kept::of).unwrap_or_default();
                if self.object(lines, &kept, keeps)? || is_shown {
                    return Ok(Some(false));
                }
                self.bytes.truncate(start);
            }
            (_, Some(kept)) => return self.kept(line, kept),
            _ => {}
        }
        self.default(line)
    }

    /// Writes what is kept of a member, as [`Writer::member`].
    fn kept(&mut self, line: &Line<R, X>, kept: &RawValue) -> Result<Option<bool>> {
        let Some(dress) = line.dress else {
            self.bytes.extend_from_slice(kept.get().as_bytes());
            return Ok(Some(false));
        };
        let kept = serde_json::from_str(kept.get()).unwrap_or_default();
        match dress(&kept, self.x) {
            Shown::Nothing => Ok(None),
            dressed => self.value(&dressed).map(|()| Some(false)),
        }
    }

    /// Writes the default of a member, as [`Writer::member`].
    fn default(&mut self, line: &Line<R, X>) -> Result<Option<bool>> {
        let is_alone = match line.standing {
            Standing::Around => false,
            Standing::Always => true,
            Standing::First if self.is_first => true,
            Standing::First => return Ok(None),
        };
        match line.default.map_or(Shown::Nothing, |default| default(self.record)) {
            Shown::Nothing => Ok(None),
            shown => self.value(&shown).map(|()| Some(!is_alone)),
        }
    }

    /// Separates a member from the one before it in the object that begins at `start`.
    fn begin_member(&mut self, start: usize) {
        if self.bytes.len() > start {
            self.bytes.push(b',');
        }
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        body::write(&mut self.bytes, value)
    }
}
