//! What the operating system says of files: how many may be open.

/// How many connections there are at most.
const CONNECTIONS: u64 = 4096;

/// How many files are left to the store, to fetches and to the standard streams.
const RESERVED: u64 = 64;

/// How many connections may be open so that the store can always open its file. The limit of open files is raised to
/// what this takes, as far as the system allows.
#[cfg(unix)]
pub(super) fn connections() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let wanted = CONNECTIONS + RESERVED;
    let wanted = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let mut open = limit.current.unwrap_or(u64::MAX);
    if open < wanted && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).is_ok() {
        open = wanted;
    }
    let left = open.saturating_sub(RESERVED).clamp(1, CONNECTIONS);
    usize::try_from(left).unwrap_or(1)
}

/// Elsewhere sockets are not counted among the open files.
#[cfg(not(unix))]
pub(super) fn connections() -> usize {
    usize::try_from(CONNECTIONS).unwrap_or(1)
}
