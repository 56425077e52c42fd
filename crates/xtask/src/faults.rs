//! `cargo xtask faults`: the product while things break, again and again.
//!
//! Holds the command line and the course of the runs. What breaks is in `faults/storm.rs` and `faults/proxy.rs`, what is
//! broken in `faults/stand.rs`. Who hands in, and whether all of it was kept, is told by `hemicycle simulate-check-in`,
//! which knows nothing of the faults.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use crate::failure::{Failure, file};
use crate::{product, program, report, stop};
use stand::Stand;
use storm::{Blows, Storm};

mod chance;
mod proxy;
mod stand;
mod storm;

/// What is to go on while things break.
#[derive(Subcommand)]
pub(crate) enum Faults {
    /// Devices hand in scans while the server is killed, connections are cut and PostgreSQL is restarted.
    ///
    /// Afterwards every scan that any device made must be there exactly once, with its flags, and the attendance must be
    /// what follows from them. Prints a line a run, and the sums.
    CheckIn(Options),
}

/// What `cargo xtask faults check-in` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    /// How many runs on each database.
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    runs: u64,

    /// The seed of the first run; each one after it has the next number.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,

    /// On this database alone.
    #[arg(long, value_enum)]
    database: Option<Kind>,

    /// Breaks this server instead of the one of the working tree, built unoptimised.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// Where the scans are kept.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The embedded database.
    Sqlite,
    /// A PostgreSQL of its own, as durable as one in production.
    Postgres,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// How long a run may take before it counts as hanging.
const LIMIT: Duration = Duration::from_mins(3);
/// How often a wait looks again.
const GLANCE: Duration = Duration::from_millis(5);
/// How many devices hand in, and how many people they scan.
const DEVICES: &str = "--devices=5";
const PARTICIPANTS: &str = "--participants=48";

/// What one run, or all of them, came to.
#[derive(Default)]
struct Outcome {
    blows: Blows,
    scans: u64,
    batches: u64,
    unanswered: u64,
    asked_to_come_again: u64,
    replays: u64,
    let_through: u64,
    turned_away: u64,
    walk_ins: u64,
    merged: u64,
    reviewed: u64,
    differences: u64,
}

/// Runs what was asked for.
pub(crate) fn run(faults: &Faults) -> Result<(), Failure> {
    let Faults::CheckIn(options) = faults;
    let binary = options.binary.clone().map_or_else(product::build, Ok)?;
    let kinds = options.database.map_or_else(|| vec![Kind::Sqlite, Kind::Postgres], |kind| vec![kind]);
    let mut differences = 0;
    for kind in kinds {
        differences += runs(kind, options, &binary)?.differences;
    }
    if differences == 0 { Ok(()) } else { Err(Failure::Differs { count: differences }) }
}

/// Shows on both databases that the runs work, with a few of them.
pub(crate) fn check() -> Result<(), Failure> {
    run(&Faults::CheckIn(Options { runs: 2, seed: 1, database: None, binary: None }))
}

fn runs(kind: Kind, options: &Options, binary: &Path) -> Result<Outcome, Failure> {
    let mut stand = Stand::prepare(kind, binary)?;
    let mut sum = Outcome::default();
    let began = Instant::now();
    for seed in (options.seed..).take(usize::try_from(options.runs).unwrap_or(usize::MAX)) {
        let started = Instant::now();
        let outcome = one(&mut stand, seed).inspect_err(|_| report::line(&stand.end_of_log()))?;
        let took = report::spell(started.elapsed());
        report::line(&format!("{} seed {seed} ({took}): {}", kind.name(), outcome.spell()));
        sum.add(&outcome);
    }
    let took = report::spell(began.elapsed());
    report::line(&format!("\n{}, {} runs in {took}: {}\n", kind.name(), options.runs, sum.spell()));
    Ok(sum)
}

/// Lets devices hand in while a storm rages, until they are done.
fn one(stand: &mut Stand, seed: u64) -> Result<Outcome, Failure> {
    let mut storm = Storm::new(seed);
    stand.proxy.begin(seed);
    let log = stand.folder.join("summary.json");
    let output = std::fs::File::create(&log).map_err(file("write", &log))?;
    let mut command = stand.client(seed);
    command.args([DEVICES, PARTICIPANTS, "--json"]).stdout(output).stdin(Stdio::null());
    let child = command.spawn();
    let child = child.map_err(|source| Failure::NotStarted { program: program::spell(&command), source })?;
    let mut client = Client { child, command };
    let began = Instant::now();
    while !client.is_done()? {
        if stop::is_asked() {
            return Err(Failure::Stopped);
        }
        if began.elapsed() > LIMIT {
            return Err(Failure::TookTooLong { program: program::spell(&client.command), limit: LIMIT });
        }
        storm.rage(stand)?;
        sleep(GLANCE);
    }
    stand.proxy.rest();
    stand.recover(&mut storm)?;
    let text = std::fs::read_to_string(&log).map_err(file("read", &log))?;
    Outcome::read(&text, storm.blows.with_cuts(stand.proxy.cuts()))
}

/// The devices; ended with this value.
struct Client {
    child: Child,
    command: Command,
}

impl Client {
    /// Whether they are done; how they fared is in what they printed.
    fn is_done(&mut self) -> Result<bool, Failure> {
        let ended = self.child.try_wait();
        let failed = |source| Failure::NotStarted { program: program::spell(&self.command), source };
        Ok(ended.map_err(failed)?.is_some())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // One that has ended already cannot be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Outcome {
    fn read(text: &str, blows: Blows) -> Result<Self, Failure> {
        let unexpected = || Failure::Unexpected { what: format!("the devices came to no end: {text}") };
        let summary: Value = serde_json::from_str(text).map_err(|_| unexpected())?;
        let number = |name: &str| summary[name].as_u64().ok_or_else(unexpected);
        let differences = summary["differences"].as_array().ok_or_else(unexpected)?;
        for difference in differences {
            report::line(&format!("DIFFERENCE: {difference:#}"));
        }
        Ok(Self {
            blows,
            scans: number("scans")?,
            batches: number("batches")?,
            unanswered: number("unanswered")?,
            asked_to_come_again: number("askedToComeAgain")?,
            replays: number("replays")?,
            let_through: number("letThrough")?,
            turned_away: number("turnedAway")?,
            walk_ins: number("walkIns")?,
            merged: number("merged")?,
            reviewed: number("acceptedByReview")? + number("rejectedByReview")? + number("attachedByReview")?,
            differences: differences.len() as u64,
        })
    }

    fn add(&mut self, other: &Self) {
        self.blows.add(&other.blows);
        self.scans += other.scans;
        self.batches += other.batches;
        self.unanswered += other.unanswered;
        self.asked_to_come_again += other.asked_to_come_again;
        self.replays += other.replays;
        self.let_through += other.let_through;
        self.turned_away += other.turned_away;
        self.walk_ins += other.walk_ins;
        self.merged += other.merged;
        self.reviewed += other.reviewed;
        self.differences += other.differences;
    }

    fn spell(&self) -> String {
        format!(
            "{}; {} scans in {} batches, sent again {} for want of an answer and {} as asked, {} answered as known; \
             {} let through and {} turned away at once; {} walk-ins, {} of them merged; {} scans reviewed; \
             {} differences",
            self.blows.spell(),
            self.scans,
            self.batches,
            self.unanswered,
            self.asked_to_come_again,
            self.replays,
            self.let_through,
            self.turned_away,
            self.walk_ins,
            self.merged,
            self.reviewed,
            self.differences,
        )
    }
}
