//! What a command prints.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};

use crate::failure::Failure;

/// Whether the output could not be written because its reader, such as `head`, has seen enough. That is no failure.
pub(super) fn is_closed(error: &(dyn Error + 'static)) -> bool {
    let is_closed_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.downcast_ref().is_some_and(is_closed_pipe) || error.source().is_some_and(is_closed)
}

/// Prints a text, as far as its reader wants it.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if !is_closed(&error) => Err(Failure::new("cannot print the result", &error)),
        _ => Ok(()),
    }
}

/// Prints warnings beside a result that programs read.
pub(super) fn warn(text: &str) -> Result<(), Failure> {
    let mut out = io::stderr().lock();
    out.write_all(text.as_bytes()).map_err(|error| Failure::new("cannot print the warnings", &error))
}

/// A text in which what would move the cursor of a terminal is escaped.
pub(super) fn escaped(text: &str) -> String {
    if text.contains(char::is_control) { text.escape_debug().to_string() } else { text.to_owned() }
}

/// How many columns the terminal has; `None` if the output is no terminal.
pub(super) fn columns() -> Option<usize> {
    io::stdout().is_terminal().then(terminal_columns)?.filter(|columns| *columns > 0)
}

#[cfg(unix)]
fn terminal_columns() -> Option<usize> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col))
}

/// Elsewhere tables are printed whole.
#[cfg(not(unix))]
fn terminal_columns() -> Option<usize> {
    None
}
