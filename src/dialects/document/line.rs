//! One member of a document: what it may hold, and what it shows.

use serde_json::Value;

use super::core::{Core, Names, Shown};
use super::shape::{Shape, Text};
use super::strict::Strict;
use crate::error::Reason;

/// One member of a document.
pub(in crate::dialects) struct Line<R: 'static, X: 'static> {
    pub(super) name: &'static str,
    pub(super) shape: Shape<R, X>,
    pub(super) presence: Presence<R>,
    /// For which records it exists: those of which the function gives this; `None`: for all.
    pub(super) when: Option<(fn(&R) -> bool, bool)>,
    pub(super) content: Content<R, X>,
    /// What is read in place of nothing.
    pub(super) fill: Option<Fill<R>>,
    /// What is shown if there is nothing else to be shown.
    pub(super) default: Option<for<'r> fn(&'r R) -> Shown<'r>>,
    pub(super) standing: Standing,
    /// What may be wrong with a value of the right shape.
    pub(super) check: Option<Check<R>>,
    /// What may be wrong with it besides, if documents are read strictly.
    pub(super) strict: Option<Strict<R>>,
    /// Which remains of the member are not kept.
    pub(super) drops: Option<fn(&R, &Value) -> bool>,
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
    /// If the object that it belongs to is there, or one around that.
    Needed,
    /// If the object that it belongs to is there.
    NeededHere,
}

/// When a member is shown of which there is nothing but its default, or of an object not even that.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// If the object around it is shown in any case.
    Around,
    /// As long as the dialect has received nothing of the record.
    First,
    Always,
}

/// What is read in place of a member that is missing; nothing if it stays so.
pub(in crate::dialects) type Fill<R> = fn(&Missing<'_, R>) -> Option<Value>;

/// A member that is missing.
pub(in crate::dialects) struct Missing<'a, R> {
    /// The record as far as it has been read.
    pub(in crate::dialects) record: &'a R,
    /// Whether the record is a new one.
    pub(in crate::dialects) is_new: bool,
    /// Whether the object that the member belongs to is there.
    pub(in crate::dialects) is_in_object: bool,
}

/// The texts that a vendor's API description lists for a record; none if it lists none.
pub(in crate::dialects) type Listed<R> = fn(&R) -> &'static [&'static str];

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
    /// A part of the core that is never shown; a replacement that leaves it out keeps it.
    WriteOnly(Core<R>),
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
            fill: None,
            default: None,
            standing: Standing::Around,
            check: None,
            strict: None,
            drops: None,
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
    pub(in crate::dialects) const fn needed_here(mut self) -> Self {
        self.presence = Presence::NeededHere;
        self
    }

    /// The same, which must be there if the object that it belongs to is, or one around that.
    pub(in crate::dialects) const fn needed(mut self) -> Self {
        self.presence = Presence::Needed;
        self
    }

    /// The same, for some records only.
    pub(in crate::dialects) const fn when(mut self, when: fn(&R) -> bool) -> Self {
        self.when = Some((when, true));
        self
    }

    /// The same, for all records but some.
    pub(in crate::dialects) const fn unless(mut self, unless: fn(&R) -> bool) -> Self {
        self.when = Some((unless, false));
        self
    }

    /// The same, which only the server writes: what is received is looked at, and ignored.
    pub(in crate::dialects) const fn server(mut self, show: for<'r> fn(&'r R, &'r X) -> Shown<'r>) -> Self {
        self.content = Content::Server(show);
        self
    }

    /// The same, in place of which this is read if it is missing.
    pub(in crate::dialects) const fn fill(mut self, fill: Fill<R>) -> Self {
        self.fill = Some(fill);
        self
    }

    /// The same, whose default is shown although nothing else is in the object around it.
    pub(in crate::dialects) const fn always(mut self) -> Self {
        self.standing = Standing::Always;
        self
    }

    /// The same, whose default, or an object even without members, is shown as long as the dialect has received nothing of
    /// the record, and only then.
    pub(in crate::dialects) const fn at_first(mut self) -> Self {
        self.standing = Standing::First;
        self
    }

    /// The same, of which more may be wrong if documents are read strictly.
    pub(in crate::dialects) const fn strict(mut self, strict: Strict<R>) -> Self {
        self.strict = Some(strict);
        self
    }

    /// The same, which if documents are read strictly is one of these texts.
    pub(in crate::dialects) const fn listed(self, texts: Listed<R>) -> Self {
        self.strict(Strict::Listed(texts))
    }

    /// The same, of which such remains are not kept.
    pub(in crate::dialects) const fn dropping(mut self, drops: fn(&R, &Value) -> bool) -> Self {
        self.drops = Some(drops);
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

    /// The same, which sets a part of the core and never shows it.
    pub(in crate::dialects) const fn write_only(mut self, core: Core<R>) -> Self {
        self.content = Content::WriteOnly(core);
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

    /// The same text, which has between so many characters. If it must be there, an empty one counts as missing.
    pub(in crate::dialects) const fn between(mut self, least: usize, most: usize) -> Self {
        self.shape = Shape::Text(Text::Between(least, most));
        self
    }

    /// The part of the core that it is about.
    pub(super) fn part(&self) -> Option<Core<R>> {
        match self.content {
            Content::Core(core)
            | Content::Returned(core)
            | Content::WriteOnly(core)
            | Content::Dependent(core) => Some(core),
            Content::Remainder | Content::Server(_) | Content::Hidden => None,
        }
    }

    /// Whether records like this have it. What exists for some only is unknown of one whose kind is not known.
    pub(super) fn applies(&self, record: Option<&R>) -> bool {
        self.when.is_none_or(|(when, wanted)| record.is_some_and(|record| when(record) == wanted))
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
    Line::new(name, Shape::Texts(1))
}

/// Texts, or none.
pub(in crate::dialects) const fn texts<R, X>(name: &'static str) -> Line<R, X> {
    Line::new(name, Shape::Texts(0))
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
    Line::new(name, Shape::Any).server(show)
}

/// What is neither kept nor shown.
pub(in crate::dialects) const fn ignored<R, X>(name: &'static str) -> Line<R, X> {
    server(name, |_, _| Shown::Nothing)
}

/// Something that the dialect keeps in the remainder and that is in no document.
pub(in crate::dialects) const fn hidden<R, X>(name: &'static str) -> Line<R, X> {
    let mut line = Line::new(name, Shape::Any);
    line.content = Content::Hidden;
    line
}
