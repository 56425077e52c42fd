//! `cargo xtask bench`: the product under load.
//!
//! Holds the command line. What the benchmarks have in common stands here: the data (`bench/database.rs`), our own
//! server (`bench/ours.rs`), how a load is sent (`bench/load.rs`), what is asked of the outcome (`bench/bar.rs`).

use clap::Subcommand;

use crate::failure::{Failure, file};

mod api;
mod bar;
mod check_in;
mod database;
mod gathering;
mod http;
mod load;
mod ours;
mod overload;
mod process;
mod soak;
mod stage;

/// What is measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Loads the API, PostGraphile and the bare SQL in turn, on one PostgreSQL with a made-up data set.
    ///
    /// Writes a table: requests per second, times, CPU per request, memory, ratios.
    Api(api::Options),
    /// Checks people in: batches, single scans, one hot event, a rush before watchers, manifests, on both databases.
    ///
    /// Writes a table of what was measured, what is asked of it, and whether it holds.
    CheckIn(check_in::Options),
    /// Sends mixed traffic for long, and says whether the memory of the server stays as it is.
    Soak(soak::Options),
    /// Sends ten times what the server takes at once, and says what was refused, answered and kept.
    Overload(overload::Options),
    /// Checks the harnesses of all of them, as a step of the tests: counts, and no word about times.
    Check,
}

/// Runs what was asked for.
pub(crate) fn run(bench: &Bench) -> Result<(), Failure> {
    match bench {
        Bench::Api(options) => api::run(options),
        Bench::CheckIn(options) => check_in::run(options),
        Bench::Soak(options) => soak::run(options),
        Bench::Overload(options) => overload::run(options),
        Bench::Check => check(),
    }
}

/// Checks the harnesses, on as little data as shows that all works; says nothing of times.
pub(crate) fn check() -> Result<(), Failure> {
    // One data set for all.
    let folder = tempfile::tempdir().map_err(file("create a folder in", &std::env::temp_dir()))?;
    api::check(folder.path())?;
    check_in::check(folder.path())?;
    soak::check(folder.path())?;
    overload::check(folder.path())
}
