//! One member of a document: what it may hold, and what it shows.

use serde_json::Value;

use super::core::{Core, Shown};
use super::shape::Shape;
use super::strict::{Check, Strict};
use crate::dialects::protojson::Field;
use crate::error::Reason;

/// One member of a document.
pub(in crate::dialects) struct Line<R: 'static, X: 'static> {
    pub(super) name: &'static str,
    pub(super) shape: Shape<R, X>,
    pub(super) presence: Presence<R>,
    /// For which records it exists: those of which the function gives this; `None`: for all.
    pub(super) when: Option<When<R>>,
    pub(super) content: Content<R, X>,
    /// What is read if the member is missing.
    pub(super) fill: Option<Fill<R>>,
    /// What is shown if there is nothing else to be shown.
    pub(super) default: Option<for<'r> fn(&'r R) -> Shown<'r>>,
    pub(super) standing: Standing,
    /// What may be wrong with a value of the right shape.
    pub(super) check: Option<Check<R>>,
    /// The member below at which that is reported; `None`: at this one.
    pub(super) reported_at: Option<&'static str>,
    /// What may be wrong with it besides, if documents are read strictly.
    pub(super) strict: Option<Strict<R>>,
    /// In which form what remains of the member is kept.
    pub(super) normal: Option<Normal<R>>,
    /// How what is kept is shown, if not as it is.
    pub(super) dress: Option<Dress<X>>,
    /// Whether all of the object is kept, as [`Document::keeping_all`](super::Document::keeping_all) does.
    pub(super) is_open: bool,
    /// Whether members of the object that a replacement leaves out stay.
    pub(super) merges: bool,
    /// Whether it names a record, which documents and the core spell differently.
    pub(super) is_reference: bool,
    /// For which records a replacement leaves it as it is.
    pub(super) is_fixed: Option<fn(&R) -> bool>,
    /// The field of a protobuf message as which it is received, under whose name it is kept. Its zero value is the same as
    /// none, and is not shown; a message is shown even if it is empty.
    pub(super) field: Option<&'static Field>,
}

/// A condition on the record, and the result that makes the line apply.
pub(super) type When<R> = (fn(&R) -> bool, bool);

/// Whether a member must be there.
pub(super) enum Presence<R> {
    Optional,
    /// Optional; a replacement that leaves it out keeps it.
    Kept,
    Required,
    /// For some records.
    RequiredIf(fn(&R) -> bool),
    /// For some records, unless this other member behind it is there.
    RequiredUnless(fn(&R) -> bool, &'static str),
    /// If the object that it belongs to is there, or one around that.
    Needed,
    /// If the object that it belongs to is there.
    NeededHere,
}

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

/// Implements `Copy` whatever the record is.
macro_rules! copies {
    ($($type:ident<$($of:ident),*>;)*) => {$(
        impl<$($of),*> Clone for $type<$($of),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($of),*> Copy for $type<$($of),*> {}
    )*};
}

copies! {
    Content<R, X>;
    Presence<R>;
    Line<R, X>;
}

impl<R, X> Line<R, X> {
    pub(super) const fn new(name: &'static str, shape: Shape<R, X>) -> Self {
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
            reported_at: None,
            strict: None,
            normal: None,
            dress: None,
            is_open: false,
            merges: false,
            is_reference: false,
            is_fixed: None,
            field: None,
        }
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
