//! One member of a document: what it may hold, and what it shows.

use serde_json::Value;

use super::core::{Core, Names, Shown};
use super::shape::{Shape, Text};
use crate::error::Reason;

/// One member of a document.
pub(in crate::dialects) struct Line<R: 'static, X: 'static> {
    pub(super) name: &'static str,
    pub(super) shape: Shape<R, X>,
    pub(super) presence: Presence<R>,
    /// For which records it exists; `None`: for all.
    pub(super) when: Option<fn(&R) -> bool>,
    pub(super) content: Content<R, X>,
    /// What is shown if there is nothing else to be shown.
    pub(super) default: Option<for<'r> fn(&'r R) -> Shown<'r>>,
    /// What may be wrong with a value of the right shape.
    pub(super) check: Option<Check<R>>,
    /// Whether it names a record, which documents and the core spell differently.
    pub(super) is_reference: bool,
    /// For which records a replacement leaves it as it is.
    pub(super) is_fixed: Option<fn(&R) -> bool>,
}

/// Whether a member must be there.
pub(super) enum Presence<R> {
    Optional,
    Required,
    /// For some records.
    RequiredIf(fn(&R) -> bool),
    /// If the object that it belongs to is there.
    Needed,
}

/// Looks at a value of the right shape, once the members before it are read.
pub(in crate::dialects) type Check<R> = fn(&R, &Value) -> Result<(), Reason>;

/// What a member shows.
pub(super) enum Content<R, X> {
    /// What was received: it is kept in the remainder.
    Remainder,
    /// A part of the core.
    Core(Core<R>),
    /// A part of the core that is returned only if it was received here; a replacement that leaves it out keeps it. The
    /// remainder has `true` in its place.
    Returned(Core<R>),
    /// What was received, as long as this part of the core stays as it is.
    Dependent(Core<R>),
    /// What only the server writes; what is received is ignored.
    Server(for<'r> fn(&'r R, &'r X) -> Shown<'r>),
    /// Something that the dialect keeps in the remainder and that is in no document.
    Hidden,
}

impl<R, X> Clone for Content<R, X> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, X> Copy for Content<R, X> {}

impl<R> Clone for Presence<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Presence<R> {}

impl<R, X> Clone for Line<R, X> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, X> Copy for Line<R, X> {}

impl<R, X> Line<R, X> {
    const fn new(name: &'static str, shape: Shape<R, X>) -> Self {
        Self {
            name,
            shape,
            presence: Presence::Optional,
            when: None,
            content: Content::Remainder,
            default: None,
            check: None,
            is_reference: false,
            is_fixed: None,
        }
    }

    /// The name of the member.
    pub(in crate::dialects) const fn name(&self) -> &'static str {
        self.name
    }

    /// The same, which must be there.
    pub(in crate::dialects) const fn required(mut self) -> Self {
        self.presence = Presence::Required;
        self
    }

    /// The same, which must be there for some records.
    pub(in crate::dialects) const fn required_if(mut self, when: fn(&R) -> bool) -> Self {
        self.presence = Presence::RequiredIf(when);
        self
    }

    /// The same, which must be there if the object that it belongs to is.
    pub(in crate::dialects) const fn needed(mut self) -> Self {
        self.presence = Presence::Needed;
        self
    }

    /// The same, for some records only.
    pub(in crate::dialects) const fn when(mut self, when: fn(&R) -> bool) -> Self {
        self.when = Some(when);
        self
    }

    /// The same, which shows a part of the core.
    pub(in crate::dialects) const fn core(mut self, core: Core<R>) -> Self {
        self.content = Content::Core(core);
        self
    }

    /// The same, which shows a part of the core only if it was received here.
    pub(in crate::dialects) const fn returned(mut self, core: Core<R>) -> Self {
        self.content = Content::Returned(core);
        self
    }

    /// The same, which goes when this part of the core says something else.
    pub(in crate::dialects) const fn dependent(mut self, core: Core<R>) -> Self {
        self.content = Content::Dependent(core);
        self
    }

    /// The same, which shows this if there is nothing else to be shown. An object is not shown for that alone.
    pub(in crate::dialects) const fn or(mut self, default: for<'r> fn(&'r R) -> Shown<'r>) -> Self {
        self.default = Some(default);
        self
    }

    /// The same, of which more may be wrong.
    pub(in crate::dialects) const fn check(mut self, check: Check<R>) -> Self {
        self.check = Some(check);
        self
    }

    /// The same, which names a record.
    pub(in crate::dialects) const fn reference(mut self) -> Self {
        self.is_reference = true;
        self
    }

    /// The same, which a replacement leaves as it is for some records, unless the host lifts that.
    pub(in crate::dialects) const fn fixed(mut self, is_fixed: fn(&R) -> bool) -> Self {
        self.is_fixed = Some(is_fixed);
        self
    }

    /// The same flag or number, which may also stand in quotation marks.
    pub(in crate::dialects) const fn loose(mut self) -> Self {
        self.shape = match self.shape {
            Shape::Flag { .. } => Shape::Flag { is_loose: true },
            Shape::Integer { low, high, .. } => Shape::Integer { low, high, is_loose: true },
            shape => shape,
        };
        self
    }

    /// The same text, which has so many characters.
    pub(in crate::dialects) const fn length(mut self, characters: usize) -> Self {
        self.shape = Shape::Text(Text::Length(characters));
        self
    }

    /// Whether records like this have it. What exists for some only is unknown of one whose kind is not known.
    pub(super) fn applies(&self, record: Option<&R>) -> bool {
        self.when.is_none_or(|when| record.is_some_and(when))
    }
}

/// Anything.
pub(in crate::dialects) const fn any<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Any)
}

/// Any text, also an empty one.
pub(in crate::dialects) const fn words<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Text(Text::Words))
}

/// A text that is not empty.
pub(in crate::dialects) const fn text<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Text(Text::Filled))
}

/// An `https` URL.
pub(in crate::dialects) const fn https<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Text(Text::Https))
}

/// An `http` or `https` URL.
pub(in crate::dialects) const fn url<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Text(Text::Url))
}

/// One of these texts.
pub(in crate::dialects) const fn choice<R, X>(name: &'static str, of: &'static [&'static str]) -> Line<R, X> {
    Line::new(name, Shape::Text(Text::OneOf(of)))
}

/// One of the names in a table.
pub(in crate::dialects) const fn named<R, X>(name: &'static str, names: Names) -> Line<R, X> {
    Line::new(name, Shape::Text(Text::Named(names)))
}

/// True or false.
pub(in crate::dialects) const fn flag<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Flag { is_loose: false })
}

/// A whole number from `low` to `high`.
pub(in crate::dialects) const fn integer<R, X>(name: &'static str, low: i64, high: i64) -> Line<R, X> {
    Line::new(name, Shape::Integer { low, high, is_loose: false })
}

/// Texts, at least one.
pub(in crate::dialects) const fn list<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Texts)
}

/// Objects with an `id`, at least so many.
pub(in crate::dialects) const fn references<R, X>(name: &'static str, least: usize) -> Line<R, X> {
    Line::new(name, Shape::References(least))
}

/// An object with these members.
pub(in crate::dialects) const fn object<R, X>(
    name: &'static str,
    lines: &'static [Line<R, X>],
) -> Line<R, X> {
    Line::new(name, Shape::Object(lines))
}

/// What only the server writes.
pub(in crate::dialects) const fn server<R, X>(
    name: &'static str,
    show: for<'r> fn(&'r R, &'r X) -> Shown<'r>,
) -> Line<R, X> {
    let mut line = Line::new(name, Shape::Any);
    line.content = Content::Server(show);
    line
}

/// Something that the dialect keeps in the remainder and that is in no document.
pub(in crate::dialects) const fn hidden<R, X>(name: &'static str) -> Line<R, X> {
    let mut line = Line::new(name, Shape::Any);
    line.content = Content::Hidden;
    line
}
