//! `cargo xtask bench check-in`: people come in, beside the bare SQL that stores the same.
//!
//! Holds the options and the order of things. What is measured stands in the files of `check_in/`, a matter each;
//! what is asked of it stands beside it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::bar::{self, Bar};
use super::database::Database;
use super::gathering::Gathering;
use super::load::{self, Weight};
use super::ours::{Keeping, Ours};
use super::stage::Stage;
use crate::failure::Failure;
use crate::report;

mod bare;
mod batch;
mod document;
mod embedded;
mod manifest;
mod opposed;
mod rush;
mod single;
mod statements;
mod watcher;

/// What `cargo xtask bench check-in` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    stage: Stage,

    #[command(flatten)]
    weight: Weight,

    /// How often each is loaded, in turn with what it is measured beside.
    #[arg(long, default_value_t = 3, value_name = "TIMES")]
    repeats: u32,

    /// These matters alone.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "MATTERS")]
    only: Vec<Matter>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Matter {
    /// 500 scans handed in at once.
    Batch,
    /// Batches that touch the same people in another order.
    Opposed,
    /// One online check-in, at random events and at one.
    Single,
    /// A thousand delegates at four doors, with and without watchers.
    Rush,
    /// What devices hold: all people, and what has changed.
    Manifest,
    /// Check-ins on the embedded database.
    Embedded,
}

/// The servers on PostgreSQL, and the people who come.
struct Ground<'a> {
    // In the order in which they are to be stopped: the database last.
    ours: Ours,
    database: Database,
    folder: PathBuf,
    /// An event manager of three programs.
    manager: String,
    administrator: String,
    weight: Weight,
    repeats: u32,
    options: &'a Options,
}

/// How a matter is measured.
type Measuring<'a> = &'a dyn Fn() -> Result<Vec<Bar>, Failure>;

/// How many people the gatherings have.
#[derive(Clone, Copy)]
struct Sizes {
    large: usize,
    small: usize,
    delegates: usize,
    /// At the embedded database.
    guests: usize,
    watchers: usize,
}

impl Sizes {
    fn of(stage: &Stage) -> Self {
        if stage.check {
            return Self { large: 300, small: 60, delegates: 40, guests: 80, watchers: 6 };
        }
        Self { large: 10_000, small: 1_000, delegates: 1_000, guests: 800, watchers: 50 }
    }
}

/// Checks the harness, on as few people as show that nobody is lost.
pub(super) fn check(folder: &Path) -> Result<(), Failure> {
    run(&Options {
        stage: Stage::for_check(folder),
        weight: Weight::for_check(),
        repeats: 1,
        only: Vec::new(),
    })
}

/// Runs what was asked for.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    load::find_or_install_wrk()?;
    let hemicycle = options.stage.hemicycle()?;
    let mut bars = Vec::new();
    if options.only.is_empty() || options.only.iter().any(|matter| *matter != Matter::Embedded) {
        bars.extend(Ground::prepare(options, &hemicycle)?.measure()?);
    }
    if options.wants(Matter::Embedded) {
        report::line("check-ins on the embedded database");
        bars.extend(embedded::measure(&hemicycle, Sizes::of(&options.stage))?);
    }
    let (weight, repeats) = options.effort();
    let title = format!(
        "Scale {}: {} registrations beside the gatherings; {} requests in flight, {} s a load, {repeats} repetitions.",
        options.stage.scale.name(),
        options.stage.scale.registrations(),
        weight.connections,
        weight.seconds,
    );
    bar::conclude(&options.stage, &title, &bars)
}

impl Options {
    fn wants(&self, matter: Matter) -> bool {
        self.only.is_empty() || self.only.contains(&matter)
    }

    /// How hard, how long and how often.
    fn effort(&self) -> (Weight, u32) {
        if self.stage.check { (Weight::for_check(), 1) } else { (self.weight, self.repeats) }
    }
}

impl<'a> Ground<'a> {
    fn prepare(options: &'a Options, hemicycle: &Path) -> Result<Self, Failure> {
        let folder = Stage::folder()?;
        let database = Database::prepare(&options.stage, hemicycle)?;
        let ours = Ours::start(hemicycle, &Keeping::Database(&database), &folder, &[])?;
        // One that was stopped in between has left it on.
        database.log_statements(false)?;
        let (weight, repeats) = options.effort();
        Ok(Self {
            manager: ours.event_manager(&database)?,
            administrator: ours.administrator()?,
            ours,
            database,
            folder,
            weight,
            repeats,
            options,
        })
    }

    fn measure(&self) -> Result<Vec<Bar>, Failure> {
        let sizes = Sizes::of(&self.options.stage);
        let large = self.gathering("Assembly of the benchmark", sizes.large)?;
        let small = self.gathering("Council of the benchmark", sizes.small)?;
        let before = self.database.log_size()?;
        let matters: [(Matter, &str, Measuring<'_>); 5] = [
            (Matter::Batch, "batches", &|| batch::measure(self, &large)),
            (Matter::Opposed, "batches in opposite orders", &|| opposed::measure(self, &large)),
            (Matter::Single, "single check-ins", &|| single::measure(self, &large)),
            (Matter::Rush, "the rush", &|| rush::measure(self, sizes)),
            (Matter::Manifest, "manifests", &|| manifest::measure(self, &large, &small)),
        ];
        let mut bars = Vec::new();
        for (_, about, measure) in matters.iter().filter(|(matter, _, _)| self.options.wants(*matter)) {
            report::line(about);
            bars.extend(measure()?);
        }
        let deadlocks = self.database.log_since(before)?.matches("deadlock detected").count();
        bars.push(Bar::none("deadlocks in the log of PostgreSQL, over all loads", deadlocks));
        Ok(bars)
    }

    fn gathering(&self, name: &str, size: usize) -> Result<Gathering, Failure> {
        let name = format!("{name} for {size}");
        report::line(&format!("the {name}"));
        Gathering::find_or_make(&self.ours, &self.administrator, &name, size)
    }

    /// Runs a load, and fails unless as many scans were kept as were answered for.
    fn kept<T>(
        &self,
        scans_a_request: u64,
        requests: impl Fn(&T) -> f64,
        load: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let before = self.scans()?;
        let measured = load()?;
        let kept = self.scans()? - before;
        #[expect(clippy::cast_precision_loss, reason = "counts of scans are far below 2^52")]
        let (kept, answered) = (kept as f64, requests(&measured) * scans_a_request as f64);
        // What was in flight as the load before ended can turn some of the first ones down.
        if kept < answered * 0.99 {
            let what = format!("{answered} scans were answered for and {kept} kept");
            return Err(Failure::Unexpected { what });
        }
        Ok(measured)
    }

    fn scans(&self) -> Result<u64, Failure> {
        let count = self.database.ask("SELECT count(*) FROM scan")?;
        count.trim().parse().map_err(|_| Failure::Unexpected { what: format!("{count:?} is no count") })
    }
}
