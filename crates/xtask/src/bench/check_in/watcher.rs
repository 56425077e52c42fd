//! Those who follow the live figures of an event over server-sent events: some read at once, some after all is over.
//!
//! Over plain sockets, since a client that does not read is what no library offers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use crate::bench::gathering::Figures;
use crate::failure::Failure;

/// How long a message may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The figures alone.
const FIGURES: &str = "expected attended inside";
/// What there is to know of a device.
const DEVICE: &str = "deviceId name isEnrolled lastSeenAt pending highestSequence";
/// How many bytes wait for who does not read; the system takes twice as many.
const LITTLE_ROOM: usize = 4_096;

/// Someone who follows.
pub(super) struct Watcher {
    stream: TcpStream,
}

impl Watcher {
    /// Follows the figures of an event, to read them at once.
    pub(super) fn reading(url: &str, token: &str, event: &str) -> Result<Self, Failure> {
        Self::open(url, token, event, FIGURES, None)
    }

    /// Follows the figures and much beside them with hardly any room for what it is told, not to read for long: soon the
    /// server can send it no more.
    pub(super) fn deaf(url: &str, token: &str, event: &str) -> Result<Self, Failure> {
        let much: Vec<String> = (0..90).map(|number| format!("a{number}: devices {{ {DEVICE} }}")).collect();
        Self::open(url, token, event, &format!("{FIGURES} {}", much.join(" ")), Some(LITTLE_ROOM))
    }

    fn open(url: &str, token: &str, event: &str, fields: &str, room: Option<usize>) -> Result<Self, Failure> {
        let document = format!("subscription($id: ID!) {{ eventAttendance(eventId: $id) {{ {fields} }} }}");
        let body = json!({ "query": document, "variables": { "id": event } }).to_string();
        let address = url.trim_start_matches("http://").split('/').next().unwrap_or_default();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\naccept: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let open = || -> std::io::Result<TcpStream> {
            let address: SocketAddr = address.parse().map_err(std::io::Error::other)?;
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
            // Before it connects: the room is offered to the server then.
            if let Some(room) = room {
                socket.set_recv_buffer_size(room)?;
            }
            socket.connect(&address.into())?;
            let mut stream = TcpStream::from(socket);
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(request.as_bytes())?;
            Ok(stream)
        };
        let stream =
            open().map_err(|source| Failure::NotStarted { program: "a subscription".to_owned(), source })?;
        Ok(Self { stream })
    }

    /// Reads until the figures are as wanted; called once, for what it has read ahead is lost.
    pub(super) fn until(&self, wanted: impl Fn(Figures) -> bool) -> Result<(), Failure> {
        let began = Instant::now();
        let mut said = String::new();
        for line in BufReader::new(&self.stream).lines() {
            let line =
                line.map_err(|source| Failure::NotStarted { program: "a watcher".to_owned(), source })?;
            // Whole lines: each event is one chunk of the answer.
            if let Some(message) = line.strip_prefix("data:").and_then(|text| serde_json::from_str(text).ok())
            {
                let message: Value = message;
                if wanted(Figures::read(&message["data"]["eventAttendance"])) {
                    return Ok(());
                }
            }
            said = line;
            if began.elapsed() > PATIENCE {
                break;
            }
        }
        let what = format!("a watcher was not told the last figures; the last line was {said:?}");
        Err(Failure::Unexpected { what })
    }
}
