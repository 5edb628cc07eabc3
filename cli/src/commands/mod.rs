//! The commands that look at a store or change it, one file for each. May import `failure`, `fetch`, `seal`, `secret`,
//! `stop` and `token`.

mod ask;
pub(crate) mod backup;
mod client_secret;
pub(crate) mod clone;
pub(crate) mod compact;
pub(crate) mod create;
pub(crate) mod cross;
pub(crate) mod delete;
pub(crate) mod diff;
mod document;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod import;
mod imported;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod metadata;
mod output;
mod plan;
mod progress;
mod published;
mod refresh;
pub(crate) mod rewrap;
pub(crate) mod rotate;
pub(crate) mod seal;
pub(crate) mod show;
mod store_file;
mod table;
mod target;
mod tenant;
mod time;
pub(crate) mod trust;
pub(crate) mod undo;
pub(crate) mod unseal;
pub(crate) mod used_by;
