//! A cluster of Debian's `etcd` for a test, gone when it is dropped. Its members listen on loopback addresses, or each in
//! a network namespace of its own. May import: nothing of the other modules.

mod admin;
mod cleanup;
mod disk;
mod etcdctl;
mod member;
mod namespaces;
mod network;
mod tls;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use cleanup::Cleanup;
use member::Member;
use network::Network;
pub(crate) use tls::Tls;

/// The user that may do everything, in a cluster with users.
pub(crate) const ROOT: (&str, &str) = ("root", "correct horse");

/// What a cluster is made of. The default is three members, without TLS and users, on loopback.
pub(crate) struct Options {
    pub(crate) members: usize,
    /// Clients come through TLS, with certificates of their own.
    pub(crate) tls: bool,
    /// There are users: at first [`ROOT`] alone.
    pub(crate) users: bool,
    /// How many bytes a member's database may have.
    pub(crate) quota: Option<u64>,
    /// How many bytes the disk of each member has; a log of 64 MiB must fit twice. This needs root.
    pub(crate) disk: Option<u64>,
    /// More flags for each `etcd`.
    pub(crate) flags: &'static [&'static str],
}

impl Default for Options {
    fn default() -> Self {
        Self { members: 3, tls: false, users: false, quota: None, disk: None, flags: &[] }
    }
}

/// A running cluster. Its members are known by their number, which they keep: the first is 0.
///
/// Clients are to be dropped before it, so that they do not look for members that are gone.
pub(crate) struct Cluster {
    members: Vec<Member>,
    flags: Vec<String>,
    tls: Option<Tls>,
    /// Whether users are required by now.
    users: bool,
    cleanup: Cleanup, // before the number of the network is free again
    network: Network,
    folder: TempDir,
}

impl Cluster {
    /// Three members on loopback.
    pub(crate) fn start() -> Self {
        Self::with(&Options::default())
    }

    /// One member on loopback.
    pub(crate) fn start_single() -> Self {
        Self::with(&Options { members: 1, ..Options::default() })
    }

    /// A cluster on loopback.
    pub(crate) fn with(options: &Options) -> Self {
        Self::on(Network::on_loopback(), options)
    }

    /// Three members, each in a network namespace of its own, that can be split from each other. This needs root.
    pub(crate) fn in_namespaces() -> Self {
        Self::on(Network::in_namespaces(), &Options::default())
    }

    fn on(network: Network, options: &Options) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let tls = options.tls.then(|| Tls::make(folder.path(), &network));
        let mut flags: Vec<String> = options.flags.iter().map(ToString::to_string).collect();
        flags.extend(options.quota.map(|bytes| format!("--quota-backend-bytes={bytes}")));
        flags.extend(tls.iter().flat_map(Tls::server_flags));
        let cleanup = Cleanup::start(folder.path(), network.undo());
        let mut cluster = Self { members: Vec::new(), network, flags, tls, users: false, cleanup, folder };
        for i in 0..options.members {
            cluster.network.attach(i);
            cluster.members.push(Member::new(i));
            if let Some(bytes) = options.disk {
                disk::mount(&cluster.data(i), bytes);
            }
        }
        for i in 0..options.members {
            cluster.launch(i, "new");
        }
        for i in 0..options.members {
            cluster.wait_for(i);
        }
        cluster.leader();
        if options.users {
            cluster.require_users();
        }
        cluster
    }

    /// Starts the process of a member.
    fn launch(&mut self, i: usize, state: &str) {
        let others = self.members.iter().filter(|member| !member.is_removed());
        let others =
            others.map(|member| format!("{}={}", member.name(), self.network.peer_url(member.number())));
        let initial: Vec<String> = others.collect();
        let mut command = self.network.command(i, "etcd");
        command.args(&self.flags).arg(format!("--initial-cluster={}", initial.join(",")));
        command.arg(format!("--initial-cluster-state={state}"));
        command.arg(format!("--data-dir={}", self.data(i).display()));
        let (client, peer) = (self.endpoint(i), self.network.peer_url(i));
        command.args([format!("--listen-client-urls={client}"), format!("--advertise-client-urls={client}")]);
        command.args([format!("--listen-peer-urls={peer}"), format!("--initial-advertise-peer-urls={peer}")]);
        let log = self.log_file(i);
        self.members[i].start(command, &log);
        self.remember();
    }

    /// The address of a member for clients, such as `http://127.77.1.1:2379`.
    pub(crate) fn endpoint(&self, i: usize) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.network.client_address(i))
    }

    /// The addresses of all members for clients, whether they run or not.
    pub(crate) fn endpoints(&self) -> Vec<String> {
        let members = self.members.iter().filter(|member| !member.is_removed());
        members.map(|member| self.endpoint(member.number())).collect()
    }

    /// The certificates of a cluster with TLS.
    pub(crate) fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Ends the process of a member with SIGKILL.
    pub(crate) fn kill(&mut self, i: usize) {
        self.members[i].kill();
        self.remember();
    }

    fn remember(&mut self) {
        let processes: Vec<u32> = self.members.iter().filter_map(Member::process).collect();
        self.cleanup.remember(&processes);
    }

    /// Starts a member that was killed. It has joined once [`Self::wait_for`] returns.
    pub(crate) fn restart(&mut self, i: usize) {
        self.launch(i, "existing");
    }

    /// Stops a member with SIGSTOP: its connections stay open, and nothing comes back.
    pub(crate) fn pause(&mut self, i: usize) {
        self.members[i].pause();
    }

    /// Has a member that was stopped go on, with SIGCONT.
    pub(crate) fn resume(&mut self, i: usize) {
        self.members[i].resume();
    }

    /// Cuts a member off from the others and from clients. Only in namespaces.
    pub(crate) fn split(&mut self, i: usize) {
        self.isolate(i);
        self.network.hide(i);
    }

    /// Cuts a member off from the others; clients still reach it. Only in namespaces.
    pub(crate) fn isolate(&mut self, i: usize) {
        self.network.isolate(i);
        self.members[i].set_cut(true);
    }

    /// Connects a member again.
    pub(crate) fn heal(&mut self, i: usize) {
        self.network.heal(i);
        self.members[i].set_cut(false);
    }

    /// Whether the process of a member has ended by itself.
    pub(crate) fn has_ended(&mut self, i: usize) -> bool {
        self.members[i].has_ended()
    }

    /// Uses up what is left of a member's disk.
    pub(crate) fn fill_disk(&self, i: usize) {
        disk::fill(&self.data(i));
    }

    /// Gives a member the room back that [`Self::fill_disk`] has used up.
    pub(crate) fn empty_disk(&self, i: usize) {
        disk::empty(&self.data(i));
    }

    /// The folder with the data and the logs of all members.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The folder of a member's data.
    fn data(&self, i: usize) -> PathBuf {
        self.folder.path().join(self.members[i].name())
    }

    /// What a member has logged.
    pub(crate) fn log(&self, i: usize) -> String {
        fs::read_to_string(self.log_file(i)).unwrap_or_default()
    }

    fn log_file(&self, i: usize) -> PathBuf {
        self.folder.path().join(format!("{}.log", self.members[i].name()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for i in 0..self.members.len() {
            self.kill(i);
        }
    }
}

/// Waits until something is there: half a minute, which is far more than anything here takes.
pub(crate) fn wait<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..600 {
        if let Some(found) = look() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}
