//! A vendor's document as one constant table, and the one interpreter of such tables. May import everything but `store`
//! and the dialects.
//!
//! A [`Document`] lists the members of a vendor's JSON object, one [`Line`] each, in the order in which the vendor lists
//! them. A line says what the member may hold, whether it must be there, for which records it exists, and what it shows:
//! a part of the core, something that only the server writes, or nothing that the core knows, which is kept in the
//! dialect's remainder. From the table come
//!
//! - `read`: a document into a record, with everything that is wrong at the vendor's places,
//! - `show`: a record into a document,
//! - `as_received`: what was shown into the document with which a client puts it back, if that is another one,
//! - `settle`: what goes from the remainder when another dialect has changed the core,
//! - `cores`: which member shows which part of the core, for the crosswalk,
//! - `anew`: what was shown into the document with which a client makes the record at another place,
//! - `carry` and `left`: what a record would be that is made anew of what is shown, and which members it would lack.
//!
//! What is one vendor's own is a function beside its line.

mod anew;
mod bound;
mod build;
mod carry;
mod core;
mod kept;
#[cfg(test)]
pub(super) mod laws;
mod line;
mod member;
mod read;
#[cfg(test)]
mod reference;
mod report;
#[cfg(test)]
pub(super) mod schema;
mod settle;
mod shape;
mod show;
mod strict;
mod walk;
#[cfg(test)]
mod tests;

pub(super) use self::core::{Core, Names, Shown, field, name_of, set, value_of};
pub(super) use anew::{Anew, Sent};
pub(super) use build::{
    any, choice, each, flag, hidden, https, ignored, integer, list, named, object, references, server, text,
    texts, url, words,
};
pub(super) use kept::is_kept;
pub(super) use line::{Fill, Line, Missing, Normal};
pub(super) use member::member;
pub(super) use read::{Reading, kind_named};
pub(super) use settle::See;
pub(super) use show::Spell;
pub(super) use strict::{Listed, Strict};
pub(super) use walk::Resolve;

use crate::model::{Application, IdentityProvider, Key, Remainders, Tenant, User, VendorRecord};

/// A vendor's document of a kind of record.
///
/// `R` is the record, and `X` what else the server's members are written from: URLs, or the records around it.
pub(super) struct Document<R: 'static, X: 'static> {
    /// The name under which the remainder is kept.
    dialect: &'static str,
    /// The document itself, as an object.
    root: Line<R, X>,
    keeps: Keeps,
}

/// What is kept of a document besides the members with lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    Lines,
    /// Members without a line.
    Unknown,
    /// Those, and that a member was null or an object had no members.
    All,
}

impl<R, X> Document<R, X> {
    const fn new(dialect: &'static str, lines: &'static [Line<R, X>], keeps: Keeps) -> Self {
        Self { dialect, root: object("", lines), keeps }
    }

    /// A document that ignores members without a line.
    pub(super) const fn of(dialect: &'static str, lines: &'static [Line<R, X>]) -> Self {
        Self::new(dialect, lines, Keeps::Lines)
    }

    /// A document that keeps members without a line.
    pub(super) const fn keeping_unknown(dialect: &'static str, lines: &'static [Line<R, X>]) -> Self {
        Self::new(dialect, lines, Keeps::Unknown)
    }

    /// A document that keeps them, and that a member was null or an object had no members.
    pub(super) const fn keeping_all(dialect: &'static str, lines: &'static [Line<R, X>]) -> Self {
        Self::new(dialect, lines, Keeps::All)
    }

    /// The same, in which members that a replacement leaves out stay, unless they must be sent.
    pub(super) const fn merging(self) -> Self {
        Self { root: self.root.merging(), ..self }
    }
}

/// A record that documents show.
pub(super) trait Record: Clone + PartialEq {
    /// What each dialect keeps of it; `None` if there is nothing to keep.
    fn remainders(&self) -> Option<&Remainders> {
        None
    }

    /// As [`Record::remainders`], to be changed.
    fn remainders_mut(&mut self) -> Option<&mut Remainders> {
        None
    }
}

/// Implements [`Record`] for records that have a member `remainders`.
macro_rules! has_remainders {
    ($($record:ty),*) => {$(
        impl Record for $record {
            fn remainders(&self) -> Option<&Remainders> {
                Some(&self.remainders)
            }

            fn remainders_mut(&mut self) -> Option<&mut Remainders> {
                Some(&mut self.remainders)
            }
        }
    )*};
}

has_remainders!(Application, IdentityProvider, Key, Tenant, User, VendorRecord);
