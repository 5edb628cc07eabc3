//! The commands that look at a store file or change it, one file for each. May import `failure`.

pub(crate) mod history;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod log;
mod output;
pub(crate) mod show;
mod store_file;
mod table;
pub(crate) mod undo;
