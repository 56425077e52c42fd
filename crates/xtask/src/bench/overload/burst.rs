//! Check-ins in any number at once, and what became of each that was answered for.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::bench::api::operation::{Key, OPERATIONS};
use crate::bench::database::Database;
use crate::bench::load;
use crate::failure::{Failure, file};
use crate::program;

const SCRIPT: &str = include_str!("../../../bench/overload.lua");

/// One scan, online, answered by its id.
pub(super) const CHECK_IN: &str =
    "mutation($input: CheckInInput!) { checkIn(input: $input) { scan { scanId } errors { code message } } }";

/// What came back from a load.
pub(super) struct Burst {
    pub(super) answered: usize,
    /// With 503 and when to come again, for want of a turn.
    pub(super) refused: usize,
    /// The same, for want of a place for the connection.
    pub(super) turned_away: usize,
    /// With 503 alone.
    pub(super) unadvised: usize,
    /// With another status.
    pub(super) other: usize,
    /// Connections that did not come to be, or broke, and requests that waited for too long.
    gone: [usize; 3],
    seconds: f64,
    p50: f64,
    p99: f64,
}

/// What was answered for, and what of it is kept.
pub(super) struct Answered {
    pub(super) count: usize,
    pub(super) lost: usize,
}

/// The input of the check-in of a record of `m1`.
pub(super) fn input(key: &Key) -> Value {
    json!({ "scanId": key.ours["scan"], "registrationId": key.ours["registration"],
        "direction": key.ours["direction"], "method": "LIST" })
}

/// Sends check-ins over so many connections for so many seconds; writes down which were answered for.
pub(super) fn send(
    database: &Database,
    (url, token): (&str, &str),
    folder: &Path,
    answered: &Path,
    (connections, seconds): (u32, u32),
) -> Result<Burst, Failure> {
    let doors = OPERATIONS.iter().find(|operation| operation.name == "m1");
    let doors = doors.ok_or_else(|| Failure::Unexpected { what: "m1 is gone".to_owned() })?;
    let bodies: Vec<String> = doors
        .keys(database)?
        .iter()
        .map(|key| json!({ "query": CHECK_IN, "variables": { "input": input(key) } }).to_string())
        .collect();
    let script = load::write(folder, "overload.lua", SCRIPT)?;
    let requests = load::write(folder, "overload.requests", &bodies.join("\n"))?;
    let said = program::capture(
        Command::new("wrk")
            .args(["--threads=1", "--timeout=30s", &format!("--connections={connections}")])
            .arg(format!("--duration={seconds}s"))
            .args(["--script".as_ref(), script.as_path(), url.as_ref(), "--".as_ref(), requests.as_path()])
            .arg(token)
            .arg(answered),
    )?;
    let line = said.lines().find(|line| line.starts_with('{')).unwrap_or_default();
    let told: Value =
        serde_json::from_str(line).map_err(|_| Failure::Unexpected { what: format!("wrk said {said:?}") })?;
    let count = |name: &str| told[name].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let figure = |name: &str| told[name].as_f64().unwrap_or(f64::NAN);
    Ok(Burst {
        answered: count("answered"),
        refused: count("refused"),
        turned_away: count("turned_away"),
        unadvised: count("unadvised"),
        other: count("other"),
        gone: ["unconnected", "broken", "timeouts"].map(count),
        seconds: figure("microseconds") / 1e6,
        p50: figure("p50") / 1e3,
        p99: figure("p99") / 1e3,
    })
}

impl Burst {
    /// How many were answered a second.
    #[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
    pub(super) fn per_second(&self) -> f64 {
        self.answered as f64 / self.seconds
    }

    /// What came back, in words.
    pub(super) fn spell(&self) -> String {
        let [unconnected, broken, timeouts] = self.gone;
        format!(
            "{} answered ({:.0} a second), {} refused, {} turned away, {unconnected} not connected, {broken} broken, {timeouts} too late; \
             p50 {:.1} ms, p99 {:.1} ms",
            self.answered,
            self.per_second(),
            self.refused + self.unadvised,
            self.turned_away,
            self.p50,
            self.p99,
        )
    }
}

impl Answered {
    /// Looks up what was answered for, among the scans since an instant.
    pub(super) fn find(database: &Database, written: &Path, since: &str) -> Result<Self, Failure> {
        let text = fs::read_to_string(written).map_err(file("read", written))?;
        let answered: HashSet<&str> = text.lines().collect();
        let kept = database.ask(&format!("SELECT id FROM scan WHERE received_at >= '{since}'"))?;
        let kept: HashSet<&str> = kept.lines().collect();
        Ok(Self { count: answered.len(), lost: answered.difference(&kept).count() })
    }
}
