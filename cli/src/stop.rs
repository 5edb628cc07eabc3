//! The wish of the outside that a server should end.

use std::io;
#[cfg(unix)]
use std::io::IsTerminal as _;

/// Listens for SIGINT and SIGTERM from now on; the future is ready when the first one arrives, or when the terminal is closed in
/// which the server runs.
#[cfg(unix)]
pub(crate) fn requested() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // Without a terminal it has another meaning.
    let mut hangup = signal(SignalKind::hangup())?;
    let is_in_terminal = || io::stderr().is_terminal();
    let was_in_terminal = is_in_terminal();
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = async { while !was_in_terminal || is_in_terminal() { hangup.recv().await; } } => {}
        }
    })
}

/// Listens for Ctrl-C from now on; the future is ready when it is pressed.
#[cfg(windows)]
pub(crate) fn requested() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
