//! `cargo xtask bench overload`: ten times as many requests as the server executes at once, then more connections than
//! it takes at all.
//!
//! What comes too much must be refused early and say when to come again; what is answered for must be kept; and once
//! the rush is over, all must be as before.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::api::operation::OPERATIONS;
use super::bar::{self, Bar};
use super::database::Database;
use super::load::{self, Weight};
use super::ours::{Keeping, Ours};
use super::stage::Stage;
use crate::failure::{Failure, file};
use crate::report;
use burst::{Answered, Burst, CHECK_IN};

mod burst;

/// What `cargo xtask bench overload` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    stage: Stage,

    #[command(flatten)]
    weight: Weight,
}

/// What the server takes, and what it is given.
#[derive(Clone, Copy)]
struct Limits {
    /// How many operations it executes at once.
    turns: u32,
    /// How many connections it takes.
    connections: u32,
}

/// What it takes by default; given to it all the same, so that no change of the default changes what is measured.
const LIMITS: Limits = Limits { turns: 256, connections: 4_096 };
/// For checking the harness.
const FEW: Limits = Limits { turns: 2, connections: 400 };

/// How many times as many requests as it executes at once.
const TIMES: u32 = 10;
/// As many as this machine answers in so many seconds, where that is more: a request waits for its turn for half a
/// second, so that fewer would all be served.
const WAIT: f64 = 1.0;
/// Of all connections that it takes, the requests have at most so many.
const PART: f64 = 0.9;
/// How many connections come beyond those that it takes, as one in so many.
const BEYOND: u32 = 4;
/// How many requests, one after the other, must be answered once all is over.
const AFTERWARDS: usize = 100;
/// How many seconds a refusal is waited for.
const LONGEST: u32 = 30;
/// By how much of the rate before it has recovered, and how soon it should.
const RECOVERED: f64 = 0.8;
const SOON: Duration = Duration::from_secs(5);
/// How long a recovery is waited for.
const PATIENCE: u32 = 30;

/// What an overload came to.
struct Seen {
    before: Burst,
    too_many_requests: Burst,
    too_many_connections: Burst,
    recovery: Duration,
    after: Burst,
    afterwards: usize,
    answered: Answered,
    limits: Limits,
    /// How many requests there were at once.
    crowd: u32,
}

/// Checks the harness on a server that takes little.
pub(super) fn check(folder: &Path) -> Result<(), Failure> {
    run(&Options { stage: Stage::for_check(folder), weight: Weight::for_check() })
}

/// Runs what was asked for.
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    load::find_or_install_wrk()?;
    let hemicycle = options.stage.hemicycle()?;
    let limits = if options.stage.check { FEW } else { LIMITS };
    let weight = if options.stage.check { Weight::for_check() } else { options.weight };
    let seen = overload(options, weight, limits, &hemicycle)?;
    let title = format!(
        "Scale {}: a server that takes {} requests and {} connections at once; {} s a load.",
        options.stage.scale.name(),
        limits.turns,
        limits.connections,
        weight.seconds,
    );
    bar::conclude(&options.stage, &title, &bars(weight, &seen))
}

fn overload(options: &Options, weight: Weight, limits: Limits, hemicycle: &Path) -> Result<Seen, Failure> {
    let folder: PathBuf = Stage::folder()?;
    let database = Database::prepare(&options.stage, hemicycle)?;
    let settings = [
        ("HEMICYCLE_LOG", "warn".to_owned()),
        ("HEMICYCLE_REQUESTS_IN_FLIGHT", limits.turns.to_string()),
        ("HEMICYCLE_CONNECTIONS", limits.connections.to_string()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ours = Ours::start(hemicycle, &Keeping::Database(&database), &folder, &settings)?;
    let token = ours.event_manager(&database)?;
    let written = folder.join("answered");
    std::fs::write(&written, "").map_err(file("write", &written))?;
    let began_at = database.ask("SELECT now()")?;
    let send = |connections: u32, seconds: u32| {
        burst::send(&database, (&ours.url, &token), &folder, &written, (connections, seconds))
    };
    report::line("what it carries");
    let before = send(weight.connections, weight.seconds)?;
    report::line("ten times the requests");
    let crowd = limits.crowd(before.per_second());
    let too_many_requests = until(weight.seconds, |seconds| send(crowd, seconds), |burst| burst.refused > 0)?;
    report::line("more connections than it takes");
    let more = limits.connections + limits.connections / BEYOND;
    let too_many_connections =
        until(weight.seconds, |seconds| send(more, seconds), |burst| burst.turned_away > 0)?;
    let ended = Instant::now();
    report::line("afterwards");
    let mut after = send(weight.connections, 1)?;
    for _ in 0..PATIENCE {
        if after.per_second() >= before.per_second() * RECOVERED {
            break;
        }
        after = send(weight.connections, 1)?;
    }
    // The load that shows it has taken a second by itself.
    let recovery = ended.elapsed().saturating_sub(Duration::from_secs(1));
    let afterwards = one_by_one(&ours, &database, &token)?;
    let answered = Answered::find(&database, &written, began_at.trim())?;
    Ok(Seen {
        before,
        too_many_requests,
        too_many_connections,
        recovery,
        after,
        afterwards,
        answered,
        limits,
        crowd,
    })
}

/// Sends a load, and a longer one where what is looked for has not come yet: an unoptimised server on a busy machine takes
/// seconds to refuse.
fn until(
    mut seconds: u32,
    send: impl Fn(u32) -> Result<Burst, Failure>,
    is_seen: impl Fn(&Burst) -> bool,
) -> Result<Burst, Failure> {
    loop {
        let burst = send(seconds)?;
        if is_seen(&burst) || seconds > LONGEST {
            return Ok(burst);
        }
        seconds *= 2;
    }
}

impl Limits {
    /// How many requests are more than it can carry, where it answers so many a second.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of connections is small"
    )]
    fn crowd(self, per_second: f64) -> u32 {
        let most = f64::from(self.connections) * PART;
        f64::from(self.turns * TIMES).max(per_second * WAIT).min(most) as u32
    }
}

/// How many of some check-ins are answered once all is over.
fn one_by_one(ours: &Ours, database: &Database, token: &str) -> Result<usize, Failure> {
    let client = ours.client(token);
    let doors = OPERATIONS.iter().find(|operation| operation.name == "m1");
    let doors = doors.map(|operation| operation.keys_from(database, 0, AFTERWARDS)).transpose()?;
    let inputs = doors.iter().flatten().map(burst::input);
    Ok(inputs.filter(|input| client.change(CHECK_IN, input).is_ok()).count())
}

fn bars(weight: Weight, seen: &Seen) -> Vec<Bar> {
    let Limits { turns, connections } = seen.limits;
    let bursts = [&seen.before, &seen.too_many_requests, &seen.too_many_connections, &seen.after];
    let crowd = seen.crowd;
    let more = connections + connections / BEYOND;
    let refused = seen.too_many_requests.refused;
    let turned_away = seen.too_many_connections.turned_away;
    let answered = &seen.answered;
    vec![
        Bar::told(&format!("{} at once", weight.connections), seen.before.spell()),
        Bar::told(&format!("{crowd} at once, where it executes {turns}"), seen.too_many_requests.spell()),
        Bar::told(
            &format!("{more} connections, where it takes {connections}"),
            seen.too_many_connections.spell(),
        ),
        Bar::count("refused early, of too many requests", refused.to_string(), "> 0", refused > 0),
        Bar::count("turned away, of too many connections", turned_away.to_string(), "> 0", turned_away > 0),
        Bar::count(
            "answered meanwhile",
            format!("{} and {}", seen.too_many_requests.answered, seen.too_many_connections.answered),
            "> 0",
            seen.too_many_requests.answered > 0 && seen.too_many_connections.answered > 0,
        ),
        Bar::none("refusals without Retry-After", bursts.iter().map(|burst| burst.unadvised).sum()),
        Bar::none("answers that are neither 200 nor 503", bursts.iter().map(|burst| burst.other).sum()),
        Bar::ratio(
            "answers a second meanwhile, of those before",
            seen.too_many_requests.per_second() / seen.before.per_second(),
            0.5,
            RECOVERED,
        ),
        Bar::time(
            "until it carries again what it carried",
            format!("{:.1} s", seen.recovery.as_secs_f64()),
            &format!("≤ {} s", SOON.as_secs()),
            seen.recovery <= SOON,
        ),
        Bar::count(
            "check-ins answered one by one afterwards",
            format!("{} of {AFTERWARDS}", seen.afterwards),
            "all",
            seen.afterwards == AFTERWARDS,
        ),
        Bar::count("check-ins that were answered for", answered.count.to_string(), "> 0", answered.count > 0),
        Bar::none("of these, not in the database", answered.lost),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_ten_times_what_is_executed_or_what_a_fast_machine_answers_in_a_second() {
        assert_eq!(LIMITS.crowd(1_000.0), 2_560);
        assert_eq!(LIMITS.crowd(3_000.0), 3_000);
        // Turned away at the door it would say nothing of turns.
        assert_eq!(LIMITS.crowd(100_000.0), 3_686);
    }
}
