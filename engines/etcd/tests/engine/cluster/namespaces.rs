//! Members in network namespaces: two bridges in a namespace of their own, one for what the members send each other and one
//! for what comes from clients, and each member with a link to both. The test reaches the second one.
//!
//! ```text
//! here ---- host [clients] c0 ---- clients  member 0
//!                          c1 ---- clients  member 1
//!                [peers]   p0 ---- peers    member 0
//!                          p1 ---- peers    member 1
//! ```

use std::process::Command;

pub(super) struct Namespaces {
    number: u8,
    /// The namespace of the bridges, and the link that leads there.
    name: String,
    undo: String,
}

/// More members than any test has.
const MEMBERS: usize = 9;

impl Namespaces {
    /// Makes the bridges, and the way to them from here.
    pub(super) fn make(number: u8) -> Self {
        let name = format!("idpstore{number}");
        let members: Vec<String> = (0..MEMBERS).map(|i| format!("ip netns del {name}-{i}")).collect();
        // `etcdctl` ends within five seconds, should a test have ended before it and before the members.
        let undo = format!(
            "ip link del {name}; ip netns del {name}; {}; test -z \"$pids\" || sleep 6; \
             ip route del unreachable 10.77.{number}.0/24",
            members.join("; ")
        );
        let namespaces = Self { number, name, undo };
        let name = &namespaces.name;
        // Without this, what is sent to members that are gone would leave this machine.
        ip(&format!("route add unreachable 10.77.{number}.0/24"));
        ip(&format!("netns add {name}"));
        for bridge in ["clients", "peers"] {
            ip(&format!("-n {name} link add name {bridge} type bridge"));
            ip(&format!("-n {name} link set {bridge} up"));
        }
        ip(&format!("link add name {name} type veth peer name host netns {name}"));
        ip(&format!("-n {name} link set host master clients up"));
        ip(&format!("addr add 10.77.{number}.126/25 dev {name}"));
        ip(&format!("link set {name} up"));
        namespaces
    }

    pub(super) fn undo(&self) -> &str {
        &self.undo
    }

    /// Makes the namespace of a member, and links it to the bridges.
    pub(super) fn attach(&self, i: usize) {
        assert!(i < MEMBERS, "at most {MEMBERS} members");
        let (name, member) = (&self.name, self.of(i));
        ip(&format!("netns add {member}"));
        for (link, bridge, host) in [("c", "clients", self.client_host(i)), ("p", "peers", self.peer_host(i))]
        {
            ip(&format!("-n {name} link add name {link}{i} type veth peer name {bridge} netns {member}"));
            ip(&format!("-n {name} link set {link}{i} master {bridge} up"));
            ip(&format!("-n {member} addr add {host}/25 dev {bridge}"));
            ip(&format!("-n {member} link set {bridge} up"));
        }
    }

    /// The namespace of a member.
    fn of(&self, i: usize) -> String {
        format!("{}-{i}", self.name)
    }

    pub(super) fn client_host(&self, i: usize) -> String {
        format!("10.77.{}.{}", self.number, i + 1)
    }

    pub(super) fn peer_host(&self, i: usize) -> String {
        format!("10.77.{}.{}", self.number, 128 + i + 1)
    }

    /// A program in the namespace of a member. Its process is the one that is started: `ip` becomes it.
    pub(super) fn command(&self, i: usize, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.of(i), program]);
        command
    }

    /// Cuts a member off from the others.
    pub(super) fn isolate(&self, i: usize) {
        ip(&format!("-n {} link set p{i} down", self.name));
    }

    /// Cuts a member off from clients.
    pub(super) fn hide(&self, i: usize) {
        ip(&format!("-n {} link set c{i} down", self.name));
    }

    /// Connects a member again.
    pub(super) fn heal(&self, i: usize) {
        for link in ["c", "p"] {
            ip(&format!("-n {} link set {link}{i} up", self.name));
        }
    }
}

fn ip(arguments: &str) {
    let output = Command::new("ip").args(arguments.split(' ')).output().unwrap();
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}
