//! How a table is written: what a member is called and may hold, and then all that is special about it.

use super::core::{Core, Names, Shown};
use super::line::{Content, Dress, Fill, Line, Normal, Presence, Server, Standing};
use super::shape::{Plain, Shape, Text};
use super::strict::{Check, Listed, Strict};

/// A member without members of its own.
const fn plain<R, X>(name: &'static str, plain: Plain) -> Line<R, X> {
    Line::new(name, Shape::Plain(plain), &[])
}

/// Anything.
pub(in crate::dialects) const fn any<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Any)
}

/// Any text, also an empty one.
pub(in crate::dialects) const fn words<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Text(Text::Words))
}

/// A text that is not empty.
pub(in crate::dialects) const fn text<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Text(Text::Filled))
}

/// An `https` URL.
pub(in crate::dialects) const fn https<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Text(Text::Https))
}

/// An `http` or `https` URL.
pub(in crate::dialects) const fn url<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Text(Text::Url))
}

/// One of these texts.
pub(in crate::dialects) const fn choice<R, X>(name: &'static str, of: &'static [&'static str]) -> Line<R, X> {
    plain(name, Plain::Text(Text::OneOf(of)))
}

/// One of the names in a table.
pub(in crate::dialects) const fn named<R, X>(name: &'static str, names: Names) -> Line<R, X> {
    plain(name, Plain::Text(Text::Named(names)))
}

/// True or false.
pub(in crate::dialects) const fn flag<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Flag { is_loose: false })
}

/// A whole number from `low` to `high`.
pub(in crate::dialects) const fn integer<R, X>(name: &'static str, low: i64, high: i64) -> Line<R, X> {
    plain(name, Plain::Integer { low, high, is_loose: false })
}

/// Texts, at least one.
pub(in crate::dialects) const fn list<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Texts(1))
}

/// Texts, or none.
pub(in crate::dialects) const fn texts<R, X>(name: &'static str) -> Line<R, X> {
    plain(name, Plain::Texts(0))
}

/// Objects with an `id`, at least so many.
pub(in crate::dialects) const fn references<R, X>(name: &'static str, least: usize) -> Line<R, X> {
    plain(name, Plain::References(least))
}

/// A list, in which objects have these members. It is kept as it is received.
pub(in crate::dialects) const fn each<R, X>(name: &'static str, lines: &'static [Line<R, X>]) -> Line<R, X> {
    Line::new(name, Shape::Each, lines)
}

/// An object with these members.
pub(in crate::dialects) const fn object<R, X>(
    name: &'static str,
    lines: &'static [Line<R, X>],
) -> Line<R, X> {
    Line::new(name, Shape::Object, lines)
}

/// What only the server writes.
pub(in crate::dialects) const fn server<R, X>(name: &'static str, show: Server<R, X>) -> Line<R, X> {
    any(name).server(show)
}

/// What is neither kept nor shown.
pub(in crate::dialects) const fn ignored<R, X>(name: &'static str) -> Line<R, X> {
    server(name, |_, _| Shown::Nothing)
}

/// Something that the dialect keeps in the remainder and that is in no document.
pub(in crate::dialects) const fn hidden<R, X>(name: &'static str) -> Line<R, X> {
    any(name).showing(Content::Hidden, None, None)
}

impl<R, X> Line<R, X> {
    const fn showing(
        mut self,
        content: Content,
        core: Option<Core<R>>,
        server: Option<Server<R, X>>,
    ) -> Self {
        self.member.content = content;
        self.core = core;
        self.server = server;
        self
    }

    /// The name of the member.
    pub(in crate::dialects) const fn name(&self) -> &'static str {
        self.member.name
    }

    /// The same, which must be there.
    pub(in crate::dialects) const fn required(mut self) -> Self {
        self.member.presence = Presence::Required;
        self
    }

    /// The same, which must be there for some records.
    pub(in crate::dialects) const fn required_if(mut self, when: fn(&R) -> bool) -> Self {
        self.member.presence = Presence::RequiredIf;
        self.required_if = Some(when);
        self
    }

    /// The same, which must be there if the object that it belongs to is.
    pub(in crate::dialects) const fn needed_here(mut self) -> Self {
        self.member.presence = Presence::NeededHere;
        self
    }

    /// The same, which must be there if the object that it belongs to is, or one around that.
    pub(in crate::dialects) const fn needed(mut self) -> Self {
        self.member.presence = Presence::Needed;
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
    pub(in crate::dialects) const fn server(self, show: Server<R, X>) -> Self {
        self.showing(Content::Server, None, Some(show))
    }

    /// The same, with this value read in place of a missing one.
    pub(in crate::dialects) const fn fill(mut self, fill: Fill<R>) -> Self {
        self.fill = Some(fill);
        self
    }

    /// The same, whose default makes the object around it appear.
    pub(in crate::dialects) const fn always(mut self) -> Self {
        self.member.standing = Standing::Always;
        self
    }

    /// The same: its default (or, for an object, the object even if empty) is shown only until the dialect has received
    /// something about the record.
    pub(in crate::dialects) const fn at_first(mut self) -> Self {
        self.member.standing = Standing::First;
        self
    }

    /// The same object: what its check finds is reported at this member of it.
    pub(in crate::dialects) const fn reported_at(mut self, member: &'static str) -> Self {
        self.member.reported_at = Some(member);
        self
    }

    /// The same, with a check that applies only to strict readers.
    pub(in crate::dialects) const fn strict(mut self, strict: Strict<R>) -> Self {
        self.strict = Some(strict);
        self
    }

    /// The same: a strict reader accepts only these texts.
    pub(in crate::dialects) const fn listed(self, texts: Listed<R>) -> Self {
        self.strict(Strict::Listed(texts))
    }

    /// The same: what is kept of it is kept in this form.
    pub(in crate::dialects) const fn normal(mut self, normal: Normal<R>) -> Self {
        self.normal = Some(normal);
        self
    }

    /// The same: what is kept of it is shown in this form.
    pub(in crate::dialects) const fn dress(mut self, dress: Dress<X>) -> Self {
        self.dress = Some(dress);
        self
    }

    /// The same object: unknown members, nulls and empty objects in it are kept.
    pub(in crate::dialects) const fn open(mut self) -> Self {
        self.member.is_open = true;
        self
    }

    /// The same object: a replacement keeps members that it leaves out.
    pub(in crate::dialects) const fn merging(mut self) -> Self {
        self.member.merges = true;
        self
    }

    /// The same, required for some records unless this later member is present.
    pub(in crate::dialects) const fn required_unless(
        mut self,
        when: fn(&R) -> bool,
        other: &'static str,
    ) -> Self {
        self.required_if = Some(when);
        self.member.presence = Presence::RequiredUnless(other);
        self
    }

    /// The same, which shows a part of the core.
    pub(in crate::dialects) const fn core(self, core: Core<R>) -> Self {
        self.showing(Content::Core, Some(core), None)
    }

    /// The same, which shows a part of the core only if it was received here.
    pub(in crate::dialects) const fn returned(self, core: Core<R>) -> Self {
        self.showing(Content::Returned, Some(core), None)
    }

    /// The same, which sets a part of the core and never shows it.
    pub(in crate::dialects) const fn write_only(self, core: Core<R>) -> Self {
        self.showing(Content::WriteOnly, Some(core), None)
    }

    /// The same, which is dropped when this part of the core changes.
    pub(in crate::dialects) const fn dependent(self, core: Core<R>) -> Self {
        self.showing(Content::Dependent, Some(core), None)
    }

    /// The same, with a default. The default alone does not make an object appear.
    pub(in crate::dialects) const fn or(mut self, default: for<'r> fn(&'r R) -> Shown<'r>) -> Self {
        self.default = Some(default);
        self
    }

    /// The same, with a further check of its value.
    pub(in crate::dialects) const fn check(mut self, check: Check<R>) -> Self {
        self.check = Some(check);
        self
    }

    /// The same, which names a record.
    pub(in crate::dialects) const fn reference(mut self) -> Self {
        self.member.is_reference = true;
        self
    }

    /// The same, which a replacement cannot change for some records unless the host allows it.
    pub(in crate::dialects) const fn fixed(mut self, is_fixed: fn(&R) -> bool) -> Self {
        self.is_fixed = Some(is_fixed);
        self
    }

    /// The same flag or number, which may also stand in quotation marks.
    pub(in crate::dialects) const fn loose(mut self) -> Self {
        self.member.shape = match self.member.shape {
            Shape::Plain(Plain::Flag { .. }) => Shape::Plain(Plain::Flag { is_loose: true }),
            Shape::Plain(Plain::Integer { low, high, .. }) => {
                Shape::Plain(Plain::Integer { low, high, is_loose: true })
            }
            shape => shape,
        };
        self
    }

    /// The same text, which has so many characters.
    pub(in crate::dialects) const fn length(mut self, characters: usize) -> Self {
        self.member.shape = Shape::Plain(Plain::Text(Text::Length(characters)));
        self
    }

    /// The same text, which has between so many characters. If it must be there, an empty one counts as missing.
    pub(in crate::dialects) const fn between(mut self, least: usize, most: usize) -> Self {
        self.member.shape = Shape::Plain(Plain::Text(Text::Between(least, most)));
        self
    }
}
