//! `cargo xtask bench`: the product under load.
//!
//! Holds the command line. What the benchmarks have in common stands here: the data (`bench/database.rs`), our own
//! server (`bench/ours.rs`), how a load is sent (`bench/load.rs`).

use clap::Subcommand;

use crate::failure::{Failure, file};

mod api;
mod database;
mod http;
mod load;
mod ours;
mod process;
mod stage;

/// What is measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Loads the API, PostGraphile and the bare SQL in turn, on one PostgreSQL with a made-up data set.
    ///
    /// Writes a table: requests per second, times, CPU per request, memory, ratios.
    Api(api::Options),
}

/// Runs what was asked for.
pub(crate) fn run(bench: &Bench) -> Result<(), Failure> {
    match bench {
        Bench::Api(options) => api::run(options),
    }
}

/// Checks the harness, on as little data as shows that all works; says nothing of times.
pub(crate) fn check() -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(file("create a folder in", &std::env::temp_dir()))?;
    api::check(folder.path())
}
