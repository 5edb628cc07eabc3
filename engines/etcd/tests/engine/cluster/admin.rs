//! What an administrator does with a cluster.

use serde_json::Value;

use super::member::Member;
use super::{Cluster, ROOT, wait};

impl Cluster {
    /// The leader, once most members follow the same one.
    pub(crate) fn leader(&self) -> usize {
        wait(|| self.agreed_leader()).unwrap_or_else(|| panic!("there is no leader: {}", self.logs()))
    }

    fn agreed_leader(&self) -> Option<usize> {
        let all = self.members.iter().filter(|member| !member.is_removed()).count();
        let statuses: Vec<(usize, Value)> =
            self.taking_part().filter_map(|i| Some((i, self.status(i)?))).collect();
        let follows = |status: &Value| (status["leader"].as_u64(), status["raftTerm"].as_u64());
        let mut candidates =
            statuses.iter().filter(|(_, status)| status["header"]["member_id"] == status["leader"]);
        let (leader, _) = candidates.find(|(_, leader)| {
            2 * statuses.iter().filter(|(_, status)| follows(status) == follows(leader)).count() > all
        })?;
        Some(*leader)
    }

    /// A member that does not lead.
    pub(crate) fn follower(&self) -> usize {
        let leader = self.leader();
        self.taking_part().find(|i| *i != leader).unwrap()
    }

    fn taking_part(&self) -> impl Iterator<Item = usize> {
        self.members.iter().filter(|member| member.takes_part()).map(Member::number)
    }

    /// What a member knows of itself.
    fn status(&self, i: usize) -> Option<Value> {
        let mut answers = self.read(i, &["endpoint", "status"])?;
        Some(answers[0]["Status"].take())
    }

    /// The revision that a member has reached.
    pub(crate) fn revision(&self, i: usize) -> u64 {
        wait(|| self.status(i)?["header"]["revision"].as_u64()).unwrap()
    }

    /// Waits until a member answers, with a leader that it follows.
    pub(crate) fn wait_for(&self, i: usize) {
        wait(|| self.etcdctl_at(i, &["endpoint", "health"]).ok())
            .unwrap_or_else(|| panic!("member {i} does not answer: {}", self.logs()));
    }

    /// Forgets all revisions but the newest one, which it returns.
    pub(crate) fn compact(&self) -> u64 {
        let newest = self.revision(self.leader());
        self.etcdctl(&["compact", "--physical", &newest.to_string()]).unwrap();
        newest
    }

    /// Adds a member, and returns its number once it answers.
    pub(crate) fn add_member(&mut self) -> usize {
        let i = self.members.len();
        self.network.attach(i);
        self.members.push(Member::new(i));
        let (name, url) = (self.members[i].name(), format!("--peer-urls={}", self.network.peer_url(i)));
        // It is refused until all members have been connected for five seconds.
        wait(|| self.etcdctl(&["member", "add", &name, &url]).ok()).unwrap();
        self.launch(i, "existing");
        self.wait_for(i);
        i
    }

    /// Removes a member from the cluster, and ends its process.
    pub(crate) fn remove_member(&mut self, i: usize) {
        let name = self.members[i].name();
        let list = wait(|| self.read(self.leader(), &["member", "list"])).unwrap();
        let listed =
            list["members"].as_array().unwrap().iter().find(|member| member["name"] == *name).unwrap();
        let id = format!("{:x}", listed["ID"].as_u64().unwrap());
        wait(|| self.etcdctl(&["member", "remove", &id]).ok()).unwrap();
        self.kill(i);
        self.members[i].set_removed();
    }

    /// Writes until the quota is used up, so that the cluster refuses to write any more.
    pub(crate) fn fill(&self) {
        let value = "x".repeat(1 << 20);
        let error = wait(|| self.put("fill", &value).err()).expect("a cluster with a small quota");
        assert!(error.contains("database space exceeded"), "{error}");
        assert!(self.alarms().contains("NOSPACE"));
    }

    /// Makes room again after [`Self::fill`], and has the cluster write again.
    pub(crate) fn make_room(&self) {
        self.etcdctl(&["del", "fill"]).unwrap();
        self.compact();
        for i in self.taking_part() {
            self.etcdctl_at(i, &["defrag"]).unwrap();
        }
        self.etcdctl(&["alarm", "disarm"]).unwrap();
    }

    /// The alarms that are raised, as `etcdctl` lists them.
    pub(crate) fn alarms(&self) -> String {
        self.etcdctl(&["alarm", "list"]).unwrap()
    }

    /// Has the cluster refuse all that are not its users.
    pub(super) fn require_users(&mut self) {
        let (user, password) = ROOT;
        self.etcdctl(&["user", "add", &format!("{user}:{password}")]).unwrap();
        self.etcdctl(&["user", "grant-role", user, "root"]).unwrap();
        self.etcdctl(&["auth", "enable"]).unwrap();
        self.users = true;
    }

    /// Adds a user that may read and write below a prefix.
    pub(crate) fn add_user(&self, user: &str, password: &str, prefix: &str) {
        self.etcdctl(&["user", "add", &format!("{user}:{password}")]).unwrap();
        self.etcdctl(&["role", "add", user]).unwrap();
        self.etcdctl(&["role", "grant-permission", user, "--prefix=true", "readwrite", prefix]).unwrap();
        self.etcdctl(&["user", "grant-role", user, user]).unwrap();
    }

    /// What the members have logged, for the message of a test that fails.
    fn logs(&self) -> String {
        let logs: Vec<String> = (0..self.members.len()).map(|i| self.log(i)).collect();
        logs.join("\n")
    }
}
