//! `cargo xtask bench soak`: mixed traffic for long, and the memory of the server meanwhile.
//!
//! The operations of `bench api` and requests that are wrong in all the ways that a door has to expect. It goes on
//! until so many requests were sent or so many seconds have gone; what is sent stands in `soak/traffic.rs`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use clap::Args;

use super::bar::{self, Bar, median};
use super::database::Database;
use super::load;
use super::ours::{Keeping, Ours};
use super::stage::Stage;
use crate::failure::Failure;
use crate::{report, stop};
use traffic::{Answers, Traffic};

mod traffic;

/// What `cargo xtask bench soak` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    stage: Stage,

    #[command(flatten)]
    length: Length,
}

/// How long it goes on.
#[derive(Clone, Copy, Args)]
struct Length {
    /// Ends after so many requests.
    #[arg(long, default_value_t = 10_000_000, value_name = "COUNT")]
    requests: u64,

    /// Ends after so many seconds.
    #[arg(long, default_value_t = 3_600, value_name = "SECONDS")]
    seconds: u32,

    /// How many requests are in flight at once.
    #[arg(long, default_value_t = 16, value_name = "COUNT")]
    connections: u32,
}

impl Length {
    fn for_check() -> Self {
        Self { requests: 2_000, seconds: 6, connections: 4 }
    }
}

/// In how many loads the time is divided: each with other people, and other connections.
const LOADS: u32 = 60;
/// How often memory is looked at.
const GLANCE: Duration = Duration::from_millis(200);
/// How many points of the curve are told.
const POINTS: usize = 20;
/// How much more the server may hold in the last third than in the middle one.
const FLAT: f64 = 1.05;

/// What a soak saw.
struct Seen {
    answers: Answers,
    took: Duration,
    /// The seconds since the beginning, and the megabytes then.
    memory: Vec<(f64, f64)>,
    is_alive: bool,
}

/// Checks the harness by some seconds of traffic.
pub(super) fn check(folder: &Path) -> Result<(), Failure> {
    run(&Options { stage: Stage::for_check(folder), length: Length::for_check() })
}

/// Runs what was asked for.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    load::find_or_install_wrk()?;
    let hemicycle = options.stage.hemicycle()?;
    let length = if options.stage.check { Length::for_check() } else { options.length };
    let seen = soak(options, length, &hemicycle)?;
    let title = format!(
        "Scale {}: {} requests in {}, {} in flight.",
        options.stage.scale.name(),
        seen.answers.all(),
        report::spell(seen.took),
        length.connections,
    );
    bar::conclude(&options.stage, &title, &bars(&seen))
}

fn soak(options: &Options, length: Length, hemicycle: &Path) -> Result<Seen, Failure> {
    let folder: PathBuf = Stage::folder()?;
    let database = Database::prepare(&options.stage, hemicycle)?;
    // A log of an hour's requests would fill the disk, and be no part of what is asked.
    let settings = [("HEMICYCLE_LOG", "warn")];
    let ours = Ours::start(hemicycle, &Keeping::Database(&database), &folder, &settings)?;
    let token = ours.event_manager(&database)?;
    let traffic = Traffic { database: &database, url: &ours.url, token: &token, folder: &folder };
    let began = Instant::now();
    let is_over = AtomicBool::new(false);
    let (answers, memory) = thread::scope(|scope| {
        let memory = scope.spawn(|| watch(&ours, began, &is_over));
        let answers = send(length, &traffic, began);
        is_over.store(true, Ordering::SeqCst);
        (answers, memory.join().unwrap_or_default())
    });
    let took = began.elapsed();
    let is_alive = ours.visitor().ask("{ __typename }", &serde_json::json!({})).is_ok();
    Ok(Seen { answers: answers?, took, memory, is_alive })
}

/// Sends one load after the other until there are requests or seconds enough.
fn send(length: Length, traffic: &Traffic<'_>, began: Instant) -> Result<Answers, Failure> {
    let mut answers = Answers::default();
    let whole = Duration::from_secs(length.seconds.into());
    let seconds = length.seconds.div_ceil(LOADS).max(1);
    let mut number = 0;
    while began.elapsed() < whole && answers.all() < length.requests && !stop::is_asked() {
        answers.add(&traffic.load(number, length.connections, seconds)?);
        number += 1;
    }
    Ok(answers)
}

/// Looks at the memory of the server until all is over.
fn watch(ours: &Ours, began: Instant, is_over: &AtomicBool) -> Vec<(f64, f64)> {
    let mut curve = Vec::new();
    while !is_over.load(Ordering::SeqCst) {
        #[expect(clippy::cast_precision_loss, reason = "kilobytes are far below 2^52")]
        curve.push((began.elapsed().as_secs_f64(), ours.process.memory().now as f64 / 1e3));
        sleep(GLANCE);
    }
    curve
}

fn bars(seen: &Seen) -> Vec<Bar> {
    let answers = &seen.answers;
    let third = |number: usize| {
        let length = seen.memory.len() / 3;
        median(seen.memory.iter().skip(length * number).take(length).map(|(_, megabytes)| *megabytes))
    };
    let growth = third(2) / third(1);
    let curve: Vec<String> = points(&seen.memory).map(|(_, megabytes)| format!("{megabytes:.0}")).collect();
    let mut bars = vec![
        Bar::told("answers by status", answers.spell()),
        Bar::none("answers with 5xx", answers.faults()),
        Bar::none("requests that broke", answers.broken()),
        Bar::none("loads of which requests were answered otherwise than they should be", answers.misled()),
        Bar::count("the server answers at the end", seen.is_alive.to_string(), "true", seen.is_alive),
    ];
    bars.push(Bar::told("memory, from the beginning to the end, in MB", curve.join(", ")));
    bars.push(Bar::at_most("memory of the last third, of the middle one's", growth, FLAT));
    bars
}

/// Some points of a curve, the first and the last among them.
fn points(curve: &[(f64, f64)]) -> impl Iterator<Item = &(f64, f64)> {
    let last = curve.len().saturating_sub(1);
    let count = POINTS.min(curve.len());
    (0..count).map(move |point| &curve[last * point / count.saturating_sub(1).max(1)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_told_from_its_first_to_its_last_point() {
        let curve: Vec<(f64, f64)> = (0..101).map(|at| (f64::from(at), f64::from(at))).collect();
        let told: Vec<f64> = points(&curve).map(|(_, megabytes)| *megabytes).collect();
        assert_eq!(
            (told.len(), told.first().copied(), told.last().copied()),
            (POINTS, Some(0.0), Some(100.0))
        );
        assert_eq!(points(&curve[..1]).count(), 1);
        assert_eq!(points(&[]).count(), 0);
    }
}
