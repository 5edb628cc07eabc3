//! One member of a document: what it may hold, and what it shows.

use serde_json::Value;

use super::core::{Core, Shown};
use super::shape::Shape;
use super::strict::{Check, Strict};
use crate::dialects::protojson::Field;
use crate::error::Reason;

/// One member of a document.
pub(in crate::dialects) struct Line<R: 'static, X: 'static> {
    /// What is the same for all kinds of records.
    pub(super) member: Member,
    /// The members of the object, or of each object in the list.
    pub(super) lines: &'static [Self],
    /// For which records it exists: those of which the function gives this; `None`: for all.
    pub(super) when: Option<When<R>>,
    /// For which records it is required, if for some.
    pub(super) required_if: Option<fn(&R) -> bool>,
    /// The part of the core that it is about.
    pub(super) core: Option<Core<R>>,
    /// What the server writes.
    pub(super) server: Option<Server<R, X>>,
    /// What is read if the member is missing.
    pub(super) fill: Option<Fill<R>>,
    /// What is shown if there is nothing else to be shown.
    pub(super) default: Option<for<'r> fn(&'r R) -> Shown<'r>>,
    /// What may be wrong with a value of the right shape.
    pub(super) check: Option<Check<R>>,
    /// What may be wrong with it besides, if documents are read strictly.
    pub(super) strict: Option<Strict<R>>,
    /// In which form what remains of the member is kept.
    pub(super) normal: Option<Normal<R>>,
    /// How what is kept is shown, if not as it is.
    pub(super) dress: Option<Dress<X>>,
    /// For which records a replacement leaves it as it is.
    pub(super) is_fixed: Option<fn(&R) -> bool>,
}

/// What a line says of its member whatever the record is.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) presence: Presence,
    pub(super) content: Content,
    pub(super) standing: Standing,
    /// The member below at which what a check finds is reported; `None`: at this one.
    pub(super) reported_at: Option<&'static str>,
    /// Whether all of the object is kept, as [`Document::keeping_all`](super::Document::keeping_all) does.
    pub(super) is_open: bool,
    /// What the members of the object show.
    pub(super) inside: Inside,
    /// Whether members of the object that a replacement leaves out stay.
    pub(super) merges: bool,
    /// Whether it names a record, which documents and the core spell differently.
    pub(super) is_reference: bool,
    /// The field of a protobuf message as which it is received, under whose name it is kept. Its zero value is the same as
    /// none, and is not shown; a message is shown even if it is empty.
    pub(super) field: Option<&'static Field>,
}

/// A condition on the record, and the result that makes the line apply.
pub(super) type When<R> = (fn(&R) -> bool, bool);

/// Whether a member must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Optional,
    /// Optional; a replacement that leaves it out keeps it.
    Kept,
    Required,
    /// For some records.
    RequiredIf,
    /// For some records, unless this other member behind it is there.
    RequiredUnless(&'static str),
    /// If the object that it belongs to is there, or one around that.
    Needed,
    /// If the object that it belongs to is there.
    NeededHere,
}

/// What the members of an object show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// What is kept of them. Without that the object is as empty as a member that is not there.
    Kept,
    /// A part of the core, what the server writes or a default, too.
    More,
}

/// What the server writes of a record.
pub(super) type Server<R, X> = for<'r> fn(&'r R, &'r X) -> Shown<'r>;

/// When a member that has only its default, or an object that has not even that, is shown.
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

/// The form in which a value is kept, if it is, or why it cannot be read.
pub(in crate::dialects) type Normal<R> = fn(&R, Value) -> Result<Option<Value>, Reason>;

/// How a value that is kept is shown.
pub(in crate::dialects) type Dress<X> = for<'r> fn(&'r Value, &'r X) -> Shown<'r>;

/// What a member shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// What was received: it is kept in the remainder.
    Remainder,
    /// A part of the core.
    Core,
    /// A part of the core that is returned only if it was received here; a replacement that leaves it out keeps it. The
    /// remainder has `true` in its place.
    Returned,
    /// A part of the core that is never shown; a replacement that leaves it out keeps it.
    WriteOnly,
    /// What was received, as long as the part of the core stays as it is.
    Dependent,
    /// What only the server writes; what is received is ignored.
    Server,
    /// Something that the dialect keeps in the remainder and that is in no document.
    Hidden,
}

/// What lines like these show.
const fn inside<R, X>(mut lines: &[Line<R, X>]) -> Inside {
    while let [line, others @ ..] = lines {
        let member = &line.member;
        let is_kept = match member.shape {
            Shape::Flat => false,
            Shape::Object => {
                matches!(member.inside, Inside::Kept) && matches!(member.standing, Standing::Around)
            }
            _ => true,
        };
        let shows_more = line.core.is_some() || line.server.is_some() || line.default.is_some();
        if !is_kept || shows_more || member.field.is_some() {
            return Inside::More;
        }
        lines = others;
    }
    Inside::Kept
}

impl<R, X> Clone for Line<R, X> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, X> Copy for Line<R, X> {}

impl<R, X> Line<R, X> {
    pub(super) const fn new(name: &'static str, shape: Shape, lines: &'static [Self]) -> Self {
        let member = Member {
            name,
            shape,
            presence: Presence::Optional,
            content: Content::Remainder,
            standing: Standing::Around,
            reported_at: None,
            is_open: false,
            inside: inside(lines),
            merges: false,
            is_reference: false,
            field: None,
        };
        Self {
            member,
            lines,
            when: None,
            required_if: None,
            core: None,
            server: None,
            fill: None,
            default: None,
            check: None,
            strict: None,
            normal: None,
            dress: None,
            is_fixed: None,
        }
    }

    /// Whether records like this have it. What exists for some only is unknown of one whose kind is not known.
    pub(super) fn applies(&self, record: Option<&R>) -> bool {
        self.when.is_none_or(|(when, wanted)| record.is_some_and(|record| when(record) == wanted))
    }

    /// What it shows of the core.
    pub(super) fn shown<'r>(&self, record: &'r R) -> Shown<'r> {
        self.core.map_or(Shown::Nothing, |core| (core.show)(record))
    }

    /// What is shown if there is nothing else to be shown.
    pub(super) fn default<'r>(&self, record: &'r R) -> Option<Shown<'r>> {
        self.default.map(|default| default(record))
    }

    /// Whether an object appears although nothing of it is kept.
    pub(super) fn stands(&self, record: &R) -> bool {
        self.lines.iter().filter(|line| line.applies(Some(record))).any(|line| {
            let is_made = match (line.member.content, line.member.shape) {
                (Content::Core, _) => !line.shown(record).is_nothing(),
                (Content::Server, _) => true,
                (Content::Remainder, Shape::Object) => line.stands(record),
                _ => false,
            };
            let default = line.default(record).filter(|_| line.member.standing == Standing::Always);
            is_made || default.is_some_and(|default| !default.is_nothing())
        })
    }
}
