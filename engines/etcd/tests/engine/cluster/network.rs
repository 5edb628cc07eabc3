//! Where the members of a cluster listen. Each cluster has a number that no other on this machine has, and with it addresses
//! of its own: so the ports are always the same, and free.

use std::net::TcpListener;
use std::process::Command;

use super::namespaces::Namespaces;

pub(super) struct Network {
    number: u8,
    /// Held as long as the number is taken.
    _claim: TcpListener,
    namespaces: Option<Namespaces>,
}

impl Network {
    pub(super) fn on_loopback() -> Self {
        let (number, claim) = claims().next().unwrap();
        Self { number, _claim: claim, namespaces: None }
    }

    pub(super) fn in_namespaces() -> Self {
        let (number, claim) = claims().next().unwrap();
        Self { number, _claim: claim, namespaces: Some(Namespaces::make(number)) }
    }

    /// The commands that undo what was made.
    pub(super) fn undo(&self) -> &str {
        self.namespaces.as_ref().map_or("", Namespaces::undo)
    }

    /// Gives a member its addresses.
    pub(super) fn attach(&self, i: usize) {
        self.namespaces.iter().for_each(|namespaces| namespaces.attach(i));
    }

    /// Where a member listens to clients.
    pub(super) fn client_address(&self, i: usize) -> String {
        let host = match &self.namespaces {
            Some(namespaces) => namespaces.client_host(i),
            None => self.loopback_host(i),
        };
        format!("{host}:2379")
    }

    /// Where a member listens to the others.
    pub(super) fn peer_url(&self, i: usize) -> String {
        let host = match &self.namespaces {
            Some(namespaces) => namespaces.peer_host(i),
            None => self.loopback_host(i),
        };
        format!("http://{host}:2380")
    }

    fn loopback_host(&self, i: usize) -> String {
        format!("127.77.{}.{}", self.number, i + 1)
    }

    /// A program that runs where a member does, and with its addresses.
    pub(super) fn command(&self, i: usize, program: &str) -> Command {
        let command = match &self.namespaces {
            Some(namespaces) => namespaces.command(i, program),
            None => Command::new(program),
        };
        without_proxies(command)
    }

    pub(super) fn isolate(&self, i: usize) {
        self.split_up().isolate(i);
    }

    pub(super) fn hide(&self, i: usize) {
        self.split_up().hide(i);
    }

    pub(super) fn heal(&self, i: usize) {
        self.split_up().heal(i);
    }

    fn split_up(&self) -> &Namespaces {
        self.namespaces.as_ref().expect("only clusters in namespaces can be split")
    }
}

/// The numbers that are free. Our process has a number while it listens here, whatever becomes of it.
fn claims() -> impl Iterator<Item = (u8, TcpListener)> {
    (1..=254)
        .filter_map(|number| Some((number, TcpListener::bind((format!("127.77.{number}.254"), 2370)).ok()?)))
}

/// Has a program connect to the members themselves.
pub(super) fn without_proxies(mut command: Command) -> Command {
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy);
    }
    command
}
