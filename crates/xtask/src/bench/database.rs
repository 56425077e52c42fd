//! The PostgreSQL that all answer from: set as in production, filled with the made-up data set.
//!
//! Questions go through `psql`, so that no driver is compiled for them.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use super::process;
use super::stage::Stage;
use crate::failure::{Failure, file};
use crate::postgres::Server;
use crate::{program, report};

/// What a server of production is set to otherwise than a fresh one; it is durable in all respects. Of the machine's
/// memory it has a quarter for itself, and half is likely to hold its files: where the manual of PostgreSQL would begin.
fn settings(memory: u64) -> String {
    format!(
        "
shared_buffers = {}MB
effective_cache_size = {}MB
random_page_cost = 1.1
max_wal_size = 4GB
",
        memory / 4,
        memory / 2
    )
}

/// How much memory a harness is checked with, in megabytes: others run beside it.
const CHECKED: u64 = 1_024;

/// How much memory the machine has, in megabytes.
fn memory() -> Result<u64, Failure> {
    let path = Path::new("/proc/meminfo");
    let text = fs::read_to_string(path).map_err(file("read", path))?;
    let total = process::kilobytes(&text, "MemTotal")
        .ok_or_else(|| Failure::Unexpected { what: format!("{} tells no total", path.display()) })?;
    Ok(total / 1024)
}

/// What the benchmark adds to the database.
const GROUND: &str = include_str!("../../bench/ground.sql");

/// A filled database.
pub(super) struct Database {
    server: Server,
    url: String,
    process: u32,
}

impl Database {
    /// Starts the server and fills the database, or finds it filled.
    pub(super) fn prepare(stage: &Stage, hemicycle: &Path) -> Result<Self, Failure> {
        let memory = if stage.check { CHECKED } else { memory()? };
        let server = Server::start_durable(stage.keep(), &settings(memory))?;
        let name = format!("bench_{}", stage.scale.name());
        let url =
            server.url().rsplit_once('/').map_or_else(String::new, |(host, _)| format!("{host}/{name}"));
        let database = Self { process: server.process()?, server, url };
        if !database.exists(&name)? {
            report::line("making the data set");
            database.admin(&format!("CREATE DATABASE {name}"))?;
            database.fill(stage, hemicycle)?;
        }
        Ok(database)
    }

    /// The URL of the database.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The path of one of PostgreSQL's programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.server.program(name)
    }

    /// The CPU time of the server and of all its connections.
    pub(super) fn cpu(&self) -> Duration {
        process::cpu_of_family(self.process)
    }

    /// Runs SQL and returns what it answers, unaligned, a line a row.
    pub(super) fn ask(&self, sql: &str) -> Result<String, Failure> {
        self.psql(&self.url, sql)
    }

    /// How much the server has said so far.
    pub(super) fn log_size(&self) -> Result<u64, Failure> {
        let log = self.server.log();
        Ok(fs::metadata(&log).map_err(file("read", &log))?.len())
    }

    /// What the server has said since its log had this size.
    pub(super) fn log_since(&self, size: u64) -> Result<String, Failure> {
        let path = self.server.log();
        let unread = file("read", &path);
        let mut log = File::open(&path).map_err(&unread)?;
        log.seek(SeekFrom::Start(size)).map_err(&unread)?;
        let mut said = Vec::new();
        log.read_to_end(&mut said).map_err(&unread)?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    /// Has the server say each statement that it runs, or no longer; returns once it does.
    pub(super) fn log_statements(&self, is_on: bool) -> Result<(), Failure> {
        let (change, wanted) = if is_on {
            ("ALTER SYSTEM SET log_statement = 'all'", "all")
        } else {
            ("ALTER SYSTEM RESET log_statement", "none")
        };
        self.ask(change)?;
        self.ask("SELECT pg_reload_conf()")?;
        // The server tells its connections as it reads the setting itself, which every new one shows.
        while self.ask("SHOW log_statement")?.trim() != wanted {
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn fill(&self, stage: &Stage, hemicycle: &Path) -> Result<(), Failure> {
        let scale = stage.scale;
        program::run(
            Command::new(hemicycle)
                .args(["generate", "--events", &scale.events().to_string()])
                .args(["--registrations", &scale.registrations().to_string()])
                .env("HEMICYCLE_DATABASE_URL", &self.url)
                .env("HEMICYCLE_LOG", "warn"),
        )?;
        self.ask(GROUND)?;
        // What was written stands in the table files, not in the log, when the loads begin.
        self.ask("VACUUM ANALYZE")?;
        self.ask("CHECKPOINT").map(drop)
    }

    fn exists(&self, name: &str) -> Result<bool, Failure> {
        let found = self.admin(&format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"))?;
        Ok(found.trim() == "1")
    }

    fn admin(&self, sql: &str) -> Result<String, Failure> {
        self.psql(self.server.url(), sql)
    }

    fn psql(&self, url: &str, sql: &str) -> Result<String, Failure> {
        let mut command = Command::new(self.program("psql"));
        command.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]);
        program::capture(command.arg(format!("--command={sql}")).arg(url))
    }
}
