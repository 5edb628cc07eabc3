//! `idpstore undo`: a change taken back.

use super::ask::Ask;
use super::target::{Target, text};
use crate::failure::Failure;

/// Undo a change: what it created is deleted, what it deleted or replaced is as before.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore undo 121 --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// The number of the change, as `log` lists it
    number: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (target, number) = (&arguments.target, arguments.number);
    let undone = target.open()?.ask(Ask::post(&["changes", &number.to_string(), "undo"]));
    let undone = undone.map_err(|problem| target.failure(&format!("undo change {number} of"), &problem))?;
    let by = text(&undone, "by");
    target.print(|| undone, || format!("change {number} is undone by change {by}\n"))
}
