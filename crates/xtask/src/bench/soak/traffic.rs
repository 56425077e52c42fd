//! Mixed traffic: the operations of `bench api`, and requests that are wrong.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::bench::api::operation::{OPERATIONS, Operation};
use crate::bench::database::Database;
use crate::bench::load;
use crate::failure::Failure;
use crate::program;

const SCRIPT: &str = include_str!("../../../bench/soak.lua");

/// How many requests a load has, before it sends them again.
const REQUESTS: usize = 20_000;

/// How many of a thousand requests each operation has.
const SHARES: [(&str, usize); 7] =
    [("q1", 400), ("q2", 40), ("q3", 40), ("q4", 80), ("q5", 30), ("m1", 250), ("m2", 2)];

/// Where the requests go, and from whom they come.
pub(super) struct Traffic<'a> {
    pub(super) database: &'a Database,
    pub(super) url: &'a str,
    pub(super) token: &'a str,
    pub(super) folder: &'a Path,
}

/// Requests of one kind, sent in turn.
struct Kind {
    /// How many of a thousand.
    share: usize,
    /// The status that each should be answered with.
    status: u16,
    token: String,
    bodies: Vec<String>,
}

/// What came back.
#[derive(Default)]
pub(super) struct Answers {
    by_status: BTreeMap<u16, u64>,
    broken: usize,
    /// How many loads were answered otherwise than they should be.
    misled: usize,
}

impl Traffic<'_> {
    /// Sends a load, the one of this number in the run.
    pub(super) fn load(&self, number: usize, connections: u32, seconds: u32) -> Result<Answers, Failure> {
        let kinds = self.kinds(number)?;
        let script = load::write(self.folder, "soak.lua", SCRIPT)?;
        let requests = load::write(self.folder, "soak.requests", &mixed(&kinds, number).join("\n"))?;
        let said = program::capture(
            Command::new("wrk")
                .args(["--threads=1", "--timeout=30s", &format!("--connections={connections}")])
                .arg(format!("--duration={seconds}s"))
                .args(["--script".as_ref(), script.as_path(), self.url.as_ref(), "--".as_ref()])
                .arg(&requests),
        )?;
        let line = said.lines().find(|line| line.starts_with('{')).unwrap_or_default();
        let told: Value = serde_json::from_str(line)
            .map_err(|_| Failure::Unexpected { what: format!("wrk said {said:?}") })?;
        let (sent, got) = (counts(&told["sent"]), counts(&told["got"]));
        // At the end of a load as many are under way as there are connections; and `wrk` has one made that it never sends.
        let is_off = |status: &u16| {
            let [sent, got] = [&sent, &got].map(|counts| counts.get(status).copied().unwrap_or(0));
            sent.abs_diff(got) > u64::from(connections) + 1
        };
        let misled = usize::from(sent.keys().chain(got.keys()).any(is_off));
        let broken = told["broken"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        Ok(Answers { by_status: got, broken, misled })
    }

    fn kinds(&self, number: usize) -> Result<Vec<Kind>, Failure> {
        let mut kinds = wrong(self.token);
        for (name, share) in SHARES {
            let operation = OPERATIONS.iter().find(|operation| operation.name == name);
            let operation =
                operation.ok_or_else(|| Failure::Unexpected { what: format!("{name} is gone") })?;
            kinds.push(Kind {
                share,
                status: 200,
                token: self.token.to_owned(),
                bodies: self.bodies(operation, number, REQUESTS * share / 1_000)?,
            });
        }
        Ok(kinds)
    }

    /// The requests of an operation; who is let in or out are others in each load.
    fn bodies(&self, operation: &Operation, number: usize, count: usize) -> Result<Vec<String>, Failure> {
        let keys = operation.keys_from(self.database, number * count, count)?;
        let body = |variables: &Value| json!({ "query": operation.ours, "variables": variables }).to_string();
        Ok(keys.iter().map(|key| body(&key.ours)).collect())
    }
}

/// What is wrong in the ways that a door has to expect.
fn wrong(token: &str) -> Vec<Kind> {
    let asked = |document: &str| json!({ "query": document }).to_string();
    let deep = format!("{}__typename{}", "{ programs { nodes ".repeat(20), " } }".repeat(20));
    let missing = json!({ "query": OPERATIONS[0].ours, "variables": { "id": 7 } }).to_string();
    let unknown = asked(
        "mutation { checkIn(input: { scanId: \"0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0b01\", \
         registrationId: \"DAAAAAAAAAAAAAAAAAAAACo\" }) { errors { code } } }",
    );
    let large = asked(&"x".repeat(300 * 1024));
    [
        (20, 400, token, "this is not JSON".to_owned()),
        (10, 400, token, json!({ "variables": {} }).to_string()),
        (20, 400, token, asked("{ events { nodes { id }")),
        (20, 400, token, asked("{ events { nodes { shoeSize } } }")),
        (10, 400, token, asked(&deep)),
        (20, 400, token, missing),
        (18, 200, token, unknown),
        (39, 401, "a.forged.token", asked("{ __typename }")),
        (1, 400, token, large),
    ]
    .into_iter()
    .map(|(share, status, token, body)| Kind { share, status, token: token.to_owned(), bodies: vec![body] })
    .collect()
}

/// Puts the requests in one order in which each kind comes by its share, as evenly as may be; each load begins elsewhere
/// in it, so that what comes first is not always the same.
fn mixed(kinds: &[Kind], load: usize) -> Vec<String> {
    /// Without a common divisor with a thousand, so that its multiples come to every place.
    const STRIDE: usize = 619;
    /// How many places further on the next load begins.
    const STEP: usize = 331;
    let places: Vec<usize> = kinds.iter().enumerate().flat_map(|(at, kind)| vec![at; kind.share]).collect();
    let mut next = vec![0; kinds.len()];
    (load * STEP..load * STEP + REQUESTS)
        .map(|number| {
            let at = places[number * STRIDE % places.len()];
            let kind = &kinds[at];
            let body = &kind.bodies[next[at] % kind.bodies.len()];
            next[at] += 1;
            format!("{}\t{}\t{body}", kind.status, kind.token)
        })
        .collect()
}

fn counts(told: &Value) -> BTreeMap<u16, u64> {
    let counts = told.as_object().into_iter().flatten();
    counts.filter_map(|(status, count)| Some((status.parse().ok()?, count.as_u64()?))).collect()
}

impl Answers {
    /// Adds those of another load.
    pub(super) fn add(&mut self, other: &Self) {
        for (status, count) in &other.by_status {
            *self.by_status.entry(*status).or_default() += count;
        }
        self.broken += other.broken;
        self.misled += other.misled;
    }

    /// How many there were.
    pub(super) fn all(&self) -> u64 {
        self.by_status.values().sum()
    }

    /// How many were the server's fault.
    pub(super) fn faults(&self) -> usize {
        let faults = self.by_status.range(500..).map(|(_, count)| count).sum::<u64>();
        usize::try_from(faults).unwrap_or(usize::MAX)
    }

    /// How many requests had no answer.
    pub(super) fn broken(&self) -> usize {
        self.broken
    }

    /// How many loads were answered otherwise than they should be.
    pub(super) fn misled(&self) -> usize {
        self.misled
    }

    /// All by their status.
    pub(super) fn spell(&self) -> String {
        let all: Vec<String> =
            self.by_status.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_request_comes_by_its_share() {
        let kind =
            |share, status| Kind { share, status, token: "-".to_owned(), bodies: vec!["{}".to_owned()] };
        let lines = mixed(&[kind(990, 200), kind(10, 400)], 7);
        let wrong = lines.iter().filter(|line| line.starts_with("400")).count();
        assert_eq!((lines.len(), wrong), (REQUESTS, REQUESTS / 100));
        // None of the wrong ones far from the next.
        assert!(lines.chunks(REQUESTS / 20).all(|part| part.iter().any(|line| line.starts_with("400"))));
    }

    #[test]
    fn the_shares_make_a_thousand() {
        let right: usize = SHARES.iter().map(|(_, share)| share).sum();
        assert_eq!(right + wrong("-").iter().map(|kind| kind.share).sum::<usize>(), 1_000);
    }
}
