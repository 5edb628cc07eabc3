//! What a service manager is notified of (`sd_notify`): a datagram to the socket that `NOTIFY_SOCKET` names.

use super::upkeep::State;

/// All requests are answered from now on.
pub(super) fn ready() {
    notify("READY=1");
}

/// Settings are read again, until the server is ready.
pub(super) fn reloading() {
    #[cfg(target_os = "linux")]
    {
        // The manager compares it with the time at which it sent the signal.
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        notify(&format!("RELOADING=1\nMONOTONIC_USEC={}", time.tv_sec * 1_000_000 + time.tv_nsec / 1000));
    }
}

/// What a store that other processes write to shows now. The server goes on to answer: a manager shows this with its state.
pub(super) fn state(state: &State) {
    notify(&match state {
        State::Current => "STATUS=the store is up to date".to_owned(),
        State::Behind(lag) => format!("STATUS=what the store shows is {} seconds old", lag.as_secs()),
        State::Unavailable(_) => "STATUS=the store is unavailable".to_owned(),
    });
}

/// No connection is taken any more.
pub(super) fn stopping() {
    notify("STOPPING=1");
}

/// A manager that cannot be reached waits in vain; the server works without it.
#[cfg(target_os = "linux")]
fn notify(state: &str) {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let address = match name.as_bytes().strip_prefix(b"@") {
        Some(abstract_name) => SocketAddr::from_abstract_name(abstract_name),
        None => SocketAddr::from_pathname(&name),
    };
    let send = |address: SocketAddr| {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        socket.send_to_addr(state.as_bytes(), &address)
    };
    if let Err(error) = address.and_then(send) {
        super::log::warning(&format!("the service manager cannot be notified: {error}"));
    }
}

/// Elsewhere there is no such manager.
#[cfg(not(target_os = "linux"))]
fn notify(_: &str) {}
