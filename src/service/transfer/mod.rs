//! Portable documents: the whole store as one JSON document, written, compared with a store, and taken in.
//! May import what `service` may.
//!
//! A document lists records of each kind ([`document`]). What a kind is called, and how its stored form is spelled there, is
//! in [`kinds`]. An import is one unit of work, which is run twice: once to see what it does, and once to do it.

mod document;
mod export;
mod form;
mod import;
mod kinds;
mod plan;

pub use export::Secrets;
pub(crate) use form::spell_times;
pub use plan::{ImportPlan, MemberChange, Outcome, PlannedRecord};
