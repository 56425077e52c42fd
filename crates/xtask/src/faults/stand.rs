//! What is broken: the server as an operator starts it, its database, and the network before it.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::Kind;
use super::proxy::Proxy;
use super::storm::Storm;
use crate::failure::{Failure, file};
use crate::postgres::{Server as Postgres, free_port};
use crate::program;

/// A server on a database of its own, behind a network that breaks.
pub(super) struct Stand {
    pub(super) proxy: Proxy,
    pub(super) folder: PathBuf,
    postgres: Option<Postgres>,
    binary: PathBuf,
    port: u16,
    server: Option<Child>,
    /// Goes with the stand, after all that uses it.
    _home: TempDir,
}

/// What was committed outlives a crash of PostgreSQL, not one of the machine: nobody pulls its plug, and to look after
/// every file would take most of a run.
const OUTLIVES_A_CRASH: &str = "fsync = off\n";

/// How much of the server's log a failure shows.
const LOG_LINES: usize = 30;

const EMAIL: &str = "manager@faults.example";
const PASSWORD: &str = "nine patient otters in the storm";

impl Stand {
    /// Makes the database and the account of who runs events, and starts the server.
    pub(super) fn prepare(kind: Kind, binary: &Path) -> Result<Self, Failure> {
        let home = tempfile::Builder::new().prefix("hemicycle-faults-").tempdir();
        let home = home.map_err(file("create a folder in", &std::env::temp_dir()))?;
        let postgres = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(Postgres::start_durable(None, OUTLIVES_A_CRASH)?),
        };
        let free =
            || free_port().map_err(|source| Failure::NotStarted { program: "hemicycle".into(), source });
        let port = free()?;
        let proxy = Proxy::open(port);
        let proxy = proxy.map_err(|source| Failure::NotStarted { program: "the proxy".into(), source })?;
        let folder = home.path().to_path_buf();
        let mut stand =
            Self { proxy, folder, postgres, binary: binary.to_path_buf(), port, server: None, _home: home };
        program::run(stand.command().arg("migrate").stdout(Stdio::null()))?;
        program::run(
            stand
                .command()
                .args(["account", "create", "--email", EMAIL, "--name", "Manager of the runs"])
                .args(["--role", "platform-administrator"])
                .stdout(Stdio::null()),
        )?;
        stand.start()?;
        Ok(stand)
    }

    /// The devices of one run, as a command that is to be started.
    pub(super) fn client(&self, seed: u64) -> Command {
        let mut command = self.command();
        command
            .args(["simulate-check-in", &format!("--server=http://127.0.0.1:{}", self.port)])
            .arg(format!("--devices-through={}", self.proxy.url()))
            .args([format!("--email={EMAIL}"), format!("--seed={seed}")]);
        command
    }

    /// Kills the server where it stands: it can put nothing in order. Whether it stood.
    pub(super) fn kill(&mut self) -> bool {
        let Some(mut server) = self.server.take() else { return false };
        // One that has ended already cannot be ended.
        let _ = server.kill();
        let _ = server.wait();
        true
    }

    /// Starts the server where none stands, as whoever looks after servers does: one that finds no database as it starts
    /// ends, and is started again.
    pub(super) fn start(&mut self) -> Result<(), Failure> {
        let stands = |server: &mut Child| matches!(server.try_wait(), Ok(None));
        if self.server.as_mut().is_some_and(stands) {
            return Ok(());
        }
        let log = self.folder.join("server.log");
        let output = OpenOptions::new().create(true).append(true).open(&log).map_err(file("write", &log))?;
        let error = output.try_clone().map_err(file("write", &log))?;
        let mut command = self.command();
        command.args(["serve", &format!("--listen=127.0.0.1:{}", self.port)]);
        let child = command.stdin(Stdio::null()).stdout(output).stderr(error).spawn();
        let child = child.map_err(|source| Failure::NotStarted { program: program::spell(&command), source });
        self.server = Some(child?);
        Ok(())
    }

    /// Whether there is a PostgreSQL that can be restarted.
    pub(super) fn has_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// Restarts PostgreSQL as after a crash.
    pub(super) fn crash_postgres(&self) -> Result<(), Failure> {
        self.postgres.as_ref().map_or(Ok(()), Postgres::crash)
    }

    /// Puts right what the storm has left broken.
    pub(super) fn recover(&mut self, storm: &mut Storm) -> Result<(), Failure> {
        storm.end();
        self.start()
    }

    /// The end of what the server said.
    pub(super) fn end_of_log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env("HEMICYCLE_TOKEN_SECRET", "the secret of a server that is killed again and again")
            .env("HEMICYCLE_PASSWORD", PASSWORD)
            .env("HEMICYCLE_LOG", "warn")
            // One account stands for all managers, and devices hurry: what they may spend is never spent.
            .envs(BUDGETS.map(|name| (name, "1000000000")));
        match &self.postgres {
            Some(postgres) => command.env("HEMICYCLE_DATABASE_URL", postgres.url()),
            None => command.env("HEMICYCLE_DATA_DIR", self.folder.join("data")),
        };
        command
    }
}

const BUDGETS: [&str; 6] = [
    "HEMICYCLE_ANONYMOUS_BUDGET",
    "HEMICYCLE_ANONYMOUS_BUDGET_PER_SECOND",
    "HEMICYCLE_ACCOUNT_BUDGET",
    "HEMICYCLE_ACCOUNT_BUDGET_PER_SECOND",
    "HEMICYCLE_DEVICE_BUDGET",
    "HEMICYCLE_DEVICE_BUDGET_PER_SECOND",
];

impl Drop for Stand {
    fn drop(&mut self) {
        self.kill();
    }
}
