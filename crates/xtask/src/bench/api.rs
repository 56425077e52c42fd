//! `cargo xtask bench api`: the API under load, beside PostGraphile and beside the bare SQL.
//!
//! Holds the options and the order of things. What is asked stands in `api/operation.rs`, who else answers in
//! `api/peer.rs`, the course of the loads in `api/course.rs`.

use std::path::Path;

use clap::Args;

use super::load::Weight;
use super::stage::Stage;
use crate::failure::Failure;
use crate::report;
use course::Course;

pub(super) mod answer;
mod comparison;
mod course;
mod kept;
pub(super) mod operation;
mod peer;
mod start;
mod table;

/// What `cargo xtask bench api` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    stage: Stage,

    #[command(flatten)]
    weight: Weight,

    /// How often each operation is loaded, in turn with the others.
    #[arg(long, default_value_t = 3, value_name = "TIMES")]
    repeats: u32,

    /// These operations alone, such as `q1,m1`.
    #[arg(long, value_delimiter = ',', value_name = "OPERATIONS")]
    only: Vec<String>,
}

/// Checks the harness, on as little data as shows that all answer alike.
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
    let stage = &options.stage;
    let hemicycle = stage.hemicycle()?;
    let measured = Course::prepare(options, &hemicycle)?.run()?;
    let start = start::measure(&hemicycle, if stage.check { 1 } else { 10 })?;
    if stage.check {
        report::line("the harness works; the times of an unoptimised server say nothing");
        return Ok(());
    }
    stage.show(&table::write(stage.scale, &measured, &start))
}
