//! Showing a record: the members of its document, written straight to bytes in the order of the table.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::core::Shown;
use super::line::{Content, Standing};
use super::shape::Shape;
use super::{Document, Keeps, Line, Record};
use crate::dialects::lens::Members;
use crate::error::Result;
use crate::http::body;

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
        let kept = record.remainders().and_then(|kept| kept.get(self.dialect)).map(|kept| &**kept);
        let mut writer = Writer { record, x, is_first: kept.is_none(), bytes: Vec::with_capacity(1024) };
        writer.object(self.lines, kept, self.keeps)?;
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
    fn object(&mut self, lines: &[Line<R, X>], kept: Option<&Members>, keeps: Keeps) -> Result<bool> {
        let mut is_more = false;
        self.bytes.push(b'{');
        let start = self.bytes.len();
        for line in lines.iter().filter(|line| line.applies(Some(self.record))) {
            let end = self.bytes.len();
            self.name(line.name, start)?;
            match self.member(line, kept.and_then(|kept| kept.get(line.name)), keeps)? {
                None => self.bytes.truncate(end),
                Some(is_default) => is_more |= !is_default,
            }
        }
        for (name, value) in kept.filter(|_| keeps != Keeps::Lines).into_iter().flatten() {
            if !lines.iter().any(|line| line.name == name && line.applies(Some(self.record))) {
                self.name(name, start)?;
                self.value(value)?;
                is_more = true;
            }
        }
        self.bytes.push(b'}');
        Ok(is_more)
    }

    /// Writes the value of a member, if there is one. Returns whether it is but a default, for which alone the object
    /// around it is not shown.
    fn member(&mut self, line: &Line<R, X>, kept: Option<&Value>, keeps: Keeps) -> Result<Option<bool>> {
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
            (Shape::Object(lines), None | Some(Value::Object(_)))
                if !matches!(line.content, Content::Server(_)) =>
            {
                let start = self.bytes.len();
                let keeps = if line.is_open { Keeps::All } else { keeps };
                let is_shown = kept.is_some() || (self.is_first && line.standing == Standing::First);
                if self.object(lines, kept.and_then(Value::as_object), keeps)? || is_shown {
                    return Ok(Some(false));
                }
                self.bytes.truncate(start);
            }
            (_, Some(kept)) => {
                match line.dress.map(|dress| dress(kept, self.x)) {
                    None => self.value(kept)?,
                    Some(Shown::Nothing) => return Ok(None),
                    Some(dressed) => self.value(&dressed)?,
                }
                return Ok(Some(false));
            }
            _ => {}
        }
        self.default(line)
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

    /// Writes the name of a member of the object that begins at `start`.
    fn name(&mut self, name: &str, start: usize) -> Result<()> {
        if self.bytes.len() > start {
            self.bytes.push(b',');
        }
        self.value(name)?;
        self.bytes.push(b':');
        Ok(())
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        body::write(&mut self.bytes, value)
    }
}
