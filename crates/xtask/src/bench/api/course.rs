//! The course of a run: servers up, answers compared, then each operation loaded in turn, several times over.
//!
//! The three are loaded one right after the other, so that what else the machine does falls on all of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::Options;
use super::answer::common;
use super::operation::{Course as Way, Key, OPERATIONS, Operation};
use super::peer::Peer;
use crate::bench::database::Database;
use crate::bench::http::Client;
use crate::bench::load::{self, Load, Weight};
use crate::bench::ours::{Keeping, Ours};
use crate::bench::process::Memory;
use crate::bench::stage::Stage;
use crate::failure::Failure;
use crate::report;

/// Who answers.
#[derive(Clone, Copy)]
enum Subject {
    Ours,
    Peer,
    Bare,
}

/// All who answer, in the order in which they are loaded.
const SUBJECTS: [Subject; 3] = [Subject::Ours, Subject::Peer, Subject::Bare];

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
    database: Database,
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
        let mut keys = operation.keys(&self.database)?;
        if operation.course == Way::SecondPage {
            for key in &mut keys {
                for (subject, variables) in [(Subject::Ours, &mut key.ours), (Subject::Peer, &mut key.peer)] {
                    let first = self.ask(subject, operation, variables)?;
                    variables["after"] = first["events"]["pageInfo"]["endCursor"].clone();
                }
            }
        }
        Ok(keys)
    }

    /// Fails unless the three answer alike about every record; a writing operation is done once by each.
    fn compare(&self, operation: &Operation, keys: &[Key]) -> Result<(), Failure> {
        if operation.course == Way::Write {
            return self.compare_writing(operation, keys);
        }
        if operation.course == Way::Batch {
            return self.compare_batches(operation, keys);
        }
        for key in keys {
            let ours = common(&self.ask(Subject::Ours, operation, &key.ours)?);
            let peer = common(&self.ask(Subject::Peer, operation, &key.peer)?);
            let bare = self.database.ask(&operation.statement(&key.bare))?;
            let mut bare = common(&serde_json::from_str(&bare).unwrap_or_default());
            if operation.course == Way::SecondPage {
                bare["events"]["pageInfo"] = ours["events"]["pageInfo"].clone();
            }
            for (who, theirs) in [("PostGraphile", peer), ("the bare SQL", bare)] {
                if theirs != ours {
                    let name = operation.name;
                    let what =
                        format!("{name}: we answer {ours}\nand {who} answers {theirs}\nto {}", key.peer);
                    return Err(Failure::Unexpected { what });
                }
            }
        }
        Ok(())
    }

    fn compare_writing(&self, operation: &Operation, keys: &[Key]) -> Result<(), Failure> {
        let [first, second, ..] = keys else {
            return Err(Failure::Unexpected { what: format!("{} needs two records", operation.name) });
        };
        let state = |answer: &Value| answer.pointer("/isInside").cloned();
        let ours = self.ask(Subject::Ours, operation, &first.ours)?;
        let peer = self.ask(Subject::Peer, operation, &second.peer)?;
        let ours = (&ours["checkIn"]["registration"]["attendance"], &first.ours);
        let peer = (&peer["checkIn"]["attendance"], &second.peer);
        for (attendance, variables) in [ours, peer] {
            let goes_in = variables["direction"].as_str().is_some_and(|word| word.eq_ignore_ascii_case("in"));
            if state(attendance) != Some(goes_in.into()) {
                let what = format!("{}: {variables} led to {attendance}", operation.name);
                return Err(Failure::Unexpected { what });
            }
        }
        Ok(())
    }

    /// Fails unless each of the three takes a whole batch in.
    fn compare_batches(&self, operation: &Operation, keys: &[Key]) -> Result<(), Failure> {
        let [first, second, ..] = keys else {
            return Err(Failure::Unexpected { what: format!("{} needs two batches", operation.name) });
        };
        let named = |variables: &Value, number: &str| -> Value {
            serde_json::from_str(&variables.to_string().replace("@@@@@@@@", number)).unwrap_or_default()
        };
        let size = first.bare["size"].clone();
        let ours = self.ask(Subject::Ours, operation, &named(&first.ours, "00000001"))?;
        let results = ours["submitScans"]["results"].as_array().cloned().unwrap_or_default();
        let ours = results.iter().filter(|result| result["outcome"] == "ACCEPTED").count();
        let peer = self.ask(Subject::Peer, operation, &named(&second.peer, "00000002"))?;
        let peer = peer["submitScans"]["taken"].clone();
        let taken = [ours.to_string(), peer.as_str().map_or_else(|| peer.to_string(), str::to_owned)];
        let size = size.to_string();
        if taken.iter().any(|taken| *taken != size) {
            let what = format!(
                "{}: of {size} scans, we took {} and PostGraphile {}",
                operation.name, taken[0], taken[1]
            );
            return Err(Failure::Unexpected { what });
        }
        Ok(())
    }

    fn ask(&self, subject: Subject, operation: &Operation, variables: &Value) -> Result<Value, Failure> {
        match subject {
            Subject::Ours => self.ours.client(&self.token).ask(operation.ours, variables),
            Subject::Peer | Subject::Bare => Client::new(&self.peer.url, None).ask(operation.peer, variables),
        }
    }

    fn sample(
        &self,
        operation: &Operation,
        keys: &[Key],
        subject: Subject,
        is_first: bool,
    ) -> Result<Sample, Failure> {
        if is_first && !self.is_check {
            self.load(operation, keys, subject, Weight { seconds: 2, ..self.weight })?;
        }
        let before = (self.server_cpu(subject), self.database.cpu());
        let load = self.load(operation, keys, subject, self.weight)?;
        let after = (self.server_cpu(subject), self.database.cpu());
        let per_request = |used: Duration| used.as_secs_f64() * 1e3 / load.requests;
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

    fn load(
        &self,
        operation: &Operation,
        keys: &[Key],
        subject: Subject,
        weight: Weight,
    ) -> Result<Load, Failure> {
        // What a writing operation may do to a record depends on what was done before.
        let fresh = if matches!(operation.course, Way::Write | Way::Batch) {
            Some(operation.keys(&self.database)?)
        } else {
            None
        };
        let keys = fresh.as_deref().unwrap_or(keys);
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
                let bodies: Vec<String> = keys.iter().map(|key| body(operation.peer, &key.peer)).collect();
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
