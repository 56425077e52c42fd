//! The server that a client talks to: a demonstration in a folder of its own, on a free port of 127.0.0.1.
//!
//! It takes no setting from the environment, and ends with the value that stands for it. The documents are loaded
//! once; each client gets a copy of them, so that none sees what another one wrote.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::copy;
use crate::failure::{Failure, file};
use crate::{program, report, repository, stop};

/// How long the documents may take to load.
const PATIENCE: Duration = Duration::from_mins(2);

/// What the settings of the server are called in the environment.
const SETTINGS: &str = "HEMICYCLE_";

/// What a caller may spend: an oracle asks more in a minute than a person in a day.
const BUDGETS: [&str; 4] = [
    "HEMICYCLE_ACCOUNT_BUDGET",
    "HEMICYCLE_ACCOUNT_BUDGET_PER_SECOND",
    "HEMICYCLE_ANONYMOUS_BUDGET",
    "HEMICYCLE_ANONYMOUS_BUDGET_PER_SECOND",
];

/// More than the clients can spend.
const PLENTY: &str = "1000000000";

/// The documents, loaded and at rest.
pub(super) struct Documents {
    server: PathBuf,
    data: TempDir,
}

impl Documents {
    /// Loads the documents by a demonstration that then ends.
    pub(super) fn load(server: &Path, log: &Path) -> Result<Self, Failure> {
        let mut demonstration = Demonstration::start(server, fresh_folder()?, log)?;
        program::end(&mut demonstration.child, &demonstration.command)?;
        let data = std::mem::replace(&mut demonstration.data, fresh_folder()?);
        Ok(Self { server: server.to_path_buf(), data })
    }

    /// Starts a demonstration with a copy of the documents.
    pub(super) fn serve(&self, log: &Path) -> Result<Demonstration, Failure> {
        let data = fresh_folder()?;
        copy::renew(self.data.path(), data.path(), "")?;
        Demonstration::start(&self.server, data, log)
    }
}

/// A running demonstration.
pub(super) struct Demonstration {
    command: Command,
    child: Child,
    data: TempDir,
    url: String,
}

impl Demonstration {
    /// Starts the server and waits until it says where it listens.
    fn start(server: &Path, data: TempDir, log: &Path) -> Result<Self, Failure> {
        let output = File::create(log).map_err(file("write", log))?;
        let mut command = Command::new(server);
        command
            .args(["demo", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(output);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(SETTINGS) {
                command.env_remove(name);
            }
        }
        command.envs([("HEMICYCLE_LOG", "warn")]).envs(BUDGETS.map(|budget| (budget, PLENTY)));
        let child = command
            .spawn()
            .map_err(|source| Failure::NotStarted { program: program::spell(&command), source })?;
        let mut demonstration = Self { command, child, data, url: String::new() };
        demonstration.url = demonstration.wait_for_url(log)?;
        Ok(demonstration)
    }

    /// Tells a client where the server, its accounts and its schema are.
    pub(super) fn introduce(&self, client: &mut Command) {
        client
            .env("HEMICYCLE_URL", &self.url)
            .env("HEMICYCLE_ACCOUNTS", self.accounts())
            .env("HEMICYCLE_SCHEMA", repository().join("schema.graphql"));
    }

    fn accounts(&self) -> PathBuf {
        self.data.path().join("demo-accounts.json")
    }

    /// Waits for the line that names the address, and lets the rest of what is said pass.
    fn wait_for_url(&mut self, log: &Path) -> Result<String, Failure> {
        let output = self.child.stdout.take().expect("the output was asked for as a pipe");
        let (say, said) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match said.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => {
                    if let Some(url) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                        return Ok(url.to_owned());
                    }
                }
                Err(RecvTimeoutError::Timeout) if stop::is_asked() => return Err(Failure::Stopped),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let log = fs::read_to_string(log).unwrap_or_else(|error| error.to_string());
        Err(Failure::DemonstrationDidNotStart { log })
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        if let Err(failure) = program::end(&mut self.child, &self.command) {
            report::line(&format!("the demonstration was not stopped: {failure}"));
        }
    }
}

fn fresh_folder() -> Result<TempDir, Failure> {
    tempfile::Builder::new()
        .prefix("hemicycle-clients-")
        .tempdir()
        .map_err(file("create a folder in", &std::env::temp_dir()))
}
