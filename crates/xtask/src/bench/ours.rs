//! Our own server, as an operator starts it, and the accounts that ask it.
//!
//! The accounts come into being by the product's own means: a command for the first administrator, mutations for
//! the event manager and the three grants.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::database::Database;
use super::http::{self, Client};
use super::process::Process;
use crate::failure::Failure;
use crate::postgres::free_port;
use crate::{program, report};

/// Our own server.
pub(super) struct Ours {
    pub(super) process: Process,
    pub(super) url: String,
    /// What it says.
    pub(super) log: PathBuf,
    hemicycle: PathBuf,
    keeping: (&'static str, OsString),
}

/// Where the server keeps its data.
pub(super) enum Keeping<'a> {
    /// A PostgreSQL.
    Database(&'a Database),
    /// A folder with an embedded database.
    Folder(&'a Path),
}

impl Keeping<'_> {
    /// The setting that says so.
    pub(super) fn setting(&self) -> (&'static str, OsString) {
        match self {
            Self::Database(database) => ("HEMICYCLE_DATABASE_URL", database.url().into()),
            Self::Folder(folder) => ("HEMICYCLE_DATA_DIR", folder.as_os_str().to_owned()),
        }
    }
}

const PASSWORD: &str = "seven quiet herons at the benchmark";

const ADMINISTRATOR: &str = "administrator@bench.example";
const MANAGER: &str = "manager@bench.example";

const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { message } } }";
const CREATE: &str = "mutation($input: CreateAccountInput!) {
    createAccount(input: $input) { account { id } errors { message } } }";
const GRANT: &str =
    "mutation($input: GrantRoleInput!) { grantRole(input: $input) { account { id } errors { message } } }";

impl Ours {
    /// Starts the server by its default settings, but for these.
    pub(super) fn start(
        hemicycle: &Path,
        keeping: &Keeping<'_>,
        folder: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, Failure> {
        let port =
            free_port().map_err(|source| Failure::NotStarted { program: "hemicycle".into(), source })?;
        let keeping = keeping.setting();
        let mut command = Command::new(hemicycle);
        command
            .args(["serve", &format!("--listen=127.0.0.1:{port}")])
            .env(keeping.0, &keeping.1)
            .env("HEMICYCLE_TOKEN_SECRET", "the secret of a server that answers a benchmark")
            // The token must outlive the run.
            .env("HEMICYCLE_ACCESS_TOKEN_SECONDS", "86400")
            .envs(settings.iter().copied());
        // One account stands for all clients: what it may spend is reckoned, and is never spent.
        for who in ["ANONYMOUS", "ACCOUNT", "DEVICE"] {
            let name = format!("HEMICYCLE_{who}_BUDGET");
            command.env(format!("{name}_PER_SECOND"), "1000000000").env(name, "1000000000");
        }
        let log = folder.join("hemicycle.log");
        let process = Process::start(&mut command, &log)?;
        let url = format!("http://127.0.0.1:{port}/graphql");
        http::wait_until_answering(&url)?;
        report::line(&format!("hemicycle on {url}"));
        Ok(Self { process, url, log, hemicycle: hemicycle.to_owned(), keeping })
    }

    /// A caller without a token.
    pub(super) fn visitor(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A caller with this token.
    pub(super) fn client(&self, token: &str) -> Client {
        Client::new(&self.url, Some(token))
    }

    /// The token of the administrator; opens the account where it is not there yet.
    pub(super) fn administrator(&self) -> Result<String, Failure> {
        match self.sign_in(ADMINISTRATOR) {
            Err(Failure::Unexpected { .. }) => {
                self.create_administrator()?;
                self.sign_in(ADMINISTRATOR)
            }
            answered => answered,
        }
    }

    /// The token of an event manager with grants on the three programs of the database; opens the account where it is
    /// not there yet.
    pub(super) fn event_manager(&self, database: &Database) -> Result<String, Failure> {
        match self.sign_in(MANAGER) {
            Err(Failure::Unexpected { .. }) => {
                self.create_event_manager(database)?;
                self.sign_in(MANAGER)
            }
            answered => answered,
        }
    }

    fn create_event_manager(&self, database: &Database) -> Result<(), Failure> {
        let administrator = self.client(&self.administrator()?);
        let places = database.ask("SELECT global_id(10, id) FROM managed_program")?;
        let grant =
            |place: &str| json!({ "role": "EVENT_MANAGER", "placeKind": "PROGRAM", "placeId": place });
        let mut grants = places.lines().map(grant);
        let account = json!({
            "email": MANAGER,
            "displayName": "Event manager of the benchmark",
            "password": PASSWORD,
            "grants": grants.next().into_iter().collect::<Vec<_>>(),
        });
        let account = administrator.change(CREATE, &account)?;
        let account = &account["account"]["id"];
        for grant in grants {
            administrator.change(GRANT, &json!({ "accountId": account, "grant": grant }))?;
        }
        Ok(())
    }

    fn create_administrator(&self) -> Result<(), Failure> {
        program::run(
            Command::new(&self.hemicycle)
                .args(["account", "create", "--email", ADMINISTRATOR])
                .args(["--name", "Administrator of the benchmark", "--role", "platform-administrator"])
                .env(self.keeping.0, &self.keeping.1)
                .env("HEMICYCLE_PASSWORD", PASSWORD)
                .stdout(Stdio::null()),
        )
    }

    fn sign_in(&self, email: &str) -> Result<String, Failure> {
        let payload = self.visitor().change(SIGN_IN, &json!({ "email": email, "password": PASSWORD }))?;
        Ok(payload["accessToken"].as_str().unwrap_or_default().to_owned())
    }
}
