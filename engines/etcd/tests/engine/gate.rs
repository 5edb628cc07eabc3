//! What stands between an engine and a member: it can lose what passes, delay it, and close.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How often a connection looks whether it may go on.
const LOOK: Duration = Duration::from_millis(10);

/// For how long a connection that its client has left stays open after what was held has been delivered.
const DELIVERY: Duration = Duration::from_secs(1);

/// A gate in front of one member.
pub(crate) struct Gate {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    member: SocketAddr,
    is_closed: AtomicBool,
    /// Whether answers are lost.
    is_mute: AtomicBool,
    /// What arrives on connections before this one waits.
    held: AtomicUsize,
    /// Whether what arrives now is lost, on connections that are held.
    is_deaf: AtomicBool,
    connections: Mutex<Vec<[TcpStream; 2]>>,
}

impl Gate {
    /// An open gate in front of the member at a URL.
    pub(crate) fn before(member: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = Arc::new(Shared {
            member: member.strip_prefix("http://").unwrap().parse().unwrap(),
            is_closed: AtomicBool::new(false),
            is_mute: AtomicBool::new(false),
            held: AtomicUsize::new(0),
            is_deaf: AtomicBool::new(false),
            connections: Mutex::default(),
        });
        let gate = Self { address: listener.local_addr().unwrap(), shared: Arc::clone(&shared) };
        thread::spawn(move || listener.incoming().for_each(|client| shared.admit(client.unwrap())));
        gate
    }

    /// Where the member is reached through it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends all connections, and lets none through.
    pub(crate) fn close(&self) {
        self.shared.is_closed.store(true, SeqCst);
        for stream in self.shared.connections.lock().unwrap().iter().flatten() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets everything through again.
    pub(crate) fn open(&self) {
        self.shared.is_closed.store(false, SeqCst);
    }

    /// Loses all answers from now on.
    pub(crate) fn mute(&self) {
        self.shared.is_mute.store(true, SeqCst);
    }

    /// Ends the connections whose answers were lost, and lets answers through on new ones.
    pub(crate) fn unmute(&self) {
        self.close();
        self.shared.is_mute.store(false, SeqCst);
        self.open();
    }

    /// Holds what arrives on the connections that there are; new ones are open.
    pub(crate) fn hold(&self) {
        self.shared.is_deaf.store(false, SeqCst);
        self.shared.held.store(self.shared.connections.lock().unwrap().len(), SeqCst);
    }

    /// Loses what arrives on connections that are held from now on, such as that a request is no longer waited for.
    pub(crate) fn forget(&self) {
        self.shared.is_deaf.store(true, SeqCst);
    }

    /// Delivers what was held.
    pub(crate) fn release(&self) {
        self.shared.held.store(0, SeqCst);
    }
}

impl Shared {
    fn admit(self: &Arc<Self>, client: TcpStream) {
        let Ok(member) = TcpStream::connect(self.member) else { return };
        if self.is_closed.load(SeqCst) {
            return;
        }
        let number = {
            let mut connections = self.connections.lock().unwrap();
            connections.push([client.try_clone().unwrap(), member.try_clone().unwrap()]);
            connections.len() - 1
        };
        let [from, to] = [client.try_clone().unwrap(), member.try_clone().unwrap()];
        let shared = Arc::clone(self);
        thread::spawn(move || shared.requests(number, from, to));
        let shared = Arc::clone(self);
        thread::spawn(move || shared.answers(member, client));
    }

    fn requests(&self, number: usize, mut client: TcpStream, mut member: TcpStream) {
        client.set_read_timeout(Some(LOOK)).unwrap();
        let (mut held, mut octets, mut has_left) = (Vec::new(), [0; 1 << 14], false);
        loop {
            let is_held = number < self.held.load(SeqCst);
            if !is_held && (member.write_all(&std::mem::take(&mut held)).is_err() || has_left) {
                break;
            }
            match client.read(&mut octets) {
                Ok(0) => has_left = true,
                Ok(_) if is_held && self.is_deaf.load(SeqCst) => {}
                Ok(count) => held.extend_from_slice(&octets[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => has_left = true,
            }
            if has_left {
                thread::sleep(LOOK);
            }
        }
        if self.is_deaf.load(SeqCst) {
            thread::sleep(DELIVERY);
        }
        let _ = member.shutdown(Shutdown::Both);
    }

    fn answers(&self, mut member: TcpStream, mut client: TcpStream) {
        let mut octets = [0; 1 << 14];
        while let Ok(count) = member.read(&mut octets) {
            if count == 0 || !self.is_mute.load(SeqCst) && client.write_all(&octets[..count]).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
    }
}
