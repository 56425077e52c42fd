//! The course of a run: servers up, answers compared, then each operation loaded in turn, several times over.
//!
//! The three are loaded one right after the other, so that what else the machine does falls on all of them.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use super::Options;
use super::kept::{Kept, Mark};
use super::operation::{Course as Way, Key, OPERATIONS, Operation};
use super::peer::Peer;
use crate::bench::database::Database;
use crate::bench::http::Client;
use crate::bench::load::{self, Load, Weight};
use crate::bench::ours::{Keeping, Ours};
use crate::bench::process::Memory;
use crate::bench::stage::Stage;
use crate::failure::Failure;
use crate::{report, stop};

/// How many records a writing operation has where the harness alone is checked.
const DOORS_OF_CHECK: usize = 2_000;

/// How much longer a load lasts whose requests take seconds, so that some of them are answered.
const TIMES_AS_LONG: u32 = 4;

/// How long a server is looked at to see whether it rests, and what it uses at most in that time when it does.
const A_LOOK: Duration = Duration::from_millis(400);
const AT_REST: Duration = Duration::from_millis(20);

/// Who answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Ours,
    Peer,
    Bare,
}

/// All who answer, in the order in which they are loaded.
const SUBJECTS: [Subject; 3] = [Subject::Ours, Subject::Peer, Subject::Bare];

impl Subject {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ours => "our server",
            Self::Peer => "PostGraphile",
            Self::Bare => "the bare SQL",
        }
    }
}

/// What one load of one operation measured.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub(super) load: Load,
    /// CPU time of the server, in milliseconds a request; not a number for the bare SQL, which has none.
    pub(super) server_cpu: f64,
    /// CPU time of the database, in milliseconds a request.
    pub(super) database_cpu: f64,
}

/// What was measured of one operation.
pub(super) struct Measured {
    pub(super) operation: &'static Operation,
    /// The samples of each repetition.
    pub(super) samples: Vec<[Sample; 3]>,
}

/// What a run measured.
pub(super) struct Results {
    pub(super) operations: Vec<Measured>,
    pub(super) weight: Weight,
    pub(super) ours: Memory,
    pub(super) peer: Memory,
}

/// The servers, and what is asked of them.
pub(super) struct Course {
    // In the order in which they are to be stopped: the database last.
    ours: Ours,
    peer: Peer,
    pub(super) database: Database,
    token: String,
    folder: PathBuf,
    operations: Vec<&'static Operation>,
    weight: Weight,
    repeats: u32,
    is_check: bool,
}

impl Course {
    /// Starts the database, our server and PostGraphile.
    pub(super) fn prepare(options: &Options, hemicycle: &Path) -> Result<Self, Failure> {
        load::find_or_install_wrk()?;
        let folder = Stage::folder()?;
        let is_wanted = |operation: &&Operation| {
            options.only.is_empty() || options.only.iter().any(|name| name == operation.name)
        };
        let is_check = options.stage.check;
        let database = Database::prepare(&options.stage, hemicycle)?;
        let ours = Ours::start(hemicycle, &Keeping::Database(&database), &folder, &[])?;
        Ok(Self {
            token: ours.event_manager(&database)?,
            ours,
            peer: Peer::start(&database, &folder)?,
            database,
            folder,
            operations: OPERATIONS.iter().filter(is_wanted).collect(),
            weight: if is_check { Weight::for_check() } else { options.weight },
            repeats: if is_check { 1 } else { options.repeats },
            is_check,
        })
    }

    /// Compares the answers, then loads everything.
    pub(super) fn run(self) -> Result<Results, Failure> {
        let mut operations = Vec::new();
        for operation in &self.operations {
            let keys = self.keys(operation)?;
            self.compare(operation, &keys)?;
            report::line(&format!("{}: the three answers are equal", operation.name));
            // Those that are written to are chosen anew for each load.
            let keys = if operation.is_writing() { Vec::new() } else { keys };
            operations.push((Measured { operation, samples: Vec::new() }, keys));
        }
        for repeat in 0..self.repeats {
            for (measured, keys) in &mut operations {
                let samples = [
                    self.sample(measured.operation, keys, SUBJECTS[0], repeat == 0)?,
                    self.sample(measured.operation, keys, SUBJECTS[1], repeat == 0)?,
                    self.sample(measured.operation, keys, SUBJECTS[2], repeat == 0)?,
                ];
                report::line(&format!(
                    "{}: {:.0}, {:.0} and {:.0} a second",
                    measured.operation.name,
                    samples[0].load.per_second,
                    samples[1].load.per_second,
                    samples[2].load.per_second
                ));
                measured.samples.push(samples);
            }
        }
        Ok(Results {
            operations: operations.into_iter().map(|(measured, _)| measured).collect(),
            weight: self.weight,
            ours: self.ours.process.memory(),
            peer: self.peer.process.memory(),
        })
    }

    /// Chooses the records, and finds for each where the second page begins where that is what is asked for.
    fn keys(&self, operation: &Operation) -> Result<Vec<Key>, Failure> {
        let mut keys = self.chosen(operation)?;
        if operation.course == Way::SecondPage {
            for key in &mut keys {
                let [ours, peer] =
                    [Subject::Ours, Subject::Peer].map(|subject| self.ask(subject, operation, key));
                key.ours["after"] = ours?["events"]["pageInfo"]["endCursor"].take();
                key.peer["after"] = peer?["events"]["pageInfo"]["endCursor"].take();
            }
        }
        Ok(keys)
    }

    /// Chooses the records of a load.
    fn chosen(&self, operation: &Operation) -> Result<Vec<Key>, Failure> {
        if self.is_check && operation.course == Way::Write {
            return operation.keys_from(&self.database, 0, DOORS_OF_CHECK);
        }
        operation.keys(&self.database)
    }

    /// Asks one of the two servers about a record.
    pub(super) fn ask(&self, subject: Subject, operation: &Operation, key: &Key) -> Result<Value, Failure> {
        match subject {
            Subject::Ours => self.ours.client(&self.token).ask(operation.ours, &key.ours),
            Subject::Peer | Subject::Bare => {
                Client::new(&self.peer.url, None).ask(&operation.peer_document(key), &key.peer)
            }
        }
    }

    fn sample(
        &self,
        operation: &Operation,
        keys: &[Key],
        subject: Subject,
        is_first: bool,
    ) -> Result<Sample, Failure> {
        let weight = operation.weight(self.weight);
        if is_first && !self.is_check {
            self.load(operation, keys, subject, Weight { seconds: 2, ..weight })?;
        }
        self.load(operation, keys, subject, weight)
    }

    /// Loads one of the three; fails unless what it answered for was kept.
    fn load(
        &self,
        operation: &Operation,
        keys: &[Key],
        subject: Subject,
        weight: Weight,
    ) -> Result<Sample, Failure> {
        if !operation.is_writing() {
            return self.watch(subject, || {
                let load = self.send(operation, keys, subject, weight)?;
                Ok((load, load.requests))
            });
        }
        // What a writing operation may do to a record depends on what was done before.
        let keys = &self.chosen(operation)?;
        let mark = Mark::now(&self.database)?;
        let is_slow = operation.is_piecemeal() && subject == Subject::Peer;
        let times = if is_slow && !self.is_check { TIMES_AS_LONG } else { 1 };
        let longer = Weight { seconds: weight.seconds * times, ..weight };
        let sample = self.watch(subject, || {
            let mut load = self.send(operation, keys, subject, longer)?;
            let mut done = load.requests;
            if is_slow {
                // All begin at once and take seconds: whether the last ones are done when the load ends is chance.
                load.per_second = requests_of(mark.kept(&self.database)?, operation, keys) / load.seconds;
                self.wait_for_rest(subject);
                done = requests_of(mark.kept(&self.database)?, operation, keys);
            }
            Ok((load, done))
        })?;
        if operation.course == Way::Batch {
            self.wait_for_rest(subject);
        }
        let kept = requests_of(mark.kept(&self.database)?, operation, keys);
        let answered = match (operation.course, subject) {
            // A check-in that is sent again is the same one, and those that were under way as the load before ended can
            // be in the way of the first ones.
            (Way::Write, Subject::Ours | Subject::Peer) => {
                sample.load.requests.min(float(keys.len() as u64)) - f64::from(weight.connections)
            }
            _ => sample.load.requests,
        };
        if kept < answered * 0.99 {
            let (name, who) = (operation.name, subject.name());
            let what =
                format!("{name}: {who} answered for {answered} requests, of which {kept:.1} were kept");
            return Err(Failure::Unexpected { what });
        }
        Ok(sample)
    }

    /// Does a load, which tells how many requests were done, and looks at the CPU that they took.
    fn watch(
        &self,
        subject: Subject,
        load: impl FnOnce() -> Result<(Load, f64), Failure>,
    ) -> Result<Sample, Failure> {
        let before = (self.server_cpu(subject), self.database.cpu());
        let (load, done) = load()?;
        let after = (self.server_cpu(subject), self.database.cpu());
        let per_request = |used: Duration| used.as_secs_f64() * 1e3 / done;
        Ok(Sample {
            load,
            server_cpu: per_request(after.0.saturating_sub(before.0)),
            database_cpu: per_request(after.1.saturating_sub(before.1)),
        })
    }

    fn server_cpu(&self, subject: Subject) -> Duration {
        match subject {
            Subject::Ours => self.ours.process.cpu(),
            Subject::Peer => self.peer.process.cpu(),
            Subject::Bare => Duration::ZERO,
        }
    }

    /// Waits until a server rests: it goes on with what nobody waits for any more.
    fn wait_for_rest(&self, subject: Subject) {
        let mut used = self.server_cpu(subject);
        while subject != Subject::Bare && !stop::is_asked() {
            sleep(A_LOOK);
            let before = std::mem::replace(&mut used, self.server_cpu(subject));
            if used.saturating_sub(before) < AT_REST {
                break;
            }
        }
    }

    fn send(
        &self,
        operation: &Operation,
        keys: &[Key],
        subject: Subject,
        weight: Weight,
    ) -> Result<Load, Failure> {
        let body = |document: &str, variables: &Value| {
            serde_json::json!({ "query": document, "variables": variables }).to_string()
        };
        let (folder, database) = (&self.folder, &self.database);
        match subject {
            Subject::Ours => {
                let bodies: Vec<String> = keys.iter().map(|key| body(operation.ours, &key.ours)).collect();
                load::with_wrk(folder, &self.ours.url, Some(&self.token), &bodies, weight)
            }
            Subject::Peer => {
                let document = keys.first().map(|key| operation.peer_document(key)).unwrap_or_default();
                let bodies: Vec<String> = keys.iter().map(|key| body(&document, &key.peer)).collect();
                load::with_wrk(folder, &self.peer.url, None, &bodies, weight)
            }
            Subject::Bare => {
                let mut statements: Vec<String> =
                    keys.iter().map(|key| operation.statement(&key.bare)).collect();
                statements.dedup();
                load::with_pgbench(folder, database, &statements, weight)
            }
        }
    }
}

/// How many requests' worth of scans were kept.
fn requests_of(kept: Kept, operation: &Operation, keys: &[Key]) -> f64 {
    let size = keys.first().map_or(1, |key| operation.scans(key));
    float(kept.all) / float(size.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}
