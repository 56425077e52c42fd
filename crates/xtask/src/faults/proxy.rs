//! A network that breaks: it stands before the server, passes on what is said, and cuts connections in the middle.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::chance::Chance;

/// The network; it ends with this value.
pub(super) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: SocketAddr,
    chance: Mutex<Chance>,
    /// Whether connections are cut.
    is_raging: AtomicBool,
    /// Whether a batch of scans was sent since it began.
    has_seen_scans: AtomicBool,
    /// How many requests have gone through whole, and are not answered yet.
    under_way: AtomicUsize,
    cuts: [AtomicUsize; 4],
    is_over: AtomicBool,
}

/// What befalls one request and its answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing.
    Passes,
    /// Cut after so many bytes of the request.
    HalfRequest(usize),
    /// Cut as soon as the request is through; the server may see it while it works.
    AtOnce,
    /// Cut once the server has answered; nothing of the answer is passed on.
    Unanswered,
    /// Cut after so many bytes of the answer.
    HalfAnswer(usize),
}

/// How often connections were cut: within the request, after it, before the answer, within the answer.
#[derive(Clone, Copy, Default)]
pub(super) struct Cuts(pub(super) [usize; 4]);

/// How many of a hundred requests are cut.
const SHARE: u64 = 30;

impl Proxy {
    /// Opens a network before the server at this port.
    pub(super) fn open(server: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            server: SocketAddr::from((Ipv4Addr::LOCALHOST, server)),
            chance: Mutex::new(Chance::new(0)),
            is_raging: AtomicBool::new(false),
            has_seen_scans: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
            cuts: Default::default(),
            is_over: AtomicBool::new(false),
        });
        let listening = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if listening.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&listening);
                thread::spawn(move || shared.serve(&client));
            }
        });
        Ok(Self { port, shared })
    }

    /// Where devices reach the server through it.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Begins a run: nothing is cut until the first scans are handed in.
    pub(super) fn begin(&self, seed: u64) {
        let shared = &self.shared;
        *shared.chance.lock().unwrap_or_else(PoisonError::into_inner) = Chance::new(seed);
        shared.has_seen_scans.store(false, Ordering::SeqCst);
        shared.is_raging.store(true, Ordering::SeqCst);
        shared.cuts.iter().for_each(|cuts| cuts.store(0, Ordering::SeqCst));
    }

    /// Ends a run: nothing is cut any more.
    pub(super) fn rest(&self) {
        self.shared.is_raging.store(false, Ordering::SeqCst);
    }

    /// Whether scans were handed in since the run began.
    pub(super) fn has_seen_scans(&self) -> bool {
        self.shared.has_seen_scans.load(Ordering::SeqCst)
    }

    /// How many requests the server works at.
    pub(super) fn under_way(&self) -> usize {
        self.shared.under_way.load(Ordering::SeqCst)
    }

    pub(super) fn cuts(&self) -> Cuts {
        Cuts(std::array::from_fn(|kind| self.shared.cuts[kind].load(Ordering::SeqCst)))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Whoever listens has to be woken to see it.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

impl Shared {
    /// Passes on what is said on one connection, until it ends or is cut.
    fn serve(self: &Arc<Self>, client: &TcpStream) {
        let Ok(server) = TcpStream::connect(self.server) else {
            let _ = client.shutdown(Shutdown::Both);
            return;
        };
        let fate = Arc::new(Mutex::new(Fate::Passes));
        let waits = Arc::new(AtomicBool::new(false));
        let (Ok(from_server), Ok(to_client)) = (server.try_clone(), client.try_clone()) else { return };
        let answers = {
            let (shared, fate, waits) = (Arc::clone(self), Arc::clone(&fate), Arc::clone(&waits));
            thread::spawn(move || {
                // A connection that breaks is what this is for.
                let _ = shared.pass_answers(&from_server, &to_client, &fate, &waits);
                cut(&from_server, &to_client);
            })
        };
        let _ = self.pass_requests(client, &server, &fate, &waits);
        cut(client, &server);
        let _ = answers.join();
        self.is_answered(&waits);
    }

    fn pass_requests(
        &self,
        mut client: &TcpStream,
        mut server: &TcpStream,
        fate: &Mutex<Fate>,
        waits: &AtomicBool,
    ) -> io::Result<()> {
        let mut buffer = vec![0; 256 * 1024];
        let mut rest = 0;
        loop {
            let read = client.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            let bytes = &buffer[..read];
            if rest == 0 {
                rest = length(bytes);
                *fate.lock().unwrap_or_else(PoisonError::into_inner) = self.choose(bytes, rest);
            }
            let chosen = *fate.lock().unwrap_or_else(PoisonError::into_inner);
            if let Fate::HalfRequest(most) = chosen {
                self.count(chosen);
                server.write_all(&bytes[..most.min(read)])?;
                return server.flush();
            }
            server.write_all(bytes)?;
            rest = rest.saturating_sub(read);
            if rest == 0 {
                if chosen == Fate::AtOnce {
                    self.count(chosen);
                    return Ok(());
                }
                if !waits.swap(true, Ordering::SeqCst) {
                    self.under_way.fetch_add(1, Ordering::SeqCst);
                }
            }
        }
    }

    fn pass_answers(
        &self,
        mut server: &TcpStream,
        mut client: &TcpStream,
        fate: &Mutex<Fate>,
        waits: &AtomicBool,
    ) -> io::Result<()> {
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = server.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            self.is_answered(waits);
            let chosen = *fate.lock().unwrap_or_else(PoisonError::into_inner);
            match chosen {
                Fate::Passes | Fate::HalfRequest(_) | Fate::AtOnce => client.write_all(&buffer[..read])?,
                Fate::Unanswered => {
                    self.count(chosen);
                    return Ok(());
                }
                Fate::HalfAnswer(most) => {
                    self.count(chosen);
                    return client.write_all(&buffer[..most.min(read)]);
                }
            }
        }
    }

    fn is_answered(&self, waits: &AtomicBool) {
        if waits.swap(false, Ordering::SeqCst) {
            self.under_way.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn choose(&self, request: &[u8], length: usize) -> Fate {
        if find(request, b"submitScans").is_some() {
            self.has_seen_scans.store(true, Ordering::SeqCst);
        }
        if !self.is_raging.load(Ordering::SeqCst) || !self.has_seen_scans.load(Ordering::SeqCst) {
            return Fate::Passes;
        }
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        if !chance.percent(SHARE) {
            return Fate::Passes;
        }
        let some_of = |chance: &mut Chance, length: usize| {
            usize::try_from(chance.below(length.max(1) as u64)).unwrap_or_default()
        };
        match chance.below(4) {
            0 => Fate::HalfRequest(some_of(&mut chance, length)),
            1 => Fate::AtOnce,
            2 => Fate::Unanswered,
            _ => Fate::HalfAnswer(some_of(&mut chance, 600)),
        }
    }

    fn count(&self, fate: Fate) {
        let kind = match fate {
            Fate::Passes => return,
            Fate::HalfRequest(_) => 0,
            Fate::AtOnce => 1,
            Fate::Unanswered => 2,
            Fate::HalfAnswer(_) => 3,
        };
        self.cuts[kind].fetch_add(1, Ordering::SeqCst);
    }
}

fn cut(one: &TcpStream, other: &TcpStream) {
    // One that has ended already cannot be ended.
    let _ = one.shutdown(Shutdown::Both);
    let _ = other.shutdown(Shutdown::Both);
}

/// How long a request is whose head begins here; as long as what came where it says nothing.
fn length(request: &[u8]) -> usize {
    let Some(head) = find(request, b"\r\n\r\n").map(|end| end + 4) else { return request.len() };
    let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
    let stated = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    head + stated.unwrap_or(0)
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_as_long_as_its_head_says() {
        let request = b"POST /graphql HTTP/1.1\r\nContent-Length: 12\r\n\r\n{\"query\":";
        assert_eq!(length(request), request.len() + 3);
        assert_eq!(length(b"GET / HTTP/1.1\r\n\r\n"), 18);
    }
}
