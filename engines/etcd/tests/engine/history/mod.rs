//! What clients of two processes see while members of the cluster fail.

mod check;
mod made_up;
mod record;
mod timeline;
