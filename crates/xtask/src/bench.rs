//! `cargo xtask bench`: the API under load, beside PostGraphile and beside the bare SQL.
//!
//! Holds the command line and the course of a run. What is asked stands in `bench/operation.rs`, who answers in
//! `bench/ours.rs`, `bench/peer.rs` and `bench/database.rs`, how it is measured in `bench/load.rs`.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::failure::{Failure, file};
use crate::{product, program, report};
use course::Course;

mod answer;
mod course;
mod database;
mod http;
mod load;
mod operation;
mod ours;
mod peer;
mod process;
mod start;
mod table;

/// What is measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Loads the API, PostGraphile and the bare SQL in turn, on one PostgreSQL with a made-up data set.
    ///
    /// Writes a table: requests per second, times, CPU per request, memory, ratios.
    Api(Options),
}

/// What `cargo xtask bench api` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    /// How much data.
    #[arg(long, value_enum, default_value_t = Scale::Medium)]
    scale: Scale,

    /// Checks the harness alone: the debug server, one second of each load, and no word about times.
    #[arg(long)]
    check: bool,

    /// How often each operation is loaded, in turn with the others.
    #[arg(long, default_value_t = 3, value_name = "TIMES")]
    repeats: u32,

    /// How long each load lasts.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    seconds: u32,

    /// How many requests are in flight at once.
    #[arg(long, default_value_t = 16, value_name = "COUNT")]
    connections: u32,

    /// These operations alone, such as `q1,m1`.
    #[arg(long, value_delimiter = ',', value_name = "OPERATIONS")]
    only: Vec<String>,

    /// Measures this server instead of the one of the working tree: an older one, for comparison.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,

    /// Keeps the database in this folder, and goes on with the one that is there.
    ///
    /// The user that runs PostgreSQL must be able to reach it.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,

    /// Where the table goes, beside the terminal.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How much data is made.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scale {
    /// 400 events, 20,000 registrations: enough to check the harness.
    Tiny,
    /// 2,000 events, 100,000 registrations.
    Small,
    /// 20,000 events, a million registrations.
    Medium,
    /// 200,000 events, 3 million people, 10 million registrations; takes some 12 GB.
    Full,
}

impl Scale {
    fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Full => "full",
        }
    }

    fn events(self) -> u32 {
        match self {
            Self::Tiny => 400,
            Self::Small => 2_000,
            Self::Medium => 20_000,
            Self::Full => 200_000,
        }
    }

    fn registrations(self) -> u32 {
        self.events() * 50
    }
}

/// Runs what was asked for.
pub(crate) fn run(bench: &Bench) -> Result<(), Failure> {
    let Bench::Api(options) = bench;
    api(options)
}

/// Checks the harness, on as little data as shows that all answer alike.
pub(crate) fn check() -> Result<(), Failure> {
    api(&Options {
        scale: Scale::Tiny,
        check: true,
        repeats: 1,
        seconds: 1,
        connections: 4,
        only: Vec::new(),
        binary: None,
        keep: None,
        output: None,
    })
}

fn api(options: &Options) -> Result<(), Failure> {
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => build(options.check)?,
    };
    let measured = Course::prepare(options, &binary)?.run()?;
    let start = start::measure(&binary, if options.check { 1 } else { 10 })?;
    let text = table::write(options.scale, &measured, &start);
    if options.check {
        report::line("the harness works; the times of an unoptimised server say nothing");
    } else {
        report::line(&text);
    }
    if let Some(path) = &options.output {
        fs::write(path, &text).map_err(file("write", path))?;
    }
    Ok(())
}

/// Builds the server: as it is released, or as the tests have it.
fn build(is_check: bool) -> Result<PathBuf, Failure> {
    if is_check {
        return product::build();
    }
    program::run(&mut program::cargo(["build", "--release", "--locked", "--package", "hemicycle"]))?;
    Ok(product::kept("release")?.join(format!("hemicycle{}", std::env::consts::EXE_SUFFIX)))
}
