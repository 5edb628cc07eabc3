//! The commands that look at a store file or change it, one file for each. May import `failure`.

pub(crate) mod backup;
pub(crate) mod compact;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod diff;
mod document;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod metadata;
mod output;
mod owner;
mod plan;
mod progress;
pub(crate) mod rotate;
pub(crate) mod show;
mod store_file;
mod table;
mod time;
pub(crate) mod trust;
pub(crate) mod undo;
pub(crate) mod used_by;
