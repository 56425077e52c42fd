//! The loads: `wrk` for the two servers, `pgbench` for the bare SQL.
//!
//! Both keep a fixed number of requests in flight and send the next one when an answer is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use serde_json::Value;

use super::database::Database;
use crate::failure::{Failure, file};
use crate::{debian, program};

/// The script by which `wrk` sends the requests of a file.
const SCRIPT: &str = include_str!("../../bench/load.lua");

/// How many seconds a server may take until its first answer under load.
const LONGEST: u32 = 120;
/// After how long `wrk` takes a request for lost: 1,500 mutations in one take PostGraphile long on a busy machine.
const LOST: &str = "--timeout=120s";

/// How hard, and how long.
#[derive(Clone, Copy, Args)]
pub(crate) struct Weight {
    /// How many requests are in flight at once.
    #[arg(long, default_value_t = 16, value_name = "COUNT")]
    pub(super) connections: u32,

    /// How long each load lasts.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pub(super) seconds: u32,
}

impl Weight {
    /// As little as shows that a load goes through.
    pub(super) fn for_check() -> Self {
        Self { connections: 4, seconds: 1 }
    }

    /// As long, with as many in flight as when a crowd comes: eight times as many.
    pub(super) fn of_a_crowd(self) -> Self {
        Self { connections: self.connections * 8, ..self }
    }
}

/// What a load measured.
#[derive(Clone, Copy, Default)]
pub(super) struct Load {
    /// How many requests were answered.
    pub(super) requests: f64,
    /// How long they were sent, in seconds.
    pub(super) seconds: f64,
    /// How many of them in a second.
    pub(super) per_second: f64,
    /// The time within which half of them were answered, in milliseconds.
    pub(super) p50: f64,
    /// The time within which all but one in a hundred were answered, in milliseconds.
    pub(super) p99: f64,
}

/// Finds `wrk`, or installs Debian's package where that may be done.
pub(super) fn find_or_install_wrk() -> Result<(), Failure> {
    // Asked for its version it prints its usage and fails; only a program that is not there cannot start.
    match program::capture(Command::new("wrk").arg("--version")) {
        Err(Failure::NotStarted { .. }) => debian::install(&["wrk"]),
        Err(Failure::Stopped) => Err(Failure::Stopped),
        _ => Ok(()),
    }
}

/// Loads a server with requests, a JSON body each.
pub(super) fn with_wrk(
    folder: &Path,
    url: &str,
    token: Option<&str>,
    bodies: &[String],
    weight: Weight,
) -> Result<Load, Failure> {
    let script = write(folder, "load.lua", SCRIPT)?;
    let requests = write(folder, "requests", &bodies.join("\n"))?;
    let mut seconds = weight.seconds;
    let mut sent = 0.0;
    loop {
        let mut command = Command::new("wrk");
        command
            .args(["--threads=1", LOST])
            .arg(format!("--connections={}", weight.connections))
            .arg(format!("--duration={seconds}s"))
            .args(["--script".as_ref(), script.as_path(), url.as_ref(), "--".as_ref(), requests.as_path()])
            .args(token);
        let said = program::capture(&mut command)?;
        let line = said.lines().find(|line| line.starts_with('{')).unwrap_or_default();
        let figures: Value = serde_json::from_str(line).unwrap_or_default();
        let figure = |name: &str| figures[name].as_f64().unwrap_or(f64::NAN);
        let is_sound = figure("refused") == 0.0 && figure("broken") == 0.0;
        sent += figure("microseconds") / 1e6;
        if is_sound && figure("requests") > 0.0 {
            return Ok(Load {
                requests: figure("requests"),
                seconds: sent,
                per_second: figure("requests") / figure("microseconds") * 1e6,
                p50: figure("p50") / 1e3,
                p99: figure("p99") / 1e3,
            });
        }
        if !is_sound || seconds > LONGEST {
            let what = format!("the load of {url} did not go through:\n{said}");
            return Err(Failure::Unexpected { what });
        }
        // Not one answer was there in time: an unoptimised server on a busy machine.
        seconds *= 2;
    }
}

/// Loads the database with statements, all equally often.
pub(super) fn with_pgbench(
    folder: &Path,
    database: &Database,
    statements: &[String],
    weight: Weight,
) -> Result<Load, Failure> {
    let mut command = Command::new(database.program("pgbench"));
    command
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={}", weight.connections))
        .arg(format!("--time={}", weight.seconds));
    for (number, statement) in statements.iter().enumerate() {
        let file = write(folder, &format!("statement-{number}.sql"), &on_one_line(statement))?;
        command.arg(format!("--file={}", file.display()));
    }
    let said = program::capture(command.arg(database.url()))?;
    let number = |after: &str| -> Option<f64> {
        said.lines().find_map(|line| line.strip_prefix(after))?.split([' ', '/']).next()?.parse().ok()
    };
    let requests = number("number of transactions actually processed: ");
    match (requests, number("tps = "), number("latency average = ")) {
        (Some(requests), Some(per_second), Some(average)) if said.contains("failed transactions: 0 ") => {
            Ok(Load { requests, seconds: requests / per_second, per_second, p50: average, p99: f64::NAN })
        }
        _ => Err(Failure::Unexpected { what: format!("pgbench did not go through:\n{said}") }),
    }
}

/// Puts a statement on one line, as `pgbench` sends it; its own commands keep theirs.
fn on_one_line(statement: &str) -> String {
    let (commands, sql): (Vec<&str>, Vec<&str>) = statement.lines().partition(|line| line.starts_with('\\'));
    let sql: Vec<&str> = sql.into_iter().map(str::trim).collect();
    let lines: Vec<String> = commands.into_iter().map(str::to_owned).chain([sql.join(" ")]).collect();
    lines.join("\n")
}

/// Writes a file that a load reads.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(file("write", &path))?;
    Ok(path)
}
