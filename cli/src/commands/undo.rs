//! `idpstore undo`: a change taken back.

use serde_json::json;

use super::store_file::StoreFile;
use crate::failure::Failure;

/// Undo a change: what it created is deleted, what it deleted or replaced is as before.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore undo 121 --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// The number of the change, as `log` lists it
    number: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (file, number) = (&arguments.file, arguments.number);
    let undone = file.open()?.as_actor("command line").undo(number);
    let by = undone.map_err(|error| file.failure(&format!("undo change {number} of"), &error))?;
    file.print(
        || json!({"undone": number, "by": by}),
        || format!("change {number} is undone by change {by}\n"),
    )
}
